//! One part of a workbook's archive: unpacked as a stream, no further than it may, and checked to its last byte.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zeroize::Zeroizing;
use zip::{CompressionMethod, ZipArchive};

use crate::campaign::list::error::Fault;

/// A part that unpacks to more bytes than this is no list: a million rows of thirty columns are half of it.
const MOST_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// What a workbook says of itself, part by part, is smaller than this; only its sheets and its texts are larger.
const MOST_OF_ITSELF: u64 = 64 * 1024 * 1024;
/// A name, an id or a path longer than this, in bytes, is none.
const LONGEST_WORD: usize = 4 * 1024;
/// A tag or a text longer than this, in bytes, is no cell.
const LONGEST_PIECE: usize = 1024 * 1024;
const BUFFER: usize = 64 * 1024;

/// The archive of a workbook, as its directory says.
pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    /// The same open file, so that a part is read from it even when another has taken its name.
    file: File,
}

impl Archive {
    pub(super) fn new(file: File) -> Result<Self, Fault> {
        let zip = ZipArchive::new(BufReader::new(file.try_clone()?))?;
        Ok(Self { zip, file })
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Parts are named without regard to case, and some programs write `\` for `/`.
    fn place(&self, name: &str) -> Option<usize> {
        let same = |other: &str| other.replace('\\', "/").trim_start_matches('/').eq_ignore_ascii_case(name);
        self.zip.index_for_name(name).or_else(|| {
            (0..self.zip.len()).find(|&n| matches!(self.zip.name_for_index(n), Some(Ok(other)) if same(&other)))
        })
    }

    /// Opens a part of what the workbook says of itself, which must be there.
    pub(super) fn of_itself(&mut self, name: &str) -> Result<Xml, Fault> {
        self.open(name, MOST_OF_ITSELF)
    }

    /// Opens a sheet or the shared texts, which must be there.
    pub(super) fn xml(&mut self, name: &str) -> Result<Xml, Fault> {
        self.open(name, MOST_BYTES)
    }

    fn open(&mut self, name: &str, most: u64) -> Result<Xml, Fault> {
        let place = self.place(name).ok_or(Fault::BrokenWorkbook)?;
        let entry = self.zip.by_index_raw(place)?;
        let start = entry.data_start().ok_or(Fault::BrokenWorkbook)?;
        let (size, crc, method) = (entry.compressed_size(), entry.crc32(), entry.compression());
        let unpacked = entry.size();
        drop(entry);
        // All share one place in the file: one part is read at a time, each from its own beginning.
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        let packed = BufReader::with_capacity(BUFFER, file.take(size));
        let body = match method {
            CompressionMethod::Deflated => Body::Packed(DeflateDecoder::new(packed)),
            CompressionMethod::Stored => Body::Plain(packed),
            _ => return Err(Fault::BrokenWorkbook),
        };
        let block = Zeroizing::new(Vec::new());
        let part = Part { body, crc: Crc::new(), expected: crc, piece: 0, total: 0, most, block, from: 0 };
        let mut reader = Reader::from_reader(part);
        reader.config_mut().check_end_names = false;
        Ok(Xml { reader, buffer: Zeroizing::new(Vec::new()), size, unpacked })
    }
}

enum Body {
    Packed(DeflateDecoder<BufReader<io::Take<File>>>),
    Plain(BufReader<io::Take<File>>),
}

/// The bytes of a part.
struct Part {
    body: Body,
    crc: Crc,
    expected: u32,
    /// Bytes taken since the last piece of XML began.
    piece: usize,
    total: u64,
    /// More bytes than this are refused.
    most: u64,
    block: Zeroizing<Vec<u8>>,
    /// What of the block has been taken.
    from: usize,
}

impl Part {
    fn packed_bytes_left(&self) -> u64 {
        match &self.body {
            Body::Packed(decoder) => decoder.get_ref().get_ref().limit(),
            Body::Plain(reader) => reader.get_ref().limit(),
        }
    }
}

impl BufRead for Part {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.from == self.block.len() {
            self.block.resize(BUFFER, 0);
            let read = match &mut self.body {
                Body::Packed(decoder) => decoder.read(&mut self.block)?,
                Body::Plain(reader) => reader.read(&mut self.block)?,
            };
            self.block.truncate(read);
            self.from = 0;
            self.crc.update(&self.block);
            self.total += read as u64;
            if self.total > self.most || self.piece > LONGEST_PIECE {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            if read == 0 && self.crc.sum() != self.expected {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(&self.block[self.from..])
    }

    fn consume(&mut self, amount: usize) {
        self.from += amount;
        self.piece += amount;
    }
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

/// A part as XML, piece by piece.
pub(super) struct Xml {
    reader: Reader<Part>,
    buffer: Zeroizing<Vec<u8>>,
    size: u64,
    /// How many bytes the archive says it unpacks to; not to be relied on.
    pub unpacked: u64,
}

impl Xml {
    /// The next piece.
    pub(super) fn next(&mut self) -> Result<Event<'_>, Fault> {
        self.reader.get_mut().piece = 0;
        self.buffer.clear();
        Ok(self.reader.read_event_into(&mut self.buffer)?)
    }

    /// Reads to the end, so that a part that is damaged behind what was needed does not pass for whole.
    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        while !matches!(self.next()?, Event::Eof) {}
        Ok(())
    }

    /// The size of the part in the archive, and how much of it has been read.
    pub(super) fn progress(&self) -> (u64, u64) {
        (self.size, self.size - self.reader.get_ref().packed_bytes_left())
    }
}

/// The value of an attribute, by its name without a prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let attribute = attributes.with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name)?;
    quick_xml::escape::unescape(&attribute.value).ok().map(|value| value.into_owned())
}

/// A name, an id or a path among the attributes, which are kept; nobody needs a long one.
pub(super) fn word(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Fault> {
    match attribute(tag, name) {
        Some(word) if word.len() > LONGEST_WORD => Err(Fault::TooLarge),
        word => Ok(word),
    }
}

/// Whether an attribute says yes.
pub(super) fn is_set(tag: &BytesStart<'_>, name: &str) -> bool {
    attribute(tag, name).is_some_and(|value| matches!(value.as_str(), "1" | "true"))
}

/// Adds the character that `&..;` stands for.
pub(super) fn add_reference(reference: &BytesRef<'_>, text: &mut String) -> Result<(), Fault> {
    match quick_xml::escape::resolve_xml_entity(reference) {
        Some(known) => text.push_str(known),
        None => text.push(reference.resolve_char_ref()?.ok_or(Fault::BrokenWorkbook)?),
    }
    Ok(())
}

impl From<quick_xml::Error> for Fault {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => Fault::TooLarge,
            _ => Fault::BrokenWorkbook,
        }
    }
}

impl From<zip::result::ZipError> for Fault {
    fn from(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
            _ => Fault::BrokenWorkbook,
        }
    }
}
