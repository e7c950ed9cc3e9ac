//! When things are erased on time: each night, and again until all of it went.

use jiff::Timestamp;

use super::{erase, erase_audit};
use crate::domain::span::DAY_MS;
use crate::ledger::Ledger;
use crate::settings::Retention;
use crate::store::{Db, DbError, meta};

const SLOTS: &str = "retention";

/// Erases what is older than its time when the night has come; whether it had. A night is over once all of it is done:
/// what failed, or broke off, is done again. Several nodes at once share the work, or find nothing left.
///
/// # Errors
/// As the database has it; all that did not fail is done.
pub async fn run_due(db: &Db, ledger: &Ledger, settings: &Retention) -> Result<bool, DbError> {
    let clock = &ledger.clock;
    let now = clock.now();
    let mut tx = db.read().await?;
    let last = meta::last_slot(&mut tx, SLOTS).await?.unwrap_or_else(|| now.as_millisecond() - DAY_MS);
    drop(tx);
    let last = Timestamp::from_millisecond(last).ok();
    let slot = last.and_then(|last| settings.nightly.next_after(last, clock.zone())).map(|slot| slot.at);
    let Some(slot) = slot.filter(|at| *at <= now) else { return Ok(false) };
    let erased = erase(db, ledger, settings.into()).await;
    let let_go = erase_audit(db, ledger, settings.audit).await;
    erased.and(let_go)?;
    let mut tx = db.begin().await?;
    meta::take_slot(&mut tx, SLOTS, now.max(slot).as_millisecond()).await?;
    tx.commit().await?;
    Ok(true)
}
