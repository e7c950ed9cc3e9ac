//! Whether answers reach us: any verified webhook shows it, or a listing that came to its end; where nothing comes of
//! itself, we call our own public address, with proof that it is us.
//!
//! Without a way in no message begins (the outbox looks): a no would not be heard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use tracing::{error, info};

use super::Webhooks;
use crate::clock::{Clock, boot_ms};
use crate::domain::hex::hex;
use crate::domain::span::MINUTE_MS;
use crate::store::{Db, DbError, way_in};

/// Noted at most so often, a process: it costs a row in a transaction that is written anyway.
const NOTE_MS: i64 = MINUTE_MS;
/// Our own address is called when nothing was heard for so long.
const QUIET_MS: i64 = 5 * MINUTE_MS;
/// The proof in the call is good for this long, and as long again.
const SLOT_MS: i64 = 10 * MINUTE_MS;

/// What is noted of accounts, and what was said.
#[derive(Default)]
pub(super) struct WayIn {
    noted: Mutex<BTreeMap<String, i64>>,
    closed: Mutex<BTreeSet<String>>,
}

impl WayIn {
    /// Which of these accounts' ways in should be noted now.
    pub(super) fn news<'a>(&self, accounts: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let (mut noted, now) = (self.noted.lock().unwrap_or_else(PoisonError::into_inner), boot_ms());
        let is_news = |account: &&str| noted.get(*account).is_none_or(|at| now - at >= NOTE_MS);
        let news: BTreeSet<&str> = accounts.filter(is_news).collect();
        noted.extend(news.iter().map(|account| ((*account).to_owned(), now)));
        news
    }
}

impl Webhooks {
    /// Calls our own address for each account whose way in must work and was quiet for a while.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn try_ways_in(&self) -> Result<(), DbError> {
        let needed: Vec<&str> = self.accounts.needing_a_way_in().collect();
        if needed.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.read().await?;
        let steady = tx.steady_ms(&self.ledger.clock).await?;
        let ages = way_in::ages(&mut tx, steady).await?;
        drop(tx);
        for account in needed {
            if ages.get(account).is_some_and(|age| *age < QUIET_MS) {
                self.way_in.closed.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
                continue;
            }
            let url = format!("{}/hooks/{account}/way-in?key={}", self.public_url, self.key(account, 0));
            let works = self.accounts.opens(url).await;
            let mut closed = self.way_in.closed.lock().unwrap_or_else(PoisonError::into_inner);
            if works && closed.remove(account) {
                info!(account.name = account, "answers reach us again");
            } else if !works && closed.insert(account.to_owned()) {
                error!(
                    account.name = account,
                    "our own public address does not lead here, so no answer and no no would be heard; after 15 minutes \
                     nothing is sent by this account until it does. Check [server] public_url, the proxy and the name"
                );
            }
        }
        Ok(())
    }

    /// Hears our own call; false when it is not ours.
    pub(super) async fn hear_own(&self, account: &str, key: &str) -> Result<bool, DbError> {
        // Compared as digests, so that the time of it tells nothing.
        let digest = |key: &str| self.ledger.vault.keyed(b"way in, heard", key.as_bytes());
        let ours = [0, 1].into_iter().any(|back| digest(&self.key(account, back)) == digest(key));
        if ours {
            note(&self.db, &self.ledger.clock, &[account]).await?;
        }
        Ok(ours)
    }

    /// What proves that a call is ours: keyed, for this account, and for a few minutes.
    fn key(&self, account: &str, back: i64) -> String {
        let slot = self.ledger.clock.now_ms() / SLOT_MS - back;
        hex(self.ledger.vault.keyed(b"way in", format!("{account} {slot}").as_bytes()))
    }
}

/// Notes that the ways in of these accounts work now.
pub(super) async fn note(db: &Db, clock: &Clock, accounts: &[&str]) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    let steady = tx.steady_ms(clock).await?;
    way_in::note(&mut tx, accounts, steady).await?;
    tx.commit().await
}
