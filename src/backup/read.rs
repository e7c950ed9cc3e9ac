//! Reads a backup: first all of it, so that nothing is begun with a file that is cut or changed, then again into an empty
//! database, in one transaction.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::record::{self, Record};
use super::{BackupError, FORM, Head, PURPOSE, Progress};
use crate::store::db::copy::{self, Table};
use crate::store::{Db, DbError, Tx, meta};
use crate::vault::{StreamError, Vault};

/// A backup that was read through to its end.
#[derive(Clone, Debug)]
pub struct Backup {
    path: PathBuf,
    /// What it says of itself.
    pub head: Head,
}

/// Reads a whole backup and changes nothing.
///
/// # Errors
/// When it cannot be read, does not open with these keys, or was cut or changed.
pub fn look(vault: &Vault, path: &Path) -> Result<Backup, BackupError> {
    let mut records = Records::open(vault, path)?;
    let mut rows = 0;
    loop {
        match records.next()? {
            Record::Row(_) => rows += 1,
            Record::End { rows: told } if told == rows && told == records.head.rows => break,
            Record::Table(_) => {}
            Record::Head(_) | Record::End { .. } => return Err(BackupError::Unreadable(path.to_owned())),
        }
    }
    // Behind the end nothing may stand, and the last chunk must be the last.
    match records.from.read(&mut [0]) {
        Ok(0) => Ok(Backup { path: path.to_owned(), head: records.head }),
        Ok(_) => Err(BackupError::Unreadable(path.to_owned())),
        Err(source) => Err(BackupError::Io { path: path.to_owned(), source }),
    }
}

impl Backup {
    /// Writes all of it into a database that has nothing yet, at the version it was of, in one transaction; `mark` adds
    /// what must stand there from the first moment.
    ///
    /// # Errors
    /// When the database has another schema by then, or goes away: nothing is in it then.
    pub async fn restore(
        &self,
        vault: &Vault,
        url: &str,
        mark: impl AsyncFnOnce(&mut Tx) -> Result<(), DbError>,
        progress: Progress<'_>,
    ) -> Result<(), BackupError> {
        let db = Db::open_at(url, &self.head.steps).await?;
        let mut tx = db.begin().await?;
        copy::clear(&mut tx).await?;
        let here = copy::tables(&mut tx).await?;
        let mut records = Records::open(vault, &self.path)?;
        let (mut waiting, mut done) = (Vec::new(), 0);
        loop {
            let record = records.next()?;
            let full = waiting.len() == copy::PAGE || !matches!(record, Record::Row(_));
            if full && !waiting.is_empty() {
                let table = records.before.as_ref().ok_or_else(|| BackupError::Unreadable(self.path.clone()))?;
                done += waiting.len() as u64;
                copy::pour(&mut tx, table, std::mem::take(&mut waiting)).await?;
                progress(done, self.head.rows);
            }
            match record {
                Record::Row(row) => waiting.push(row),
                Record::Table(table) if fits(&table, &here) => records.before = Some(table),
                Record::Table(_) | Record::Head(_) => return Err(BackupError::Unreadable(self.path.clone())),
                Record::End { .. } => break,
            }
        }
        meta::set(&mut tx, super::write::LAST, &self.head.at.to_string()).await?;
        mark(&mut tx).await?;
        tx.commit().await?;
        db.close().await;
        // What this version adds to the schema.
        Db::open(url).await?.close().await;
        Ok(())
    }
}

/// The same columns; their order is the database's own matter.
fn fits(table: &Table, here: &[Table]) -> bool {
    let has = |ours: &Table| table.columns.iter().all(|column| ours.columns.contains(column));
    here.iter().any(|ours| ours.name == table.name && ours.columns.len() == table.columns.len() && has(ours))
}

struct Records<'a> {
    path: &'a Path,
    from: Box<dyn Read + Send>,
    head: Head,
    table: Option<Table>,
    /// The table of the rows that wait to be written.
    before: Option<Table>,
}

impl<'a> Records<'a> {
    fn open(vault: &Vault, path: &'a Path) -> Result<Self, BackupError> {
        let io = |source| BackupError::Io { path: path.to_owned(), source };
        // A pipe may never say anything.
        if path.metadata().is_ok_and(|data| data.file_type().is_fifo()) {
            return Err(io(std::io::Error::other("this is a pipe, and no backup")));
        }
        let file = File::open(path).map_err(io)?;
        let mut from = vault.opener(PURPOSE, BufReader::new(file)).map_err(io)?;
        match record::read(&mut from, None) {
            Ok(Record::Head(head)) if head.form == FORM => {
                Ok(Self { path, from: Box::new(from), head, table: None, before: None })
            }
            Err(source) if is_the_seal(&source) => Err(io(source)),
            _ => Err(BackupError::Unreadable(path.to_owned())),
        }
    }

    fn next(&mut self) -> Result<Record, BackupError> {
        match record::read(&mut self.from, self.table.as_ref()) {
            Ok(record) => {
                if let Record::Table(table) = &record {
                    self.table = Some(table.clone());
                }
                Ok(record)
            }
            Err(source) if is_the_seal(&source) => Err(BackupError::Io { path: self.path.to_owned(), source }),
            Err(_) => Err(BackupError::Unreadable(self.path.to_owned())),
        }
    }
}

/// Whether the seal says no, or the disk; else the records are not ours.
fn is_the_seal(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|e| e.is::<StreamError>()) || error.raw_os_error().is_some()
}
