//! What can happen, and the days in which it does.

use std::time::Duration;

use jiff::ToSpan;
use lykt::domain::campaign::CampaignState;
use lykt::domain::id::{MessageId, ReplyId};
use lykt::domain::message::MessageState::{self, *};
use lykt::domain::private::Private;
use lykt::gateway::{Event, Failure, HookKind};
use lykt::inbox;
use lykt::ledger::NoSource;
use lykt::outbox::doubt::{self, Decided, Decision};
use lykt::plan::life::{self, Order, Outcome};
use lykt::retention;
use lykt::store::{account, contact, sql};
use serde_json::json;

use crate::model::{Answer, News};
use crate::provider::{FROM, List, refused, said, taken, throttled};
use crate::world::{ACCOUNT, DAY, HOUR, MINUTE, NUMBERS, SECOND, Then, World, number};

/// What people write, and what it is.
const SAID: [(&str, Said); 7] = [
    ("STOPP", Said::No),
    ("Stop please", Said::No),
    ("nei", Said::Other),
    ("Hei, hvem er dette?", Said::Other),
    ("Når har dere åpent på lørdag?", Said::Other),
    ("START", Said::Other),
    ("Feil nummer", Said::WrongNumber),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    No,
    WrongNumber,
    Other,
}

impl World {
    /// So many days, each with its campaigns, visits and accidents; then everything comes to rest.
    pub async fn live(&mut self, days: usize) {
        let target = 4 + self.dice.below(4);
        for _ in 0..days {
            self.day(target).await;
        }
        self.come_to_rest().await;
    }

    async fn day(&mut self, target: usize) {
        let tomorrow = self.model.today(self.now()).tomorrow().unwrap();
        let live = |world: &World| {
            let open = [CampaignState::Planned, CampaignState::Running, CampaignState::Paused];
            world.model.campaigns.iter().filter(|campaign| open.contains(&campaign.state)).count()
        };
        for _ in 0..1 + usize::from(self.dice.one_in(4)) {
            if live(self) < target {
                self.plan().await;
                if !self.dice.one_in(4) {
                    self.approve().await;
                }
            }
        }
        self.approve().await;
        if self.dice.one_in(8) {
            self.calm_day().await;
        } else {
            let mut visits: Vec<i64> = (0..3).map(|_| self.moment()).collect();
            visits.sort_unstable();
            for minute in visits {
                self.visit(minute).await;
            }
        }
        if self.dice.one_in(20) {
            self.forget().await;
        }
        self.reap().await;
        self.check(true).await;
        self.day_is_over();
        if let Some(request) = self.model.twice() {
            self.broken(&format!("request {request} is a second message of a campaign to one person"));
        }
        if self.dice.one_in(40) {
            // The machine slept, or its clock jumped.
            let ms = DAY + self.dice.between(HOUR, 2 * DAY);
            self.pass(ms);
            self.tell("the clock jumps".to_owned());
            self.note(false).await;
            self.visit(0).await;
            self.note(true).await;
        }
        self.until(tomorrow, 7 * 60).await;
    }

    /// A minute of the day: mostly in the hours in which something may happen.
    fn moment(&mut self) -> i64 {
        match self.dice.below(6) {
            0 => self.dice.between(60, 4 * 60),
            1 => self.dice.between(0, 24 * 60 - 1),
            2 => self.dice.pick(&[11 * 60 - 1, 11 * 60, 17 * 60 + 49, 17 * 60 + 51, 3 * 60 + 49, 3 * 60 + 51, 2 * 60 + 30]),
            _ => self.dice.between(9 * 60, 18 * 60),
        }
    }

    /// Lets time pass until a local time, unless it has been.
    async fn until(&mut self, date: jiff::civil::Date, minute: i64) {
        let local = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        let then = self.model.zone.to_ambiguous_timestamp(local).compatible().unwrap().as_millisecond();
        while self.now().ms < then {
            let step = (then - self.now().ms).min(20 * HOUR);
            self.pass(step);
            self.take_late();
            self.note(false).await;
        }
    }

