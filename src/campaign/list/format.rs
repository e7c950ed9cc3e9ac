//! What kind of file a list is, by its first bytes and never by its name.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::error::{Fault, Other};

/// The kinds of file that lists are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Text with delimiters.
    Text,
    /// A ZIP archive, which may be a workbook.
    Archive,
}

/// The kind of a file; what can only be saved anew is refused with the way to do that.
pub(super) fn of(file: &mut File) -> Result<Format, Fault> {
    let mut head = Vec::new();
    file.take(1024).read_to_end(&mut head)?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Format::Archive);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Fault::Other(compound(file, &head)?));
    }
    let text: Vec<u8> = head.iter().filter(|byte| !matches!(byte, 0 | 0xfe..=0xff)).copied().collect();
    let start = String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if ["<!doctype", "<html", "<table", "<?xml", "<meta", "<head"].iter().any(|tag| start.starts_with(tag)) {
        return Err(Fault::Other(Other::Markup));
    }
    if start.starts_with("%pdf-") {
        return Err(Fault::Binary);
    }
    Ok(Format::Text)
}

/// Microsoft's old container holds old workbooks, and new ones under a password: its directory tells which.
fn compound(file: &mut File, head: &[u8]) -> Result<Other, Fault> {
    let number = |at: usize| head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    let size = 1_u64 << head.get(30).copied().unwrap_or(9).clamp(9, 12);
    let place = (u64::from(number(48).unwrap_or(0)) + 1) * size;
    let mut directory = Vec::new();
    file.seek(SeekFrom::Start(place))?;
    file.take(size).read_to_end(&mut directory)?;
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let names = |name: &str| directory.windows(name.len() * 2).any(|window| window == wide(name));
    Ok(if names("EncryptedPackage") || names("EncryptionInfo") { Other::Protected } else { Other::OldExcel })
}
