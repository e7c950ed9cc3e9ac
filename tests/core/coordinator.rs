//! A coordinator plans a campaign and says yes to it.

use std::collections::BTreeMap;

use jiff::ToSpan;
use lykt::campaign::file::Definition;
use lykt::domain::campaign::CampaignState;
use lykt::domain::id::MessageId;
use lykt::domain::message::MessageState::*;
use lykt::plan::approve::{Yes, approve};
use lykt::plan::enqueue::enqueue;
use lykt::plan::{CHUNK, Keep, Seen, Source, Writer, make};
use lykt::settings::SecondPerson;
use lykt::store::{message, sql};
use serde_json::json;

use crate::core::model::{Campaign, Message, Window};
use crate::core::world::{ACCOUNT, NUMBERS, World, number};

impl World {
    /// A coordinator writes a campaign and plans it; every decision is the model's.
    pub async fn plan(&mut self) {
        let c = self.model.campaigns.len();
        let name = format!("k{c}-");
        let now = self.now();
        let today = self.model.today(now);
        let mut people: Vec<usize> = (0..NUMBERS).filter(|_| self.dice.one_in(3)).collect();
        if self.dice.one_in(2) {
            people.reverse();
        }
        let (days, from, until, holidays) = self.dice.pick(&[
            ("mon tue wed thu fri", 11 * 60, 18 * 60, "NO"),
            ("mon tue wed thu fri", 11 * 60, 18 * 60, "NO"),
            ("mon tue wed thu fri", 9 * 60, 11 * 60 + 15, "NO"),
            ("mon tue wed thu fri sat sun", 8 * 60, 21 * 60, "none"),
            ("mon tue wed thu fri sat sun", 60, 4 * 60, "none"),
        ]);
        let a_day = self.dice.pick(&[None, Some(1), Some(1), Some(2)]);
        let rate = a_day.map_or("1000/s".to_owned(), |n| format!("{n}/day"));
        let starts = today.saturating_add(self.dice.between(0, 1).days());
        let ends = starts.saturating_add(self.dice.between(4, 20).days());
        let clock_face = |minute: i32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let follow_ups = if self.dice.one_in(4) {
            json!([{ "after": "3 working days", "within": "7 days", "unless": [], "attempts": 2, "scripts": {} }])
        } else {
            json!([])
        };
        let definition: Definition = serde_json::from_value(json!({
            "name": name, "title": name, "goal": null, "basis": "DPIA", "starts": starts.to_string(),
            "ends": ends.to_string(), "list": "list.csv", "columns": { "phone": "telefon" }, "where": {}, "channels": ["sms"],
            "account": ACCOUNT, "sender": "Amanda", "image": null, "require_language": false,
            "variants": [{ "name": "a", "weight": 1, "texts": { "nb": format!("Hei fra {{{{ sender }}}} i {name}") } }],
            "window": { "days": days.split(' ').collect::<Vec<_>>(), "from": clock_face(from), "until": clock_face(until),
                "holidays": holidays },
            "rate": rate, "follow_ups": follow_ups,
        }))
        .unwrap();
        let list = self.folder.path().join(format!("{c}.csv"));
        let rows: String = people.iter().map(|n| format!("{}\n", number(*n))).collect();
        std::fs::write(&list, format!("telefon\n{rows}")).unwrap();
        let mut decided = Vec::new();
        let writer = Writer::new(&definition, &self.settings).unwrap();
        let source = Source {
            definition: &definition,
            file_hash: &name,
            list_hash: "",
            list: &list,
            partners: None,
            chunk: CHUNK,
            by: None,
        };
        let each = |seen: Seen<'_>| {
            if let Seen::Target(target) = seen {
                decided.push(target.decision.as_str());
            }
        };
        let planned = make(&self.db, &self.ledger, &writer, &source, Keep::Yes, each).await.unwrap();
        let must = self.model.decisions(&people, now);
        self.tell(format!("{name} is planned, {rate} {days} {from}-{until} until {ends}: {people:?}"));
        if decided != must {
            for (n, _) in people.iter().zip(decided.iter().zip(&must)).filter(|(_, (is, must))| is != must) {
                let known = self.history(*n);
                self.tell(format!("of {n} is known: {known}"));
            }
            self.broken(&format!("a plan says {decided:?} of {people:?} and must say {must:?}"));
        }
        let eligible: Vec<usize> =
            people.iter().zip(&must).filter(|(_, why)| **why == "eligible").map(|(n, _)| *n).collect();
        assert_eq!(planned.plan.eligible, eligible.len() as i64);
        let days = std::array::from_fn(|day| days.contains(["mon", "tue", "wed", "thu", "fri", "sat", "sun"][day]));
        let (from, until) = (from as i16, until as i16);
        let window = Window { days, from, until, holidays: holidays == "NO" };
        let begun = BTreeMap::new();
        let state = CampaignState::Planned;
        self.model.campaigns.push(Campaign { name, state, window, starts, ends, a_day, eligible, begun });
        self.plans.push((c, definition, list));
        self.tally.campaigns += 1;
    }

    /// The coordinator says yes, and the plan goes into the outbox.
    pub async fn approve(&mut self) {
        if self.plans.is_empty() {
            return;
        }
        let at = self.dice.below(self.plans.len());
        let (c, definition, _) = self.plans.remove(at);
        let (name, people) = (self.model.campaigns[c].name.clone(), self.model.campaigns[c].eligible.clone());
        let yes = Yes {
            campaign: &name,
            file_hash: &name,
            list_hash: "",
            definition: &definition,
            people: people.len() as i64,
            by: Some("Kari"),
            second: SecondPerson::Never,
            understood: 0,
        };
        let plan = approve(&self.db, &self.ledger, &yes).await.unwrap().unwrap();
        enqueue(&self.db, &self.ledger, &name, plan.id, |_| {}).await.unwrap();
        self.tell(format!("{name} is approved"));
        let now = self.now();
        let mut tx = self.db.read().await.unwrap();
        let rows =
            tx.all(sql("select id, sealed from message where campaign = $1 order by id").bind(&name)).await.unwrap();
        drop(tx);
        for row in &rows {
            let id: MessageId = row.id(0).unwrap();
            let letter = message::open(&self.ledger.vault, id, &row.get::<Vec<u8>>(1).unwrap()).unwrap();
            let to = (0..NUMBERS).find(|n| number(*n) == letter.to).unwrap();
            let twice =
                self.model.messages.iter().any(|m| m.campaign == c && self.model.person[m.to] == self.model.person[to]);
            if twice || !people.contains(&to) {
                self.broken(&format!("{name} has a message to {to} that it must not have"));
            }
            self.model.by_id.insert(id, self.model.messages.len());
            self.model.messages.push(Message {
                campaign: c,
                to,
                state: Queued,
                attempt: 0,
                fence: 0,
                lease: 0,
                not_before: 0,
                state_at: now.ms,
                out_at: None,
                counts: false,
                gone: false,
                waited: 0,
            });
        }
        let missing = people.iter().find(|n| {
            let theirs = |m: &Message| m.campaign == c && self.model.person[m.to] == self.model.person[**n];
            !self.model.messages.iter().any(theirs)
        });
        if let Some(missing) = missing {
            self.broken(&format!("{name} has no message to {missing}, who was planned"));
        }
        self.model.campaigns[c].state = CampaignState::Running;
    }
}
