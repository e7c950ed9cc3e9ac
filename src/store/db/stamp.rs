//! A number in the head of an SQLite file that only grows. It is read past SQLite, which shows pages of its log: an older file
//! that is copied over this one while the log stays looks like one of today in part, and says an older number.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Db, DbError};

/// Where SQLite keeps what it leaves to programs, `user_version`: four bytes, the highest first.
const AT: u64 = 60;

/// The number of one file, and what it is no less than.
#[derive(Debug, Default)]
pub(super) struct Stamp {
    /// Never closed: that would let go of the locks that SQLite has on the same file in this program.
    file: Mutex<Option<ManuallyDrop<File>>>,
    least: AtomicU32,
    older: AtomicBool,
}

impl Stamp {
    /// The number that stands in the file; `None` when it cannot be read.
    fn read(&self, path: &Path) -> Option<u32> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = Some(ManuallyDrop::new(File::open(path).ok()?));
        }
        let mut number = [0; 4];
        file.as_ref()?.read_exact_at(&mut number, AT).ok()?;
        Some(u32::from_be_bytes(number))
    }

    /// Whether the file is the newest still; once it was not, it is not any more.
    pub(super) fn holds(&self, path: &Path) -> bool {
        let least = self.least.load(Ordering::SeqCst);
        if least == 0 {
            return true;
        }
        let number = self.read(path);
        if number.is_some_and(|number| number < least) {
            self.older.store(true, Ordering::SeqCst);
        }
        // What cannot be read for a moment is no older file, and nothing is written to it.
        number.is_some() && !self.older.load(Ordering::SeqCst)
    }
}

impl Db {
    /// The number in the file itself, whatever SQLite's log says; `None` on PostgreSQL.
    pub fn stamp(&self) -> Option<u32> {
        match self {
            Db::Sqlite { log, .. } => log.place().stamp().read(log.place().file()),
            Db::Postgres(_) => None,
        }
    }

    /// Whether an older file was seen in the place of this one.
    pub fn is_older(&self) -> bool {
        match self {
            Db::Sqlite { log, .. } => log.place().stamp().older.load(Ordering::SeqCst),
            Db::Postgres(_) => false,
        }
    }

    /// Gives the file a higher number, and copies the log into it as far as nobody reads it. From then on nothing is written
    /// to a file with a lower one. `false` when the number is not in the file yet, and on PostgreSQL.
    ///
    /// # Errors
    /// As the database has it, and when an older file stands there.
    pub async fn set_stamp(&self, number: u32) -> Result<bool, DbError> {
        let Db::Sqlite { write, log, .. } = self else { return Ok(false) };
        write.set_stamp(log, number).await?;
        let stands = self.stamp() == Some(number);
        if stands {
            log.place().stamp().least.store(number, Ordering::SeqCst);
        }
        Ok(stands)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sql;
    use super::*;

    async fn note(db: &Db, key: &str) -> Result<(), DbError> {
        let mut tx = db.begin().await?;
        tx.run(sql("insert into meta (key, value) values ($1, 'x')").bind(key)).await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn nothing_is_written_to_an_older_file_that_was_copied_over_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lykt.db");
        let db = Db::open(&format!("sqlite:{}", path.display())).await.unwrap();
        assert!(db.set_stamp(1).await.unwrap());
        let older = std::fs::read(&path).unwrap();
        note(&db, "one").await.unwrap();
        assert!(db.set_stamp(2).await.unwrap());
        note(&db, "two").await.unwrap();
        assert_eq!(db.stamp(), Some(2));
        // In place: the file is the same, and so is its log.
        std::fs::write(&path, &older).unwrap();
        assert!(note(&db, "three").await.is_err() && db.is_older());
        assert!(db.set_stamp(3).await.is_err(), "it is not made to look like the newest");
        assert_eq!(db.stamp(), Some(1));
    }

    #[tokio::test]
    async fn the_number_stands_in_the_file_itself_also_while_somebody_reads() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("lykt.db").display())).await.unwrap();
        let mut reads = db.read().await.unwrap();
        reads.maybe(sql("select 1 from meta")).await.unwrap();
        note(&db, "one").await.unwrap();
        let stands = db.set_stamp(7).await.unwrap();
        assert_eq!(stands, db.stamp() == Some(7));
        reads.commit().await.unwrap();
        assert!(stands || db.set_stamp(7).await.unwrap());
        note(&db, "two").await.unwrap();
    }
}
