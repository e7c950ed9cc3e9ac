//! The bytes of a campaign file: read, measured and refused before any parser sees what would break it.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use super::mistake::Mistakes;
use crate::campaign::media::hash_of;
use crate::text;

/// The largest campaign file in bytes; thirty languages of ten variants fit in.
const MOST_BYTES: u64 = 256 * 1024;
/// How deep brackets or dotted keys may nest; the schema needs four.
const MOST_DEPTH: usize = 24;

/// What stands in a file, as far as it can be shown.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// The text; of bytes that are none, what can be shown of them.
    pub text: String,
    /// SHA-256 of the bytes, in hex; empty when they were not read.
    pub hash: String,
    /// Whether a parser may read on.
    pub sound: bool,
}

/// Reads a campaign file; what makes it unreadable is a mistake, and so is a link that leads out of its folder.
pub(super) fn read(path: &Path, folder: &Path, m: &mut Mistakes) -> Source {
    let bytes = match bytes(path, folder, m) {
        Some(bytes) => bytes,
        None => return Source::default(),
    };
    let hash = hash_of(&bytes);
    match String::from_utf8(bytes) {
        Ok(text) => {
            let sound = is_sound(&text, m);
            Source { text, hash, sound }
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
                m.error(
                    "not_utf8",
                    &(0..0),
                    text!("the file is saved as UTF-16", "filen er lagret som UTF-16"),
                    text!(
                        "save it as UTF-8: in Notepad, Save as, Encoding",
                        "lagre den som UTF-8: i Notisblokk, Lagre som, Koding"
                    ),
                );
                return Source { hash, ..Source::default() };
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            m.error(
                "not_utf8",
                &(valid..valid + '\u{fffd}'.len_utf8()),
                text!("a character here is not UTF-8", "et tegn her er ikke UTF-8"),
                text!(
                    "write the character again and save the file as UTF-8",
                    "skriv tegnet på nytt og lagre filen som UTF-8"
                ),
            );
            Source { text, hash, sound: false }
        }
    }
}

fn bytes(path: &Path, folder: &Path, m: &mut Mistakes) -> Option<Vec<u8>> {
    let here = 0..0;
    let absent = |error: &io::Error, m: &mut Mistakes| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => m.error(
            "not_found",
            &here,
            text!("there is no such file", "filen finnes ikke"),
            text!("look for a slip in its name", "se etter en skrivefeil i navnet"),
        ),
        _ => m.error(
            "unreadable",
            &here,
            text!("the file cannot be read: {error}", "filen kan ikke leses: {error}"),
            text!(
                "ask whoever runs this machine for the right to read it",
                "be den som driver maskinen om lesetilgang"
            ),
        ),
    };
    // Asked before opening: opening a pipe would wait for ever.
    let data = path.metadata().map_err(|error| absent(&error, m)).ok()?;
    if !data.is_file() {
        m.error(
            "not_a_file",
            &here,
            text!("this is no file", "dette er ikke en fil"),
            text!(
                "name a campaign file, like campaigns/vinter.toml",
                "oppgi en kampanjefil, som campaigns/vinter.toml"
            ),
        );
        return None;
    }
    if leads_out(path, folder) {
        m.error(
            "outside",
            &here,
            text!("this is a link that leads out of the folder", "dette er en lenke som leder ut av mappen"),
            text!("put the file itself into the folder campaigns/", "legg selve filen i mappen campaigns/"),
        );
        return None;
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| absent(&error, m)).ok()?;
    if bytes.len() as u64 > MOST_BYTES {
        let most = MOST_BYTES / 1024;
        m.error(
            "too_large",
            &here,
            text!("the file is larger than {most} KB", "filen er større enn {most} kB"),
            text!(
                "is this a campaign file? lists and images stand in files of their own",
                "er dette en kampanjefil? lister og bilder står i egne filer"
            ),
        );
        return None;
    }
    Some(bytes)
}

/// Whether a path is a link to what lies outside the folder.
fn leads_out(path: &Path, folder: &Path) -> bool {
    let link = path.symlink_metadata().is_ok_and(|data| data.is_symlink());
    link && match (path.canonicalize(), folder.canonicalize()) {
        (Ok(path), Ok(folder)) => !path.starts_with(folder),
        _ => true,
    }
}

/// Whether a parser may read a text: nothing that is no character, and nothing nested deeper than any campaign.
fn is_sound(text: &str, m: &mut Mistakes) -> bool {
    if let Some(at) = text.find('\0') {
        m.error(
            "nul",
            &(at..at + 1),
            text!("here stands a byte that is no character", "her står en byte som ikke er et tegn"),
            text!(
                "remove it, and save the file as plain text in UTF-8",
                "fjern den, og lagre filen som ren tekst i UTF-8"
            ),
        );
        return false;
    }
    let deep = too_deep(text);
    if let Some(span) = &deep {
        m.error(
            "too_deep",
            span,
            text!(
                "more is nested here than any campaign needs",
                "her er mer satt inni hverandre enn noen kampanje trenger"
            ),
            text!("remove the brackets or dots that are too many", "fjern klammene eller punktumene som er for mange"),
        );
    }
    deep.is_none()
}

/// Where brackets, or dots in one line's key, are too many. Knows just enough of TOML to leave texts and comments alone.
fn too_deep(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut dots) = (0, 0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                at = end_of_string(bytes, at, quote);
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'.' => dots += 1,
            b'\n' => dots = 0,
            _ => {}
        }
        if depth > MOST_DEPTH || dots > 2 * MOST_DEPTH {
            return Some(at..at + 1);
        }
        at += 1;
    }
    None
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |n| from + n)
}

fn end_of_string(bytes: &[u8], from: usize, quote: u8) -> usize {
    let triple = bytes[from..].starts_with(&[quote; 3]);
    let mut at = from + if triple { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !triple => return at,
            byte if byte == quote && !triple => return at + 1,
            byte if byte == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_dots_count_only_outside_texts_and_comments() {
        let many = "[".repeat(20_000);
        assert_eq!(too_deep(&format!("title = \"x\"\nlist = {many}")), Some(43..44));
        assert_eq!(too_deep(&many), Some(24..25));
        assert!(too_deep(&format!("{}a = 1", "a.".repeat(20_000))).is_some());
        for inert in [
            format!("title = \"{many}\""),
            format!("title = '{many}'"),
            format!("# {many}"),
            format!("a = \"\"\"\n{many}\" \\\"\"\"\" \"\"\""),
            format!("a = \"\\\\\" # {many}"),
            "a.b = 1\n".repeat(100),
            "[a]\n[[b]]\n".repeat(100),
        ] {
            assert_eq!(too_deep(&inert), None, "{}", &inert[..12]);
        }
    }
}
