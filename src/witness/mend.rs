//! What a database in quarantine is told of the time that it lost: noes first, then what providers' lists show that went
//! out. Answers come by the ordinary poll, from where the database left off.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::Witness;
use crate::clock;
use crate::domain::channel::Channel;
use crate::domain::id::ContactId;
use crate::domain::message::{MessageState, ReceiptStatus};
use crate::domain::private::Private;
use crate::domain::span::MINUTE_MS;
use crate::gateway::listing::{Listed, Query, Way, is_same_text};
use crate::gateway::{Accounts, Token};
use crate::ledger::quarantine::{self, Quarantine};
use crate::ledger::{Ledger, NoSource, trust};
use crate::outbox::Settler;
use crate::store::listing::{self, What};
use crate::store::no::No;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{Db, DbError, Tx, contact, message, no, restored};
use crate::vault::VaultError;

/// The provider's clock and ours differ by less, and what was under way at the backup began before it.
const MARGIN: SignedDuration = SignedDuration::from_mins(15);
/// After a listing that failed, steady.
const AGAIN_MS: i64 = MINUTE_MS;
/// A node that dies while it lists leaves its turn to others after this long.
const TURN_MS: i64 = 5 * MINUTE_MS;
/// Noes in one transaction.
const CHUNK: usize = 100;

/// Fetches what a database in quarantine lacks.
pub struct Mender {
    db: Db,
    ledger: Ledger,
    settler: Settler,
    accounts: Arc<Accounts>,
    witness: Arc<Witness>,
    /// When an account whose list failed is asked again, steady.
    again: Mutex<BTreeMap<String, i64>>,
}

impl Mender {
    /// A mender with these accounts.
    pub fn new(db: Db, ledger: Ledger, settler: Settler, accounts: Arc<Accounts>, witness: Arc<Witness>) -> Self {
        Self { db, ledger, settler, accounts, witness, again: Mutex::default() }
    }

    /// Does what is left to do; nothing without a quarantine.
    ///
    /// # Errors
    /// As the database has it; a later step goes on.
    pub async fn step(&self) -> Result<(), DbError> {
        let mut tx = self.db.read().await?;
        let Some(held) = quarantine::get(&mut tx).await? else { return Ok(()) };
        let fits = trust::clock_fits(&mut tx, &self.ledger.clock).await?;
        drop(tx);
        if held.noes.is_none() {
            self.bring_back_noes().await?;
        }
        // Lists are dated by the world's time.
        if !fits || self.ledger.clock.lapses() {
            return Ok(());
        }
        for (account, facts) in self.accounts.listing() {
            if facts.takes_replies {
                self.ask_for_answers(account, &held).await?;
            }
            if !held.sent.contains_key(account) && self.is_turn_of(account) {
                let channel = facts.channels.first().copied();
                self.enter_sent(account, channel, &held).await?;
            }
        }
        Ok(())
    }

    async fn bring_back_noes(&self) -> Result<(), DbError> {
        let noes = self.witness.noes().await;
        let mut news = 0;
        for chunk in noes.chunks(CHUNK) {
            let mut tx = self.db.begin().await?;
            for no in chunk {
                news += u64::from(self.bring_back(&mut tx, no).await?);
            }
            tx.commit().await?;
        }
        self.note(|held| held.noes = Some(held.noes.unwrap_or(0) + news)).await?;
        info!(noes = news, "noes kept apart are brought back");
        Ok(())
    }

    async fn bring_back(&self, tx: &mut Tx, no: &No) -> Result<bool, DbError> {
        let news = no::bring_back(tx, no, self.ledger.clock.now_ms()).await?;
        if let Some(contact) = contact::find(tx, &no.blind).await?.filter(|contact| !contact.opted_out) {
            self.ledger.opt_out(tx, contact.id, NoSource::parse(&no.source), None).await?;
        }
        Ok(news)
    }

    /// An account that was never asked before is asked from now on only: here, from where the database left off.
    async fn ask_for_answers(&self, account: &str, held: &Quarantine) -> Result<(), DbError> {
        let mut tx = self.db.read().await?;
        if restored::answers_known(&mut tx, account).await?.is_some() {
            return Ok(());
        }
        drop(tx);
        let mut tx = self.db.begin().await?;
        listing::known_until(&mut tx, account, What::Replies, held.since).await?;
        tx.commit().await
    }

    fn is_turn_of(&self, account: &str) -> bool {
        let again = self.again.lock().unwrap_or_else(PoisonError::into_inner);
        again.get(account).is_none_or(|at| self.ledger.clock.steady_ms() >= *at)
    }

