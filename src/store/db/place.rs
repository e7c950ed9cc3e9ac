//! Where an SQLite database lies: whether what we have open is what stands there still.
//!
//! Who moves, replaces or deletes the file under a running program leaves it with one that nobody else sees: a no that a
//! command writes to the new one would not stop what is sent from the old.

use std::fs;
use std::io::Error;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::stamp::Stamp;

/// What stands at a path: device and number of the file.
type File = (u64, u64);

/// The files of a database: its own, SQLite's log, and the memory that its users share.
#[derive(Debug)]
pub(super) struct Place {
    paths: [PathBuf; 3],
    /// What stood there when it was met first.
    met: Mutex<[Option<File>; 3]>,
    stamp: Stamp,
}

impl Place {
    /// Of a database that exists.
    pub(super) fn of(database: &Path) -> Self {
        // SQLite follows a link to where the file is, and writes beside that.
        let real = database.canonicalize().unwrap_or_else(|_| database.to_owned());
        let beside = |ending: &str| {
            let mut path = real.clone().into_os_string();
            path.push(ending);
            PathBuf::from(path)
        };
        Self {
            paths: [database.to_owned(), beside("-wal"), beside("-shm")],
            met: Mutex::default(),
            stamp: Stamp::default(),
        }
    }

    /// SQLite's log.
    pub(super) fn log(&self) -> &Path {
        &self.paths[1]
    }

    /// The database's own file.
    pub(super) fn file(&self) -> &Path {
        &self.paths[0]
    }

    /// The number in its head.
    pub(super) fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// That every file is the one that was met first.
    pub(super) fn holds(&self) -> Result<(), Error> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, met) in self.paths.iter().zip(met.iter_mut()) {
            let stands = fs::metadata(path).ok().map(|data| (data.dev(), data.ino()));
            if met.is_some() && *met != stands {
                return Err(Error::other(format!(
                    "{} is not the file that was opened: somebody has moved, replaced or deleted it while it was used; \
                     put it back, or stop lykt and start it again",
                    path.display()
                )));
            }
            *met = stands;
        }
        if !self.stamp.holds(self.file()) {
            return Err(Error::other(format!(
                "{} is older than what was written to it: somebody has copied an older file over it while it was used; \
                 stop lykt and start it again",
                self.file().display()
            )));
        }
        Ok(())
    }

    /// The file in words that are another's for every copy of it: its number, its device and its path.
    pub(super) fn told(&self) -> Option<(u64, u64, String)> {
        let real = self.paths[0].canonicalize().ok()?;
        let data = fs::metadata(&real).ok()?;
        Some((data.ino(), data.dev(), real.to_string_lossy().into_owned()))
    }
}
