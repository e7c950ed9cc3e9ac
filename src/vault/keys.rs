//! The key file: read, checked, made and replaced. Its lines are `seal.1 = <base64>`, `next.2 = <base64>` for a key that
//! opens already and seals later, `index = <base64>`, and `index.2 = <base64>` for a key that came after it; 32 bytes each.

use std::fmt;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::clock;

type Key = Zeroizing<[u8; 32]>;

/// The keys of one installation; they do not print.
pub struct Keys {
    seal: Vec<(u8, Key)>,
    next: Option<(u8, Key)>,
    /// The links of the chain that makes a blind index, in their order; never empty.
    index: Vec<Key>,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It opens, and seals from the day it is begun.
    Waits,
    /// It seals and opens.
    Seals,
    /// It opens what is not sealed anew yet.
    Opens,
}

/// What is wrong with a key file.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key file {} cannot be opened: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// Others may read the file.
    #[error("the key file {} can be read by others: run `chmod 600` on it", path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// The file is no key file.
    #[error("the key file {} is damaged at line {line}: put the right one back; do not make a new one", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1; the last line plus one when something is missing.
        line: usize,
    },
    /// There have been as many keys as there can be.
    #[error("there is no version left for another key")]
    NoVersion,
    /// The operating system has no randomness.
    #[error("the operating system gave no randomness to make keys with")]
    Random(#[from] getrandom::Error),
}