    async fn enter_sent(&self, account: &str, channel: Option<Channel>, held: &Quarantine) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let mine = listing::take(&mut tx, account, What::Sent, now, now + TURN_MS).await?;
        tx.commit().await?;
        if !mine {
            return Ok(());
        }
        let since = Timestamp::from_millisecond(held.since).unwrap_or(Timestamp::MIN);
        let query = Query { way: Way::Out, to: None, since: since.checked_sub(MARGIN).unwrap_or(since) };
        let mut list = Vec::new();
        let ended = self.accounts.list(account, &query, |listed| list.extend(listed.ours.then_some(listed))).await;
        let mut news = 0;
        // Also of a listing that broke off: what it showed is true.
        for listed in &list {
            news += u64::from(self.enter(account, channel, listed).await?);
        }
        let mut tx = self.db.begin().await?;
        listing::next(&mut tx, account, What::Sent, self.ledger.clock.now_ms()).await?;
        tx.commit().await?;
        match ended {
            Ok(()) => {
                let entered = |held: &mut Quarantine| {
                    held.sent.insert(account.to_owned(), news);
                };
                self.note(entered).await?;
                info!(account.name = account, messages = news, "what went out since the backup is entered");
            }
            Err(e) => {
                warn!(account.name = account, error = %e, "the provider's list of what went out cannot be read; it is asked again");
                let mut again = self.again.lock().unwrap_or_else(PoisonError::into_inner);
                again.insert(account.to_owned(), self.ledger.clock.steady_ms() + AGAIN_MS);
            }
        }
        Ok(())
    }

    /// Enters a message that the database does not know: as a try of the message that waits with the same text, else as
    /// an entry of the ledger. Whether it was news.
    async fn enter(&self, account: &str, channel: Option<Channel>, listed: &Listed) -> Result<bool, DbError> {
        let id = listed.provider_id.as_str();
        let names: Vec<&str> = self.accounts.listing().map(|(name, _)| name).collect();
        let mut tx = self.db.begin().await?;
        let known = !listing::states(&mut tx, &names, &[id]).await?.is_empty();
        if known || !listing::seen(&mut tx, &names, &[id]).await?.is_empty() {
            return Ok(false);
        }
        let now = self.ledger.clock.now_ms();
        let found = self.ledger.contact(&mut tx, &Private::new(listed.to.expose().to_string())).await?;
        let at = listed.created_at.map_or(now, Timestamp::as_millisecond).min(now);
        match self.of_campaign(&mut tx, account, found.id, listed, at).await? {
            Fits::InDoubt => return Ok(false),
            Fits::Waiting => {}
            Fits::Nothing => {
                let mut entry = Touch::new(TouchKind::Message, at);
                entry.channel = channel.map(|channel| channel.as_str().to_owned());
                entry.detail = Some("restored".to_owned());
                entry.counts = listed.status != ReceiptStatus::Failed;
                self.ledger.register(&mut tx, found.id, &entry).await?;
            }
        }
        listing::see(&mut tx, account, &[id], now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Settles the message of a campaign that this is, when there is one.
    async fn of_campaign(
        &self,
        tx: &mut Tx,
        account: &str,
        contact: ContactId,
        listed: &Listed,
        at: i64,
    ) -> Result<Fits, DbError> {
        for (m, sealed) in message::of_contact(tx, contact).await? {
            let same = || {
                let letter = message::open(&self.ledger.vault, m.id, &sealed).ok();
                letter.is_some_and(|letter| !letter.is_gone() && is_same_text(&letter.text, listed.text.expose()))
            };
            match m.state {
                // The reconciler looks for these, and proves or disproves them.
                MessageState::Submitting | MessageState::InDoubt if m.account == account && same() => {
                    return Ok(Fits::InDoubt);
                }
                MessageState::Queued if m.account == account && same() => {
                    let token = URL_SAFE_NO_PAD.encode(clock::random::<18>().map_err(VaultError::from)?);
                    if restored::add_try(tx, &m, &token, at).await? {
                        self.settler.receipt(tx, account, &listed.receipt(Token::parse(&token))).await?;
                        return Ok(Fits::Waiting);
                    }
                }
                _ => {}
            }
        }
        Ok(Fits::Nothing)
    }

    /// Notes how far it is, unless the quarantine is another one by now.
    async fn note(&self, change: impl FnOnce(&mut Quarantine)) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        if let Some(mut held) = quarantine::get(&mut tx).await? {
            change(&mut held);
            quarantine::set(&mut tx, &held).await?;
        }
        tx.commit().await
    }
}

/// What a listed message is in the database.
enum Fits {
    Waiting,
    InDoubt,
    Nothing,
}

/// What a quarantine still waits for: the accounts whose lists were not read yet; noes are named so too.
///
/// # Errors
/// As the database has it.
pub async fn unfinished(
    tx: &mut Tx,
    held: &Quarantine,
    accounts: &Accounts,
    lapses: bool,
) -> Result<Vec<String>, DbError> {
    let mut left = Vec::new();
    if held.noes.is_none() {
        left.push("noes".to_owned());
    }
    if lapses {
        return Ok(left);
    }
    for (account, facts) in accounts.listing() {
        let answers = !facts.takes_replies
            || restored::answers_known(tx, account).await?.is_some_and(|since| since >= held.began_at);
        if !answers || !held.sent.contains_key(account) {
            left.push(account.to_owned());
        }
    }
    Ok(left)
}
