//! What can be wrong with a list file, as sentences that say what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::text;

/// At most so many columns are named in a sentence.
const MOST_NAMED: usize = 12;

/// A list that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub struct ListError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a list.
#[derive(Debug)]
pub enum Fault {
    /// There is no such file.
    Missing,
    /// It is a folder.
    Directory,
    /// The system refuses to read it.
    Unreadable(io::Error),
    /// There is not even a header.
    Empty,
    /// UTF-16, as some spreadsheets save "Unicode text".
    Utf16,
    /// A spreadsheet's own format.
    Workbook,
    /// Bytes that are no text.
    Binary,
    /// Another encoding, seen first in the row that begins on this line.
    NotUtf8 {
        /// The row's first line.
        line: u64,
    },
    /// A quote is opened and never closed.
    OpenQuote {
        /// The row's first line.
        line: u64,
    },
    /// A row so long that a quote must be missing.
    LongRow {
        /// The row's first line.
        line: u64,
    },
    /// A column that the list does not have.
    NoColumn {
        /// The name asked for.
        name: String,
        /// The names there are.
        columns: Vec<String>,
    },
    /// Two columns of the name asked for.
    SameName {
        /// The name asked for.
        name: String,
    },
    /// No header says which column holds the phone numbers.
    NoPhoneColumn {
        /// The names there are.
        columns: Vec<String>,
    },
    /// The first line holds a phone number where column names belong.
    HeaderIsNumber,
}

impl ListError {
    pub(super) fn new(file: &Path, fault: Fault) -> Self {
        Self { file: file.to_owned(), fault }
    }

    /// The line of the file that the fault is about, when it is about one.
    pub fn line(&self) -> Option<u64> {
        match self.fault {
            Fault::NotUtf8 { line } | Fault::OpenQuote { line } | Fault::LongRow { line } => Some(line),
            Fault::NoColumn { .. } | Fault::SameName { .. } | Fault::NoPhoneColumn { .. } | Fault::HeaderIsNumber => {
                Some(1)
            }
            _ => None,
        }
    }

    /// The whole sentence: file, line, what is wrong and what to do.
    pub fn text(&self) -> Text {
        let file = self.file.display();
        let place = self.line().map(|line| format!(":{line}")).unwrap_or_default();
        let Text { en, nb } = self.fault.text();
        text!("{file}{place}: {en}", "{file}{place}: {nb}")
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Fault::Missing,
            io::ErrorKind::IsADirectory => Fault::Directory,
            _ => Fault::Unreadable(error),
        }
    }
}

impl Fault {
    pub(super) fn no_column(name: &str, columns: &[String]) -> Self {
        Fault::NoColumn { name: name.to_owned(), columns: nameable(columns) }
    }

    pub(super) fn no_phone_column(columns: &[String]) -> Self {
        Fault::NoPhoneColumn { columns: nameable(columns) }
    }

    /// What is wrong and what to do, without the place.
    pub fn text(&self) -> Text {
        match self {
            Fault::Missing => text!("there is no such file", "filen finnes ikke"),
            Fault::Directory => {
                text!("this is a folder; name the list file in it", "dette er en mappe; oppgi listefilen i den")
            }
            Fault::Unreadable(error) => text!("the file cannot be read: {error}", "filen kan ikke leses: {error}"),
            Fault::Empty => text!(
                "the file is empty; a list begins with a line of column names",
                "filen er tom; en liste begynner med en linje med kolonnenavn"
            ),
            Fault::Utf16 => {
                text!("the file is in UTF-16; save it as \"CSV UTF-8\"", "filen er i UTF-16; lagre den som «CSV UTF-8»")
            }
            Fault::Workbook => text!(
                "this is a workbook; save the sheet as \"CSV UTF-8\" and use that file",
                "dette er en arbeidsbok; lagre arket som «CSV UTF-8» og bruk den filen"
            ),
            Fault::Binary => text!(
                "this is no text; a list is a CSV file in UTF-8",
                "dette er ikke tekst; en liste er en CSV-fil i UTF-8"
            ),
            Fault::NotUtf8 { .. } => text!(
                "a character here is not UTF-8 (perhaps Windows-1252); save the file as \"CSV UTF-8\"",
                "et tegn her er ikke UTF-8 (kanskje Windows-1252); lagre filen som «CSV UTF-8»"
            ),
            Fault::OpenQuote { .. } => text!(
                "a quote (\") is opened in this row and never closed; close it or remove it",
                "et anførselstegn (\") åpnes i denne raden og lukkes aldri; lukk det eller fjern det"
            ),
            Fault::LongRow { .. } => text!(
                "this row is too long; is a closing quote (\") missing?",
                "denne raden er for lang; mangler et anførselstegn (\") på slutten?"
            ),
            Fault::NoColumn { name, columns } => {
                let (name, columns) = (shown(name), columns.join(", "));
                text!(
                    "there is no column \"{name}\"; the columns are: {columns}",
                    "det er ingen kolonne «{name}»; kolonnene er: {columns}"
                )
            }
            Fault::SameName { name } => {
                let name = shown(name);
                text!(
                    "two columns are named \"{name}\"; give one of them another name",
                    "to kolonner heter «{name}»; gi en av dem et annet navn"
                )
            }
            Fault::NoPhoneColumn { columns } => {
                let columns = columns.join(", ");
                text!(
                    "no column is named like a phone number; choose one with --column; the columns are: {columns}",
                    "ingen kolonne har et navn som telefon; velg en med --column; kolonnene er: {columns}"
                )
            }
            Fault::HeaderIsNumber => text!(
                "the first line holds a phone number; put a line with the column names above it, for example: phone",
                "den første linjen har et telefonnummer; sett en linje med kolonnenavn over den, for eksempel: telefon"
            ),
        }
    }
}

/// Column names fit for a sentence: few, short, inert, and no digits of what may be a person after all.
fn nameable(columns: &[String]) -> Vec<String> {
    let safe = |name: &String| {
        let digits = name.chars().filter(|c| c.is_numeric()).count();
        if digits > 4 { "…".to_owned() } else { shown(name) }
    };
    let mut names: Vec<String> = columns.iter().take(MOST_NAMED).map(safe).collect();
    if columns.len() > MOST_NAMED {
        names.push("…".to_owned());
    }
    names
}

/// The start of a name, fit for a sentence.
fn shown(name: &str) -> String {
    inert(name.trim()).chars().take(40).collect()
}
