//! The outbox: takes messages from the queue, sends each at most once, and settles what became of it.
//!
//! One writer, one public [`step`](Outbox::step): it settles what has ended and claims what may begin in one
//! transaction, and lets bytes leave only after the commit. A batch is what queued while the previous commit ran.
//! Knows nothing of how a provider speaks, nor of the web.

mod batch;
mod behind;
mod brake;
mod breaker;
mod claim;
mod direct;
pub mod doubt;
mod hand_over;
mod hearing;
mod reap;
pub mod reconcile;
mod room;
mod settle;
mod strangers;
mod under_way;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::campaign::file::Definition;
use crate::domain::channel::Channel;
use crate::domain::id::MessageId;
use crate::gateway::{Accounts, Verdict};
use crate::ledger::{Ledger, quarantine};
use crate::store::attempt;
use crate::store::message::{self, Message};
use crate::store::{Db, DbError, Tx, waiting};
pub use brake::Brake;
use breaker::Breaker;
pub use breaker::Troubles;
use claim::{Claimed, FIRST_BYTE_MS};
pub use direct::{Direct, doubt_waiting};
pub use hearing::{deaf, hears};
pub use reap::Reaper;
pub use reconcile::Reconciler;
pub use settle::{Settler, Tried};
use under_way::{Ended, UnderWay};

/// Looks at the queue at least this often; commands in other processes are seen within it.
const POLL: Duration = Duration::from_millis(200);
/// How often in a row a step may meet other writers on the same rows before that is an error.
const CONFLICTS: u32 = 5;
/// Where at least so many tries end between two steps, which come milliseconds apart, more begin than there is room for:
/// a request that ends is then followed at once by one whose intent is on disk. Where fewer end, nothing is begun ahead.
const AHEAD_FROM: usize = 16;
/// Steps whose requests are begun ahead, and how many times as many as there are slots they are at most.
const AHEAD: usize = 4;
const AHEAD_OF_SLOTS: usize = 2;
/// Where so many wait for a slot with their intents on disk, the next step may rest so long, so many times: it is a step for
/// some messages less.
const PLENTY: usize = 128;
const REST: Duration = Duration::from_millis(1);
const RESTS: u32 = 3;

/// The sender of one daemon.
pub struct Outbox {
    db: Db,
    ledger: Ledger,
    settler: Settler,
    accounts: Arc<Accounts>,
    fence: i64,
    slots: usize,
    answer_within_ms: i64,
    wake: Arc<Notify>,
    under_way: UnderWay,
    ended: Vec<Tried>,
    /// Intents whose commit was not answered, or did not reach the disk: they may stand in the database, and no byte left.
    unsent: Vec<Message>,
    breakers: HashMap<String, Breaker>,
    /// The newest try whose commit was answered.
    newest: Option<(MessageId, i64)>,
    /// The witness's number at the last step: a database that has gone back is another one.
    witnessed: i64,
    troubles: Troubles,
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stepped {
    /// Tries that ended.
    pub settled: usize,
    /// Tries that began.
    pub began: usize,
    /// Tries still under way.
    pub under_way: usize,
}

/// How an outbox sends.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Requests at the same time.
    pub slots: usize,
    /// How long a gateway may take to answer, in milliseconds.
    pub answer_within_ms: i64,
}

impl Outbox {
    /// An outbox that sends by these accounts. `fence` is this start's own number.
    pub fn new(db: Db, settler: Settler, ledger: Ledger, accounts: Arc<Accounts>, fence: i64, pace: Pace) -> Self {
        let under_way = UnderWay::new(accounts.clone(), ledger.clock.clone(), pace.slots);
        Self {
            db,
            ledger,
            settler,
            accounts,
            fence,
            slots: pace.slots,
            answer_within_ms: pace.answer_within_ms,
            wake: Arc::default(),
            under_way,
            ended: Vec::new(),
            unsent: Vec::new(),
            breakers: HashMap::new(),
            newest: None,
            witnessed: 0,
            troubles: Troubles::default(),
        }
    }

    /// Settles what has ended and begins what may begin; returns without waiting for any gateway.
    ///
    /// # Errors
    /// When the database is away: nothing was begun, and what has ended is settled by a later step.
    pub async fn step(&mut self) -> Result<Stepped, DbError> {
        self.collect();
        if self.ended.is_empty() && self.unsent.is_empty() && !self.may_begin().await? {
            return Ok(Stepped { under_way: self.under_way.len(), ..Stepped::default() });
        }
        let mut met = 0;
        loop {
            // A lock that is not to be had is an error; writers who met on their rows try again at once.
            let tx = self.db.begin().await?;
            match self.write(tx).await {
                Err(e) if e.is_conflict() && met < CONFLICTS => met += 1,
                ended => return ended,
            }
        }
    }

