//! Sends what a person at the service sends: answers, and tests to the panel; and the receipts of noes. Each at most
//! once, and none again by itself.
//!
//! They go before campaigns: a person pressed the button now, so they may borrow from the account's rate, and the
//! campaigns wait for what was borrowed. No window and no cooldown; a no counts to the last moment.

mod settle;

use std::sync::Arc;

use tokio::task::JoinSet;
use tracing::error;

use super::Settler;
use super::behind;
use super::claim::{FIRST_BYTE_MS, LEASE_MARGIN_MS};
use super::room::take_one;
use crate::domain::channel::{Channel, WHATSAPP_WINDOW_MS};
use crate::domain::decision::Decision;
use crate::domain::id::{DirectId, MessageId};
use crate::domain::message::MessageState;
use crate::domain::span::MINUTE_MS;
use crate::gateway::simulator::Later;
use crate::gateway::{Accounts, Address, Outgoing, Token, Verdict};
use crate::ledger::{Ledger, trust};
use crate::store::direct::{self, Direct as Row, Kind};
use crate::store::message::Letter;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{Db, DbError, Tx, account, contact, reply};
use crate::vault::VaultError;
pub use settle::doubt_waiting;

/// What still waits so long after its press was not sent when the person meant it: they decide again.
const LATE_MS: i64 = 10 * MINUTE_MS;
/// How long the provider may hold it.
const VALIDITY_S: u32 = 4 * 3_600;
/// Requests at the same time.
const SLOTS: usize = 8;

/// The sender of direct messages of one daemon.
pub struct Direct {
    db: Db,
    ledger: Ledger,
    settler: Settler,
    accounts: Arc<Accounts>,
    fence: i64,
    answer_within_ms: i64,
    /// The witness's number at the last step.
    witnessed: i64,
    under_way: JoinSet<Ended>,
    ended: Vec<Ended>,
    /// Those that began lately, and when they were pressed: none begins again, whatever the database says by then.
    begun: Vec<(DirectId, i64)>,
}

/// How a request ended.
struct Ended {
    id: DirectId,
    account: String,
    verdict: Verdict,
    later: Vec<Later>,
}

/// What the database said of one that waits.
enum Turn {
    /// It begins; bytes may leave after the commit.
    Begins(Box<Letter>),
    /// It was withdrawn, or somebody else has it.
    Over,
    /// The account has no room for it yet.
    Waits,
}

impl Direct {
    /// A sender by these accounts. `fence` is this start's own number.
    pub fn new(
        db: Db,
        settler: Settler,
        ledger: Ledger,
        accounts: Arc<Accounts>,
        fence: i64,
        answer_within_ms: i64,
    ) -> Self {
        let (witnessed, under_way, ended, begun) = (0, JoinSet::new(), Vec::new(), Vec::new());
        Self { db, ledger, settler, accounts, fence, answer_within_ms, witnessed, under_way, ended, begun }
    }

    /// Settles what has ended and begins what waits; returns without waiting for any gateway. How many began.
    ///
    /// # Errors
    /// When the database is away: what has ended is settled by a later step.
    pub async fn step(&mut self) -> Result<usize, DbError> {
        self.settle_ended().await?;
        let (clock, late) = (self.ledger.clock.clone(), self.late_ms());
        // Older ones are too late to begin.
        self.begun.retain(|(_, pressed_at)| clock.now_ms() - pressed_at <= late);
        let free = SLOTS.saturating_sub(self.under_way.len()) as i64;
        let waiting = direct::queue(&mut self.db.read().await?, free).await?;
        let mut began = 0;
        for row in waiting {
            let mut tx = self.db.begin().await?;
            if !trust::may_begin(&mut tx, &clock, &mut self.witnessed).await? {
                break;
            }
            if self.begun.iter().any(|(id, _)| *id == row.id) {
                behind::hold(&mut tx, &self.ledger).await?;
                tx.commit().await?;
                break;
            }
            let turn = self.turn(&mut tx, &row).await?;
            // Read before the commit: a process that was stopped since then must find its deadline passed.
            let deadline = clock.steady_ms() + FIRST_BYTE_MS;
            tx.commit().await?;
            if let Turn::Begins(letter) = turn {
                self.begun.push((row.id, row.made_at));
                self.send(&row, &letter, deadline)?;
                began += 1;
            }
        }
        Ok(began)
    }

