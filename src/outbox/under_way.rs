//! Requests under way: no more at the same time than there are slots, each after its intent is on the disk.
//!
//! What began waits in one line, and whoever ends a request takes the next one from it at once, so that no slot stands
//! empty while somebody is woken.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tracing::error;

use super::claim::Claimed;
use super::settle::Tried;
use crate::clock::Clock;
use crate::domain::channel::Channel;
use crate::gateway::{Accounts, Address, Doubt, Outcome, Outgoing, Verdict};
use crate::store::Durable;
use crate::store::message::Message;

/// What is under way; dropped, all of it is broken off.
pub(super) struct UnderWay {
    line: Arc<Line>,
    slots: usize,
    tasks: JoinSet<()>,
    hands: usize,
    ended: UnboundedReceiver<Ended>,
    by_account: HashMap<String, usize>,
}

/// How a try ended.
pub(super) enum Ended {
    /// With an answer, or without one.
    Tried(Tried),
    /// Its intent did not reach the disk, and no byte left.
    Unsent(Message),
}

/// The line that every hand takes from.
struct Line {
    accounts: Arc<Accounts>,
    clock: Clock,
    begun: Mutex<VecDeque<Begun>>,
    /// One for each that may go now.
    ready: Semaphore,
    ended: UnboundedSender<Ended>,
}

struct Begun {
    claimed: Claimed,
    /// No byte leaves after this, by the steady clock.
    deadline_ms: i64,
}

impl UnderWay {
    /// Nothing yet, in so many slots.
    pub(super) fn new(accounts: Arc<Accounts>, clock: Clock, slots: usize) -> Self {
        let (tell, ended) = unbounded_channel();
        let line = Line { accounts, clock, begun: Mutex::default(), ready: Semaphore::new(0), ended: tell };
        Self { line: Arc::new(line), slots, tasks: JoinSet::new(), hands: 0, ended, by_account: HashMap::new() }
    }

    /// How many are under way.
    pub(super) fn len(&self) -> usize {
        self.by_account.values().sum()
    }

    /// How many of them by this account.
    pub(super) fn by(&self, account: &str) -> usize {
        self.by_account.get(account).copied().unwrap_or_default()
    }

    /// How many wait for a slot, their intents on the disk.
    pub(super) fn ready(&self) -> usize {
        self.line.ready.available_permits()
    }

    /// Sends what began together, as soon as its intents are on the disk and a slot is free.
    pub(super) fn begin(&mut self, claimed: Vec<Claimed>, deadline_ms: i64, durable: Durable) {
        if claimed.is_empty() {
            return;
        }
        for Claimed { message, .. } in &claimed {
            match self.by_account.get_mut(&message.account) {
                Some(count) => *count += 1,
                None => drop(self.by_account.insert(message.account.clone(), 1)),
            }
        }
        while self.hands < self.slots.min(self.len()) {
            self.hands += 1;
            self.tasks.spawn(hand(self.line.clone()));
        }
        let line = self.line.clone();
        self.tasks.spawn(async move {
            match durable.wait().await {
                Ok(()) => line.let_go(claimed, deadline_ms),
                Err(e) => {
                    error!(messages = claimed.len(), error = %e, "intents did not reach the disk, and nothing was sent");
                    claimed.into_iter().for_each(|one| line.tell(Ended::Unsent(one.message)));
                }
            }
        });
    }

    /// Lets none begin that still waits in the line and is meant: no byte of it left, and it comes back as unsent.
    pub(super) fn call_off(&self, meant: impl Fn(&Message) -> bool) {
        for one in self.line.take_out(|begun| meant(&begun.claimed.message)) {
            self.line.tell(Ended::Unsent(one.claimed.message));
        }
    }

    /// The next that ended.
    pub(super) async fn next(&mut self) -> Option<Ended> {
        let ended = self.ended.recv().await;
        ended.inspect(|ended| self.count_off(ended))
    }

    /// The next that has ended by now, if any.
    pub(super) fn try_next(&mut self) -> Option<Ended> {
        while self.tasks.try_join_next().is_some() {}
        let ended = self.ended.try_recv().ok();
        ended.inspect(|ended| self.count_off(ended))
    }

    fn count_off(&mut self, ended: &Ended) {
        let (Ended::Tried(Tried { message, .. }) | Ended::Unsent(message)) = ended;
        if let Some(count) = self.by_account.get_mut(&message.account) {
            *count -= 1;
        }
    }
}

impl Line {
    fn let_go(&self, claimed: Vec<Claimed>, deadline_ms: i64) {
        let count = claimed.len();
        let begun = claimed.into_iter().map(|claimed| Begun { claimed, deadline_ms });
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).extend(begun);
        self.ready.add_permits(count);
    }

    /// Waits for the next that may go; none when there will be no more.
    async fn next(&self) -> Option<Begun> {
        loop {
            self.ready.acquire().await.ok()?.forget();
            let next = self.begun.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            // Or it was taken out.
            if next.is_some() {
                return next;
            }
        }
    }

    fn take_out(&self, meant: impl Fn(&Begun) -> bool) -> Vec<Begun> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let (out, left) = begun.drain(..).partition(meant);
        *begun = left;
        Vec::from(out)
    }

    /// Whoever asked may be gone.
    fn tell(&self, ended: Ended) {
        let _ = self.ended.send(ended);
    }

    async fn send(&self, begun: Begun) -> Tried {
        let Begun { claimed: Claimed { message, token, channel, letter, validity_s }, deadline_ms } = begun;
        let sent = async {
            let outgoing = Outgoing {
                to: Address::new(letter.to),
                channel,
                text: letter.text.into(),
                media_url: letter.media.map(|name| self.accounts.media_url(&name)),
                // The same letter may go by SMS in its stead, which knows no templates.
                template: letter.template.filter(|_| channel == Channel::WhatsApp),
                token,
                validity_s: Some(validity_s),
                // Whoever waited too long in the line finds it passed, and writes nothing.
                deadline_ms,
            };
            self.accounts.send(&message.account, &outgoing, self.clock.now()).await
        };
        match AssertUnwindSafe(sent).catch_unwind().await {
            Ok(Outcome { verdict, later }) => Tried { message, verdict, later },
            Err(_) => {
                // A send that died of a fault of ours: nobody knows how far it came.
                error!(message.id = %message.id, "a send broke off; its message is in doubt");
                Tried { message, verdict: Verdict::InDoubt { why: Doubt::Broken }, later: Vec::new() }
            }
        }
    }
}

/// Sends one after the other.
async fn hand(line: Arc<Line>) {
    while let Some(begun) = line.next().await {
        let tried = line.send(begun).await;
        line.tell(Ended::Tried(tried));
    }
}
