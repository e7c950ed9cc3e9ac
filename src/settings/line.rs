//! The line of the settings file where a key stands. Knows no setting.

use std::ops::Range;

use toml::de::DeTable;

use super::mistake::step;

/// The line, from 1, of a key; where it is not there, of the section that should have it. Of a file that is no TOML, the line
/// where reading ended.
pub(super) fn of(text: &str, key: &str) -> Option<usize> {
    let at = match DeTable::parse(text) {
        Ok(table) => span(table.get_ref(), key)?,
        Err(error) => error.span()?,
    };
    let before = text.as_bytes().get(..at.start)?;
    Some(before.iter().filter(|byte| **byte == b'\n').count() + 1)
}

fn span(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    let entries = table.iter().map(|(name, value)| (name.get_ref().as_ref(), (name, value)));
    let ((name, value), rest) = step(entries, key)?;
    let below = value.get_ref().as_table().and_then(|table| span(table, rest));
    below.or_else(|| Some(name.span()))
}
