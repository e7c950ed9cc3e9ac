//! Writes a backup: every table at one moment, straight into the seal. Nothing unsealed touches the disk.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::file::{self, Part};
use super::record::{self, Record};
use super::{BackupError, FORM, Head, LEFT_OUT, PURPOSE, Progress};
use crate::clock::Clock;
use crate::store::db::copy::{self, Table};
use crate::store::{Db, Tx, meta};
use crate::vault::Vault;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it says of itself.
    pub head: Head,
    /// How large it is.
    pub bytes: u64,
}

/// Writes a backup of the database as it stands now. The daemon goes on meanwhile.
///
/// # Errors
/// When there is such a file or no room, or the database or the disk goes away; nothing is left behind then.
pub async fn write(
    db: &Db,
    vault: &Vault,
    clock: &Clock,
    to: &Path,
    progress: Progress<'_>,
) -> Result<Written, BackupError> {
    let mut tx = db.snapshot().await?;
    file::room(to, copy::bytes(&mut tx).await?)?;
    let mut tables = copy::tables(&mut tx).await?;
    tables.retain(|table| !LEFT_OUT.contains(&table.name.as_str()));
    let mut rows = 0;
    for table in &tables {
        rows += copy::count(&mut tx, table).await?;
    }
    let database = if db.is_shared() { "postgres" } else { "sqlite" }.to_owned();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let head = Head { form: FORM, version, database, at: clock.now_ms(), steps: copy::steps(&mut tx).await?, rows };
    let part = Part::begin(to)?;
    let io = |source| BackupError::Io { path: to.to_owned(), source };
    let mut out = vault.sealer(PURPOSE, BufWriter::new(&part.file)).map_err(io)?;
    record::write(&mut out, &Record::Head(head.clone())).map_err(io)?;
    let mut done = 0;
    for table in &tables {
        record::write(&mut out, &Record::Table(table.clone())).map_err(io)?;
        pages(&mut tx, table, &mut out, |n| {
            done += n;
            progress(done, rows);
        })
        .await
        .map_err(|stopped| match stopped {
            Stopped::Disk(source) => io(source),
            Stopped::Db(e) => e.into(),
        })?;
    }
    record::write(&mut out, &Record::End { rows: done }).map_err(io)?;
    out.finish().and_then(|buffer| buffer.into_inner().map(drop).map_err(|e| e.into_error())).map_err(io)?;
    drop(tx);
    let finished = tokio::task::spawn_blocking(move || part.finish()).await;
    let bytes = finished.map_err(std::io::Error::other).and_then(|done| done).map_err(io)?;
    note(db, &head).await?;
    Ok(Written { head, bytes })
}

enum Stopped {
    Disk(std::io::Error),
    Db(crate::store::DbError),
}

async fn pages(tx: &mut Tx, table: &Table, out: &mut impl Write, mut done: impl FnMut(u64)) -> Result<(), Stopped> {
    let mut last = None;
    loop {
        let rows = copy::page(tx, table, last.as_deref()).await.map_err(Stopped::Db)?;
        let n = rows.len();
        for row in rows {
            let record = Record::Row(row);
            record::write(out, &record).map_err(Stopped::Disk)?;
            if let Record::Row(row) = record {
                last = Some(row);
            }
        }
        done(n as u64);
        if n < copy::PAGE {
            return Ok(());
        }
    }
}

/// The key under which the database remembers its last backup, for the doctor.
pub(super) const LAST: &str = "backup.last";

/// The daemon may be writing: the backup is good, whether or not this is noted.
async fn note(db: &Db, head: &Head) -> Result<(), BackupError> {
    let mut tx = db.begin().await?;
    meta::set(&mut tx, LAST, &head.at.to_string()).await?;
    Ok(tx.commit().await?)
}
