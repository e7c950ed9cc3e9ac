//! A provider that is none: it takes messages, sends receipts and lets people answer, on the civil clock.
//!
//! The same seed, tokens and addresses give the same life every time. What a person is like (a wrong number, a
//! language) hangs on the address; what happens to one try hangs on its token.

mod behaviour;
mod dice;
mod hook;

pub use behaviour::{Behaviour, Sentence};
pub use hook::parse;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::channel::Channel;
use crate::gateway::Facts;
use crate::gateway::error::Misconfigured;
use crate::gateway::event::{HookKind, ReceiptStatus};
use crate::gateway::outgoing::Outgoing;
use crate::gateway::simulator::dice::Dice;
use crate::gateway::verdict::{Class, Doubt, ProviderId, Unsent, Verdict};

/// A webhook that is due later: to be stored and read like any other.
#[derive(Clone, PartialEq, Eq)]
pub struct Later {
    /// The civil time at which it comes.
    pub at: Timestamp,
    /// What it is about.
    pub kind: HookKind,
    /// The body, for [`parse`]. Holds addresses and texts.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Later {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Later").field("at", &self.at).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// An account with nobody.
#[derive(Clone, Debug)]
pub struct Simulator {
    behaviour: Behaviour,
}

impl Simulator {
    /// The simulator as `config/simulator.toml` describes it.
    pub fn new() -> Result<Self, Misconfigured> {
        Behaviour::compiled_in().map(Self::with)
    }

    /// A simulator with another behaviour.
    pub fn with(behaviour: Behaviour) -> Self {
        Self { behaviour }
    }

    /// What the account can do.
    pub fn facts(&self) -> Facts {
        Facts { channels: vec![Channel::Sms], takes_replies: true, lists: false, deduplicates: false }
    }

    /// Takes one message at a civil time, and says what will be heard of it.
    pub fn send(&self, message: &Outgoing, now: Timestamp) -> (Verdict, Vec<Later>) {
        let Behaviour { seed, answers, .. } = &self.behaviour;
        let person = Dice::new(*seed, message.to.expose());
        let attempt = Dice::new(*seed, message.token.expose());
        if attempt.share("throttled") < answers.throttled {
            let retry_after = Some(Duration::from_secs(60));
            return (Verdict::NotSent { why: Unsent::Throttled, retry_after }, Vec::new());
        }
        let kind = person.share("number");
        if kind < answers.bad_number {
            return (refused(21211, Class::BadNumber), Vec::new());
        }
        if kind < answers.bad_number + answers.opted_out {
            return (refused(21610, Class::OptedOut), Vec::new());
        }
        let Some(provider_id) = ProviderId::parse(&format!("sim-{}", attempt.word("id"))) else {
            return (Verdict::InDoubt { why: Doubt::Unreadable }, Vec::new());
        };
        let life = Life { behaviour: &self.behaviour, person, attempt, message, provider_id: &provider_id };
        if attempt.share("doubt") < answers.in_doubt {
            let from = now + minutes(attempt.between("doubt.after", answers.doubt_ends_after_minutes));
            return (Verdict::InDoubt { why: Doubt::Timeout }, life.from(from));
        }
        (Verdict::Accepted { provider_id: provider_id.clone() }, life.from(now))
    }
}

fn refused(code: u32, class: Class) -> Verdict {
    Verdict::Refused { code: Some(code.into()), class }
}

fn minutes(minutes: f64) -> SignedDuration {
    SignedDuration::from_secs_f64(minutes * 60.0)
}

/// What becomes of one message that was taken.
struct Life<'a> {
    behaviour: &'a Behaviour,
    person: Dice,
    attempt: Dice,
    message: &'a Outgoing,
    provider_id: &'a ProviderId,
}

impl Life<'_> {
    fn from(&self, taken: Timestamp) -> Vec<Later> {
        let receipts = &self.behaviour.receipts;
        let sent = taken + minutes(self.attempt.between("sent", receipts.sent_after_minutes));
        let mut later = vec![self.receipt(sent, ReceiptStatus::Sent, None)];
        let arrived = sent + minutes(self.attempt.between("arrived", receipts.delivered_after_minutes));
        let fate = self.attempt.share("fate");
        if fate < receipts.undelivered {
            later.push(self.receipt(arrived, ReceiptStatus::Undelivered, Some((30003, Class::Unreachable))));
            return later;
        }
        if fate < receipts.undelivered + receipts.never_heard_of {
            return later;
        }
        later.push(self.receipt(arrived, ReceiptStatus::Delivered, None));
        if self.attempt.share("read") < receipts.read {
            let read = arrived + minutes(self.attempt.between("read.after", receipts.read_after_minutes));
            later.push(self.receipt(read, ReceiptStatus::Read, None));
        }
        if self.attempt.share("reply") < self.behaviour.replies.share {
            let answered = arrived + minutes(self.attempt.between("reply.after", self.behaviour.replies.after_minutes));
            later.push(self.reply(answered));
        }
        later
    }

    fn receipt(&self, at: Timestamp, status: ReceiptStatus, why: Option<(u32, Class)>) -> Later {
        let body = hook::receipt(self.provider_id, &self.message.token, status, why);
        Later { at, kind: HookKind::Status, body }
    }

    fn reply(&self, at: Timestamp) -> Later {
        let text = self.behaviour.replies.pick(&self.person, &self.attempt);
        let id = format!("sim-{}", self.attempt.word("reply.id"));
        Later { at, kind: HookKind::Inbound, body: hook::reply(&id, &self.message.to, text) }
    }
}
