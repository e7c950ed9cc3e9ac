//! The end of a quarantine, by a person's word: what nobody can know is taken for contacted, and the house goes on.

use tracing::info;

use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::decision::Decision;
use crate::ledger::quarantine::{self, Quarantine};
use crate::ledger::{Ledger, NoSource};
use crate::outbox::doubt_waiting;
use crate::store::withdrawal;
use crate::store::{Db, DbError, restored};

/// Messages in one transaction.
const CHUNK: i64 = 200;

/// People of one account of whom nobody knows whether they were written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The account.
    pub account: String,
    /// How many.
    pub people: u64,
}

/// What confirming changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Withdrawn, and counted as contacted.
    pub left: Vec<Left>,
    /// Answers that waited and may have gone: in doubt, and counted as contacted.
    pub answers: u64,
    /// Calls and messages by hand that somebody may have done.
    pub dropped: u64,
}

/// The accounts that send and whose gateway has no list: what they sent since the backup, nobody can tell.
pub fn silent<'a>(accounts: impl IntoIterator<Item = &'a str>, listing: &[&str]) -> Vec<String> {
    accounts.into_iter().filter(|name| !listing.contains(name)).map(str::to_owned).collect()
}

/// Ends the quarantine. What waits to go by one of the `silent` accounts may have gone: it is withdrawn as in doubt, and
/// its people count as contacted. An answer that waits may have gone, and is in doubt; what was due by hand may have been
/// done, and is dropped.
///
/// # Errors
/// As the database has it; what was done by then stays, and the same again goes on.
pub async fn confirm(
    db: &Db,
    ledger: &Ledger,
    held: &Quarantine,
    silent: &[String],
    (by, reason): (&str, &str),
) -> Result<Confirmed, DbError> {
    let now = ledger.clock.now_ms();
    let mut done = Confirmed::default();
    for account in silent {
        let mut people = 0;
        loop {
            let mut tx = db.begin().await?;
            let waiting = restored::waiting_by(&mut tx, account, CHUNK).await?;
            if waiting.is_empty() {
                break;
            }
            let ids: Vec<_> = waiting.iter().map(|m| m.id).collect();
            withdrawal::of(&mut tx, &ids, Decision::InDoubt, now).await?;
            for m in &waiting {
                ledger.message_out(&mut tx, m, now, Decision::InDoubt.as_str()).await?;
            }
            tx.commit().await?;
            people += waiting.len() as u64;
        }
        if people > 0 {
            done.left.push(Left { account: account.clone(), people });
        }
    }
    loop {
        let mut tx = db.begin().await?;
        let answers = doubt_waiting(&mut tx, ledger).await?;
        tx.commit().await?;
        done.answers += answers;
        if answers == 0 {
            break;
        }
    }
    // Whoever was entered while their no was brought back has it by their address alone.
    let unheard = restored::unheard(&mut db.read().await?).await?;
    let mut tx = db.begin().await?;
    for contact in unheard {
        ledger.take_no(&mut tx, contact, NoSource::ByHand).await?;
    }
    done.dropped = restored::drop_due(&mut tx, Decision::InDoubt.as_str(), now).await?;
    quarantine::end(&mut tx, &ledger.vault, held, (by, reason), now).await?;
    ledger.book().note(&mut tx, Act::RestoreConfirmed, On::Nothing).await?;
    tx.commit().await?;
    info!(by, "the quarantine has ended");
    Ok(done)
}
