//! The lock that keeps a second daemon away from the same SQLite file.

use std::fs::File;
use std::path::{Path, PathBuf};

/// Held as long as the daemon lives; the kernel frees it when the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another daemon holds it.
    #[error("another lykt serve has {} open: stop it first, or use PostgreSQL to run several", .0.display())]
    Taken(PathBuf),
    /// The lock file cannot be made.
    #[error("the lock file {} cannot be opened: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
}

impl Lock {
    /// Whether a daemon holds the lock beside a database file; makes nothing.
    pub fn is_held(database: &Path) -> bool {
        let held = |file: File| matches!(file.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock));
        File::open(database.with_extension("lock")).is_ok_and(held)
    }

    /// Takes the lock beside a database file.
    ///
    /// # Errors
    /// When another process has it.
    pub fn take(database: &Path) -> Result<Self, LockError> {
        let path = database.with_extension("lock");
        let io = |source| LockError::Io { path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(LockError::Taken(database.to_owned())),
            Err(std::fs::TryLockError::Error(source)) => Err(io(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_on_the_same_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("lykt.db");
        assert!(!Lock::is_held(&database));
        let first = Lock::take(&database).unwrap();
        assert!(Lock::is_held(&database));
        assert!(matches!(Lock::take(&database), Err(LockError::Taken(_))));
        drop(first);
        assert!(!Lock::is_held(&database));
        assert!(Lock::take(&database).is_ok());
    }
}
