//! Records of a CSV text: quotes, delimiters and line ends, with the line on which each begins.
//!
//! Our own, because the `csv` crate counts no lines that end in CR alone, and places a row after blank lines on the
//! first of those. A line without quotes is taken whole, any other byte by byte. Memory is bounded by one record.

use std::fmt;
use std::io::{self, BufRead};

use zeroize::Zeroizing;

use super::error::Fault;
use crate::domain::private::Private;

/// A record longer than this, in bytes, is a quote that was never closed.
const LONGEST_RECORD: usize = 4 * 1024 * 1024;
/// The signs that may stand between cells.
pub(super) const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

/// A file as records. The header is the first of them.
pub(super) struct Records<R> {
    input: R,
    delimiter: Delimiter,
    record: Zeroizing<Vec<u8>>,
    /// Whether the record holds a quote.
    quoted: bool,
    /// The line that the next byte stands on.
    line: u64,
}

#[derive(Clone, Copy, Debug)]
enum Delimiter {
    /// Not known yet: all of them may open a quoted cell.
    Any,
    One(u8),
    /// A row is one cell.
    None,
}

impl Delimiter {
    fn is(self, byte: u8) -> bool {
        match self {
            Delimiter::Any => DELIMITERS.contains(&byte),
            Delimiter::One(one) => one == byte,
            Delimiter::None => false,
        }
    }
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, delimiter: Delimiter::Any, record: Zeroizing::new(Vec::new()), quoted: false, line: 1 }
    }

    /// Where the records come from.
    pub(super) fn input(&self) -> &R {
        &self.input
    }

    pub(super) fn delimiter(&self) -> Option<u8> {
        match self.delimiter {
            Delimiter::One(one) => Some(one),
            _ => None,
        }
    }

    /// Settles the delimiter; `None` makes every row one cell.
    pub(super) fn set_delimiter(&mut self, delimiter: Option<u8>) {
        self.delimiter = delimiter.map_or(Delimiter::None, Delimiter::One);
    }

    /// What comes next, as far as it has been read from the disk.
    pub(super) fn peek(&mut self) -> Result<&[u8], Fault> {
        let line = self.line;
        self.input.fill_buf().map_err(|error| damaged(error, line))
    }

    /// The record just read, as it stands in the file.
    pub(super) fn raw(&self) -> &[u8] {
        &self.record
    }

    /// Reads the next record that is not blank; the answer is the line on which it begins.
    pub(super) fn advance(&mut self) -> Result<Option<u64>, Fault> {
        loop {
            let line = self.line;
            if !self.read_record(line)? {
                return Ok(None);
            }
            let text = std::str::from_utf8(&self.record).map_err(|_| Fault::Damaged { line })?;
            if text.contains('\0') {
                return Err(Fault::Nul { line });
            }
            if text.contains(|c: char| !c.is_whitespace()) {
                return Ok(Some(line));
            }
        }
    }

    /// Whether the record just read has more cells than this.
    pub(super) fn has_more_than(&self, cells: usize) -> bool {
        self.slices().nth(cells).is_some()
    }

    /// All cells of the record just read.
    pub(super) fn all_cells(&self) -> Vec<String> {
        self.slices().map(|cell| self.text(cell)).collect()
    }

    /// The cells of some columns of the record just read.
    pub(super) fn cells(&self, columns: &[usize]) -> Vec<Private<String>> {
        let mut kept: Vec<Private<String>> = columns.iter().map(|_| Private::new(String::new())).collect();
        let Some(last) = columns.iter().max() else { return kept };
        for (index, cell) in self.slices().enumerate().take(last + 1) {
            for (place, _) in columns.iter().enumerate().filter(|(_, column)| **column == index) {
                kept[place] = Private::new(self.text(cell));
            }
        }
        kept
    }

    fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let (delimiter, quoted, mut place) = (self.delimiter, self.quoted, Place::default());
        self.record.split(move |&byte| {
            if !quoted {
                return delimiter.is(byte);
            }
            place = place.after(byte, delimiter);
            place == Place::Start
        })
    }

    fn text(&self, cell: &[u8]) -> String {
        if self.quoted { unquoted(cell, self.delimiter) } else { String::from_utf8_lossy(cell).into_owned() }
    }

    /// Reads up to and including the next line end outside quotes; false at the end of the file.
    fn read_record(&mut self, line: u64) -> Result<bool, Fault> {
        self.record.clear();
        self.quoted = false;
        let mut place = Place::default();
        // A quoted cell that runs over lines, and then goes on after its closing quote, was never meant to be one.
        let mut runs_over = false;
        let mut any = false;
        loop {
            let bytes = self.input.fill_buf().map_err(|error| damaged(error, line))?;
            if bytes.is_empty() {
                return if place == Place::Quoted { Err(Fault::OpenQuote { line }) } else { Ok(any) };
            }
            let mut taken = 0;
            let mut end = None;
            if !any && let Some(length) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'"')) {
                // Until here nothing can be more than a sign or a delimiter.
                self.record.extend_from_slice(&bytes[..length]);
                taken = length;
                place = match self.record.last() {
                    Some(&last) if !self.delimiter.is(last) => Place::Plain,
                    _ => Place::Start,
                };
            }
            any = true;
            for &byte in &bytes[taken..] {
                taken += 1;
                if matches!(byte, b'\n' | b'\r') {
                    end = Some(byte);
                    break;
                }
                self.quoted |= byte == b'"';
                let next = place.after(byte, self.delimiter);
                if runs_over && place == Place::Closed && next == Place::Plain {
                    return Err(Fault::OpenQuote { line });
                }
                runs_over &= next != Place::Start;
                place = next;
                self.record.push(byte);
            }
            self.input.consume(taken);
            if let Some(byte) = end {
                self.line += 1;
                if byte == b'\r' && self.peek()?.first() == Some(&b'\n') {
                    self.input.consume(1);
                }
                if place != Place::Quoted {
                    return Ok(true);
                }
                runs_over = true;
                self.record.push(b'\n');
            }
            if self.record.len() > LONGEST_RECORD {
                return Err(if place == Place::Quoted { Fault::OpenQuote { line } } else { Fault::LongRow { line } });
            }
        }
    }
}