    /// Settles what has ended; returns how many are still under way. For the end of a daemon, too.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub async fn settle_ended(&mut self) -> Result<usize, DbError> {
        while let Some(ended) = self.under_way.try_join_next() {
            self.take(ended);
        }
        while let Some(ended) = self.ended.last() {
            let mut tx = self.db.begin().await?;
            self.settler.settle_direct(&mut tx, ended).await?;
            tx.commit().await?;
            self.ended.pop();
        }
        Ok(self.under_way.len())
    }

    /// Waits until a request ends; at once when none is under way.
    pub async fn wait(&mut self) {
        if let Some(ended) = self.under_way.join_next().await {
            self.take(ended);
        }
    }

    fn take(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        match ended {
            Ok(ended) => self.ended.push(ended),
            // Nobody knows how far it came: its lease runs out, and it is in doubt.
            Err(e) => error!(error = %e, "a send broke off"),
        }
    }

    /// The intent: re-checks everything in the transaction that lets bytes leave.
    async fn turn(&self, tx: &mut Tx, row: &Row) -> Result<Turn, DbError> {
        let clock = &self.ledger.clock;
        let now = clock.now_ms();
        if let Some(why) = self.obstacle(tx, row, now).await? {
            direct::move_state(tx, row, MessageState::Withdrawn, Some(&why), now).await?;
            return Ok(Turn::Over);
        }
        let letter = match direct::open(&self.ledger.vault, row) {
            Ok(letter) => letter,
            // Another node has the key, and this one may get it.
            Err(DbError::Vault(VaultError::NoKey { .. })) => return Ok(Turn::Waits),
            Err(e) => {
                error!(message.id = %row.id, error = %e, "a message does not open and is withdrawn");
                direct::move_state(tx, row, MessageState::Withdrawn, Some(Decision::Invalid.as_str()), now).await?;
                return Ok(Turn::Over);
            }
        };
        if row.contact.is_none() && self.said_no(tx, &letter).await? {
            direct::move_state(tx, row, MessageState::Withdrawn, Some(Decision::OptedOut.as_str()), now).await?;
            return Ok(Turn::Over);
        }
        let steady = tx.steady_ms(clock).await?;
        if !take_one(tx, &self.accounts, &row.account, steady, true).await? {
            return Ok(Turn::Waits);
        }
        let lease = steady + FIRST_BYTE_MS + self.answer_within_ms + LEASE_MARGIN_MS;
        if !direct::begin(tx, row.id, self.fence, lease, now).await? {
            return Ok(Turn::Over);
        }
        // Before any byte: whatever becomes of it, the cooldown runs from here until it provably reached nobody.
        enter(tx, &self.ledger, row, now).await?;
        Ok(Turn::Begins(Box::new(letter)))
    }

    /// Why it may not go after all.
    async fn obstacle(&self, tx: &mut Tx, row: &Row, now: i64) -> Result<Option<String>, DbError> {
        if let Some(id) = row.contact {
            match contact::lock(tx, id).await? {
                Some(contact) if !contact.opted_out && row.kind != Kind::Receipt => {}
                // The receipt of a no goes while the no stands, and only then.
                Some(contact) if contact.opted_out && row.kind == Kind::Receipt => {}
                Some(_) if row.kind == Kind::Receipt => return Ok(Some(Decision::Cancelled.as_str().to_owned())),
                _ => return Ok(Some(Decision::OptedOut.as_str().to_owned())),
            }
            let answers = match row.reply {
                Some(reply) => reply::exists(tx, reply, id).await?,
                None => false,
            };
            if !answers {
                return Ok(Some("no_reply".to_owned()));
            }
        }
        if now - row.made_at > self.late_ms() {
            return Ok(Some(Decision::Expired.as_str().to_owned()));
        }
        if self.accounts.rate(&row.account).is_none() {
            return Ok(Some("no_account".to_owned()));
        }
        if let (Some(contact), true) = (row.contact, row.channel == Channel::WhatsApp.as_str()) {
            let wrote = reply::wrote_since(tx, &row.account, now - WHATSAPP_WINDOW_MS, &[contact]).await?;
            if wrote.is_empty() {
                return Ok(Some("window_closed".to_owned()));
            }
        }
        let paused = account::paused(tx, now).await?.contains_key(&row.account);
        Ok(paused.then(|| "account_paused".to_owned()))
    }

    /// What waits so long comes too late, civil.
    fn late_ms(&self) -> i64 {
        LATE_MS * self.ledger.clock.civil_ms_per_second() / 1_000
    }

    /// Whether a no stands for the number of a test, which has no contact.
    async fn said_no(&self, tx: &mut Tx, letter: &Letter) -> Result<bool, DbError> {
        Ok(!contact::noes(tx, &[self.ledger.vault.blind(&letter.to)]).await?.is_empty())
    }

    fn send(&mut self, row: &Row, letter: &Letter, deadline_ms: i64) -> Result<(), DbError> {
        let outgoing = Outgoing {
            to: Address::new(letter.to.as_str()),
            channel: Channel::parse(&row.channel).unwrap_or(Channel::Sms),
            text: letter.text.clone().into(),
            media_url: letter.media.as_deref().map(|name| self.accounts.media_url(name)),
            template: letter.template.clone(),
            token: Token::parse(&row.token).ok_or(DbError::Unknown("token"))?,
            validity_s: Some(VALIDITY_S),
            deadline_ms,
        };
        let (accounts, now) = (self.accounts.clone(), self.ledger.clock.now());
        let (id, account) = (row.id, row.account.clone());
        self.under_way.spawn(async move {
            let outcome = accounts.send(&account, &outgoing, now).await;
            Ended { id, account, verdict: outcome.verdict, later: outcome.later }
        });
        Ok(())
    }
}

/// Enters into the ledger that it went out.
async fn enter(tx: &mut Tx, ledger: &Ledger, row: &Row, now: i64) -> Result<(), DbError> {
    let Some(contact) = row.contact else { return Ok(()) };
    let mut entry = Touch::new(TouchKind::Message, now);
    entry.channel = Some(row.channel.clone());
    entry.message_id = Some(entry_of(row.id));
    entry.actor = Some(row.made_by.clone());
    entry.detail = Some(row.kind.as_str().to_owned());
    entry.counts = row.kind != Kind::Receipt;
    ledger.register(tx, contact, &entry).await
}

/// The name under which the ledger knows a direct message.
fn entry_of(id: DirectId) -> MessageId {
    MessageId(id.0)
}
