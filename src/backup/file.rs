//! The file while it is written: beside its place, closed to others, and gone when it is not finished.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::BackupError;
use crate::clock::Clock;

/// The ending of every backup.
pub(super) const ENDING: &str = "lyktbackup";
/// What a file has behind its name until it is complete.
pub(super) const PART: &str = ".part";

/// A backup that is not finished; removed when dropped.
pub(super) struct Part {
    at: PathBuf,
    to: PathBuf,
    pub file: File,
}

impl Part {
    /// Begins a file; one that an interrupted run left behind goes first.
    pub(super) fn begin(to: &Path) -> Result<Self, BackupError> {
        if to.exists() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        let mut name = to.as_os_str().to_owned();
        name.push(PART);
        let at = PathBuf::from(name);
        match fs::remove_file(&at) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::Io { path: at, source });
            }
            _ => {}
        }
        let opened = File::options().write(true).create_new(true).mode(0o600).open(&at);
        match opened {
            Ok(file) => Ok(Self { at, to: to.to_owned(), file }),
            Err(source) => Err(BackupError::Io { path: at, source }),
        }
    }

    /// Gives the file its name, when all of it is on the disk.
    pub(super) fn finish(self) -> io::Result<u64> {
        self.file.sync_all()?;
        let bytes = self.file.metadata()?.len();
        fs::rename(&self.at, &self.to)?;
        File::open(folder(&self.to))?.sync_all()?;
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.at);
    }
}

pub(super) fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Refuses when the disk has less room than the database takes.
pub(super) fn room(to: &Path, needed: u64) -> Result<(), BackupError> {
    let Ok(disk) = rustix::fs::statvfs(folder(to)) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free >= needed {
        return Ok(());
    }
    let (needed_mb, free_mb) = ((needed >> 20) + 1, free >> 20);
    Err(BackupError::NoRoom { folder: folder(to).to_owned(), needed_mb, free_mb })
}

/// A file named by the time in a folder; another path is what it is.
pub fn named(path: &Path, clock: &Clock) -> PathBuf {
    match path.is_dir() {
        true => path.join(format!("lykt-{}.{ENDING}", clock.zoned().strftime("%Y-%m-%dT%H%M%S"))),
        false => path.to_owned(),
    }
}
