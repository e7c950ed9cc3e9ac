//! Tells people that something keeps the house from its work: once when it begins and once when it is over, by mail or
//! by a call to an address of theirs, however often it happens meanwhile and however many nodes see it.
//!
//! Nothing is kept but what stands: each node looks again and again, and notes what it sees. What no node has seen for
//! ten minutes is over.

mod look;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use tracing::{error, info};

use crate::audit::Keeper;
use crate::backup::routine::Routine;
use crate::domain::alarm::Alarm;
use crate::domain::span::MINUTE_MS;
use crate::gateway::Accounts;
use crate::ledger::Ledger;
use crate::outbox::Troubles;
use crate::settings::Settings;
use crate::store::alarm::{self, Standing};
use crate::store::notice::{self, Way};
use crate::store::{Db, DbError, Tx};
use crate::tasks::daily::Daily;
pub use words::Words;

/// What is seen all the time is noted so often.
const NOTED_MS: i64 = MINUTE_MS;
/// What nobody has seen for so long is over. What comes and goes meanwhile is one alarm.
const OVER_MS: i64 = 10 * MINUTE_MS;

/// Looks for what is wrong, and tells it. Cheap to clone.
#[derive(Clone)]
pub struct Watch {
    /// The accounts, for those whose answers must reach us.
    pub accounts: Arc<Accounts>,
    /// What this node's outbox has met.
    pub troubles: Troubles,
    /// When backups are due.
    pub backups: Option<Routine>,
    /// Who looks after the audit.
    pub audit: Keeper,
    /// How it is said.
    pub words: Words,
    /// By which ways.
    pub ways: Vec<Way>,
}

impl Watch {
    /// One look.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn step(&self, db: &Db, ledger: &Ledger) -> Result<(), DbError> {
        let mut tx = db.read().await?;
        let seen = look::look(self, &mut tx, ledger, db.is_shared()).await?;
        let stands = alarm::all(&mut tx).await?;
        let now = tx.house_ms(&ledger.clock).await?;
        drop(tx);
        let fresh: Vec<_> = seen.iter().filter(|one| !is_noted(&stands, one, now)).collect();
        let news = stands.iter().any(|one| is_over(one, now) || is_to_be_told(one, &seen, now));
        if fresh.is_empty() && !news {
            return Ok(());
        }
        let mut tx = db.begin().await?;
        for (alarm, subject) in fresh {
            alarm::see(&mut tx, *alarm, subject, now).await?;
        }
        for one in alarm::all(&mut tx).await? {
            if is_to_be_told(&one, &seen, now) && alarm::tell(&mut tx, &one, now).await? {
                error!(alarm = one.alarm.as_str(), about = one.subject, "{}", one.alarm.what(&one.subject).en);
                self.tell(&mut tx, ledger, &one, false).await?;
            }
            if is_over(&one, now) && alarm::forget(&mut tx, &one).await? && one.told_at.is_some() {
                info!(alarm = one.alarm.as_str(), about = one.subject, "over: {}", one.alarm.what(&one.subject).en);
                self.tell(&mut tx, ledger, &one, true).await?;
            }
        }
        tx.commit().await
    }

    async fn tell(&self, tx: &mut Tx, ledger: &Ledger, one: &Standing, over: bool) -> Result<(), DbError> {
        for way in self.ways.iter().copied() {
            let (subject, body) = self.words.of(way, one.alarm, &one.subject, over);
            notice::add_by(tx, way, &subject, &body, ledger.clock.now_ms()).await?;
        }
        Ok(())
    }
}

/// What was seen in one look: what is wrong, and with which account, campaign or node.
type Seen = BTreeSet<(Alarm, String)>;

fn is_noted(stands: &[Standing], seen: &(Alarm, String), now: i64) -> bool {
    stands.iter().any(|one| (one.alarm, &one.subject) == (seen.0, &seen.1) && now - one.seen_at < NOTED_MS)
}

fn is_to_be_told(one: &Standing, seen: &Seen, now: i64) -> bool {
    one.told_at.is_none() && now - one.since >= one.alarm.waits_ms() && seen.contains(&(one.alarm, one.subject.clone()))
}

fn is_over(one: &Standing, now: i64) -> bool {
    now - one.seen_at >= OVER_MS
}

/// Operators are told as staff are.
impl From<&Settings> for Words {
    fn from(settings: &Settings) -> Self {
        let Daily { lang, public_url, .. } = Daily::of(settings);
        Words { lang, house: public_url }
    }
}
