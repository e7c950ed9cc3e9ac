//! A small file outside the database under a keyed digest: written whole or not at all, and known when somebody else wrote it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Vault;

/// What stands in such a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// There is no file.
    Missing,
    /// It is not as it was written, or was written with other keys.
    Damaged,
    /// One line of text, as it was written.
    Told(String),
}

impl Vault {
    /// Reads the file; `purpose` keeps files of different rooms apart.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read_sheet(&self, path: &Path, purpose: &[u8]) -> io::Result<Sheet> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Sheet::Missing),
            Err(e) if e.kind() == io::ErrorKind::InvalidData => return Ok(Sheet::Damaged),
            Err(e) => return Err(e),
        };
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        Ok(match (lines.next(), lines.next()) {
            (Some(told), Some(mac)) if mac == self.sheet_digest(purpose, told) => Sheet::Told(told.to_owned()),
            _ => Sheet::Damaged,
        })
    }

    /// Writes one line of text under a line about what it is; on the disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written; the old one stands then.
    pub fn write_sheet(&self, path: &Path, purpose: &[u8], about: &str, told: &str) -> io::Result<()> {
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(format!("# {about}\n{told}\n{}\n", self.sheet_digest(purpose, told)).as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }

    fn sheet_digest(&self, purpose: &[u8], told: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.keyed(purpose, told.as_bytes()))
    }
}
