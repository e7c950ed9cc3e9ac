//! Tables, bars and paragraphs that line up and fit the terminal, also where letters are wide or there is no Unicode.

use std::fmt;
use std::io::IsTerminal;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::ctx::Ctx;
use super::glyph::{drawn, draws_unicode};
use comfy_table::{CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, TableStyle};

/// A line under the headings, and nothing else: figures line up, and nothing is in the way.
const PLAIN: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(' '))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none().junction(' '));
/// The same for terminals without Unicode.
const ASCII: TableStyle = PLAIN.header_separator(LineStyle::none().fill('-').junction('-'));
/// Narrower than this, nothing lines up; wider, the eye loses the line.
const WIDTHS: std::ops::RangeInclusive<u16> = 40..=100;

/// A table of words and figures.
pub(super) struct Table(comfy_table::Table);

impl Table {
    /// A table with these headings.
    pub(super) fn new<const N: usize>(head: [String; N]) -> Self {
        let mut table = comfy_table::Table::new();
        let style = if draws_unicode() { PLAIN } else { ASCII };
        table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(width()).set_header(head);
        Self(table)
    }

    /// A table of figures with as many columns as it has headings; all but the first stand to the right.
    pub(super) fn of(head: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        let columns = head.len();
        let mut table = Self::new::<0>([]);
        table.0.set_header(head);
        rows.into_iter().for_each(|row| {
            table.0.add_row(row);
        });
        (1..columns).for_each(|column| table.right(column));
        table
    }

    /// Adds a row.
    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.0.add_row(cells);
    }

    /// Aligns a column of figures to the right.
    pub(super) fn right(&mut self, column: usize) {
        if let Some(column) = self.0.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// How many columns there are: `COLUMNS`, else the terminal's, else 80.
pub(super) fn width() -> u16 {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    asked.or_else(|| comfy_table::Table::new().width()).unwrap_or(80).clamp(*WIDTHS.start(), *WIDTHS.end())
}

impl Ctx {
    /// How many columns a line may have.
    pub(super) fn width(&self) -> usize {
        usize::from(width())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What fills a row up to the last column is of no use to anybody who copies it.
        let lines: Vec<String> = self.0.lines().map(|line| drawn(line.trim_end()).into_owned()).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// The columns of the terminal; `None` when there is none.
pub(super) fn terminal() -> Option<usize> {
    comfy_table::Table::new().width().map(usize::from)
}

/// A share as a bar of at most `width` blocks; anything above nothing shows.
pub(super) fn bar(n: i64, of: i64, width: i64) -> String {
    if n <= 0 || of <= 0 {
        return String::new();
    }
    let blocks = (n * width / of).clamp(1, width);
    drawn("█").repeat(usize::try_from(blocks).unwrap_or(0))
}

/// Says something to a person: in lines that fit a terminal; in a pipe, a sentence stays one line.
pub(super) fn tell(text: &str) {
    println!("{}", fit(text));
}

/// What goes to stdout, in lines that fit a terminal.
pub(super) fn fit(text: &str) -> String {
    fitted(text, std::io::stdout().is_terminal())
}

/// Says what is wrong, and what to do.
pub(super) fn complain(text: &str) {
    eprintln!("{}", fitted(text, std::io::stderr().is_terminal()));
}

fn fitted(text: &str, terminal: bool) -> String {
    let text = drawn(text);
    if !terminal && std::env::var_os("COLUMNS").is_none() {
        return text.into_owned();
    }
    text.split('\n').map(|line| indented(line, usize::from(width()))).collect::<Vec<_>>().join("\n")
}

/// A line in several, each as far in as the first; one that fits stays as it is.
fn indented(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let start = &line[..line.len() - line.trim_start().len()];
    let lines = wrap(line, width.saturating_sub(start.width()));
    lines.into_iter().map(|line| format!("{start}{line}")).collect::<Vec<_>>().join("\n")
}

/// A text in lines of at most `width` columns, broken between words, and inside those that are longer than a line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        if line.width() + word.width() <= width {
            line.push_str(word);
            continue;
        }
        for letter in word.chars() {
            if line.width() + letter.width().unwrap_or(0) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_is_broken_between_words() {
        assert_eq!(wrap("never twice and never lost", 12), ["never twice", "and never", "lost"]);
    }

    #[test]
    fn wide_letters_and_words_without_spaces_fit_too() {
        for text in [
            "สวัสดีค่ะนี่คือข้อความยาวมากที่ไม่มีช่องว่าง",
            "你好这是一条没有空格的很长的消息",
            "👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽 ok",
            "https://lykt.example.org/a-long-address",
        ] {
            let lines = wrap(text, 12);
            assert!(lines.len() > 1 && lines.iter().all(|line| line.width() <= 12), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }

    #[test]
    fn a_paragraph_keeps_its_indent_and_what_fits_stays_as_it_is() {
        assert_eq!(indented("  one   two", 12), "  one   two");
        assert_eq!(indented("  one two three", 11), "  one two\n  three");
    }

    #[test]
    fn a_table_of_wide_letters_fits() {
        for text in [
            "สวัสดีค่ะนี่คือข้อความยาวมากที่ไม่มีช่องว่าง",
            "你好这是一条没有空格的很长的消息你好这是一条没有空格的很长的消息",
            "👍🏽👍🏽👍🏽👍🏽👍🏽👍🏽",
        ] {
            let mut table = Table::new(["when".to_owned(), "text".to_owned(), "text".to_owned()]);
            table.0.set_width(60);
            table.row(["2026-12-01".to_owned(), text.repeat(3), text.repeat(3)]);
            assert!(table.to_string().lines().all(|line| line.width() <= 60), "{table}");
        }
    }

    #[test]
    fn a_bar_never_hides_what_is_there() {
        assert_eq!(bar(1, 1_000_000, 10).width(), 1);
        assert_eq!(bar(10, 10, 10).chars().count(), 10);
        assert_eq!(bar(0, 10, 10), "");
    }
}