    /// Something happens around this time.
    async fn visit(&mut self, minute: i64) {
        let today = self.model.today(self.now());
        self.until(today, minute).await;
        for n in 0..self.nodes.len() {
            self.step(n, Then::Nothing).await;
            self.check(false).await;
        }
        for _ in 0..self.dice.between(4, 8) {
            self.event().await;
            self.check(false).await;
            let pause = match self.dice.below(8) {
                0 => self.dice.between(MINUTE, 20 * MINUTE),
                1 => self.dice.between(6 * SECOND, 90 * SECOND),
                2 => 500,
                3 | 4 => self.dice.between(0, 3 * SECOND),
                _ => 0,
            };
            self.pass(pause);
            self.take_late();
        }
    }

    async fn event(&mut self) {
        match self.dice.below(48) {
            40.. => self.node_event().await,
            0..=13 => self.node_event().await,
            14..=21 => {
                for _ in 0..3 {
                    self.provider_event().await;
                }
            }
            22..=25 => {
                for _ in 0..2 {
                    self.callback().await;
                }
            }
            26..=27 => self.reply().await,
            28..=30 => self.read().await,
            31 => self.decide().await,
            32..=33 => self.order().await,
            34 => self.by_hand().await,
            35 => self.link().await,
            36..=37 => self.reap().await,
            38 => self.look().await,
            _ => self.resume_account().await,
        }
    }

    async fn node_event(&mut self) {
        let n = self.dice.below(self.nodes.len());
        if self.nodes[n].is_none() {
            self.is_born(n).await;
        } else if self.dice.one_in(12) {
            self.dies(n);
            return;
        }
        let then = match self.dice.below(16) {
            0 => Then::Sleeps,
            1 => Then::Dies,
            _ => Then::Nothing,
        };
        self.step(n, then).await;
    }

    /// The provider does something with a request that waits: takes it, answers it, or both, or neither.
    async fn provider_event(&mut self) {
        let waiting: Vec<usize> = {
            let told = self.provider.told();
            (0..told.asked.len()).filter(|n| told.asked[*n].is_waiting()).collect()
        };
        if waiting.is_empty() {
            return;
        }
        let request = self.dice.pick(&waiting);
        let is_taken = self.model.taken.contains_key(&request);
        if !is_taken {
            let may_take = self.model.may_take(request, self.now());
            match self.dice.below(10) {
                _ if !may_take => return self.not_taken(request).await,
                // Taken before anybody is told.
                0..=6 => self.take(request),
                // Never taken, or later.
                _ => return self.not_taken(request).await,
            }
            if self.dice.one_in(4) {
                return;
            }
        }
        let sid = self.provider.told().asked[request].sid.clone();
        let (sent, answer) = match self.dice.below(8) {
            0 => (Err(Failure::Timeout), Answer::Doubt),
            1 => (Err(Failure::Broken), Answer::Doubt),
            2 => match self.dice.below(3) {
                0 => (Ok(said(500, &json!({}))), Answer::Doubt),
                1 => (Ok(said(302, &json!({}))), Answer::Doubt),
                _ => (Ok(said(200, &json!({ "hello": 1 }))), Answer::Doubt),
            },
            _ => (taken(&sid), Answer::Taken),
        };
        self.tell(format!("request {request} is answered {answer:?}"));
        self.answer(request, sent, answer).await;
    }

    fn take(&mut self, request: usize) {
        let now = self.now();
        self.provider.take(request, now.ms);
        self.model.taken.insert(request, now.ms);
        let codes = [30003, 30005, 30007, 21610, 30008];
        let code = self.dice.pick(&codes);
        let path = match self.dice.below(12) {
            0 => vec![News::Sent, News::Undelivered(code)],
            1 => vec![News::Failed(code)],
            2 => Vec::new(),
            3 => vec![News::Sent, News::Delivered, News::Read],
            _ => vec![News::Sent, News::Delivered],
        };
        self.tell(format!("request {request} is taken; it will be {path:?}"));
        self.paths.insert(request, path);
    }

