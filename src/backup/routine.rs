//! The daemon's own backups: on a schedule, into a folder, so many kept; on one node.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tracing::{error, info, warn};

use super::file::{ENDING, PART};
use super::{named, write};
use crate::clock::Clock;
use crate::domain::schedule::Schedule;
use crate::domain::span::HOUR_MS;
use crate::settings::Backups;
use crate::store::{Db, DbError, Tx, meta};
use crate::vault::Vault;

const SLOTS: &str = "backup";
/// Writing one may take a while.
const LATE_MS: i64 = HOUR_MS;
/// A file to which nothing was written for so long is nobody's any more.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3_600);

/// What the daemon keeps copies by.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Where.
    pub folder: PathBuf,
    /// When.
    pub at: Schedule,
    /// How many.
    pub keep: u16,
}

impl Routine {
    /// As the settings have it; `None` when no folder is named.
    pub fn of(settings: &Backups, path: impl FnOnce(&Path) -> PathBuf) -> Option<Self> {
        let folder = settings.folder.as_deref().map(path)?;
        Some(Self { folder, at: settings.at.clone(), keep: settings.keep })
    }

    /// Writes a backup when its time has come and no other node did. A failure is told in the log, and the next time is
    /// another try.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn step(&self, db: &Db, vault: &Vault, clock: &Clock) -> Result<(), DbError> {
        let mut tx = db.read().await?;
        let last = meta::last_slot(&mut tx, SLOTS).await?;
        drop(tx);
        // The first backup is made at once: there is none.
        let due = match last.and_then(|last| Timestamp::from_millisecond(last).ok()) {
            None => Some(clock.now()),
            Some(last) => self.at.next_after(last, clock.zone()).map(|slot| slot.at),
        };
        let Some(due) = due.filter(|due| *due <= clock.now()) else { return Ok(()) };
        let mut tx = db.begin().await?;
        let ours = meta::take_slot(&mut tx, SLOTS, clock.now_ms().max(due.as_millisecond())).await?;
        tx.commit().await?;
        if ours {
            self.write(db, vault, clock).await;
        }
        Ok(())
    }

    /// Whether the next backup after the last that was written is an hour late.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn is_late(&self, tx: &mut Tx, clock: &Clock) -> Result<bool, DbError> {
        let last = meta::get(tx, super::write::LAST).await?.and_then(|at| at.parse().ok());
        let Some(last) = last.and_then(|at| Timestamp::from_millisecond(at).ok()) else { return Ok(false) };
        let due = self.at.next_after(last, clock.zone()).map(|slot| slot.at.as_millisecond());
        Ok(due.is_some_and(|due| clock.now_ms() - due > LATE_MS))
    }

    async fn write(&self, db: &Db, vault: &Vault, clock: &Clock) {
        let made = fs::create_dir_all(&self.folder);
        let to = named(&self.folder, clock);
        if let Err(e) = made {
            error!(folder = %self.folder.display(), error = %e, "no backup: its folder cannot be made");
            return;
        }
        match write(db, vault, clock, &to, &mut |_, _| {}).await {
            Ok(written) => {
                info!(backup.file = %to.display(), bytes = written.bytes, rows = written.head.rows, "a backup is written");
                self.thin_out();
            }
            Err(e) => error!(error = %e, "no backup was written; the next is tried at its time"),
        }
    }

    /// Removes the oldest beyond what is kept, and what a crash left of one; only files of our own name.
    fn thin_out(&self) {
        let ours = |path: &Path, ending: &str| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("lykt-") && name.ends_with(&format!(".{ENDING}{ending}"))
        };
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let (mut files, rest): (Vec<PathBuf>, Vec<PathBuf>) =
            entries.flatten().map(|entry| entry.path()).partition(|path| ours(path, ""));
        files.sort();
        files.truncate(files.len().saturating_sub(usize::from(self.keep).max(1)));
        files.extend(rest.into_iter().filter(|path| ours(path, PART) && is_left_behind(path)));
        for old in &files {
            if let Err(e) = fs::remove_file(old) {
                warn!(backup.file = %old.display(), error = %e, "an old backup cannot be removed");
            }
        }
    }
}

/// Whether nothing has been written to it for a day.
fn is_left_behind(path: &Path) -> bool {
    let written = path.metadata().and_then(|data| data.modified());
    written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LEFT_BEHIND))
}

/// When the last backup was made, whoever made it; civil.
///
/// # Errors
/// As the database has it.
pub async fn last(db: &Db) -> Result<Option<i64>, DbError> {
    let mut tx = db.read().await?;
    Ok(meta::get(&mut tx, super::write::LAST).await?.and_then(|at| at.parse().ok()))
}
