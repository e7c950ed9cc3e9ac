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
    /// A pipe, a device or the like.
    NoFile,
    /// Bytes that are no text.
    Binary,
    /// A format that a spreadsheet program reads, and Lykt does not.
    Other(Other),
    /// Text in an encoding that cannot be told.
    Foreign,
    /// Bytes that are no character, seen first in the row that begins on this line.
    Damaged {
        /// The row's first line.
        line: u64,
    },
    /// A character that no text has (NUL), seen first in the row that begins on this line.
    Nul {
        /// The row's first line.
        line: u64,
    },
    /// A file larger than any list.
    Huge,
    /// A workbook that is cut off or not made as workbooks are.
    BrokenWorkbook,
    /// A workbook that unpacks to more than any list needs.
    TooLarge,
    /// No sheet that can be seen has a first row.
    NoSheet,
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
    /// A line above the header that names no sign we know.
    Separator,
    /// More columns than a spreadsheet has.
    TooManyColumns,
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

/// Formats that must be saved as another one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// Excel's format before 2007.
    OldExcel,
    /// A workbook under a password.
    Protected,
    /// Excel's binary format.
    BinaryExcel,
    /// LibreOffice's and OpenOffice's own format.
    OpenDocument,
    /// Apple's Numbers.
    Numbers,
    /// A web page or XML that a program calls a spreadsheet.
    Markup,
    /// Text by which programs exchange sheets, with its name.
    Exchange(&'static str),
    /// An archive with anything else in it.
    Archive,
}

impl ListError {
    pub(super) fn new(file: &Path, fault: Fault) -> Self {
        Self { file: file.to_owned(), fault }
    }

    /// The line of the file that the fault is about, when it is about one.
    pub fn line(&self) -> Option<u64> {
        match self.fault {
            Fault::Damaged { line } | Fault::Nul { line } | Fault::OpenQuote { line } | Fault::LongRow { line } => {
                Some(line)
            }
            Fault::Separator
            | Fault::TooManyColumns
            | Fault::NoColumn { .. }
            | Fault::SameName { .. }
            | Fault::NoPhoneColumn { .. }
            | Fault::HeaderIsNumber => Some(1),
            _ => None,
        }
    }

    /// The whole sentence: file, line, what is wrong and what to do.
    pub fn text(&self) -> Text {
        self.told(&self.file.display().to_string())
    }

    /// The same for a page, which tells nobody where the files lie.
    pub fn by_name(&self) -> Text {
        self.told(&self.file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default())
    }

