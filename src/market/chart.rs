//! The weeks of a platform as a drawing (SVG): a line a figure, told apart by its dashes as well as its colour, and every
//! week that nobody counted as a gap. The figures themselves stand in a table beside it.

use std::fmt::Write;

use super::{Figure, OfWeek};
use crate::domain::inert::xml;
use crate::domain::lang::Lang;
use crate::say;

/// The drawing, in its own units.
const SIZE: (f64, f64) = (760.0, 320.0);
/// Where the lines are: left, top, right, bottom.
const PLOT: (f64, f64, f64, f64) = (52.0, 16.0, 630.0, 280.0);
/// The figures that are drawn, each with its colour and its dashes.
const LINES: [(Figure, &str, &str); 5] = [
    (Figure::Ads, "currentColor", ""),
    (Figure::Women, "#b8501a", "8 3"),
    (Figure::Men, "#2f78c8", "2 3"),
    (Figure::Trans, "#7d55c0", "10 3 2 3"),
    (Figure::Other, "#268458", "4 4"),
];
/// How far names at the end of lines stand apart.
const APART: f64 = 15.0;

/// Draws the weeks; nothing where there are none.
pub fn draw(weeks: &[OfWeek], title: &str, lang: Lang) -> String {
    let most = weeks.iter().filter_map(|week| week.count?.get(Figure::Ads)).max().unwrap_or(0);
    if weeks.is_empty() {
        return String::new();
    }
    let top = round_up(most.max(1));
    let plot = Plot { weeks, top: top as f64 };
    let (wide, high) = SIZE;
    let label = xml(&say!(
        lang,
        "Ads a week, {title}; the figures stand in the table",
        "Annonser i uken, {title}; tallene står i tabellen"
    ));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" role=\"img\" aria-label=\"{label}\" class=\"chart\" font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\">\n\
         <defs><pattern id=\"gap\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"2\" height=\"6\" fill=\"currentColor\" opacity=\"0.35\"/></pattern></defs>\n"
    );
    plot.grid(&mut svg, top);
    plot.gaps(&mut svg, lang);
    let mut ends = Vec::new();
    for (figure, colour, dashes) in LINES {
        if let Some((y, last)) = plot.line(&mut svg, figure, colour, dashes) {
            ends.push((y, format!("{} {last}", figure.text().pick(lang)), colour));
        }
    }
    names(&mut svg, ends);
    svg + "</svg>\n"
}

struct Plot<'a> {
    weeks: &'a [OfWeek],
    top: f64,
}

impl Plot<'_> {
    fn x(&self, n: usize) -> f64 {
        let (left, _, right, _) = PLOT;
        match self.weeks.len() {
            0 | 1 => left,
            many => left + (right - left) * n as f64 / (many - 1) as f64,
        }
    }

    fn y(&self, value: i64) -> f64 {
        let (_, top, _, bottom) = PLOT;
        bottom - (bottom - top) * value as f64 / self.top
    }

    /// Lines to read values by, and the names of weeks and years.
    fn grid(&self, svg: &mut String, top: i64) {
        let (left, _, right, bottom) = PLOT;
        for part in 0..=4 {
            let value = top * part / 4;
            let y = self.y(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{left} {y:.1}H{right}\" stroke=\"currentColor\" opacity=\"0.2\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
                left - 6.0,
                y + 4.0
            );
        }
        // Years where there are several; else some weeks.
        let years = self.weeks.len() > 60;
        let step = (self.weeks.len() / 8).max(1);
        for (n, week) in self.weeks.iter().enumerate() {
            let (year, number) = week.week.number();
            let name = match years {
                true if number == 1 => year.to_string(),
                false if n % step == 0 => week.week.to_string(),
                _ => continue,
            };
            let x = self.x(n);
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.1} {bottom}v5\" stroke=\"currentColor\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{name}</text>",
                bottom + 20.0
            );
        }
    }

    /// Runs of weeks that nobody counted.
    fn gaps(&self, svg: &mut String, lang: Lang) {
        let (_, top, _, bottom) = PLOT;
        let mut n = 0;
        while n < self.weeks.len() {
            let many = self.weeks[n..].iter().take_while(|week| week.count.is_none()).count();
            if many > 0 {
                let half = if self.weeks.len() > 1 { (self.x(1) - self.x(0)) / 2.0 } else { 4.0 };
                let (from, to) = (self.x(n) - half, (self.x(n + many - 1) + half).min(PLOT.2));
                let (first, last) = (self.weeks[n].week, self.weeks[n + many - 1].week);
                let said = say!(lang, "not counted: {first} to {last}", "ikke talt: {first} til {last}");
                let _ = writeln!(
                    svg,
                    "<rect x=\"{from:.1}\" y=\"{top}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"url(#gap)\" class=\"gap\"><title>{said}</title></rect>",
                    to - from,
                    bottom - top
                );
            }
            n += many.max(1);
        }
    }

    /// A figure over the weeks, broken where it was not counted; where it ends, and how many there were then.
    fn line(&self, svg: &mut String, figure: Figure, colour: &str, dashes: &str) -> Option<(f64, i64)> {
        let mut end = None;
        let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
        for (n, week) in self.weeks.iter().enumerate() {
            match week.count.and_then(|count| count.get(figure)) {
                Some(value) => {
                    let y = self.y(value);
                    end = Some((y, value));
                    if let Some(run) = runs.last_mut() {
                        run.push((self.x(n), y));
                    }
                }
                None => runs.push(Vec::new()),
            }
        }
        for run in runs {
            if let [(x, y)] = run[..] {
                let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{colour}\"/>");
            } else if !run.is_empty() {
                let points: Vec<String> = run.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
                let points = points.join(" ");
                let _ = writeln!(
                    svg,
                    "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>"
                );
            }
        }
        end
    }
}