impl Keys {
    /// Makes new random keys.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self {
            seal: vec![(1, Zeroizing::new(clock::random()?))],
            next: None,
            index: vec![Zeroizing::new(clock::random()?)],
        })
    }

    /// Reads a key file; it must be readable by its owner alone.
    ///
    /// # Errors
    /// When it is missing, open to others, or damaged.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let io = |source| KeyError::Io { path: path.to_owned(), source };
        let mode = std::fs::metadata(path).map_err(io)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyError::Open { path: path.to_owned() });
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(io)?);
        Self::parse(&text).map_err(|line| KeyError::Damaged { path: path.to_owned(), line })
    }

    /// Writes a new key file, readable by its owner alone; never over an existing one.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), KeyError> {
        let io = |source| KeyError::Io { path: path.to_owned(), source };
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
        file.write_all(self.written().as_bytes()).and_then(|()| file.sync_all()).map_err(io)
    }

    /// Writes the key file anew in the place of the old one, at once and whole.
    ///
    /// # Errors
    /// When it cannot be written; the old one stands then.
    pub fn replace(&self, path: &Path) -> Result<(), KeyError> {
        let io = |source| KeyError::Io { path: path.to_owned(), source };
        let beside = path.with_extension("keys.new");
        if beside.exists() {
            std::fs::remove_file(&beside).map_err(io)?;
        }
        self.save(&beside)?;
        std::fs::rename(&beside, path).map_err(io)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
    }

    /// Adds a key that opens and does not seal yet, unless one waits already; its version.
    ///
    /// # Errors
    /// When there is no randomness, or no version is left.
    pub fn add(&mut self) -> Result<u8, KeyError> {
        if let Some((version, _)) = &self.next {
            return Ok(*version);
        }
        let version = self.newest().0.checked_add(1).ok_or(KeyError::NoVersion)?;
        self.next = Some((version, Zeroizing::new(clock::random()?)));
        Ok(version)
    }

    /// Seals with the key that waits from now on; its version, when one waited.
    pub fn begin(&mut self) -> Option<u8> {
        let (version, key) = self.next.take()?;
        self.seal.push((version, key));
        Some(version)
    }

    /// Adds a link to the chain of the blind index.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn add_link(&mut self) -> Result<(), KeyError> {
        self.index.push(Zeroizing::new(clock::random()?));
        Ok(())
    }

    /// How many links the chain of the blind index has.
    pub fn links(&self) -> usize {
        self.index.len()
    }

    /// Takes a key away that neither seals nor waits; false when there is none of this version.
    pub fn remove(&mut self, version: u8) -> bool {
        let before = self.seal.len();
        let newest = self.newest().0;
        self.seal.retain(|(v, _)| *v != version || *v == newest);
        self.seal.len() < before
    }

    /// The keys there are, the oldest first.
    pub fn versions(&self) -> Vec<(u8, Use)> {
        let newest = self.newest().0;
        let of = |version| (version, if version == newest { Use::Seals } else { Use::Opens });
        let seal = self.seal.iter().map(|(version, _)| of(*version));
        seal.chain(self.next.iter().map(|(version, _)| (*version, Use::Waits))).collect()
    }

    /// The newest sealing key and its version.
    pub(super) fn newest(&self) -> (u8, &[u8; 32]) {
        let (version, key) = self.seal.last().expect("a key file without a sealing key is refused");
        (*version, key)
    }

    /// The sealing key of a version.
    pub(super) fn version(&self, version: u8) -> Option<&[u8; 32]> {
        self.seal.iter().chain(&self.next).find(|(v, _)| *v == version).map(|(_, key)| &**key)
    }

    /// The keys of the blind index, the first one first; it is the one by which an installation is known.
    pub(super) fn index(&self) -> &[Key] {
        &self.index
    }

    fn parse(text: &str) -> Result<Self, usize> {
        let (mut seal, mut next, mut index) = (Vec::new(), None, Vec::new());
        for (n, line) in text.lines().enumerate().map(|(n, line)| (n + 1, line.trim())) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = line.split_once('=').ok_or(n)?;
            let bytes = Zeroizing::new(STANDARD.decode(value.trim()).map_err(|_| n)?);
            let key: Key = Zeroizing::new(bytes.as_slice().try_into().map_err(|_| n)?);
            match name.trim().split_once('.') {
                Some(("seal", version)) => seal.push((version.parse().map_err(|_| n)?, key)),
                Some(("next", version)) => next = Some((version.parse().map_err(|_| n)?, key)),
                Some(("index", version)) => index.push((version.parse::<u8>().map_err(|_| n)?, key)),
                None if name.trim() == "index" => index.push((1, key)),
                _ => return Err(n),
            }
        }
        seal.sort_by_key(|(version, _)| *version);
        index.sort_by_key(|(version, _)| *version);
        // A link that is missing would make another index of everybody.
        let is_whole = index.iter().zip(1..).all(|((version, _), n)| *version == n);
        if seal.is_empty() || index.is_empty() || !is_whole {
            return Err(text.lines().count() + 1);
        }
        Ok(Self { seal, next, index: index.into_iter().map(|(_, key)| key).collect() })
    }

    fn written(&self) -> Zeroizing<String> {
        let mut text = String::from(
            "# The keys of this Lykt. Whoever has this file and the database can read it; without it, nobody can.\n\
             # Keep a copy in a safe place, apart from the database and its backups.\n",
        );
        for (version, key) in &self.seal {
            text.push_str(&format!("seal.{version} = {}\n", STANDARD.encode(**key)));
        }
        if let Some((version, key)) = &self.next {
            text.push_str(&format!("next.{version} = {}\n", STANDARD.encode(**key)));
        }
        for (n, key) in (1..).zip(&self.index) {
            let name = if n == 1 { "index".to_owned() } else { format!("index.{n}") };
            text.push_str(&format!("{name} = {}\n", STANDARD.encode(**key)));
        }
        Zeroizing::new(text)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(keys)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_reads_back_and_is_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lykt.keys");
        let keys = Keys::generate().unwrap();
        keys.save(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Keys::load(&path).unwrap().index(), keys.index());
        assert!(keys.save(&path).is_err(), "an existing key file is never overwritten");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::load(&path), Err(KeyError::Open { .. })));
    }

    #[test]
    fn a_damaged_key_file_is_refused_with_its_line() {
        assert_eq!(Keys::parse("index = AAAA\n").err(), Some(1));
        assert_eq!(Keys::parse("# nothing\n").err(), Some(2));
        let mut keys = Keys::generate().unwrap();
        keys.add_link().unwrap();
        keys.add_link().unwrap();
        let whole = keys.written();
        assert_eq!(Keys::parse(&whole).unwrap().links(), 3);
        let cut: String =
            whole.lines().filter(|line| !line.starts_with("index.2")).map(|line| format!("{line}\n")).collect();
        assert!(Keys::parse(&cut).is_err(), "a link of the index is missing");
    }
}
