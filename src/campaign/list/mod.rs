//! Reads a list of targets: CSV or an Excel workbook, a row at a time, and only the columns that are asked for.
//!
//! Knows files, lines and columns. What a cell means, a number or a language, is not decided here.

mod cell;
mod encoding;
mod error;
mod format;
mod header;
mod record;
mod workbook;

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

pub use encoding::Encoding;
pub use error::{Fault, ListError, Other};
pub use header::guess_phone_column;

use crate::domain::lang::Text;
use crate::domain::phone::{Region, find_numbers};
use crate::domain::private::Private;
use crate::text;
use encoding::Utf8Text;
use error::shown;
use format::Format;
use record::Records;
use workbook::Workbook;

/// A file larger than this, in bytes, is no list: a million rows are a tenth of it.
pub const MOST_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// An opened list, its header read and its rows not yet. Its `Debug` shows no header, which may be a person after all.
pub struct List {
    columns: Columns,
    source: Source,
    understood: Text,
    bytes: u64,
}

/// The columns of a list, by which a campaign names what it reads.
#[derive(Clone)]
pub struct Columns {
    path: PathBuf,
    names: Vec<String>,
}

/// What is known of a list that has been read to its end.
#[derive(Clone, Debug)]
pub struct Facts {
    /// How many rows it has.
    pub rows: u64,
    /// How many more there are that its sheet hides; they are not read.
    pub hidden: u64,
    /// How many formulas it has that no program has calculated; they are read as nothing.
    pub uncalculated: u64,
    /// How the file was understood.
    pub understood: Text,
}

/// Where the rows come from.
#[derive(Debug)]
enum Source {
    Text(Box<Records<Utf8Text>>),
    Sheet(Box<Workbook>),
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
    /// Opens a list and reads its header. A text without a byte order mark is read once to see how it is written.
    pub fn open(path: &Path) -> Result<Self, ListError> {
        let opened = Self::opened(path).map_err(|fault| ListError::new(path, fault))?;
        let (source, header, understood, bytes) = opened;
        let header = header.into_iter().map(cell::meant).collect();
        Ok(Self { columns: Columns { path: path.to_owned(), names: header }, source, understood, bytes })
    }

    fn opened(path: &Path) -> Result<(Source, Vec<String>, Text, u64), Fault> {
        // Asked before opening: opening a pipe would wait for ever.
        let metadata = path.metadata()?;
        if metadata.is_dir() {
            return Err(Fault::Directory);
        } else if !metadata.is_file() {
            return Err(Fault::NoFile);
        } else if metadata.len() > MOST_BYTES {
            return Err(Fault::Huge);
        }
        let mut file = File::open(path)?;
        if format::of(&mut file)? == Format::Archive {
            let (workbook, header) = Workbook::open(file)?;
            let understood = of_workbook(&workbook);
            let bytes = workbook.bytes();
            return Ok((Source::Sheet(Box::new(workbook)), header, understood, bytes));
        }
        let (encoding, mark) = encoding::of(&mut file)?;
        let mut records = Records::new(Utf8Text::new(file, encoding, mark)?);
        let header = header::read(&mut records)?;
        let understood = of_text(encoding, records.delimiter());
        Ok((Source::Text(Box::new(records)), header, understood, metadata.len()))
    }

    /// How the file was understood, in one sentence.
    pub fn understood(&self) -> &Text {
        &self.understood
    }

    /// The same, and which column the numbers are taken from.
    pub fn understood_with(&self, column: usize) -> Text {
        let Text { en, nb } = &self.understood;
        let name = self.header().get(column).map(|name| shown(name)).unwrap_or_default();
        text!("{en}; numbers from the column \"{name}\"", "{nb}; numre fra kolonnen «{name}»")
    }

    /// The columns.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The names of the columns, as they are written.
    pub fn header(&self) -> &[String] {
        &self.columns.names
    }

    /// Reads all rows, and nothing of them, to know whether and how they can be read.
    pub fn survey(self) -> Result<Facts, ListError> {
        let understood = self.understood.clone();
        let mut rows = self.rows(&[]);
        let mut count = 0;
        for row in rows.by_ref() {
            row?;
            count += 1;
        }
        Ok(Facts { rows: count, hidden: rows.hidden(), uncalculated: rows.uncalculated(), understood })
    }

    /// How many bytes there are to read: the file's, or those of the sheet in a workbook.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Finds a column by its name: exactly so, else without regard to case and spaces around it.
    pub fn column(&self, name: &str) -> Result<usize, ListError> {
        self.columns.find(name)
    }

    /// Finds the column of phone numbers: the one named, else the one whose header says so, else the only one.
    ///
    /// A header that is itself a number is refused, because a list without a header would lose its first person.
    pub fn phone_column(&self, named: Option<&str>, region: Region) -> Result<usize, ListError> {
        let wrong = |fault| ListError::new(&self.columns.path, fault);
        let is_number = |cell: &String| !find_numbers(cell, region).numbers.is_empty();
        if self.header().iter().any(is_number) {
            return Err(wrong(Fault::HeaderIsNumber));
        }
        match named {
            Some(name) => self.column(name),
            None => match guess_phone_column(self.header()).and_then(|place| self.header().get(place)) {
                // Which of two with one name is meant, nobody can tell.
                Some(name) => self.column(name),
                None => Err(wrong(Fault::no_phone_column(self.header()))),
            },
        }
    }

