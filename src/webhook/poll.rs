//! Answers that no webhook brought, found on the provider's list: the noes first. They take effect the same way.

use std::collections::HashSet;

use tokio::sync::mpsc::{self, UnboundedReceiver};
use tracing::{error, warn};

use super::Webhooks;
use crate::domain::reply::ReplyKind;
use crate::domain::span::{DAY_MS, MINUTE_MS};
use crate::gateway::Event;
use crate::gateway::listing::{Listed, Query, Way};
use crate::inbox::kind;
use crate::ledger::trust;
use crate::outbox::reconcile::{say_once, wait_ms};
use crate::store::listing::{self, What};
use crate::store::{Db, DbError, way_in};

/// Between two polls of an account.
const EVERY_MS: i64 = 5 * MINUTE_MS;
/// A node that dies while it polls leaves its turn to others after this long.
const TURN_MS: i64 = 2 * MINUTE_MS;
/// An answer this old should have come by a webhook.
const LATE_MS: i64 = 2 * MINUTE_MS;
/// How long answers that are no noes wait until the whole list has shown the noes.
const PATIENCE_MS: i64 = 30_000;
/// Answers that are looked at together.
const PAGE: usize = 1_000;
/// A list is asked for the day before the last poll at the earliest; what it showed earlier need not be known.
const SEEN_MS: i64 = 3 * DAY_MS;

impl Webhooks {
    /// Polls an account, when it is due for answers. Does nothing while the clock is in question, nor when it lapses: lists
    /// are dated by the world's time.
    ///
    /// # Errors
    /// As the database has it; what was committed by then stays.
    pub async fn poll(&self, account: &str) -> Result<(), DbError> {
        let asks = self.accounts.facts(account).is_some_and(|facts| facts.lists && facts.takes_replies);
        if !asks || self.ledger.clock.lapses() {
            return Ok(());
        }
        match self.turn(account).await? {
            Some(since) => self.poll_account(account, since).await,
            None => Ok(()),
        }
    }

    /// Since when answers may be missing, when it is this account's turn and ours.
    async fn turn(&self, account: &str) -> Result<Option<i64>, DbError> {
        let now = self.ledger.clock.now_ms();
        let mut tx = self.db.read().await?;
        let Some(since) = listing::due(&mut tx, account, What::Replies, now).await? else { return Ok(None) };
        if !trust::clock_fits(&mut tx, &self.ledger.clock).await? {
            return Ok(None);
        }
        drop(tx);
        let mut tx = self.db.begin().await?;
        let mine = listing::take(&mut tx, account, What::Replies, now, now + TURN_MS).await?;
        tx.commit().await?;
        // Never asked before: as if just now. A clock that was set back since then: from where it is.
        Ok(mine.then_some(if since == 0 { now } else { since.min(now) }))
    }

    async fn poll_account(&self, account: &str, since: i64) -> Result<(), DbError> {
        let started = self.ledger.clock.now_ms();
        let since_at = jiff::Timestamp::from_millisecond(since).unwrap_or_else(|_| self.ledger.clock.now());
        let query = Query { way: Way::In, to: None, since: since_at };
        let (tell, told) = mpsc::unbounded_channel();
        let hand_over = move |one: Listed| {
            if one.ours {
                // Whoever takes them in is there as long as the list is read.
                let _ = tell.send(one);
            }
        };
        let listing = async move { Ok(self.accounts.list(account, &query, hand_over).await) };
        // Also of a listing that breaks off: what it showed is true.
        let (ended, late) = tokio::try_join!(listing, self.take_in_listed(account, told))?;
        say_once(&self.unlisted, account, ended);
        if late > 0 {
            warn!(
                account.name = account,
                answers = late,
                "no webhook brought these answers, the provider's list did; check the address for answers in the \
                 provider's console"
            );
        }
        let mut tx = self.db.begin().await?;
        if ended.is_ok() {
            let steady = tx.steady_ms(&self.ledger.clock).await?;
            way_in::note(&mut tx, &[account], steady).await?;
            listing::known_until(&mut tx, account, What::Replies, started).await?;
            listing::forget_seen(&mut tx, account, since - SEEN_MS).await?;
        }
        listing::next(&mut tx, account, What::Replies, started + wait_ms(ended, EVERY_MS)).await?;
        tx.commit().await
    }

