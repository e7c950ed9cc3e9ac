//! Tables that line up and fit a terminal of 80 columns.

use std::fmt;

use comfy_table::{CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, TableStyle};

/// A line under the headings, and nothing else: figures line up, and nothing is in the way.
const PLAIN: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(' '))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none().junction(' '));

/// A table of words and figures.
pub(super) struct Table(comfy_table::Table);

impl Table {
    /// A table with these headings.
    pub(super) fn new<const N: usize>(head: [String; N]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(PLAIN).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(table.width().unwrap_or(80).clamp(60, 100)).set_header(head);
        Self(table)
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

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
    "█".repeat(usize::try_from(blocks).unwrap_or(0))
}

/// A text in lines of at most `width` characters, broken between words.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
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
    fn a_bar_never_hides_what_is_there() {
        assert_eq!(bar(1, 1_000_000, 10), "█");
        assert_eq!(bar(10, 10, 10).chars().count(), 10);
        assert_eq!(bar(0, 10, 10), "");
    }
}
