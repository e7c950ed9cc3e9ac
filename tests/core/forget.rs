//! Retention, and what it may take with it.

use std::collections::HashSet;

use jiff::ToSpan;
use lykt::domain::id::{MessageId, ReplyId};
use lykt::domain::message::MessageState::*;
use lykt::retention::{self, Keep};
use lykt::store::{contact, sql};

use crate::core::world::{NUMBERS, World, number};

impl World {
    /// What is older than its time is erased: nothing else, and no no with it.
    pub async fn forget(&mut self) {
        let now = self.now();
        retention::erase(
            &self.db,
            &self.ledger,
            Keep {
                entries: self.keep.parse().unwrap(),
                texts: "90 days".parse().unwrap(),
                webhooks: "7 days".parse().unwrap(),
            },
        )
        .await
        .unwrap();
        self.tell("retention".to_owned());
        let mut tx = self.db.read().await.unwrap();
        let rows = tx.all(sql("select id from message")).await.unwrap();
        let stands: HashSet<MessageId> = rows.iter().map(|row| row.id(0).unwrap()).collect();
        drop(tx);
        let months = if self.keep == "1 month" { 1 } else { 2 };
        let gone: Vec<usize> =
            self.model.by_id.iter().filter(|(id, _)| !stands.contains(*id)).map(|(_, m)| *m).collect();
        for m in gone {
            let one = &self.model.messages[m];
            if one.gone {
                continue;
            }
            let since = self.model.local(one.state_at).date();
            if matches!(one.state, Queued | Submitting | InDoubt)
                || since.saturating_add(months.months()) > self.model.today(now)
            {
                self.broken(&format!("{} of {since} was erased too early", self.show(m)));
            }
            self.model.messages[m].gone = true;
        }
        self.forget_replies(months).await;
        self.forget_people(months).await;
    }

    /// An answer goes when its time is over, also one that nobody has read; then it holds nobody any more, but
    /// what may be a no is one.
    pub async fn forget_replies(&mut self, months: i64) {
        let now = self.now();
        let today = self.model.today(now);
        let mut tx = self.db.read().await.unwrap();
        let rows = tx.all(sql("select id from reply")).await.unwrap();
        let stands: HashSet<ReplyId> = rows.iter().map(|row| row.id(0).unwrap()).collect();
        drop(tx);
        for (id, n, at, perhaps) in std::mem::take(&mut self.replies) {
            if stands.contains(&id) {
                self.replies.push((id, n, at, perhaps));
            } else if self.model.local(at).date().saturating_add(months.months()) > today {
                self.broken(&format!("an answer of {n} was erased too early"));
            } else {
                self.model.is_read(n);
                if perhaps {
                    self.model.says_no(n, now);
                }
            }
        }
    }

    /// With the last entry the contact goes, and what linked its numbers; the noes of each stay.
    pub async fn forget_people(&mut self, months: i64) {
        let today = self.model.today(self.now());
        let mut tx = self.db.read().await.unwrap();
        let blinds: Vec<_> = (0..NUMBERS).map(|n| self.ledger.vault.blind(&number(n))).collect();
        let known = contact::find_all(&mut tx, &blinds).await.unwrap();
        drop(tx);
        for n in (0..NUMBERS).filter(|n| !known.contains_key(&blinds[*n])) {
            let person = self.model.of(n).clone();
            let heard = self.model.local(person.heard_at).date().saturating_add(months.months());
            let keeps = person.heard_at > 0 && (person.unread > 0 || heard > today);
            if keeps || self.model.messages.iter().any(|m| !m.gone && self.model.person[m.to] == self.model.person[n]) {
                self.broken(&format!(
                    "{n} was erased too early, unread {}, heard {heard}: {}",
                    person.unread,
                    self.history(n)
                ));
            }
            self.model.stands_alone(n);
        }
    }
}
