//! The rows of one sheet, a row at a time, and of each only the cells that are asked for.

use quick_xml::events::{BytesStart, Event};

use super::part::{Xml, add_reference, is_set};
use super::strings::Strings;
use super::value::{self, Format};
use crate::campaign::list::error::Fault;
use crate::campaign::list::header::MOST_COLUMNS;

/// The most rows that any spreadsheet has.
const MOST_ROWS: u64 = 1 << 24;
/// A cell of more text than this, in bytes, is none; spreadsheets keep 32,767 characters.
const LONGEST_CELL: usize = 1024 * 1024;

/// A sheet as it is read.
pub(super) struct Rows {
    xml: Xml,
    strings: Strings,
    formats: Vec<Format>,
    from_1904: bool,
    /// The number of the row just read.
    pub line: u64,
    /// How many rows were left out because the sheet does not show them.
    pub hidden: u64,
    /// How many formulas of shown rows have no value, because no program has calculated them.
    pub uncalculated: u64,
    ended: bool,
    text: String,
}

/// What a cell's tag says of it.
#[derive(Default)]
struct Tag {
    /// From 0.
    column: usize,
    kind: Kind,
    format: Format,
}

/// How a cell's value is written.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    /// The number of a shared text.
    Shared,
    /// The text itself, as a formula gave it.
    Text,
    /// The text itself, beside which a value may stand once more.
    Inline,
    Truth,
    Failure,
}

impl Rows {
    pub(super) fn new(xml: Xml, strings: Strings, formats: Vec<Format>, from_1904: bool) -> Self {
        let (line, hidden, uncalculated, ended, text) = Default::default();
        Self { xml, strings, formats, from_1904, line, hidden, uncalculated, ended, text }
    }

    /// What a sheet without a row leaves for the next one.
    pub(super) fn into_parts(self) -> (Strings, Vec<Format>) {
        (self.strings, self.formats)
    }

    /// The size of the sheet in the file, and how much of it has been read.
    pub(super) fn progress(&self) -> (u64, u64) {
        self.xml.progress()
    }

    /// Reads the next row that is shown and has a value; `each` gets its cells up to the last column that is wanted.
    pub(super) fn advance(&mut self, last: usize, mut each: impl FnMut(usize, String)) -> Result<bool, Fault> {
        let (mut any, mut hidden, mut inside) = (false, false, false);
        let (mut cell, mut next_column) = (Tag::default(), 0);
        let (mut taking, mut spoken, mut formula) = (false, false, false);
        if self.ended {
            return Ok(false);
        }
        loop {
            match self.xml.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "row" => {
                        self.line = line_of(&tag, self.line)?;
                        hidden = is_set(&tag, "hidden");
                        (any, inside, next_column) = (false, true, 0);
                    }
                    "c" if inside => {
                        cell = read_tag(&tag, next_column, &self.formats)?;
                        next_column = cell.column + 1;
                        formula = false;
                        self.text.clear();
                    }
                    "v" => taking = inside && cell.kind != Kind::Inline,
                    "t" => taking = inside && !spoken,
                    "rPh" => spoken = true,
                    "f" => formula = true,
                    _ => {}
                },
                Event::Empty(tag) => match tag.local_name().as_ref() {
                    "row" => self.line = line_of(&tag, self.line)?,
                    "c" if inside => next_column = read_tag(&tag, next_column, &[])?.column + 1,
                    "f" => formula = true,
                    "sheetData" => self.ended = true,
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "v" | "t" => taking = false,
                    "rPh" => spoken = false,
                    // A formula that was never calculated is not nothing, though there is nothing to read.
                    "c" if inside && self.text.is_empty() => {
                        let uncalculated = formula && cell.kind != Kind::Text;
                        any |= uncalculated;
                        self.uncalculated += u64::from(uncalculated && !hidden);
                    }
                    "c" if inside => {
                        any = true;
                        if !hidden && cell.column <= last {
                            each(cell.column, shown(&cell, &self.text, &self.strings, self.from_1904)?);
                        }
                    }
                    "row" => {
                        inside = false;
                        match (any, hidden) {
                            (true, false) => return Ok(true),
                            (true, true) => self.hidden += 1,
                            _ => {}
                        }
                    }
                    "sheetData" => self.ended = true,
                    _ => {}
                },
                Event::Text(text) if taking => self.text.push_str(&text.xml10_content()),
                Event::CData(text) if taking => self.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) if taking => add_reference(&reference, &mut self.text)?,
                Event::Eof => return Err(Fault::BrokenWorkbook),
                _ => {}
            }
            if self.text.len() > LONGEST_CELL {
                return Err(Fault::TooLarge);
            }
            if self.ended {
                self.xml.finish()?;
                return Ok(false);
            }
        }
    }
}

/// The text of a cell, as the sheet shows it or so that it never passes for a phone number.
fn shown(cell: &Tag, text: &str, strings: &Strings, from_1904: bool) -> Result<String, Fault> {
    Ok(match cell.kind {
        Kind::Number => value::text(text, cell.format, from_1904),
        Kind::Shared => {
            let shared = text.trim().parse().ok().and_then(|number| strings.get(number));
            value::unescaped(shared.ok_or(Fault::BrokenWorkbook)?)
        }
        Kind::Text | Kind::Inline => value::unescaped(text),
        Kind::Truth => if matches!(text.trim(), "1" | "true") { "TRUE" } else { "FALSE" }.to_owned(),
        Kind::Failure => String::new(),
    })
}

fn read_tag(tag: &BytesStart<'_>, next_column: usize, formats: &[Format]) -> Result<Tag, Fault> {
    let mut cell = Tag { column: next_column, ..Tag::default() };
    for attribute in tag.attributes().with_checks(false).flatten() {
        let value = attribute.value.as_ref();
        match attribute.key.as_ref() {
            "r" => cell.column = column(value).ok_or(Fault::BrokenWorkbook)?,
            "s" => cell.format = value.parse().ok().and_then(|n: usize| formats.get(n)).copied().unwrap_or_default(),
            "t" => {
                cell.kind = match value {
                    "s" => Kind::Shared,
                    "str" | "d" => Kind::Text,
                    "inlineStr" => Kind::Inline,
                    "b" => Kind::Truth,
                    "e" => Kind::Failure,
                    _ => Kind::Number,
                }
            }
            _ => {}
        }
    }
    if cell.column < MOST_COLUMNS { Ok(cell) } else { Err(Fault::BrokenWorkbook) }
}

/// The column of a place like `AB12`, from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0_usize;
    for letter in letters {
        column = column.checked_mul(26)?.checked_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    column.checked_sub(1)
}

/// The number of a row; one without a number, or with that of a row before it, is behind the last.
fn line_of(row: &BytesStart<'_>, last: u64) -> Result<u64, Fault> {
    let line = number(row, "r").unwrap_or_default().max(last + 1);
    if line <= MOST_ROWS { Ok(line) } else { Err(Fault::BrokenWorkbook) }
}

fn number(tag: &BytesStart<'_>, name: &str) -> Option<u64> {
    super::part::attribute(tag, name)?.parse().ok()
}
