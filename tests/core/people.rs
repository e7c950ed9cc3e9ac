//! What people do: those who are written to, staff, and coordinators.

use lykt::domain::campaign::CampaignState;
use lykt::domain::message::MessageState::{self, *};
use lykt::domain::private::Private;
use lykt::gateway::{Event, HookKind};
use lykt::inbox;
use lykt::ledger::NoSource;
use lykt::outbox::doubt::{self, Decided, Decision};
use lykt::plan::life::{self, Order, Outcome};
use lykt::store::sql;

use crate::core::model::{Message, Request};
use crate::core::provider::FROM;
use crate::core::world::{ACCOUNT, NUMBERS, World, number};

/// What people write, and what it is.
const SAID: [(&str, Said); 7] = [
    ("STOPP", Said::No),
    ("Stop please", Said::No),
    ("nei", Said::Perhaps),
    ("Hei, hvem er dette?", Said::Other),
    ("Når har dere åpent på lørdag?", Said::Other),
    ("START", Said::Other),
    ("Feil nummer", Said::WrongNumber),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    No,
    WrongNumber,
    Perhaps,
    Other,
}

impl World {
    pub async fn reply(&mut self) {
        let n = self.dice.below(NUMBERS);
        // Most answer what they got.
        let (text, kind) = self.dice.pick(&SAID);
        let sid = format!("SM{:032x}", (1_u64 << 40) + self.tally.events);
        let body = format!(
            "MessageSid={sid}&From=%2B{}&To=%2B{}&NumMedia=0&SmsStatus=received&Body={}",
            &number(n)[1..],
            &FROM[1..],
            text.replace(' ', "+")
        );
        let event = self.read_hook(HookKind::Inbound, "", &body);
        let Event::Reply(news) = &event else { self.broken("an answer was read as something else") };
        let now = self.now();
        for again in 0..=usize::from(self.dice.one_in(4)) {
            let mut tx = self.db.begin().await.unwrap();
            let kept = inbox::receive(&self.ledger, &mut tx, ACCOUNT, news).await.unwrap();
            tx.commit().await.unwrap();
            match kept {
                Some(id) if again == 0 => self.replies.push((id, n, now.ms, kind == Said::Perhaps)),
                None if again == 1 => continue,
                _ => self.broken("an answer was lost, or counted twice"),
            }
        }
        self.tell(format!("{n} writes {text}"));
        self.model.answers(n, now);
        match kind {
            Said::No => {
                self.tally.noes += 1;
                self.model.says_no(n, now);
            }
            Said::WrongNumber => self.model.is_left_out(n, now),
            Said::Perhaps | Said::Other => {}
        }
    }

    pub async fn read(&mut self) {
        if self.replies.is_empty() {
            return;
        }
        let at = self.dice.below(self.replies.len());
        let (id, n, ..) = self.replies.remove(at);
        let mut tx = self.db.begin().await.unwrap();
        let news = inbox::read(&self.ledger, &mut tx, id, Some("Kari")).await.unwrap();
        tx.commit().await.unwrap();
        self.tell(format!("the answer of {n} is read: {news}"));
        if !news {
            self.broken("an answer was read that nobody had read, and it was no news");
        }
        self.model.is_read(n);
    }

    pub fn in_doubt(&self) -> Vec<usize> {
        let all = self.model.messages.iter().enumerate();
        all.filter(|(_, m)| m.state == InDoubt && !m.gone).map(|(n, _)| n).collect()
    }

    /// A coordinator decides a doubt, and knows what they say.
    pub async fn decide(&mut self) {
        let doubts = self.in_doubt();
        if doubts.is_empty() {
            return;
        }
        let m = self.dice.pick(&doubts);
        let mine = |(n, one): (usize, &Request)| (one.message == m).then_some(n);
        let requests: Vec<usize> = self.model.requests.iter().enumerate().filter_map(mine).collect();
        let went = requests.iter().any(|request| self.model.taken.contains_key(request));
        let may_yet = {
            let told = self.provider.told();
            let yet = |request: &&usize| told.asked[**request].is_waiting() || self.late.contains(request);
            requests.iter().filter(yet).any(|request| self.model.may_take(*request, self.now()))
        };
        let decision = match went {
            true if self.dice.one_in(3) => Decision::Abandon,
            true => Decision::Accept,
            false if may_yet || self.dice.one_in(3) => Decision::Abandon,
            false => Decision::Requeue,
        };
        let id = *self.model.by_id.iter().find(|(_, known)| **known == m).unwrap().0;
        let decided = doubt::decide(&self.db, &self.ledger, &self.settler, id, decision, ("Kari", "saw it")).await;
        self.tell(format!("a coordinator says {decision:?} of {}", self.show(m)));
        if decided.unwrap() != Decided::Done {
            self.broken("a decision was not taken");
        }
        let now = self.now();
        match decision {
            Decision::Requeue => self.model.requeue(m, now.ms, now),
            Decision::Accept => {
                let one = &mut self.model.messages[m];
                (one.out_at, one.counts) = (Some(now.ms), true);
                self.model.set(m, Accepted, now);
            }
            Decision::Abandon => {
                let one = &mut self.model.messages[m];
                (one.out_at, one.counts) = (Some(one.state_at), true);
                self.model.set(m, Abandoned, now);
            }
        }
    }

