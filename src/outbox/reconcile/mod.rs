//! Asks providers what became of messages, by their lists or by a reference they know: proof for those in doubt, receipts
//! that no webhook brought.
//!
//! One listing serves many; a few doubts are asked for one by one. Nothing is settled but through the [`Settler`], and
//! no transaction is open while a request is under way.

mod proof;
mod receipts;
mod repeat;
mod schedule;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use tracing::{error, info, warn};

use super::Settler;
use crate::domain::message::MessageState;
use crate::domain::moment;
use crate::domain::private::Private;
use crate::domain::span::MINUTE_MS;
use crate::gateway::listing::{Listed, Query, Unlisted, Way};
use crate::gateway::{Accounts, Address, Token};
use crate::ledger::{Ledger, trust};
use crate::store::attempt;
use crate::store::listing::{self, Doubt, What};
use crate::store::message::{self, Letter};
use crate::store::{Db, DbError, Tx};
use proof::{HORIZON, NEAR, SKEW, Shown, Sought, judge};

/// Up to so many doubts are asked for one by one; more are found in one listing of everything.
const FEW: usize = 20;
/// Doubts in one look.
const MANY: i64 = 5_000;
/// Complete listings that must lack a message before it counts as absent.
const ABSENT: i64 = 2;
/// A node that dies while it lists leaves its turn to others after this long.
const TURN_MS: i64 = 2 * MINUTE_MS;
/// After a listing that failed.
const AGAIN_MS: i64 = MINUTE_MS;
/// The longest that a provider's wish to wait is kept.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Looks up messages in the providers' lists.
pub struct Reconciler {
    db: Db,
    ledger: Ledger,
    settler: Settler,
    accounts: Arc<Accounts>,
    /// Accounts whose list failed at the last look: said once, not at every look.
    failing: Mutex<BTreeSet<String>>,
}

/// What one look is for.
struct Look {
    doubts: Vec<(Doubt, Private<String>, Private<String>)>,
    /// Since when receipts are missing.
    unheard: Option<i64>,
    started: i64,
    steady: i64,
}

impl Reconciler {
    /// A reconciler for these accounts.
    pub fn new(db: Db, ledger: Ledger, settler: Settler, accounts: Arc<Accounts>) -> Self {
        Self { db, ledger, settler, accounts, failing: Mutex::default() }
    }

    /// One look at an account, when it is due. Does nothing while the clock is in question, nor when it lapses: lists are
    /// dated by the world's time.
    ///
    /// # Errors
    /// As the database has it; what was committed by then stays.
    pub async fn step(&self, account: &str) -> Result<(), DbError> {
        if self.ledger.clock.lapses() {
            return Ok(());
        }
        let facts = self.accounts.facts(account);
        if facts.as_ref().is_some_and(|facts| facts.lists) {
            if let Some(look) = self.due(account).await? {
                self.look(account, look).await?;
            }
        } else if facts.is_some_and(|facts| facts.deduplicates) {
            self.repeat(account).await?;
        }
        Ok(())
    }

    /// What there is to look for, when it is this account's turn and ours.
    async fn due(&self, account: &str) -> Result<Option<Look>, DbError> {
        let clock = &self.ledger.clock;
        let now = clock.now_ms();
        let mut tx = self.db.read().await?;
        let Some(receipts_at) = listing::due(&mut tx, account, What::Sent, now).await? else { return Ok(None) };
        if !trust::clock_fits(&mut tx, clock).await? {
            return Ok(None);
        }
        let mut doubts = Vec::new();
        for doubt in listing::doubts(&mut tx, account, schedule::FIRST_LOOK_MS, now, MANY).await? {
            match message::open(&self.ledger.vault, doubt.id, &doubt.sealed) {
                Ok(Letter { to, text, .. }) => doubts.push((doubt, Private::new(to), Private::new(text))),
                Err(e) => error!(message.id = %doubt.id, error = %e, "a message in doubt does not open"),
            }
        }
        let unheard = match now >= receipts_at + schedule::RECEIPTS_MS {
            true => {
                let (from, until) = (now - schedule::UNHEARD_NO_MORE_MS, now - schedule::UNHEARD_MS);
                listing::unheard(&mut tx, account, from, until).await?
            }
            false => None,
        };
        let steady = tx.steady_ms(clock).await?;
        drop(tx);
        if unheard.is_none() && now >= receipts_at + schedule::RECEIPTS_MS {
            // Nothing is missing: that is known until the next time, and costs no search before.
            let mut tx = self.db.begin().await?;
            listing::known_until(&mut tx, account, What::Sent, now).await?;
            tx.commit().await?;
        }
        if doubts.is_empty() && unheard.is_none() {
            return Ok(None);
        }
        let mut tx = self.db.begin().await?;
        let mine = listing::take(&mut tx, account, What::Sent, now, now + TURN_MS).await?;
        tx.commit().await?;
        Ok(mine.then_some(Look { doubts, unheard, started: now, steady }))
    }

