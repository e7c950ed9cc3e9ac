//! The witness file: what this machine has seen of its database, written anew every few seconds under a keyed digest.

use std::fs;
use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::vault::{Sheet, Vault};

const ABOUT: &str =
    "Lykt's witness. Never copy it, back it up or put an old one back: it tells whether the database was.";
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
    Ok(match vault.read_sheet(path, PURPOSE)? {
        Sheet::Missing => Found::Missing,
        Sheet::Damaged => Found::Damaged,
        Sheet::Told(told) => serde_json::from_str(&told).map_or(Found::Damaged, Found::Seen),
    })
}

/// Writes it whole or not at all, and on the disk when this returns.
pub(super) fn write(path: &Path, vault: &Vault, seen: &Seen) -> io::Result<()> {
    vault.write_sheet(path, PURPOSE, ABOUT, &serde_json::to_string(seen)?)
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