    /// The rows, with the cells of these columns; other columns are never kept.
    pub fn rows(self, columns: &[usize]) -> Rows {
        Rows { path: self.columns.path, source: self.source, columns: columns.to_vec(), broken: false }
    }

    /// The rows, with the cells of the columns of these names.
    pub fn rows_named(self, names: &[&str]) -> Result<Rows, ListError> {
        let columns = names.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.rows(&columns))
    }
}

impl Columns {
    /// The names, as they are written.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Finds a column by its name: exactly so, else without regard to case and spaces.
    pub fn find(&self, name: &str) -> Result<usize, ListError> {
        header::find(&self.names, name).map_err(|fault| ListError::new(&self.path, fault))
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("columns", &self.header().len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// The rows of a list, read one at a time; after an error there are no more.
#[derive(Debug)]
pub struct Rows {
    path: PathBuf,
    source: Source,
    columns: Vec<usize>,
    broken: bool,
}

impl Rows {
    /// How many bytes of the list have been read, for a progress bar.
    pub fn bytes_read(&self) -> u64 {
        match &self.source {
            Source::Text(records) => records.input().bytes_read(),
            Source::Sheet(workbook) => workbook.bytes_read(),
        }
    }

    /// How many rows have been left out so far because the sheet hides them.
    pub fn hidden(&self) -> u64 {
        match &self.source {
            Source::Text(_) => 0,
            Source::Sheet(workbook) => workbook.hidden(),
        }
    }

    /// How many formulas have been met so far that no program has calculated; they are read as nothing.
    pub fn uncalculated(&self) -> u64 {
        match &self.source {
            Source::Text(_) => 0,
            Source::Sheet(workbook) => workbook.uncalculated(),
        }
    }

    fn read(&mut self) -> Result<Option<Row>, Fault> {
        let (line, mut cells) = match &mut self.source {
            Source::Text(records) => match records.advance()? {
                Some(line) => (line, records.cells(&self.columns)),
                None => return Ok(None),
            },
            Source::Sheet(workbook) => match workbook.next_row(&self.columns)? {
                Some(cells) => (workbook.line(), cells),
                None => return Ok(None),
            },
        };
        for cell in cells.iter_mut().filter(|cell| cell.expose().contains(['=', '#'])) {
            *cell = Private::new(cell::meant(cell.expose().clone()));
        }
        Ok(Some(Row { line, cells }))
    }
}

impl Facts {
    /// How the file was understood, and what of it is not read.
    pub fn said(&self) -> Text {
        said(&self.understood, self.hidden, self.uncalculated)
    }
}

/// The sentence on how a file was understood, with the rows that are not read because their sheet hides them, and the
/// formulas that have no value.
pub fn said(understood: &Text, hidden: u64, uncalculated: u64) -> Text {
    let Text { en, nb } = understood;
    let said = match hidden {
        0 => understood.clone(),
        1 => text!("{en}; 1 hidden row is not read", "{nb}; 1 skjult rad leses ikke"),
        _ => text!("{en}; {hidden} hidden rows are not read", "{nb}; {hidden} skjulte rader leses ikke"),
    };
    if uncalculated == 0 {
        return said;
    }
    let Text { en, nb } = said;
    text!(
        "{en}; formulas that were never calculated are read as nothing ({uncalculated}): open the workbook in a spreadsheet program and save it",
        "{nb}; formler som aldri er regnet ut, leses som ingenting ({uncalculated}): åpne arbeidsboken i et regneark og lagre den"
    )
}

impl Iterator for Rows {
    type Item = Result<Row, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let read = self.read();
        self.broken = read.is_err();
        read.map_err(|fault| ListError::new(&self.path, fault)).transpose()
    }
}

fn of_text(encoding: Encoding, delimiter: Option<u8>) -> Text {
    let name = encoding.name();
    let (en, nb) = match delimiter {
        Some(b'\t') => ("tabs between cells".to_owned(), "tabulator mellom cellene".to_owned()),
        Some(sign) => (format!("{} between cells", char::from(sign)), format!("{} mellom cellene", char::from(sign))),
        None => ("one column".to_owned(), "én kolonne".to_owned()),
    };
    text!("read as CSV in {name}, {en}", "lest som CSV i {name}, {nb}")
}

fn of_workbook(workbook: &Workbook) -> Text {
    let sheet = shown(&workbook.sheet);
    if workbook.others.is_empty() {
        return text!("read as an Excel workbook, sheet \"{sheet}\"", "lest som en Excel-arbeidsbok, arket «{sheet}»");
    }
    let mut others: Vec<String> = workbook.others.iter().take(5).map(|name| shown(name)).collect();
    if workbook.others.len() > others.len() {
        others.push("…".to_owned());
    }
    let others = others.join(", ");
    text!(
        "read as an Excel workbook, sheet \"{sheet}\"; other sheets are not read: {others}",
        "lest som en Excel-arbeidsbok, arket «{sheet}»; andre ark leses ikke: {others}"
    )
}

#[cfg(test)]
mod tests;