    /// The accounts whose lists may show the same answers.
    fn listing(&self) -> Vec<&str> {
        self.accounts.listing().map(|(name, _)| name).collect()
    }

    /// The answers that nobody has brought yet; all others count as seen from here on.
    async fn news(&self, account: &str, mut listed: Vec<Listed>) -> Result<Vec<Listed>, DbError> {
        let accounts = self.listing();
        let mut tx = self.db.read().await?;
        let seen = listing::seen(&mut tx, &accounts, &ids(&listed)).await?;
        listed.retain(|one| !seen.contains(one.provider_id.as_str()));
        let known = listing::known_replies(&mut tx, &accounts, &ids(&listed)).await?;
        drop(tx);
        let (old, new): (Vec<_>, Vec<_>) = listed.into_iter().partition(|one| known.contains(one.provider_id.as_str()));
        see(&self.db, account, &ids(&old), self.ledger.clock.now_ms()).await?;
        Ok(new)
    }

    /// Takes in what is listed, as it comes: a no at once, the rest when all noes are known, or when that takes long. How
    /// many of them a webhook should have brought long before.
    async fn take_in_listed(&self, account: &str, mut told: UnboundedReceiver<Listed>) -> Result<usize, DbError> {
        let started = self.ledger.clock.now_ms();
        let patient_until = self.ledger.clock.steady_ms() + PATIENCE_MS;
        let is_late = |one: &&Listed| one.created_at.is_some_and(|at| at.as_millisecond() < started - LATE_MS);
        let (mut page, mut rest, mut late) = (Vec::new(), Vec::new(), 0);
        while told.recv_many(&mut page, PAGE).await > 0 {
            let new = self.news(account, std::mem::take(&mut page)).await?;
            late += new.iter().filter(is_late).count();
            let (noes, others): (Vec<_>, Vec<_>) = new.into_iter().partition(|one| rank(one) == 0);
            self.take_in_all(account, noes).await?;
            rest.extend(others);
            if self.ledger.clock.steady_ms() > patient_until {
                self.take_in_all(account, std::mem::take(&mut rest)).await?;
            }
        }
        self.take_in_all(account, rest).await?;
        Ok(late)
    }

    /// Each in a transaction of its own: one that cannot be applied does not stop the others, and is tried again.
    async fn take_in_all(&self, account: &str, mut new: Vec<Listed>) -> Result<(), DbError> {
        new.sort_by_cached_key(|one| (rank(one), one.created_at));
        for one in &new {
            match self.take_in_one(account, one).await {
                Err(e @ DbError::Away(_)) => return Err(e),
                Err(e) => error!(account.name = account, error = %e, "a listed answer cannot be applied"),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    async fn take_in_one(&self, account: &str, one: &Listed) -> Result<(), DbError> {
        let (accounts, ids) = (self.listing(), [one.provider_id.as_str()]);
        let now = self.ledger.clock.now_ms();
        let mut tx = self.db.begin().await?;
        // Another account may show it at this moment: who takes it in notes it under the first, and the other waits for that.
        if let Some(first) = accounts.first().filter(|first| **first != account) {
            listing::see(&mut tx, first, &ids, now).await?;
        }
        listing::see(&mut tx, account, &ids, now).await?;
        let others: Vec<&str> = accounts.into_iter().filter(|other| *other != account).collect();
        if others.is_empty() || listing::known_replies(&mut tx, &others, &ids).await?.is_empty() {
            self.effects.apply(&mut tx, account, &Event::Reply(one.reply())).await?;
        }
        tx.commit().await
    }
}

async fn see(db: &Db, account: &str, ids: &[&str], now: i64) -> Result<(), DbError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    listing::see(&mut tx, account, ids, now).await?;
    tx.commit().await
}

fn ids(listed: &[Listed]) -> Vec<&str> {
    let ids: HashSet<&str> = listed.iter().map(|one| one.provider_id.as_str()).collect();
    ids.into_iter().collect()
}

/// The order in which answers take effect.
fn rank(one: &Listed) -> u8 {
    match kind::classify(one.text.expose()).kind {
        ReplyKind::OptOut => 0,
        ReplyKind::Suspected => 1,
        ReplyKind::WrongNumber | ReplyKind::NotInGroup => 2,
        ReplyKind::Start | ReplyKind::Help | ReplyKind::Thanks | ReplyKind::Other => 3,
    }
}
