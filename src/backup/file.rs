//! The file while it is written: beside its place, locked, closed to others, and gone when it is not finished.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

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
    /// Begins a file; what an interrupted run left behind is written over, and what somebody writes now is left alone.
    pub(super) fn begin(to: &Path) -> Result<Self, BackupError> {
        let mut name = to.as_os_str().to_owned();
        name.push(PART);
        let at = PathBuf::from(name);
        if to.exists() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        let opened = open(&at).map_err(|source| BackupError::Io { path: at.clone(), source })?;
        // On a disk that knows no locks nobody can be kept away.
        let held = matches!(opened.try_lock(), Err(TryLockError::WouldBlock));
        // Whoever held it may have finished in between, and then this is the backup itself.
        if to.exists() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        if held || !is_there(&opened, &at) {
            return Err(BackupError::Busy(to.to_owned()));
        }
        let part = Self { at, to: to.to_owned(), file: opened };
        let emptied = part.file.set_permissions(Permissions::from_mode(0o600)).and_then(|()| part.file.set_len(0));
        emptied.map_err(|source| BackupError::Io { path: part.at.clone(), source })?;
        Ok(part)
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

/// Opens the file that stands there, or makes it; a link is not followed to another.
fn open(at: &Path) -> io::Result<File> {
    let no_link = OFlags::NOFOLLOW.bits().cast_signed();
    File::options().write(true).create(true).truncate(false).mode(0o600).custom_flags(no_link).open(at)
}

/// Whether it still stands there, and nobody has given it another name or taken it away.
fn is_there(file: &File, at: &Path) -> bool {
    let one = |data: fs::Metadata| (data.dev(), data.ino());
    file.metadata().map(one).ok() == fs::symlink_metadata(at).map(one).ok()
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
