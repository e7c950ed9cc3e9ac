//! What the daemon does with the audit: looks again and again at what came since, anchors its end outside the database,
//! and lets the oldest entries go. Stops nothing when it is broken.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{error, info};

use super::anchor::Anchor;
use super::verify::since_anchor;
use super::{Book, On, Who};
use crate::clock::Clock;
use crate::domain::act::Act;
use crate::store::audit;
use crate::store::{Db, DbError};
use crate::vault::Vault;

/// Entries that go in one transaction.
const CHUNK: i64 = 1_000;

/// Keeps watch over the chain. Cheap to clone; clones know the same.
#[derive(Clone)]
pub struct Keeper {
    vault: Arc<Vault>,
    clock: Clock,
    anchor: PathBuf,
    broken: Arc<AtomicBool>,
}

impl Keeper {
    /// A keeper whose anchor stands beside this witness.
    pub fn new(vault: Arc<Vault>, clock: Clock, witness: &Path) -> Self {
        Self { vault, clock, anchor: super::anchor_beside(witness), broken: Arc::default() }
    }

    /// Whether the chain was broken at the last look.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Looks at what came since the last look, and anchors the end of what is whole.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn step(&self, db: &Db) -> Result<(), DbError> {
        let book = Book { vault: &self.vault, clock: &self.clock };
        let verdict = since_anchor(db, book, &self.anchor).await?;
        let was = self.broken.swap(verdict.broken.is_some(), Ordering::Relaxed);
        if let Some(broken) = verdict.broken {
            if !was {
                error!(audit.entry = broken.entry(), "{}: see `lykt audit verify`", broken.text().en);
            }
            return Ok(());
        }
        if was {
            info!("the audit is whole again");
        }
        if verdict.last > 0 && !verdict.fresh {
            let anchor = Anchor::new(verdict.last, &verdict.end, self.clock.now_ms());
            if let Err(e) = anchor.write(&self.anchor, &self.vault) {
                error!(file = %self.anchor.display(), error = %e, "the audit cannot be anchored: entries that are cut off would not be missed");
            }
        }
        Ok(())
    }
}

/// Lets go of entries that are older than a time, and says so in an entry: up to which. How many went.
///
/// # Errors
/// As the database has it; what was committed by then is gone.
pub async fn forget(db: &Db, book: Book<'_>, before: i64) -> Result<u64, DbError> {
    let mut gone = 0;
    loop {
        let mut tx = db.begin().await?;
        let head = audit::lock(&mut tx).await?;
        let Some(last) = audit::older(&mut tx, before).await? else { return Ok(gone) };
        let up_to = last.min(head.from_n + CHUNK);
        book.note_by(&mut tx, Who::House, Act::Forgotten, On::Nothing, Some(up_to)).await?;
        gone += audit::cut(&mut tx, up_to).await?;
        tx.commit().await?;
    }
}