    async fn not_taken(&mut self, request: usize) {
        let stranger = Ok(said(401, &json!({ "code": 20003, "message": "no", "status": 401 })));
        let (sent, answer) = match self.dice.below(12) {
            0 => (refused(21211), Answer::Refused(21211)),
            1 => (refused(21610), Answer::Refused(21610)),
            2 => (refused(30007), Answer::Refused(30007)),
            3 => (stranger, Answer::Stranger),
            4..=5 => {
                let wait = self.dice.pick(&[10 * SECOND, 20 * MINUTE, DAY]);
                (throttled(Duration::from_millis(wait as u64)), Answer::Throttled(wait))
            }
            6..=7 => (Err(Failure::Connect), Answer::Unsent),
            8 => {
                // The connection is gone; the provider takes it in a while all the same.
                self.late.push(request);
                (Err(Failure::Broken), Answer::Doubt)
            }
            9 => (Ok(said(503, &json!({}))), Answer::Doubt),
            _ => (Err(Failure::Timeout), Answer::Doubt),
        };
        self.tell(format!("request {request} is not taken, answered {answer:?}"));
        self.answer(request, sent, answer).await;
    }

    /// Late ones are taken with the next passing of time, within the horizon.
    fn take_late(&mut self) {
        for request in std::mem::take(&mut self.late) {
            if self.model.may_take(request, self.now()) {
                self.take(request);
            }
        }
    }

    /// A callback about a message that was taken: any of its news, in any order, again and again.
    async fn callback(&mut self) {
        let told: Vec<usize> = self.paths.iter().filter(|(_, path)| !path.is_empty()).map(|(request, _)| *request).collect();
        if told.is_empty() {
            return;
        }
        // Mostly of the latest.
        let latest = told.len().saturating_sub(8);
        let request = if self.dice.one_in(5) { self.dice.pick(&told) } else { self.dice.pick(&told[latest..]) };
        let path = &self.paths[&request];
        let news = path[self.dice.below(path.len())];
        self.hear(request, news).await;
    }

    pub async fn hear(&mut self, request: usize, news: News) {
        let (status, code) = match news {
            News::Sent => ("sent", None),
            News::Delivered => ("delivered", None),
            News::Read => ("read", None),
            News::Undelivered(code) => ("undelivered", Some(code)),
            News::Failed(code) => ("failed", Some(code)),
        };
        let (sid, token) = {
            let told = self.provider.told();
            (told.asked[request].sid.clone(), told.asked[request].token.clone())
        };
        let code = code.map_or(String::new(), |code| format!("&ErrorCode={code}"));
        let body = format!("MessageSid={sid}&MessageStatus={status}{code}");
        let news_of = self.read_hook(HookKind::Status, &format!("token={token}"), &body);
        let Event::Receipt(receipt) = &news_of else { self.broken("a receipt was read as something else") };
        let now = self.now();
        let mut tx = self.db.begin().await.unwrap();
        self.settler.receipts(&mut tx, ACCOUNT, &[receipt]).await.unwrap();
        tx.commit().await.unwrap();
        let message = self.model.requests[request].message;
        self.tell(format!("callback of request {request} for {}: {news:?}", self.show(message)));
        let noes = self.model.people.iter().filter(|person| person.no).count();
        self.model.hears(request, news, now);
        self.tally.noes += (self.model.people.iter().filter(|person| person.no).count() - noes) as u64;
    }

    fn read_hook(&self, kind: HookKind, query: &str, body: &str) -> Event {
        let gateway = self.line().get(ACCOUNT).unwrap();
        gateway.parse(kind, query, body.as_bytes()).unwrap().remove(0)
    }