    async fn look(&self, account: &str, mut look: Look) -> Result<(), DbError> {
        // Only a person's own list, without a filter by days, can show that something is not there.
        let may_lack = |sought: &(Doubt, _, _)| {
            self.accounts.requeues_absent(account) && is_past_horizon(&sought.0, look.started, look.steady)
        };
        let (mut alone, together): (Vec<_>, Vec<_>) = look.doubts.drain(..).partition(may_lack);
        let mut ended = Ok(());
        if look.unheard.is_some() || together.len() > FEW {
            look.doubts = together;
            ended = self.look_at_all(account, &look).await?;
        } else {
            alone.extend(together);
        }
        // The others stay due: a look ends in a minute or so.
        for (doubt, to, text) in alone.iter().take(2 * FEW) {
            if ended.is_ok() {
                ended = self.look_at_one(account, &look, doubt, to, text).await?;
            }
        }
        say_once(&self.failing, account, ended);
        let wait = wait_ms(ended, schedule::APART_MS);
        let mut tx = self.db.begin().await?;
        if look.unheard.is_some() && ended.is_ok() {
            listing::known_until(&mut tx, account, What::Sent, look.started).await?;
        }
        listing::forget_looks(&mut tx).await?;
        listing::next(&mut tx, account, What::Sent, self.ledger.clock.now_ms() + wait).await?;
        tx.commit().await
    }

    /// One listing for all doubts and all missing receipts.
    async fn look_at_all(&self, account: &str, look: &Look) -> Result<Result<(), Unlisted>, DbError> {
        let oldest = look.doubts.iter().map(|(doubt, ..)| doubt.first_at).chain(look.unheard).min();
        let since = moment::at(oldest.unwrap_or(look.started)) - SKEW;
        let sought: HashSet<&str> = look.doubts.iter().map(|(_, to, _)| to.expose().as_str()).collect();
        let (mut list, mut news) = (Vec::new(), Vec::new());
        let query = Query { way: Way::Out, to: None, since };
        let ended = self
            .accounts
            .list(account, &query, |listed| {
                if listed.ours {
                    news.push(listed.receipt(None));
                }
                if sought.contains(listed.to.expose()) {
                    list.push(listed);
                }
            })
            .await;
        if ended.is_ok() {
            let taken = self.taken(&list).await?;
            let mut looks = Vec::new();
            for (doubt, to, text) in &look.doubts {
                let shown = judge(&sought_of(doubt, to, text), &list, |listed| is_taken(&taken, listed));
                if let Shown::Ours(listed) = shown {
                    self.prove(account, doubt, listed).await?;
                }
                looks.push((doubt, doubt.absent, next_at(doubt, look.started)));
            }
            self.looked(&looks).await?;
        }
        self.hear(account, news).await?;
        Ok(ended)
    }

    /// A listing of one person's messages.
    async fn look_at_one(
        &self,
        account: &str,
        look: &Look,
        doubt: &Doubt,
        to: &Private<String>,
        text: &Private<String>,
    ) -> Result<Result<(), Unlisted>, DbError> {
        let since = moment::at(doubt.first_at) - NEAR;
        let query = Query { way: Way::Out, to: Some(Address::new(to.expose().as_str())), since };
        let mut list = Vec::new();
        let ended = self.accounts.list(account, &query, |listed| list.push(listed)).await;
        if ended.is_err() {
            return Ok(ended);
        }
        let taken = self.taken(&list).await?;
        let absent = match judge(&sought_of(doubt, to, text), &list, |listed| is_taken(&taken, listed)) {
            Shown::Ours(listed) => {
                self.prove(account, doubt, listed).await?;
                0
            }
            Shown::Nothing if is_past_horizon(doubt, look.started, look.steady) => doubt.absent + 1,
            Shown::Nothing => 0,
            Shown::Unclear => {
                info!(message.id = %doubt.id, "the provider's list proves nothing of a message in doubt");
                0
            }
        };
        if absent >= ABSENT && self.accounts.requeues_absent(account) {
            self.requeue(doubt).await?;
        }
        self.looked(&[(doubt, absent, next_at(doubt, look.started))]).await?;
        Ok(ended)
    }

