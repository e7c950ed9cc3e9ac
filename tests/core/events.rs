//! What can happen, and the days in which it does.

use std::time::Duration;

use lykt::domain::campaign::CampaignState;
use lykt::gateway::{Event, Failure, HookKind};
use lykt::store::account;
use serde_json::json;

use crate::core::model::{Answer, News};
use crate::core::provider::{List, refused, said, taken, throttled};
use crate::core::world::{ACCOUNT, DAY, HOUR, MINUTE, SECOND, Then, World};

impl World {
    /// So many days, each with its campaigns, visits and accidents; then everything comes to rest.
    pub async fn live(&mut self, days: usize) {
        let target = 4 + self.dice.below(4);
        for _ in 0..days {
            self.day(target).await;
        }
        self.come_to_rest().await;
    }

    pub async fn day(&mut self, target: usize) {
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
    pub fn moment(&mut self) -> i64 {
        match self.dice.below(6) {
            0 => self.dice.between(60, 4 * 60),
            1 => self.dice.between(0, 24 * 60 - 1),
            2 => self.dice.pick(&[
                11 * 60 - 1,
                11 * 60,
                17 * 60 + 49,
                17 * 60 + 51,
                3 * 60 + 49,
                3 * 60 + 51,
                2 * 60 + 30,
            ]),
            _ => self.dice.between(9 * 60, 18 * 60),
        }
    }

    /// Lets time pass until a local time, unless it has been.
    pub async fn until(&mut self, date: jiff::civil::Date, minute: i64) {
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
    pub async fn visit(&mut self, minute: i64) {
        let today = self.model.today(self.now());
        self.until(today, minute).await;
        for n in 0..self.nodes.len() {
            self.step(n, Then::Nothing).await;
        }
        self.check(false).await;
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

    pub async fn event(&mut self) {
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

    pub async fn node_event(&mut self) {
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
    pub async fn provider_event(&mut self) {
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

    pub fn take(&mut self, request: usize) {
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

    pub async fn not_taken(&mut self, request: usize) {
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
    pub fn take_late(&mut self) {
        for request in std::mem::take(&mut self.late) {
            if self.model.may_take(request, self.now()) {
                self.take(request);
            }
        }
    }

    /// A callback about a message that was taken: any of its news, in any order, again and again.
    pub async fn callback(&mut self) {
        let told: Vec<usize> =
            self.paths.iter().filter(|(_, path)| !path.is_empty()).map(|(request, _)| *request).collect();
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

    pub fn read_hook(&self, kind: HookKind, query: &str, body: &str) -> Event {
        let gateway = self.line().get(ACCOUNT).unwrap();
        gateway.parse(kind, query, body.as_bytes()).unwrap().remove(0)
    }

    pub async fn look(&mut self) {
        let honest = [List::Honest, List::Fails, List::FailsOnSecondPage, List::Doubled, List::Foreign];
        let list = match self.dice.below(7) {
            // Where absence is believed, the provider's list must be one to believe.
            5 | 6 if !self.requeues_absent => List::Lacking,
            n => honest[n.min(honest.len() - 1)],
        };
        self.provider.told().list = list;
        self.reconcile().await;
    }

    pub async fn resume_account(&mut self) {
        let mut tx = self.db.begin().await.unwrap();
        account::resume(&mut tx, ACCOUNT).await.unwrap();
        tx.commit().await.unwrap();
        self.model.account_paused = false;
    }
}