/// What each line is, at its end, pushed apart where they meet.
fn names(svg: &mut String, mut ends: Vec<(f64, String, &str)>) {
    ends.sort_by(|(a, ..), (b, ..)| a.total_cmp(b));
    let mut free = f64::MIN;
    for (y, name, colour) in ends {
        let y = y.max(free);
        free = y + APART;
        let (x, y) = (PLOT.2 + 10.0, y + 4.0);
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y:.1}\" fill=\"{colour}\">{name}</text>");
    }
}

/// The next number that reads well and parts in four.
fn round_up(most: i64) -> i64 {
    let mut step = 1;
    loop {
        for part in [4, 8, 12, 20, 40] {
            if step * part >= most {
                return step * part;
            }
        }
        step *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::week::Week;
    use crate::market::{Count, Counted, whole};

    fn counts(weeks: &[(&str, i64)]) -> Vec<Counted> {
        let one = |(week, ads): &(&str, i64)| {
            let count = Count::parse(|figure| (figure == Figure::Ads).then_some("0")).unwrap();
            Counted { ads: *ads, ..count.by("x", Week::parse(week).unwrap(), "Kari", 0) }
        };
        weeks.iter().map(one).collect()
    }

    fn drawn(weeks: &[(&str, i64)], now: &str) -> String {
        draw(&whole(&counts(weeks), Week::parse(now).unwrap()), "X & <b>", Lang::En)
    }

    #[test]
    fn a_week_that_nobody_counted_breaks_the_line_and_is_seen() {
        let weeks = [("2026-W45", 100), ("2026-W46", 120), ("2026-W49", 90), ("2026-W50", 80)];
        let svg = drawn(&weeks, "2026-W50");
        assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
        assert!(svg.contains("not counted: 2026-W47 to 2026-W48"), "{svg}");
        assert!(drawn(&weeks, "2026-W53").contains("not counted: 2026-W51 to 2026-W52"), "until this week");
        assert_eq!(drawn(&weeks[..2], "2026-W46").matches("class=\"gap\"").count(), 0);
    }

    #[test]
    fn a_drawing_of_anything_is_sound() {
        assert_eq!(drawn(&[], "2026-W50"), "");
        for weeks in [&[("2026-W50", 0)][..], &[("2016-W01", 1), ("2026-W50", 10_000_000)]] {
            let svg = drawn(weeks, "2026-W50");
            assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("<b>"), "{svg}");
        }
        assert_eq!([1, 4, 5, 21, 100, 1_500].map(round_up), [4, 4, 8, 40, 120, 2_000]);
    }
}