    async fn write(&mut self, mut tx: Tx) -> Result<Stepped, DbError> {
        self.take_back(&mut tx).await?;
        self.settler.settle_all(&mut tx, &self.ended).await?;
        let claimed = self.claim_all(&mut tx).await?;
        // Read before the commit: a process that was stopped since then must find its deadline passed.
        let deadline = self.ledger.clock.steady_ms() + FIRST_BYTE_MS;
        // While the disk takes these intents, the next step may decide.
        let durable = match tx.commit_ahead().await {
            Ok(durable) => durable,
            Err(e) => {
                // Whether the intents stand is unknown; that no byte of them left is known.
                self.unsent.extend(claimed.into_iter().map(|c| c.message));
                return Err(e);
            }
        };
        self.unsent.clear();
        let settled = self.ended.drain(..).len();
        let began = claimed.len();
        self.newest = claimed.last().map(|one| (one.message.id, one.message.attempt)).or(self.newest);
        self.under_way.begin(claimed, deadline, durable);
        Ok(Stepped { settled, began, under_way: self.under_way.len() })
    }

    /// Settles what has ended and begins nothing, not even what was begun ahead: for the end of a daemon.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub async fn settle_ended(&mut self) -> Result<usize, DbError> {
        self.under_way.call_off(|_| true);
        self.collect();
        if !self.ended.is_empty() || !self.unsent.is_empty() {
            let mut tx = self.db.begin().await?;
            self.take_back(&mut tx).await?;
            self.settler.settle_all(&mut tx, &self.ended).await?;
            tx.commit().await?;
            self.ended.clear();
            self.unsent.clear();
        }
        Ok(self.under_way.len())
    }

    /// Waits until there may be something to do: a try that ended, a wake-up, or the next look.
    pub async fn wait(&mut self) {
        let wake = self.wake.clone();
        tokio::select! {
            Some(ended) = self.under_way.next() => self.take(ended),
            () = wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        // The next step has more to do then, and none of these is late.
        for _ in 0..RESTS {
            if self.under_way.ready() < PLENTY {
                break;
            }
            tokio::time::sleep(REST).await;
        }
    }

    /// What wakes this outbox.
    pub fn waker(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// The accounts that are left alone for now.
    pub fn troubles(&self) -> Troubles {
        self.troubles.clone()
    }

    /// A look that blocks nobody, so that a quiet day writes nothing.
    async fn may_begin(&mut self) -> Result<bool, DbError> {
        let mut tx = self.db.read().await?;
        if self.newest.is_some() && quarantine::get(&mut tx).await?.is_some() {
            // What is lost is known to be: a person ends that once.
            self.newest = None;
        }
        for open in self.open_campaigns(&mut tx, false).await? {
            for (channel, _) in self.free_routes(&open.definition) {
                if waiting::waits_by(&mut tx, &open.campaign.name, channel).await? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    async fn claim_all(&mut self, tx: &mut Tx) -> Result<Vec<Claimed>, DbError> {
        let mut claimed: Vec<Claimed> = Vec::new();
        if self.has_gone_back(tx).await? {
            return Ok(claimed);
        }
        let ahead = self.ahead();
        let paused = crate::store::account::paused(tx, self.ledger.clock.now_ms()).await?;
        let deaf = deaf(tx, &self.accounts, &self.ledger.clock).await?;
        // Looked at again inside the transaction: a pause that was committed meanwhile counts.
        for open in self.open_campaigns(tx, true).await? {
            for (channel, account) in self.free_routes(&open.definition) {
                let begun =
                    claimed.iter().filter(|c| c.message.account == account).count() + self.under_way.by(account);
                let free = (self.slots + ahead).saturating_sub(self.under_way.len() + claimed.len());
                let free = self.may_use(account, free, begun);
                if free > 0 && !paused.contains_key(account) && !deaf.contains(account) {
                    claimed.extend(self.claim(tx, &open, (channel, account), free).await?);
                }
            }
        }
        Ok(claimed)
    }

    /// How many may begin before there is room for their requests.
    fn ahead(&self) -> usize {
        let ended = self.ended.len();
        if ended < AHEAD_FROM { 0 } else { (ended * AHEAD).min(self.slots * AHEAD_OF_SLOTS) }
    }

    /// The channels of a campaign whose account is not left alone for now.
    fn free_routes<'a>(&self, definition: &'a Definition) -> Vec<(Channel, &'a str)> {
        let routes = definition.routes().into_iter();
        routes.filter(|(_, account)| !self.is_broken(account)).collect()
    }

    /// Puts intents back in the queue whose commit was not answered and that were never sent.
    async fn take_back(&self, tx: &mut Tx) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        for unsent in &self.unsent {
            let Some(m) = message::get(tx, unsent.id).await? else { continue };
            if m.attempt == unsent.attempt && m.fence == self.fence && m.state.is_open() {
                attempt::settle(tx, m.id, m.attempt, "not_sent", None, None, now).await?;
                self.settler.requeue(tx, &m).await?;
            }
        }
        Ok(())
    }

    fn collect(&mut self) {
        while let Some(ended) = self.under_way.try_next() {
            self.take(ended);
        }
    }

    fn take(&mut self, ended: Ended) {
        match ended {
            Ended::Tried(tried) => {
                self.note_health(&tried);
                let account = &tried.message.account;
                let pauses = matches!(&tried.verdict, Verdict::Refused { class, .. } if class.pauses_account());
                if pauses || self.is_broken(account) {
                    self.under_way.call_off(|waits| waits.account == *account);
                }
                self.ended.push(tried);
            }
            Ended::Unsent(message) => self.unsent.push(message),
        }
    }
}
