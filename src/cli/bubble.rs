//! A text as a phone shows it: a bubble for each part, and how full it is.

use unicode_width::UnicodeWidthStr;

use super::glyph::drawn;
use crate::domain::inert::inert;
use crate::domain::lang::Lang;
use crate::domain::parts::{parts, split};
use crate::say;

/// The width of the bubble's text, in columns.
const BUBBLE: usize = 40;

/// The parts of a text, each in its bubble.
pub(super) fn bubbles(text: &str, lang: Lang) -> String {
    let counted = parts(text);
    let limit = if counted.parts == 1 { counted.encoding.alone() } else { counted.encoding.in_part() };
    let mut shown = String::new();
    let [top, side, end] = ["╭─", "│", "╰─"].map(drawn);
    for (index, part) in split(text).into_iter().enumerate() {
        let (number, count, units) = (index + 1, counted.parts, counted.encoding.units(part));
        shown += &say!(lang, "  {top} part {number} of {count}\n", "  {top} del {number} av {count}\n");
        for line in lines(part) {
            shown += &format!("  {side} {line}\n");
        }
        shown += &say!(lang, "  {end} {units} of {limit} used\n", "  {end} {units} av {limit} brukt\n");
    }
    shown
}

/// The text of a part in lines that fit the bubble.
fn lines(part: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in part.replace("\r\n", "\n").split(['\n', '\r', '\u{c}']) {
        let mut line = String::new();
        let mut used = 0;
        for word in inert(paragraph).split_inclusive(' ') {
            if used > 0 && used + word.trim_end().width() > BUBBLE {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0;
            }
            for c in word.chars() {
                // A space that does not fit ends the line and begins none.
                if c == ' ' && used == BUBBLE {
                    continue;
                }
                let width = c.encode_utf8(&mut [0; 4]).width();
                if used + width > BUBBLE {
                    lines.push(std::mem::take(&mut line).trim_end().to_owned());
                    used = 0;
                }
                line.push(c);
                used += width;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bubbles_fit_and_obey_nobody() {
        let text = format!("\u{1b}[31mHei\u{202e}! {}\n\n{}", "Gratis vaksine 👍🏽 ".repeat(30), "ø".repeat(300));
        for lang in [Lang::En, Lang::Nb] {
            let shown = bubbles(&text, lang);
            assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
            assert!(!shown.contains(['\u{1b}', '\u{202e}']));
        }
    }

    #[test]
    fn a_line_never_begins_with_the_space_before_its_word() {
        let shown = bubbles(&format!("{} Responde", "a".repeat(BUBBLE)), Lang::En);
        assert!(shown.contains(&format!("\n  {} Responde\n", drawn("│"))), "{shown}");
    }

    #[test]
    fn wide_letters_take_two_columns_and_marks_take_none() {
        let widest = |text: &str| bubbles(text, Lang::En).lines().map(UnicodeWidthStr::width).max().unwrap();
        assert!(widest(&"回复停止".repeat(15)) <= 44);
        assert_eq!(bubbles(&"ที่นี่".repeat(11), Lang::En).lines().count(), 3, "66 characters in 22 columns");
    }
}
