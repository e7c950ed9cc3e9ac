//! Reads a list of targets: CSV in UTF-8, a row at a time, and only the columns that are asked for.
//!
//! Knows files, lines and columns. What a cell means, a number or a language, is not decided here.

mod error;
mod header;
mod record;

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

pub use error::{Fault, ListError};
pub use header::guess_phone_column;

use crate::domain::phone::{Region, find_numbers};
use crate::domain::private::Private;
use record::Records;

/// The bytes that are read at once; the delimiter is judged by what they show.
const BUFFER: usize = 64 * 1024;

/// An opened list, its header read and its rows not yet. Its `Debug` shows no header, which may be a person after all.
pub struct List {
    path: PathBuf,
    header: Vec<String>,
    records: Records<BufReader<File>>,
    bytes: u64,
}

/// One row: where it begins in the file, and the cells of the columns that were asked for, in that order.
#[derive(Debug)]
pub struct Row {
    /// The line on which the row begins; the header is line 1.
    pub line: u64,
    /// The cells; empty where the row is too short.
    pub cells: Vec<Private<String>>,
}

impl List {
    /// Opens a list and reads its header.
    pub fn open(path: &Path) -> Result<Self, ListError> {
        let wrong = |fault| ListError::new(path, fault);
        let file = File::open(path).map_err(|error| wrong(error.into()))?;
        let metadata = file.metadata().map_err(|error| wrong(error.into()))?;
        if metadata.is_dir() {
            return Err(wrong(Fault::Directory));
        }
        let mut records = Records::new(BufReader::with_capacity(BUFFER, file)).map_err(wrong)?;
        let header = header::read(&mut records).map_err(wrong)?;
        Ok(Self { path: path.to_owned(), header, records, bytes: metadata.len() })
    }

    /// The names of the columns, as they are written.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The sign between cells; `None` in a list of one column, where a row is one cell.
    pub fn delimiter(&self) -> Option<char> {
        self.records.delimiter().map(char::from)
    }

    /// The size of the file in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Finds a column by its name: exactly so, else without regard to case and spaces around it.
    pub fn column(&self, name: &str) -> Result<usize, ListError> {
        header::find(&self.header, name).map_err(|fault| ListError::new(&self.path, fault))
    }

    /// Finds the column of phone numbers: the one named, else the one whose header says so, else the only one.
    ///
    /// A header that is itself a number is refused, because a list without a header would lose its first person.
    pub fn phone_column(&self, named: Option<&str>, region: Region) -> Result<usize, ListError> {
        let wrong = |fault| ListError::new(&self.path, fault);
        let is_number = |cell: &String| !find_numbers(cell, region).numbers.is_empty();
        if self.header.iter().any(is_number) {
            return Err(wrong(Fault::HeaderIsNumber));
        }
        match named {
            Some(name) => self.column(name),
            None => guess_phone_column(&self.header).ok_or_else(|| wrong(Fault::no_phone_column(&self.header))),
        }
    }

    /// The rows, with the cells of these columns; other columns are never kept.
    pub fn rows(self, columns: &[usize]) -> Rows {
        Rows { path: self.path, records: self.records, columns: columns.to_vec(), broken: false }
    }

    /// The rows, with the cells of the columns of these names.
    pub fn rows_named(self, names: &[&str]) -> Result<Rows, ListError> {
        let columns = names.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.rows(&columns))
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("columns", &self.header.len()).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// The rows of a list, read one at a time; after an error there are no more.
#[derive(Debug)]
pub struct Rows {
    path: PathBuf,
    records: Records<BufReader<File>>,
    columns: Vec<usize>,
    broken: bool,
}

impl Rows {
    /// How many bytes of the file have been read, for a progress bar.
    pub fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }
}

impl Iterator for Rows {
    type Item = Result<Row, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        match self.records.advance() {
            Ok(Some(line)) => Some(Ok(Row { line, cells: self.records.cells(&self.columns) })),
            Ok(None) => None,
            Err(fault) => {
                self.broken = true;
                Some(Err(ListError::new(&self.path, fault)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