    /// Which of these are known to belong to a try, of whatever account: two may share the provider's.
    async fn taken(&self, list: &[Listed]) -> Result<HashSet<String>, DbError> {
        let mut tx = self.db.read().await?;
        let ids: Vec<&str> = list.iter().map(|listed| listed.provider_id.as_str()).collect();
        Ok(self.known(&mut tx, &ids).await?.into_keys().collect())
    }

    async fn known(&self, tx: &mut Tx, ids: &[&str]) -> Result<BTreeMap<String, MessageState>, DbError> {
        let accounts: Vec<&str> = self.accounts.listing().map(|(name, _)| name).collect();
        Ok(listing::states(tx, &accounts, ids).await?.into_iter().collect())
    }

    /// Settles a doubt by the list, unless somebody knew better meanwhile.
    async fn prove(&self, account: &str, doubt: &Doubt, listed: &Listed) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        if !is_still(&mut tx, doubt).await? || !self.known(&mut tx, &[listed.provider_id.as_str()]).await?.is_empty() {
            return Ok(());
        }
        self.settler.receipt(&mut tx, account, &listed.receipt(Token::parse(&doubt.token))).await?;
        tx.commit().await?;
        info!(message.id = %doubt.id, "the provider's list shows that a message in doubt went out");
        Ok(())
    }

    async fn requeue(&self, doubt: &Doubt) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        let Some(m) = message::get(&mut tx, doubt.id).await? else { return Ok(()) };
        if m.state == MessageState::InDoubt && m.attempt == doubt.attempt {
            let now = self.ledger.clock.now_ms();
            attempt::settle(&mut tx, m.id, m.attempt, "absent", None, None, now).await?;
            self.settler.requeue(&mut tx, &m).await?;
            tx.commit().await?;
            info!(message.id = %doubt.id, "two complete lists lack a message in doubt; it goes back to the queue");
        }
        Ok(())
    }

    async fn looked(&self, looks: &[(&Doubt, i64, i64)]) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        listing::looked(&mut tx, looks).await?;
        tx.commit().await
    }
}

/// Logs that a list fails, once until it works again.
pub(crate) fn say_once(failing: &Mutex<BTreeSet<String>>, account: &str, ended: Result<(), Unlisted>) {
    let mut failing = failing.lock().unwrap_or_else(PoisonError::into_inner);
    match ended {
        Ok(()) => {
            failing.remove(account);
        }
        Err(e) => {
            if failing.insert(account.to_owned()) {
                warn!(account.name = account, error = %e, "the provider's list cannot be read for now");
            }
        }
    }
}

/// How long to wait after a listing that ended so: `apart`, or what the provider asks for, within bounds.
pub(crate) fn wait_ms(ended: Result<(), Unlisted>, apart: i64) -> i64 {
    match ended {
        Ok(()) => apart,
        Err(Unlisted::Throttled(Some(asked))) => {
            i64::try_from(asked.min(LONGEST_WAIT).as_millis()).unwrap_or(AGAIN_MS).max(AGAIN_MS)
        }
        Err(_) => AGAIN_MS,
    }
}

async fn is_still(tx: &mut Tx, doubt: &Doubt) -> Result<bool, DbError> {
    let m = message::get(tx, doubt.id).await?;
    Ok(m.is_some_and(|m| m.state == MessageState::InDoubt && m.attempt == doubt.attempt))
}

fn is_taken(taken: &HashSet<String>, listed: &Listed) -> bool {
    taken.contains(listed.provider_id.as_str())
}

fn sought_of<'a>(doubt: &Doubt, to: &'a Private<String>, text: &'a Private<String>) -> Sought<'a> {
    Sought {
        to: to.expose(),
        text: text.expose(),
        first_at: moment::at(doubt.first_at),
        last_at: moment::at(doubt.last_at),
    }
}

/// By both clocks. A steady clock that reads less than at the doubt began anew since then: as much has passed as it reads.
fn is_past_horizon(doubt: &Doubt, now: i64, steady: i64) -> bool {
    let steady = if steady >= doubt.since_steady { steady - doubt.since_steady } else { steady };
    SignedDuration::from_millis(steady.min(now - doubt.since)) >= HORIZON
}

fn next_at(doubt: &Doubt, now: i64) -> i64 {
    doubt.since + schedule::next_look(now - doubt.since)
}
