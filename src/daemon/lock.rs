//! The lock that keeps a second daemon away from the same SQLite file.

use std::fs::{File, TryLockError};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

/// Held as long as the daemon lives; the kernel frees it when the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    _database: Database,
}

/// The database file itself, locked besides: somebody may remove the lock file, or come by a link.
#[derive(Debug)]
struct Database(Option<ManuallyDrop<File>>);

impl Drop for Database {
    fn drop(&mut self) {
        // Never closed: that would let go of the locks that SQLite has on the same file in this program.
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
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
        let held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
        File::open(beside(database)).is_ok_and(held)
    }

    /// Takes the lock beside a database file.
    ///
    /// # Errors
    /// When another process has it.
    pub fn take(database: &Path) -> Result<Self, LockError> {
        let path = beside(database);
        let io = |source| LockError::Io { path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Taken(database.to_owned())),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let itself = File::open(database).ok().map(ManuallyDrop::new);
        match itself.as_ref().map(|file| file.try_lock()) {
            Some(Err(TryLockError::WouldBlock)) => Err(LockError::Taken(database.to_owned())),
            // Where a file that is only read cannot be locked, the lock file is what there is.
            Some(Err(TryLockError::Error(_))) | None => Ok(Self { _file: file, _database: Database(None) }),
            Some(Ok(())) => Ok(Self { _file: file, _database: Database(itself) }),
        }
    }
}

/// The lock file of a database, also where that is a link.
fn beside(database: &Path) -> PathBuf {
    database.canonicalize().unwrap_or_else(|_| database.to_owned()).with_extension("lock")
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

    #[test]
    fn a_lock_file_that_is_removed_and_a_link_let_no_second_daemon_in() {
        let folder = tempfile::tempdir().unwrap();
        let (database, link) = (folder.path().join("lykt.db"), folder.path().join("link.db"));
        std::fs::write(&database, "").unwrap();
        std::os::unix::fs::symlink(&database, &link).unwrap();
        let first = Lock::take(&database).unwrap();
        assert!(Lock::is_held(&link));
        assert!(matches!(Lock::take(&link), Err(LockError::Taken(_))));
        std::fs::remove_file(folder.path().join("lykt.lock")).unwrap();
        assert!(matches!(Lock::take(&database), Err(LockError::Taken(_))));
        drop(first);
        assert!(Lock::take(&link).is_ok());
    }
}