/// Bytes that cannot be decoded belong to the line on which they stand.
fn damaged(error: io::Error, line: u64) -> Fault {
    if error.kind() == io::ErrorKind::InvalidData { Fault::Damaged { line } } else { error.into() }
}

impl<R> fmt::Debug for Records<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("delimiter", &self.delimiter).field("line", &self.line).finish_non_exhaustive()
    }
}

/// Where in a cell the reading stands. A quote counts only at the start of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Start,
    Plain,
    Quoted,
    /// After a quote that closes the cell, or is the first of a doubled one.
    Closed,
}

impl Place {
    fn after(self, byte: u8, delimiter: Delimiter) -> Place {
        match (self, byte) {
            (Place::Start | Place::Closed, b'"') => Place::Quoted,
            (Place::Quoted, b'"') => Place::Closed,
            (Place::Quoted, _) => Place::Quoted,
            (_, byte) if delimiter.is(byte) => Place::Start,
            _ => Place::Plain,
        }
    }
}

fn cells(record: &[u8], delimiter: Delimiter) -> impl Iterator<Item = &[u8]> {
    let mut place = Place::default();
    record.split(move |&byte| {
        place = place.after(byte, delimiter);
        place == Place::Start
    })
}

/// The text of a cell without its quotes.
fn unquoted(cell: &[u8], delimiter: Delimiter) -> String {
    let mut text = Zeroizing::new(Vec::with_capacity(cell.len()));
    let mut place = Place::default();
    for &byte in cell {
        let next = place.after(byte, delimiter);
        let is_mark = byte == b'"' && (place == Place::Start || next == Place::Closed);
        if !is_mark {
            text.push(byte);
        }
        place = next;
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// How many cells the first record of some bytes has with a delimiter.
pub(super) fn count(bytes: &[u8], delimiter: u8) -> usize {
    let delimiter = Delimiter::One(delimiter);
    let mut place = Place::default();
    let end = bytes.iter().position(|&byte| {
        let ends = matches!(byte, b'\n' | b'\r') && place != Place::Quoted;
        place = place.after(byte, delimiter);
        ends
    });
    cells(&bytes[..end.unwrap_or(bytes.len())], delimiter).count()
}
