//! Compares the database with the model, and the reconciler's proofs with the truth.

use std::collections::HashSet;

use lykt::domain::id::MessageId;
use lykt::domain::message::MessageState::{self, *};
use lykt::outbox::Reconciler;
use lykt::store::sql;

use crate::core::model::Message;
use crate::core::world::{ACCOUNT, MINUTE, World};

impl World {
    /// One look of the reconciler. What it may do hangs on the truth: a proof must be one.
    pub async fn reconcile(&mut self) {
        let now = self.now();
        let accounts = self.lines[0].clone();
        let one = Reconciler::new(self.db.clone(), self.ledger.clone(), self.settler.clone(), accounts);
        one.step(ACCOUNT).await.unwrap();
        self.tell("reconciler looks".to_owned());
        for (m, state) in self.read_states().await {
            let known = &self.model.messages[m];
            if state == known.state {
                continue;
            }
            let mut proven = self.model.taken.keys().filter(|r| self.model.requests[**r].message == m);
            let fits = match (known.state, state) {
                (InDoubt, Accepted | Sent) => proven.next().is_some(),
                // The list was asked twice, past the horizon, and told the truth.
                (InDoubt, Queued) => {
                    self.requeues_absent && proven.next().is_none() && now.ms - known.state_at >= 15 * MINUTE
                }
                (Accepted, Sent) => proven.next().is_some(),
                // A try that was not the last went out after all.
                (Queued | Withdrawn | Abandoned | Failed, Accepted | Sent) => proven.next().is_some(),
                _ => false,
            };
            if !fits {
                self.broken(&format!("the reconciler made {} {state:?}", self.show(m)));
            }
            let at = self.model.messages[m].out_at;
            match state {
                Queued => self.model.requeue(m, now.ms, now),
                _ => {
                    let was = self.model.messages[m].state;
                    self.model.set(m, state, now);
                    let one = &mut self.model.messages[m];
                    one.out_at = if matches!(was, Abandoned | Accepted) { at } else { Some(now.ms) };
                    one.counts = true;
                }
            }
        }
    }

    pub fn show(&self, m: usize) -> String {
        let m = &self.model.messages[m];
        let campaign = &self.model.campaigns[m.campaign];
        format!("{}/{} try {} {:?}", campaign.name, m.to, m.attempt, m.state)
    }

    /// What the model has of a number.
    pub fn history(&self, number: usize) -> String {
        let theirs = self
            .model
            .messages
            .iter()
            .enumerate()
            .filter(|(_, m)| self.model.person[m.to] == self.model.person[number]);
        let when = |m: &Message| m.out_at.map(|at| self.model.local(at).to_string());
        let shown =
            theirs.map(|(n, m)| format!("{}, out {:?}, counts {}, gone {}", self.show(n), when(m), m.counts, m.gone));
        shown.collect::<Vec<_>>().join("; ")
    }

    pub async fn read_states(&self) -> Vec<(usize, MessageState)> {
        let mut tx = self.db.read().await.unwrap();
        let rows = tx.all(sql("select id, state from message order by id")).await.unwrap();
        let state = |row: &lykt::store::Row| {
            let id: MessageId = row.id(0).unwrap();
            (self.model.by_id[&id], row.word(1, "state", MessageState::parse).unwrap())
        };
        rows.iter().map(state).collect()
    }

    /// Every message that moved stands where the model has it, and nothing else moved.
    pub async fn check(&mut self, all: bool) {
        let mut tx = self.db.read().await.unwrap();
        let since = if all { 0 } else { self.checked_at };
        let query = sql("select id, state, reason from message where state_at >= $1 order by id");
        let rows = tx.all(query.bind(since)).await.unwrap();
        drop(tx);
        let now = self.now();
        let mut seen = HashSet::new();
        for row in &rows {
            let id: MessageId = row.id(0).unwrap();
            let state = row.word(1, "state", MessageState::parse).unwrap();
            let reason: Option<String> = row.get(2).unwrap();
            let Some(&m) = self.model.by_id.get(&id) else { self.broken("a message that nobody planned") };
            seen.insert(m);
            if state == self.model.messages[m].state {
                continue;
            }
            // Whose turn came, and who may not be written to any more.
            let turn = self.model.messages[m].state == Queued && state == Withdrawn;
            if turn && reason.as_deref().is_some_and(|why| self.model.withdraws(m, now) == Some(why)) {
                self.model.set(m, Withdrawn, now);
                continue;
            }
            self.broken(&format!("{} is {state:?} ({reason:?}) in the database", self.show(m)));
        }
        for m in std::mem::take(&mut self.model.moved) {
            self.tally.doubts += u64::from(self.model.messages[m].state == InDoubt);
            if !self.model.messages[m].gone && !seen.contains(&m) {
                self.broken(&format!("{} did not move in the database", self.show(m)));
            }
        }
        if all {
            let lost = (0..self.model.messages.len()).find(|m| !self.model.messages[*m].gone && !seen.contains(m));
            if let Some(m) = lost {
                self.broken(&format!("{} is lost", self.show(m)));
            }
        }
        self.checked_at = now.ms;
    }
}