    async fn reply(&mut self) {
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
                Some(id) if again == 0 => self.replies.push((id, n, now.ms)),
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
            Said::Other => {}
        }
    }

    async fn read(&mut self) {
        if self.replies.is_empty() {
            return;
        }
        let at = self.dice.below(self.replies.len());
        let (id, n, _) = self.replies.remove(at);
        let mut tx = self.db.begin().await.unwrap();
        let news = inbox::read(&self.ledger, &mut tx, id, Some("Kari")).await.unwrap();
        tx.commit().await.unwrap();
        self.tell(format!("the answer of {n} is read: {news}"));
        if !news {
            self.broken("an answer was read that nobody had read, and it was no news");
        }
        self.model.is_read(n);
    }

    fn in_doubt(&self) -> Vec<usize> {
        let all = self.model.messages.iter().enumerate();
        all.filter(|(_, m)| m.state == InDoubt && !m.gone).map(|(n, _)| n).collect()
    }

    /// A coordinator decides a doubt, and knows what they say.
    async fn decide(&mut self) {
        let doubts = self.in_doubt();
        if doubts.is_empty() {
            return;
        }
        let m = self.dice.pick(&doubts);
        let mine = |(n, one): (usize, &crate::model::Request)| (one.message == m).then_some(n);
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

    async fn order(&mut self) {
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
    async fn by_hand(&mut self) {
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
    async fn link(&mut self) {
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
            let m = |m: &&crate::model::Message| {
                m.state == state && !m.gone && [one, other].contains(&world.model.person[m.to])
            };
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
    async fn after_link(&mut self, person: usize, stops: bool) {
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

    async fn look(&mut self) {
        let honest = [List::Honest, List::Fails, List::FailsOnSecondPage, List::Doubled, List::Foreign];
        let list = match self.dice.below(7) {
            // Where absence is believed, the provider's list must be one to believe.
            5 | 6 if !self.requeues_absent => List::Lacking,
            n => honest[n.min(honest.len() - 1)],
        };
        self.provider.told().list = list;
        self.reconcile().await;
    }

    async fn resume_account(&mut self) {
        let mut tx = self.db.begin().await.unwrap();
        account::resume(&mut tx, ACCOUNT).await.unwrap();
        tx.commit().await.unwrap();
        self.model.account_paused = false;
    }

    /// What is older than its time is erased: nothing else, and no no with it.
    async fn forget(&mut self) {
        let now = self.now();
        retention::erase(&self.db, &self.ledger, self.keep.parse().unwrap()).await.unwrap();
        self.tell("retention".to_owned());
        let mut tx = self.db.read().await.unwrap();
        let rows = tx.all(sql("select id from message")).await.unwrap();
        let stands: std::collections::HashSet<MessageId> = rows.iter().map(|row| row.id(0).unwrap()).collect();
        drop(tx);
        let months = if self.keep == "1 month" { 1 } else { 2 };
        let gone: Vec<usize> = self.model.by_id.iter().filter(|(id, _)| !stands.contains(*id)).map(|(_, m)| *m).collect();
        for m in gone {
            let one = &self.model.messages[m];
            if one.gone {
                continue;
            }
            let since = self.model.local(one.state_at).date();
            if matches!(one.state, Queued | Submitting | InDoubt) || since.saturating_add(months.months()) > self.model.today(now) {
                self.broken(&format!("{} of {since} was erased too early", self.show(m)));
            }
            self.model.messages[m].gone = true;
        }
        self.forget_replies(months).await;
        self.forget_people(months).await;
    }

    /// An answer goes when its time is over, also one that nobody has read; then it holds nobody any more.
    async fn forget_replies(&mut self, months: i64) {
        let today = self.model.today(self.now());
        let mut tx = self.db.read().await.unwrap();
        let rows = tx.all(sql("select id from reply")).await.unwrap();
        let stands: std::collections::HashSet<ReplyId> = rows.iter().map(|row| row.id(0).unwrap()).collect();
        drop(tx);
        for (id, n, at) in std::mem::take(&mut self.replies) {
            if stands.contains(&id) {
                self.replies.push((id, n, at));
            } else if self.model.local(at).date().saturating_add(months.months()) > today {
                self.broken(&format!("an answer of {n} was erased too early"));
            } else {
                self.model.is_read(n);
            }
        }
    }

    /// With the last entry the contact goes, and what linked its numbers; the noes of each stay.
    async fn forget_people(&mut self, months: i64) {
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
                self.broken(&format!("{n} was erased too early, unread {}, heard {heard}: {}", person.unread, self.history(n)));
            }
            self.model.stands_alone(n);
        }
    }

    // Peace.

    /// A day on which nothing fails: who may be written to, is.
    async fn calm_day(&mut self) {
        let today = self.model.today(self.now());
        self.provider.told().list = List::Honest;
        let mut could: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
        for minute in [70, 110, 9 * 60 + 5, 9 * 60 + 50, 11 * 60 + 5, 12 * 60, 13 * 60, 14 * 60, 16 * 60] {
            self.until(today, minute).await;
            for _ in 0..3 {
                self.be_calm().await;
                for m in 0..self.model.messages.len() {
                    if self.model.may_begin(m, self.now()).is_ok() {
                        *could.entry(m).or_default() += 1;
                    }
                }
                self.check(false).await;
                self.pass(3 * MINUTE);
            }
        }
        for (m, times) in could {
            let one = &self.model.messages[m];
            if one.state == Queued && times >= 6 {
                self.model.messages[m].waited += 1;
                let campaign = &self.model.campaigns[self.model.messages[m].campaign];
                // With a rate by the day, the others go first.
                let most = campaign.a_day.map_or(0, |n| NUMBERS.div_ceil(n));
                if self.model.messages[m].waited > most {
                    self.broken(&format!("{} could go for {} calm days and did not", self.show(m), most + 1));
                }
            }
        }
    }

    /// Every node lives, every request is taken and answered at once.
    async fn be_calm(&mut self) {
        for n in 0..self.nodes.len() {
            if self.nodes[n].is_none() {
                self.is_born(n).await;
            }
        }
        self.resume_account().await;
        for _ in 0..6 {
            let mut moved = 0;
            for n in 0..self.nodes.len() {
                let (settled, began) = self.step(n, Then::Nothing).await;
                moved += settled + began;
                self.check(false).await;
                let waiting: Vec<usize> = {
                    let told = self.provider.told();
                    (0..told.asked.len()).filter(|n| told.asked[*n].is_waiting()).collect()
                };
                for request in waiting {
                    if self.model.may_take(request, self.now()) {
                        self.take(request);
                    }
                    let sid = self.provider.told().asked[request].sid.clone();
                    let (sent, answer) = match self.model.taken.contains_key(&request) {
                        true => (taken(&sid), Answer::Taken),
                        false => (Err(Failure::Timeout), Answer::Doubt),
                    };
                    self.answer(request, sent, answer).await;
                    moved += 1;
                }
            }
            if moved == 0 {
                return;
            }
        }
    }

    /// All trouble ends and time goes on: nothing may stay open, and nobody be forgotten.
    async fn come_to_rest(&mut self) {
        while !self.plans.is_empty() {
            self.approve().await;
        }
        while !self.replies.is_empty() {
            self.read().await;
        }
        for c in 0..self.model.campaigns.len() {
            if self.model.campaigns[c].state == CampaignState::Paused {
                self.give(c, Order::Resume).await;
            }
        }
        for day in 0..40 {
            let open = (0..self.model.campaigns.len()).any(|c| self.model.has_open(c));
            if !open {
                break;
            }
            if day == 39 {
                let m = self.model.messages.iter().position(|m| matches!(m.state, Queued | Submitting | InDoubt)).unwrap();
                self.broken(&format!("{} never came to an end", self.show(m)));
            }
            let tomorrow = self.model.today(self.now()).tomorrow().unwrap();
            self.until(tomorrow, 0).await;
            for c in 0..self.model.campaigns.len() {
                // One that was filtered paused by itself; somebody looked at it.
                if self.model.campaigns[c].state == CampaignState::Paused {
                    self.give(c, Order::Resume).await;
                }
            }
            self.calm_day().await;
            self.reap().await;
            self.check(true).await;
            self.day_is_over();
        }
        self.noes_stand().await;
    }

    /// What the ledger says of every number is what the model says.
    async fn noes_stand(&mut self) {
        let mut tx = self.db.read().await.unwrap();
        for n in 0..NUMBERS {
            let blind = self.ledger.vault.blind(&number(n));
            let no = contact::noes(&mut tx, &[blind]).await.unwrap().contains(&blind);
            if no != self.model.of(n).no {
                self.broken(&format!("the no of {n} is {no} in the house"));
            }
        }
    }
}
