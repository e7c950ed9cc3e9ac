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
    let written = String::from_utf8_lossy(&text);
    let written = written.trim_start_matches('\u{feff}').trim_start();
    let start = written.to_ascii_lowercase();
    if ["<!doctype", "<html", "<table", "<?xml", "<meta", "<head"].iter().any(|tag| start.starts_with(tag)) {
        return Err(Fault::Other(Other::Markup));
    }
    if let Some(name) = exchange(written, &start) {
        return Err(Fault::Other(Other::Exchange(name)));
    }
    if start.starts_with("%pdf-") {
        return Err(Fault::Binary);
    }
    Ok(Format::Text)
}

/// Text by which programs exchanged sheets before; a list may begin with a column `ID` beside one like `Phone`, or be
/// one column named `table`.
fn exchange(written: &str, start: &str) -> Option<&'static str> {
    let mut lines = written.split(['\r', '\n']).filter(|line| !line.is_empty());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let placed = ["B;X", "B;Y", "C;X", "C;Y", "F;P", "F;W", "F;X", "F;Y"];
    let record = placed
        .iter()
        .any(|begins| second.strip_prefix(*begins).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())));
    let sylk = first.starts_with("ID;P") && (record || second.starts_with("P;PGeneral"));
    match () {
        () if start.starts_with("{\\rtf") => Some("RTF"),
        () if start.starts_with("socialcalc:") => Some("SocialCalc"),
        () if first.eq_ignore_ascii_case("table") && second.starts_with("0,1") => Some("DIF"),
        () if sylk => Some("SYLK"),
        () => None,
    }
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
