//! The witness file: what this machine has seen of its database, written anew every few seconds under a keyed digest.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::vault::Vault;

const ABOUT: &str =
    "# Lykt's witness. Never copy it, back it up or put an old one back: it tells whether the database was.";
const PURPOSE: &[u8] = b"witness";

/// What was seen last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// Whose database it was.
    pub installation: String,
    /// A number in it that only grows.
    pub n: i64,
    /// The last start.
    pub fence: i64,
    /// When, civil.
    pub at: i64,
    /// On which machine: a keyed digest, or nothing where a machine has no name of its own.
    pub machine: String,
    /// How many lines the noes kept apart have.
    pub noes: u64,
}

/// What there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Missing,
    Damaged,
    Seen(Seen),
}

pub(super) fn read(path: &Path, vault: &Vault) -> io::Result<Found> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(e) if e.kind() == io::ErrorKind::InvalidData => return Ok(Found::Damaged),
        Err(e) => return Err(e),
    };
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let (Some(told), Some(mac)) = (lines.next(), lines.next()) else { return Ok(Found::Damaged) };
    if mac != digest(vault, told) {
        return Ok(Found::Damaged);
    }
    Ok(serde_json::from_str(told).map_or(Found::Damaged, Found::Seen))
}

/// Writes it whole or not at all, and on the disk when this returns.
pub(super) fn write(path: &Path, vault: &Vault, seen: &Seen) -> io::Result<()> {
    let told = serde_json::to_string(seen)?;
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(format!("{ABOUT}\n{told}\n{}\n", digest(vault, &told)).as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn digest(vault: &Vault, told: &str) -> String {
    URL_SAFE_NO_PAD.encode(vault.keyed(PURPOSE, told.as_bytes()))
}

/// This machine, as a keyed digest; nothing where it has no name of its own.
pub(super) fn machine(vault: &Vault) -> String {
    let id = fs::read_to_string("/etc/machine-id").unwrap_or_default();
    match id.trim() {
        "" | "uninitialized" => String::new(),
        id => URL_SAFE_NO_PAD.encode(&vault.keyed(b"machine", id.as_bytes())[..12]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Keys;

    #[test]
    fn a_witness_that_was_changed_or_is_another_house_s_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lykt.witness");
        let (ours, theirs) = (Vault::new(Keys::generate().unwrap()), Vault::new(Keys::generate().unwrap()));
        assert_eq!(read(&path, &ours).unwrap(), Found::Missing);
        let seen = Seen { n: 7, fence: 2, ..Seen::default() };
        write(&path, &ours, &seen).unwrap();
        assert_eq!(read(&path, &ours).unwrap(), Found::Seen(seen.clone()));
        assert_eq!(read(&path, &theirs).unwrap(), Found::Damaged);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"n\":7", "\"n\":3")).unwrap();
        assert_eq!(read(&path, &ours).unwrap(), Found::Damaged);
        fs::write(&path, "").unwrap();
        assert_eq!(read(&path, &ours).unwrap(), Found::Damaged);
    }
}
