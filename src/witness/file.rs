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
    /// The file of the database: its number, its device and its path.
    #[serde(default)]
    pub file: Option<(u64, u64, String)>,
    /// The number in the head of that file.
    #[serde(default)]
    pub stamp: u32,
}

impl Seen {
    /// Whether the file that stands there is an older one, whatever its log shows.
    pub(super) fn is_newer(&self, stamp: Option<u32>) -> bool {
        stamp.is_some_and(|stamp| stamp < self.stamp)
    }

    /// Whether this is a copy of the file that was seen: another number, or another path on another device. A folder that
    /// is renamed keeps its files, and a device may have another number after the next start of the machine.
    pub(super) fn is_copied(&self, now: Option<&(u64, u64, String)>) -> bool {
        let seen = self.file.as_ref();
        seen.zip(now).is_some_and(|(seen, now)| seen.0 != now.0 || (seen.1 != now.1 && seen.2 != now.2))
    }
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
    fn a_copy_has_another_number_or_lies_elsewhere_altogether() {
        let file = |number, device, path: &str| Some((number, device, path.to_owned()));
        let seen = Seen { file: file(7, 1, "/a/lykt.db"), ..Seen::default() };
        let copied = [file(8, 1, "/a/lykt.db"), file(8, 1, "/b/lykt.db"), file(7, 2, "/b/lykt.db")];
        let same = [file(7, 1, "/a/lykt.db"), file(7, 1, "/b/lykt.db"), file(7, 2, "/a/lykt.db"), None];
        assert!(copied.iter().all(|now| seen.is_copied(now.as_ref())));
        assert!(!same.iter().any(|now| seen.is_copied(now.as_ref())));
        assert!(!Seen::default().is_copied(seen.file.as_ref()), "a witness from before knows no file");
    }

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
