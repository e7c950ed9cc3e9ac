//! Workbooks as Excel saves them (.xlsx): the first sheet that is shown and has a row, read as a stream.
//!
//! Our own on `zip` and `quick-xml`, because calamine keeps every text of every column in memory, takes a file's word
//! for how much that will be, and does not say which rows are hidden. Must not know what a cell is for.

mod package;
mod part;
mod sheet;
mod strings;
mod value;

use std::fmt;
use std::fs::File;

use super::error::Fault;
use crate::domain::private::Private;
use package::Package;
use part::Archive;
use sheet::Rows;

/// A first row of more text than this, in bytes, is no row of names.
const LONGEST_HEADER: usize = 4 * 1024 * 1024;

/// One sheet of a workbook, its header read and its rows not yet.
pub(super) struct Workbook {
    rows: Rows,
    size: u64,
    /// The sheet that is read.
    pub sheet: String,
    /// The other sheets, shown or not.
    pub others: Vec<String>,
}

impl Workbook {
    /// Opens a workbook and reads the first row of the sheet that is used.
    pub(super) fn open(file: File) -> Result<(Self, Vec<String>), Fault> {
        let mut archive = Archive::new(file)?;
        let Package { sheets, mut strings, mut formats, from_1904 } = Package::read(&mut archive)?;
        for (place, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| !sheet.hidden) {
            let mut rows = Rows::new(archive.xml(&sheet.part)?, strings, formats, from_1904);
            let mut header = Vec::new();
            let mut length = 0;
            let named = rows.advance(usize::MAX, |column, cell| {
                length += cell.len();
                if length <= LONGEST_HEADER {
                    header.resize(header.len().max(column + 1), String::new());
                    header[column] = cell;
                }
            })?;
            if length > LONGEST_HEADER {
                return Err(Fault::TooLarge);
            }
            if named {
                let others = sheets.iter().enumerate().filter(|(other, _)| *other != place);
                let others = others.map(|(_, sheet)| sheet.name.clone()).collect();
                let (size, _) = rows.progress();
                return Ok((Self { rows, size, sheet: sheet.name.clone(), others }, header));
            }
            (strings, formats) = rows.into_parts();
        }
        Err(Fault::NoSheet)
    }

    /// The row number of the row just read.
    pub(super) fn line(&self) -> u64 {
        self.rows.line
    }

    /// How many rows have been left out because the sheet hides them.
    pub(super) fn hidden(&self) -> u64 {
        self.rows.hidden
    }

    /// How many formulas have been met that no program has calculated.
    pub(super) fn uncalculated(&self) -> u64 {
        self.rows.uncalculated
    }

    /// The size of the sheet in the file.
    pub(super) fn bytes(&self) -> u64 {
        self.size
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.rows.progress().1
    }

    /// The cells of some columns of the next row.
    pub(super) fn next_row(&mut self, columns: &[usize]) -> Result<Option<Vec<Private<String>>>, Fault> {
        let mut kept: Vec<Private<String>> = columns.iter().map(|_| Private::new(String::new())).collect();
        // Nothing but whether there is a row is asked for when no column is.
        let last = columns.iter().max().map_or(0, |last| *last);
        let any = self.rows.advance(last, |column, cell| {
            for (place, _) in columns.iter().enumerate().filter(|(_, wanted)| **wanted == column) {
                kept[place] = Private::new(cell.clone());
            }
        })?;
        Ok(any.then_some(kept))
    }
}

impl fmt::Debug for Workbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workbook").field("line", &self.line()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