    fn told(&self, file: &str) -> Text {
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
            io::ErrorKind::FileTooLarge => Fault::TooLarge,
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
            Fault::NoFile => text!(
                "this is no file but a pipe or a device; save the list as a file",
                "dette er ikke en fil, men et rør eller en enhet; lagre listen som en fil"
            ),
            Fault::Binary => text!(
                "this is no list; a list is a CSV file or an Excel workbook (.xlsx)",
                "dette er ikke en liste; en liste er en CSV-fil eller en Excel-arbeidsbok (.xlsx)"
            ),
            Fault::Other(other) => other.text(),
            Fault::Foreign => text!(
                "the characters of this file are neither UTF-8 nor Western European; save it as \"CSV UTF-8\"",
                "tegnene i filen er verken UTF-8 eller vesteuropeiske; lagre den som «CSV UTF-8»"
            ),
            Fault::Damaged { .. } => text!(
                "a character here is damaged, and the rest of the file is not; write it anew and save as \"CSV UTF-8\"",
                "et tegn her er ødelagt, og resten av filen er det ikke; skriv det på nytt og lagre som «CSV UTF-8»"
            ),
            Fault::Nul { .. } => text!(
                "there is a NUL here, which no text has: the file is damaged; save the list anew",
                "her står et NUL-tegn, som ingen tekst har: filen er ødelagt; lagre listen på nytt"
            ),
            Fault::Huge => text!(
                "the file is larger than 4 GB; save the list with the columns that are needed, and no more",
                "filen er større enn 4 GB; lagre listen med de kolonnene som trengs, og ikke flere"
            ),
            Fault::BrokenWorkbook => text!(
                "the workbook is damaged or cut off; open it in a spreadsheet program and save it anew",
                "arbeidsboken er ødelagt eller kuttet av; åpne den i et regneark og lagre den på nytt"
            ),
            Fault::TooLarge => text!(
                "the workbook holds more than a list needs; save the sheet as \"CSV UTF-8\" and use that file",
                "arbeidsboken har mer i seg enn en liste trenger; lagre arket som «CSV UTF-8» og bruk den filen"
            ),
            Fault::NoSheet => text!(
                "no sheet that can be seen has anything in it; a list begins with a row of column names",
                "ingen synlige ark har noe i seg; en liste begynner med en rad med kolonnenavn"
            ),
            Fault::OpenQuote { .. } => text!(
                "a quote (\") is opened in this row and never closed; close it or remove it",
                "et anførselstegn (\") åpnes i denne raden og lukkes aldri; lukk det eller fjern det"
            ),
            Fault::LongRow { .. } => text!(
                "this row is too long; is a closing quote (\") missing?",
                "denne raden er for lang; mangler et anførselstegn (\") på slutten?"
            ),
            Fault::Separator => text!(
                "what stands after sep= is not one of , ; | and tab; put one of them there, or remove the line",
                "det som står etter sep= er ikke et av , ; | og tabulator; sett et av dem der, eller ta bort linjen"
            ),
            Fault::TooManyColumns => text!(
                "there are more than 16384 columns, which no spreadsheet has; save the list with those that are needed",
                "det er flere enn 16384 kolonner, som ingen regneark har; lagre listen med dem som trengs"
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

impl Other {
    fn text(self) -> Text {
        match self {
            Other::OldExcel => text!(
                "this is an old Excel file (.xls); save it as \"Excel workbook (.xlsx)\"",
                "dette er en gammel Excel-fil (.xls); lagre den som «Excel-arbeidsbok (.xlsx)»"
            ),
            Other::Protected => text!(
                "the workbook is under a password; save it without one",
                "arbeidsboken er beskyttet med passord; lagre den uten"
            ),
            Other::BinaryExcel => text!(
                "this is a binary Excel file (.xlsb); save it as \"Excel workbook (.xlsx)\"",
                "dette er en binær Excel-fil (.xlsb); lagre den som «Excel-arbeidsbok (.xlsx)»"
            ),
            Other::OpenDocument => text!(
                "this is an OpenDocument file (.ods); save it as .xlsx (\"Excel 2007-365\") or as CSV",
                "dette er en OpenDocument-fil (.ods); lagre den som .xlsx («Excel 2007-365») eller som CSV"
            ),
            Other::Numbers => text!(
                "this is a Numbers file; choose File, Export To, Excel or CSV",
                "dette er en Numbers-fil; velg Arkiv, Eksporter til, Excel eller CSV"
            ),
            Other::Markup => text!(
                "this is a web page or XML, whatever it is called; open it in a spreadsheet program and save it as .xlsx",
                "dette er en nettside eller XML, hva den enn heter; åpne den i et regneark og lagre den som .xlsx"
            ),
            Other::Exchange(name) => text!(
                "this is {name}, whatever it is called; open it in a spreadsheet program and save it as .xlsx",
                "dette er {name}, hva den enn heter; åpne den i et regneark og lagre den som .xlsx"
            ),
            Other::Archive => text!(
                "this is an archive without a workbook in it; take the list out of it",
                "dette er et arkiv uten en arbeidsbok i; ta listen ut av det"
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
    let mut named = columns.iter().filter(|name| !name.trim().is_empty()).map(safe);
    let mut names: Vec<String> = named.by_ref().take(MOST_NAMED).collect();
    names.extend(named.next().map(|_| "…".to_owned()));
    names
}

/// The start of a name, fit for a sentence.
pub(super) fn shown(name: &str) -> String {
    inert(name.trim()).chars().take(40).collect()
}