    pub async fn order(&mut self) {
        let live: Vec<usize> = (0..self.model.campaigns.len())
            .filter(|c| matches!(self.model.campaigns[*c].state, CampaignState::Running | CampaignState::Paused))
            .collect();
        if live.is_empty() {
            return;
        }
        let c = self.dice.pick(&live);
        let paused = self.model.campaigns[c].state == CampaignState::Paused;
        let order = match () {
            () if self.dice.one_in(12) => Order::Cancel,
            () if paused => Order::Resume,
            () => Order::Pause,
        };
        self.give(c, order).await;
    }

    pub async fn give(&mut self, c: usize, order: Order) {
        let name = self.model.campaigns[c].name.clone();
        let now = self.now();
        let outcome = life::order(&self.db, &self.ledger, &name, order, Some("Kari")).await.unwrap();
        self.tell(format!("{name}: {order:?}"));
        if !matches!(outcome, Outcome::Done { .. }) {
            self.broken(&format!("{order:?} was refused: {outcome:?}"));
        }
        match order {
            Order::Pause => self.model.campaigns[c].state = CampaignState::Paused,
            Order::Resume => self.model.campaigns[c].state = CampaignState::Running,
            Order::Cancel => self.model.cancels(c, now),
        }
    }

    /// Staff register a no, or lift one.
    pub async fn by_hand(&mut self) {
        let n = self.dice.below(NUMBERS);
        let now = self.now();
        let lifts = self.model.of(n).no || self.model.of(n).left_out;
        if !lifts && !self.dice.one_in(4) {
            return;
        }
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &self.address(n)).await.unwrap();
        if lifts {
            let reason = Private::new("they asked".to_owned());
            self.ledger.opt_in(&mut tx, contact.id, "Kari", &reason).await.unwrap();
        } else {
            self.ledger.opt_out(&mut tx, contact.id, NoSource::ByHand, Some("Kari")).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.tell(format!("staff {} the no of {n}", if lifts { "lift" } else { "register" }));
        if lifts {
            self.model.is_lifted(n);
        } else {
            self.tally.noes += 1;
            self.model.says_no(n, now);
        }
    }

    /// Two numbers turn out to be one person's.
    pub async fn link(&mut self) {
        let (a, b) = (self.dice.below(NUMBERS), self.dice.below(NUMBERS));
        if a == b || !self.dice.one_in(3) {
            return;
        }
        let mut tx = self.db.begin().await.unwrap();
        let linked = self.ledger.link(&mut tx, &self.address(a), &self.address(b), Some("Kari")).await.unwrap();
        if linked.is_ok() {
            tx.commit().await.unwrap();
        } else {
            drop(tx);
        }
        self.tell(format!("{a} and {b} are one: {linked:?}"));
        let (one, other) = (self.model.person[a], self.model.person[b]);
        let theirs = |world: &World, state: MessageState| {
            let m = |m: &&Message| m.state == state && !m.gone && [one, other].contains(&world.model.person[m.to]);
            world.model.messages.iter().filter(m).count()
        };
        let stays = one == other || theirs(self, Submitting) > 0 || theirs(self, InDoubt) > 1;
        // A doubt and another message of its campaign: one of the two would be put aside, and that may wait.
        let may_wait = self.model.are_rivals(one, other) || self.model.are_rivals(other, one);
        let stays = stays || (may_wait && linked.is_err());
        if linked.is_ok() == stays {
            self.broken("two were joined while a message to one was under way, or not though nothing was");
        }
        if stays {
            return;
        }
        let joined = self.model.people[other].clone();
        let person = &mut self.model.people[one];
        person.no |= joined.no;
        person.unread += joined.unread;
        person.left_out |= joined.left_out;
        person.heard_at = person.heard_at.max(joined.heard_at);
        let person = person.clone();
        for of in &mut self.model.person {
            if *of == other {
                *of = one;
            }
        }
        self.after_link(one, person.no || person.left_out).await;
    }

    /// Of two open messages the later is withdrawn; of somebody who said no, both.
    pub async fn after_link(&mut self, person: usize, stops: bool) {
        let now = self.now();
        let mut tx = self.db.read().await.unwrap();
        let rows = tx.all(sql("select id, state from message where state_at >= $1").bind(now.ms)).await.unwrap();
        drop(tx);
        for row in &rows {
            let m = self.model.by_id[&row.id(0).unwrap()];
            let state = row.word(1, "state", MessageState::parse).unwrap();
            let known = &self.model.messages[m];
            if known.state == Queued && state == Withdrawn && self.model.person[known.to] == person {
                self.model.set(m, Withdrawn, now);
            }
        }
        let theirs = self.model.messages.iter().filter(|m| self.model.person[m.to] == person && !m.gone);
        let (mut waits, mut doubts) = (0, 0);
        for m in theirs {
            waits += usize::from(m.state == Queued);
            doubts += usize::from(m.state == InDoubt);
        }
        if waits + doubts > 1 || (stops && waits > 0) {
            self.broken("two became one, and more than one of their messages can still go out");
        }
    }
}
