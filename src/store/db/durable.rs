//! Group commit on SQLite: what was committed while the disk was busy is made durable by one sync.
//!
//! A commit writes to SQLite's log and others see it at once; nobody is told of it, and no byte leaves for it, before
//! [`Durable::wait`] returned. A single writer that also waited for the disk would stand still most of the time.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sqlx::sqlite::SqliteConnection;
use tokio::sync::Mutex;

use super::DbError;
use super::place::Place;
use super::writer::empty_log;

/// The log of an SQLite file, of one program.
#[derive(Clone, Debug)]
pub struct Log(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    place: Place,
    /// How many commits are in the log.
    written: AtomicU64,
    /// How many of them are durable. Held while the disk is asked.
    durable: Arc<Mutex<u64>>,
    /// The disk failed to sync: what it had not written yet may be lost, whatever it says next.
    failed: AtomicBool,
}

/// A commit that others see, on its way to the disk.
#[derive(Clone, Debug)]
pub struct Durable(Option<(Log, u64)>);

impl Durable {
    /// One that is on the disk.
    pub(super) fn already() -> Self {
        Self(None)
    }

    /// Waits until it is on the disk.
    ///
    /// # Errors
    /// When the disk fails: whether the commit outlives a power cut is then unknown.
    pub async fn wait(&self) -> Result<(), DbError> {
        match &self.0 {
            Some((log, n)) => log.sync(*n).await,
            None => Ok(()),
        }
    }
}

impl Log {
    /// The log beside this database file, which exists.
    pub(super) fn of(database: &Path) -> Self {
        let (place, written, durable) = (Place::of(database), AtomicU64::new(0), Arc::default());
        Self(Arc::new(Inner { place, written, durable, failed: AtomicBool::new(false) }))
    }

    /// Where the database lies.
    pub(super) fn place(&self) -> &Place {
        &self.0.place
    }

    /// A commit that was written a moment ago.
    pub(super) fn committed(&self) -> Durable {
        let n = self.0.written.fetch_add(1, Ordering::SeqCst) + 1;
        Durable(Some((self.clone(), n)))
    }

    /// Syncs up to a commit, and whatever was written meanwhile with it.
    async fn sync(&self, n: u64) -> Result<(), DbError> {
        let mut durable = self.0.durable.clone().lock_owned().await;
        if *durable >= n {
            return Ok(());
        }
        if self.0.failed.load(Ordering::SeqCst) {
            return Err(unknown().into());
        }
        let written = self.0.written.load(Ordering::SeqCst);
        let log = self.clone();
        // What came of it is noted there: whoever waits may go away meanwhile, and the disk says only once that it failed.
        let asked = tokio::task::spawn_blocking(move || {
            let synced = sync(log.0.place.log());
            match &synced {
                Ok(()) => *durable = written,
                Err(_) => log.0.failed.store(true, Ordering::SeqCst),
            }
            synced
        });
        let synced = asked.await.unwrap_or_else(|_| {
            self.0.failed.store(true, Ordering::SeqCst);
            Err(broken_off())
        });
        synced.map_err(|e| DbError::Away(sqlx::Error::Io(e)))
    }

    /// After a failed sync: has SQLite copy the log into the file and begin a new log, before anything else is written.
    pub(super) async fn mend(&self, write: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if !self.0.failed.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut durable = self.0.durable.lock().await;
        let written = self.0.written.load(Ordering::SeqCst);
        if empty_log(write).await? != 0 {
            return Err(unknown());
        }
        *durable = written;
        self.0.failed.store(false, Ordering::SeqCst);
        Ok(())
    }
}

/// Opened anew each time: this is the log that SQLite writes to. Whoever closes the last connection copies the log into
/// the file, syncs that, and removes the log.
fn sync(path: &Path) -> Result<(), Error> {
    match File::open(path) {
        Ok(log) => log.sync_data(),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    }
}

fn unknown() -> sqlx::Error {
    sqlx::Error::Io(Error::other("the disk failed to sync, and the log was not copied yet"))
}

fn broken_off() -> Error {
    Error::other("syncing broke off")
}

#[cfg(test)]
mod tests {
    use super::super::{Db, sql};
    use super::*;

    async fn commit(db: &Db, key: &str) -> Durable {
        let mut tx = db.begin().await.unwrap();
        tx.run(sql("insert into meta (key, value) values ($1, 'x')").bind(key)).await.unwrap();
        tx.commit_ahead().await.unwrap()
    }

    #[tokio::test]
    async fn the_log_of_a_database_behind_a_link_is_the_one_that_sqlite_writes() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("disk")).unwrap();
        let link = folder.path().join("lykt.db");
        std::os::unix::fs::symlink(folder.path().join("disk/lykt.db"), &link).unwrap();
        let db = Db::open(&format!("sqlite:{}", link.display())).await.unwrap();
        commit(&db, "one").await.wait().await.unwrap();
        let Db::Sqlite { log, .. } = &db else { panic!("not SQLite") };
        assert!(std::fs::metadata(log.0.place.log()).unwrap().len() > 0, "what is synced is what was written");
        db.close().await;
    }

    #[tokio::test]
    async fn after_a_failed_sync_no_commit_counts_until_the_log_was_copied() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lykt.db");
        let db = Db::open(&format!("sqlite:{}", file.display())).await.unwrap();
        let Db::Sqlite { write, read, .. } = db else { panic!("not SQLite") };
        // A log that cannot be opened stands for a disk that fails.
        let log = Log::of(&file.join("nowhere"));
        let db = Db::Sqlite { write, read, log: log.clone() };
        let one = commit(&db, "one").await;
        assert!(matches!(one.wait().await, Err(DbError::Away(_))));
        assert!(log.committed().wait().await.is_err(), "what the disk says next is not believed");
        drop(db.begin().await.unwrap());
        one.wait().await.unwrap();
        assert!(commit(&db, "two").await.wait().await.is_err());
        commit(&db, "three").await;
        db.close().await;
    }

    #[tokio::test]
    async fn a_failed_sync_is_known_also_when_nobody_waits_for_it_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let in_the_way = folder.path().join("file");
        std::fs::write(&in_the_way, "").unwrap();
        // A log that cannot be opened stands for a disk that fails.
        let log = Log::of(&in_the_way.join("lykt.db"));
        let commit = log.committed();
        tokio::select! {
            biased;
            _ = commit.wait() => {}
            () = std::future::ready(()) => {}
        }
        drop(log.0.durable.lock().await);
        // From here on the disk says that all is well.
        std::fs::remove_file(&in_the_way).unwrap();
        assert!(commit.wait().await.is_err());
    }
}
