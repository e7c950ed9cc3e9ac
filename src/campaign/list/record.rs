//! Records of a CSV file: quotes, delimiters and line ends, byte by byte, with the line on which each begins.
//!
//! Our own, because the `csv` crate counts no lines that end in CR alone, and places a row after blank lines on the
//! first of those. Memory is bounded by one record.

use std::fmt;
use std::io::BufRead;

use zeroize::Zeroizing;

use super::error::Fault;
use crate::domain::private::Private;

/// A record longer than this, in bytes, is a quote that was never closed.
const LONGEST_RECORD: usize = 4 * 1024 * 1024;
/// The signs that may stand between cells.
pub(super) const DELIMITERS: [u8; 3] = [b'\t', b';', b','];

/// A file as records. The header is the first of them.
pub(super) struct Records<R> {
    input: R,
    delimiter: Delimiter,
    record: Zeroizing<Vec<u8>>,
    /// The line that the next byte stands on.
    line: u64,
    bytes_read: u64,
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
    /// Begins to read; refuses what is no UTF-8 text by its first bytes.
    pub(super) fn new(mut input: R) -> Result<Self, Fault> {
        let start = input.fill_buf()?;
        let bom = start.starts_with(b"\xef\xbb\xbf");
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(Fault::Utf16);
        }
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(Fault::Workbook);
        }
        let head = &start[..start.len().min(1024)];
        let zeros = head.iter().filter(|&&byte| byte == 0).count();
        if zeros > 0 {
            return Err(if zeros * 3 > head.len() { Fault::Utf16 } else { Fault::Binary });
        }
        let skipped = if bom { 3 } else { 0 };
        input.consume(skipped);
        let record = Zeroizing::new(Vec::new());
        Ok(Self { input, delimiter: Delimiter::Any, record, line: 1, bytes_read: skipped as u64 })
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

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// What comes next, as far as it has been read from the disk.
    pub(super) fn peek(&mut self) -> Result<&[u8], Fault> {
        Ok(self.input.fill_buf()?)
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
            let text = std::str::from_utf8(&self.record).map_err(|_| Fault::NotUtf8 { line })?;
            if !text.trim().is_empty() {
                return Ok(Some(line));
            }
        }
    }

    /// All cells of the record just read.
    pub(super) fn all_cells(&self) -> Vec<String> {
        cells(&self.record, self.delimiter).map(|cell| unquoted(cell, self.delimiter)).collect()
    }

    /// The cells of some columns of the record just read.
    pub(super) fn cells(&self, columns: &[usize]) -> Vec<Private<String>> {
        let mut kept: Vec<Private<String>> = columns.iter().map(|_| Private::new(String::new())).collect();
        for (index, cell) in cells(&self.record, self.delimiter).enumerate() {
            for (place, _) in columns.iter().enumerate().filter(|(_, column)| **column == index) {
                kept[place] = Private::new(unquoted(cell, self.delimiter));
            }
        }
        kept
    }

    /// Reads up to and including the next line end outside quotes; false at the end of the file.
    fn read_record(&mut self, line: u64) -> Result<bool, Fault> {
        self.record.clear();
        let mut place = Place::default();
        // A quoted cell that runs over lines, and then goes on after its closing quote, was never meant to be one.
        let mut runs_over = false;
        let mut any = false;
        while let Some(&byte) = self.input.fill_buf()?.first() {
            self.take();
            any = true;
            if matches!(byte, b'\n' | b'\r') {
                self.line += 1;
                if byte == b'\r' && self.input.fill_buf()?.first() == Some(&b'\n') {
                    self.take();
                }
                if place != Place::Quoted {
                    return Ok(true);
                }
                runs_over = true;
                self.record.push(b'\n');
            } else {
                let next = place.after(byte, self.delimiter);
                if runs_over && place == Place::Closed && next == Place::Plain {
                    return Err(Fault::OpenQuote { line });
                }
                runs_over &= next != Place::Start;
                place = next;
                self.record.push(byte);
            }
            if self.record.len() > LONGEST_RECORD {
                return Err(if place == Place::Quoted { Fault::OpenQuote { line } } else { Fault::LongRow { line } });
            }
        }
        if place == Place::Quoted { Err(Fault::OpenQuote { line }) } else { Ok(any) }
    }

    fn take(&mut self) {
        self.input.consume(1);
        self.bytes_read += 1;
    }
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
