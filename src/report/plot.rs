//! Plots as SVG that stand alone and in a page: with a title and a description, without style and script. Pure.
//!
//! Colours stand in attributes, which a page's own style sheet may overrule.

use std::fmt::Write;

use super::figures::Rate;
use crate::domain::inert::xml;

/// How wide a plot is, in its own units.
const WIDE: f64 = 520.0;
/// Where bars begin, and how wide the widest is.
const LEFT: f64 = 130.0;
const MOST: f64 = 360.0;
/// How high a line of bars is.
const LINE: usize = 34;
/// How high the columns of months are.
const HIGH: f64 = 140.0;

/// A share as a bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it is of.
    pub name: String,
    /// The share.
    pub rate: Rate,
}

/// Bars with whiskers from the lower to the upper end of their interval, all on the scale of the widest.
pub fn bars(title: &str, described: &str, bars: &[Bar]) -> String {
    let known = bars.iter().filter(|bar| bar.rate.n > 0);
    let most = known.map(|bar| bar.rate.interval.high).fold(0.01, f64::max);
    let height = bars.len() * LINE + 22;
    let at = |share: f64| LEFT + MOST * (share / most).clamp(0.0, 1.0);
    let mut svg = begin(title, described, height as f64);
    push(
        &mut svg,
        format_args!(
            "<line class=\"axis\" stroke=\"#999\" x1=\"{LEFT}\" x2=\"{LEFT}\" y1=\"0\" y2=\"{}\"/>",
            height - 18
        ),
    );
    for (n, Bar { name, rate }) in bars.iter().enumerate() {
        let (low, high) = if rate.n > 0 { (at(rate.interval.low), at(rate.interval.high)) } else { (LEFT, LEFT) };
        let wide = at(rate.share) - LEFT;
        push(
            &mut svg,
            format_args!("<g transform=\"translate(0 {})\"><text x=\"0\" y=\"20\">{}</text>", n * LINE, xml(name)),
        );
        push(
            &mut svg,
            format_args!(
                "<rect class=\"share\" fill=\"#92400e\" x=\"{LEFT}\" y=\"6\" width=\"{wide:.1}\" height=\"20\" rx=\"3\"/>"
            ),
        );
        push(
            &mut svg,
            format_args!(
                "<path class=\"whisker\" fill=\"none\" stroke=\"#22201c\" stroke-width=\"2\" d=\"M{low:.1} 10v12M{low:.1} 16H{high:.1}M{high:.1} 10v12\"/></g>"
            ),
        );
    }
    let below = height - 4;
    push(
        &mut svg,
        format_args!(
            "<text x=\"{LEFT}\" y=\"{below}\">0 %</text><text x=\"490\" y=\"{below}\" text-anchor=\"end\">{:.0} %</text></svg>",
            most * 100.0
        ),
    );
    svg
}

/// A number for each month, or `None` where it is too small to show; a line across at the goal, where one is left of it.
pub fn columns(title: &str, described: &str, months: &[(String, Option<i64>)]) -> String {
    let most = months.iter().filter_map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let mut svg = begin(title, described, HIGH + 44.0);
    let step = (WIDE - 10.0) / months.len().max(1) as f64;
    let bottom = HIGH + 22.0;
    for (n, (name, count)) in months.iter().enumerate() {
        let (left, middle) = (5.0 + step * n as f64 + step * 0.15, 5.0 + step * (n as f64 + 0.5));
        let high = HIGH * count.unwrap_or(0) as f64 / most as f64;
        push(
            &mut svg,
            format_args!(
                "<rect class=\"share\" fill=\"#92400e\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{high:.1}\" rx=\"2\"/>",
                bottom - high,
                step * 0.7
            ),
        );
        let shown = count.map_or("–".to_owned(), |count| count.to_string());
        push(
            &mut svg,
            format_args!(
                "<text text-anchor=\"middle\" x=\"{middle:.1}\" y=\"{:.1}\">{shown}</text>",
                bottom - high - 5.0
            ),
        );
        push(
            &mut svg,
            format_args!(
                "<text text-anchor=\"middle\" x=\"{middle:.1}\" y=\"{:.1}\">{}</text>",
                bottom + 16.0,
                xml(name)
            ),
        );
    }
    push(
        &mut svg,
        format_args!(
            "<line class=\"axis\" stroke=\"#999\" x1=\"0\" x2=\"{WIDE}\" y1=\"{bottom}\" y2=\"{bottom}\"/></svg>"
        ),
    );
    svg
}

fn begin(title: &str, described: &str, height: f64) -> String {
    let (title, described) = (xml(title), xml(described));
    format!(
        "<svg class=\"plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} {height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"12\"><title>{title}</title><desc>{described}</desc>"
    )
}

fn push(svg: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string never fails.
    let _ = svg.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(svg: &str) -> usize {
        let mut reader = quick_xml::Reader::from_str(svg);
        let mut elements = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => return elements,
                quick_xml::events::Event::Start(_) | quick_xml::events::Event::Empty(_) => elements += 1,
                _ => {}
            }
        }
    }

    #[test]
    fn a_plot_is_xml_whatever_its_words_are_and_has_no_style() {
        let bar = |name: &str, k, n| Bar { name: name.to_owned(), rate: Rate::new(k, n) };
        let svg = bars("a < b & \"c\"", "x", &[bar("<script>", 0, 0), bar("b", 3, 10)]);
        assert!(read(&svg) > 8 && svg.contains("<title>a &lt; b &amp; &quot;c&quot;</title>"));
        let months = [("2026-12".to_owned(), Some(4)), ("2027-01".to_owned(), None)];
        let svg = columns("t", "d", &months);
        assert!(read(&svg) > 6 && svg.contains("–"));
        assert!(!svg.contains("style") && !svg.contains("NaN"));
        assert!(read(&columns("t", "d", &[])) > 2, "nothing is a plot too");
    }
}
