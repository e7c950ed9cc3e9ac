//! In which encoding a text file is written, and the same text as UTF-8, a piece at a time.
//!
//! Nothing is guessed where it would be a coin's toss: what is neither UTF-8, UTF-16, Windows-1252 nor Mac Roman by what
//! stands in it is refused.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use encoding_rs::{Decoder, DecoderResult};
use zeroize::Zeroizing;

use super::error::Fault;

/// The bytes that are read at once; the delimiter is judged by what they show.
const BUFFER: usize = 64 * 1024;
/// A sign where another encoding has a letter tells as much as so many letters that stand where they may.
const SIGN: u64 = 10;

/// How the characters of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// What Windows writes in Western Europe when it is not asked.
    Windows1252,
    /// What old programs for the Mac write.
    MacRoman,
}

impl Encoding {
    /// The name that people know.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
            Encoding::Windows1252 => "Windows-1252",
            Encoding::MacRoman => "Mac Roman",
        }
    }

    fn decoder(self) -> Option<Decoder> {
        let encoding = match self {
            Encoding::Utf8 => return None,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
            Encoding::MacRoman => encoding_rs::MACINTOSH,
        };
        Some(encoding.new_decoder_without_bom_handling())
    }
}

/// Says how a file is written, and how many bytes its byte order marks take. Reads all of it unless its beginning tells.
pub(super) fn of(file: &mut File) -> Result<(Encoding, u64), Fault> {
    let mut head = Vec::with_capacity(BUFFER);
    file.seek(SeekFrom::Start(0))?;
    file.take(BUFFER as u64).read_to_end(&mut head)?;
    let marks: [(&[u8], Encoding); 3] =
        [(b"\xef\xbb\xbf", Encoding::Utf8), (b"\xff\xfe", Encoding::Utf16Le), (b"\xfe\xff", Encoding::Utf16Be)];
    if head.starts_with(b"\xff\xfe\0\0") || head.starts_with(b"\0\0\xfe\xff") {
        return Err(Fault::Binary);
    }
    if let Some((mark, encoding)) = marks.into_iter().find(|(mark, _)| head.starts_with(mark)) {
        // A program that adds a mark to a file that has one leaves two.
        let marks = head.chunks(mark.len()).take_while(|chunk| chunk == &mark).count();
        return Ok((encoding, (marks * mark.len()) as u64));
    }
    if head.contains(&0) {
        return without_mark(&head).map(|encoding| (encoding, 0)).ok_or(Fault::Binary);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut look = Look::default();
    let mut block = vec![0; BUFFER];
    loop {
        match file.read(&mut block)? {
            0 => return look.judge().map(|encoding| (encoding, 0)),
            read => look.at(&block[..read]),
        }
    }
}

/// UTF-16 by its zeros: digits, delimiters and line ends have one each, and always on the same side.
fn without_mark(head: &[u8]) -> Option<Encoding> {
    let zeros = |side| head.iter().skip(side).step_by(2).filter(|&&byte| byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let many = first.max(second) * 8 >= head.len();
    match (many, first > second * 8, second > first * 8) {
        (true, true, _) => Some(Encoding::Utf16Be),
        (true, _, true) => Some(Encoding::Utf16Le),
        _ => None,
    }
}

/// What has been seen of a file without a mark and without zeros.
#[derive(Default)]
struct Look {
    /// Characters of several bytes, well formed.
    whole: u64,
    /// Bytes that are no UTF-8.
    broken: u64,
    /// The beginning of a character that the block cuts off.
    rest: Vec<u8>,
    /// The last two bytes of the block before.
    last: [u8; 2],
    /// Letters of Windows-1252 beside a plain one, as in "Bjørn".
    windows: u64,
    /// Letters of Mac Roman where no text in Windows-1252 has the signs of the same bytes.
    mac: u64,
    /// Letters beside each other that are both not plain, as in Cyrillic or Thai.
    foreign: u64,
    /// Signs of Windows-1252 where a word has a letter, as in "B‘rum" for the "Bærum" of DOS; each counts [`SIGN`].
    strange: u64,
    /// The same of Mac Roman.
    strange_mac: u64,
    /// Bytes that Windows-1252 does not have.
    unknown: u64,
}

impl Look {
    fn at(&mut self, block: &[u8]) {
        if !(block.is_ascii() && self.rest.is_empty() && self.last.is_ascii()) {
            self.as_utf8(block);
            self.as_single_bytes(block);
        }
        if let [.., before, last] = *block {
            self.last = [before, last];
        }
    }

    fn as_utf8(&mut self, block: &[u8]) {
        let bytes = [std::mem::take(&mut self.rest).as_slice(), block].concat();
        let mut left = bytes.as_slice();
        loop {
            let (valid, error) = match std::str::from_utf8(left) {
                Ok(text) => (text, None),
                Err(error) => {
                    let (valid, _) = left.split_at(error.valid_up_to());
                    (std::str::from_utf8(valid).unwrap_or_default(), Some(error))
                }
            };
            self.whole += valid.bytes().filter(|&byte| byte >= 0xc0).count() as u64;
            let Some(error) = error else { return };
            let Some(length) = error.error_len() else {
                self.rest = left[error.valid_up_to()..].to_vec();
                return;
            };
            self.broken += 1;
            left = &left[error.valid_up_to() + length..];
        }
    }

    fn as_single_bytes(&mut self, block: &[u8]) {
        let [mut before, mut byte] = self.last;
        for &next in block {
            self.letter(before, byte, next);
            (before, byte) = (byte, next);
        }
    }

    fn letter(&mut self, before: u8, byte: u8, next: u8) {
        if byte < 0x80 {
            return;
        }
        let beside = before.is_ascii_alphabetic() || next.is_ascii_alphabetic();
        match byte {
            0xc0..=0xff => {
                self.windows += u64::from(beside && !matches!(byte, 0xd7 | 0xf7));
                self.foreign += u64::from(before >= 0xc0);
            }
            // å, æ and ø within a word; in Windows-1252 these are Œ, ¾ and ¿.
            0x8c | 0xbe | 0xbf => self.mac += u64::from(before.is_ascii_alphabetic()),
            // Å, Æ and Ø at its beginning; in Windows-1252 nothing, ® and ¯.
            0x81 | 0xae | 0xaf => self.mac += u64::from(!before.is_ascii_alphabetic() && next.is_ascii_lowercase()),
            _ => {}
        }
        self.unknown += u64::from(matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
        self.strange += strangeness(before, byte, next);
        self.strange_mac += SIGN * u64::from(is_strange_to_mac(before, byte, next));
    }

    fn judge(mut self) -> Result<Encoding, Fault> {
        self.broken += u64::from(!self.rest.is_empty());
        self.letter(self.last[0], self.last[1], b'\n');
        if self.broken == 0 {
            Ok(Encoding::Utf8)
        } else if self.whole > 0 && self.whole * 10 > self.broken {
            // By chance some of Thai's old bytes are a character of UTF-8; there every other one is damaged.
            let by_chance = self.foreign > self.windows && self.broken * 2 > self.whole;
            // Mostly UTF-8: the reading finds the line that is not.
            if by_chance { Err(Fault::Foreign) } else { Ok(Encoding::Utf8) }
        } else if self.foreign > self.windows {
            Err(Fault::Foreign)
        } else if self.mac > self.windows {
            if self.strange_mac > self.mac { Err(Fault::Foreign) } else { Ok(Encoding::MacRoman) }
        } else if self.unknown > 0 || self.strange > self.windows {
            Err(Fault::Foreign)
        } else {
            Ok(Encoding::Windows1252)
        }
    }
}

/// How much a byte tells that this is not Windows-1252, where it would be a sign and another encoding has a letter.
fn strangeness(before: u8, byte: u8, next: u8) -> u64 {
    let (after, ahead) = (is_letter(before), is_letter(next));
    match byte {
        // Square and cubic metres.
        0xb3 if before.eq_ignore_ascii_case(&b'm') => 0,
        _ if is_sign(byte) && after && !next.is_ascii_digit() => SIGN,
        // The wrong quote in "Hawai‘i" happens, but not as often as æ.
        0x91 if after && ahead => 1,
        // Euro, two quotes, a trade mark and two rights may end a word, but not stand in it.
        0x80 | 0x93 | 0x94 | 0x99 | 0xa9 | 0xae if after && ahead => SIGN,
        // A pound or a yen before a letter, a dagger or a quote before a small one.
        0xa3 | 0xa5 if !after && ahead => SIGN,
        0x86 | 0x9b if !after && next.is_ascii_lowercase() => SIGN,
        _ => 0,
    }
}

/// Whether a byte is a letter in Windows-1252.
fn is_letter(byte: u8) -> bool {
    let from_c0 = byte >= 0xc0 && !matches!(byte, 0xd7 | 0xf7);
    byte.is_ascii_alphabetic() || from_c0 || matches!(byte, 0x8a | 0x8c | 0x8e | 0x9a | 0x9c | 0x9e | 0x9f)
}

/// Whether a byte is a sign in Windows-1252 that neither stands in a word nor ends one, like ƒ, † or ¼.
fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        0x82..=0x84
            | 0x86..=0x89
            | 0x8b
            | 0x98
            | 0x9b
            | 0xa1..=0xa5
            | 0xa8
            | 0xac
            | 0xaf
            | 0xb1
            | 0xb3
            | 0xb6
            | 0xb8
            | 0xb9
            | 0xbc..=0xbf
    )
}

/// Whether a byte is a sign in a word of Mac Roman, or a capital within small letters.
fn is_strange_to_mac(before: u8, byte: u8, next: u8) -> bool {
    let capitals = before.is_ascii_uppercase() && !next.is_ascii_lowercase();
    match byte {
        0x80..=0x86 => before.is_ascii_alphabetic() && !capitals,
        0xa3 => before.is_ascii_alphabetic() || next.is_ascii_alphabetic(),
        0xa2 | 0xa6 | 0xad | 0xb0..=0xb4 | 0xb6..=0xb9 | 0xbd => before.is_ascii_alphabetic(),
        _ => false,
    }
}

/// A text file as UTF-8, whatever it is written in.
pub(super) struct Utf8Text {
    file: BufReader<File>,
    /// What turns the bytes into UTF-8; none when they are.
    decoding: Option<Decoding>,
    bytes_read: u64,
}

struct Decoding {
    decoder: Decoder,
    text: Zeroizing<Vec<u8>>,
    /// What of the text has not been taken yet.
    from: usize,
    to: usize,
    ended: bool,
}

impl Utf8Text {
    /// Begins after the byte order mark.
    pub(super) fn new(mut file: File, encoding: Encoding, mark: u64) -> Result<Self, Fault> {
        file.seek(SeekFrom::Start(mark))?;
        let decoding = encoding.decoder().map(|decoder| {
            let text = Zeroizing::new(vec![0; BUFFER]);
            Decoding { decoder, text, from: 0, to: 0, ended: false }
        });
        Ok(Self { file: BufReader::with_capacity(BUFFER, file), decoding, bytes_read: mark })
    }

    /// How far the file has been read.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }
}

impl BufRead for Utf8Text {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let Some(decoding) = &mut self.decoding else { return self.file.fill_buf() };
        while decoding.from == decoding.to && !decoding.ended {
            let bytes = self.file.fill_buf()?;
            let last = bytes.is_empty();
            let (result, read, written) =
                decoding.decoder.decode_to_utf8_without_replacement(bytes, &mut decoding.text, last);
            self.file.consume(read);
            self.bytes_read += read as u64;
            (decoding.from, decoding.to) = (0, written);
            match result {
                DecoderResult::InputEmpty => decoding.ended = last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
        Ok(&decoding.text[decoding.from..decoding.to])
    }

    fn consume(&mut self, amount: usize) {
        match &mut self.decoding {
            Some(decoding) => decoding.from += amount,
            None => {
                self.file.consume(amount);
                self.bytes_read += amount as u64;
            }
        }
    }
}

impl Read for Utf8Text {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}
