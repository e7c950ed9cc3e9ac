//! A small house for one test: a database, keys, a clock that stands, and a campaign whose messages went out.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lykt::campaign::file::{Definition, FollowUp, Unless};
use lykt::clock::{Clock, new_id};
use lykt::domain::holidays::Holidays;
use lykt::domain::id::{ContactId, MessageId, PlanId, TaskId};
use lykt::domain::message::MessageState;
use lykt::domain::private::Private;
use lykt::domain::reply::ReplyKind;
use lykt::ledger::Ledger;
use lykt::store::attempt::{self, NewAttempt};
use lykt::store::message::{self, Letter, Message, NewMessage};
use lykt::store::reply::Reply;
use lykt::store::task::Task;
use lykt::store::{Db, campaign, contact, reply, task};
use lykt::tasks::{Tasks, follow_up};
use lykt::vault::{Keys, Vault};
use serde_json::json;

use crate::support::postgres;

/// The campaign of every test.
pub const CAMPAIGN: &str = "vinter";
/// Thursday: messages go out at noon in Oslo, and calls three working days later fall due on Tuesday.
pub const NOON: &str = "2026-12-03T12:00:00+01:00";
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

pub struct House {
    pub db: Db,
    pub clock: Clock,
    pub tasks: Tasks,
    plan: PlanId,
    follow_ups: Vec<FollowUp>,
    people: std::sync::atomic::AtomicU32,
    _folder: Option<tempfile::TempDir>,
}

/// A person who got a message.
#[derive(Clone)]
pub struct Person {
    pub contact: ContactId,
    pub message: MessageId,
    pub number: String,
}

impl House {
    /// One house on each database.
    pub async fn both() -> [House; 2] {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
        let postgres = postgres::migrated().await;
        let keys = || Keys::generate().unwrap();
        [House::new(&sqlite, keys(), Some(folder)).await, House::new(&postgres, keys(), None).await]
    }

    /// A house in a folder, as commands find it: settings beside it, and a day that lasts an hour from this local time.
    pub async fn in_folder(folder: &Path, now: &str) -> House {
        let keys = folder.join("lykt.keys");
        Keys::generate().unwrap().save(&keys).unwrap();
        let settings = format!("[clock]\nstart = \"{now}\"\nday = \"60 minutes\"\n[organisation]\nname = \"Lykten\"\n");
        std::fs::write(folder.join("lykt.toml"), settings).unwrap();
        let url = format!("sqlite:{}", folder.join("lykt.db").display());
        House::new(&url, Keys::load(&keys).unwrap(), None).await
    }

    async fn new(url: &str, keys: Keys, folder: Option<tempfile::TempDir>) -> House {
        let db = Db::open(url).await.unwrap();
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), NOON.parse().unwrap());
        let vault = Arc::new(Vault::new(keys));
        let ledger = Ledger {
            vault,
            clock: clock.clone(),
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let tasks = Tasks::new(ledger, Holidays::Norway, "30 minutes".parse().unwrap());
        let follow_ups = vec![follow_up("3 working days", "7 days", &[Unless::Replied, Unless::Visited])];
        let mut house =
            House { db, clock, tasks, plan: new_id(), follow_ups: Vec::new(), people: 0.into(), _folder: folder };
        house.follow_with(follow_ups).await;
        house
    }

    /// Plans the campaign anew, with other follow-ups for the messages to come.
    pub async fn follow_with(&mut self, follow_ups: Vec<FollowUp>) {
        self.plan = new_id();
        let definition = definition(follow_ups.clone());
        self.follow_ups = follow_ups;
        let plan = campaign::Plan {
            id: self.plan,
            campaign: CAMPAIGN.to_owned(),
            hash: String::new(),
            file_hash: String::new(),
            list_hash: String::new(),
            definition: serde_json::to_string(&definition).unwrap(),
            targets: 1,
            eligible: 1,
            left_out: "{}".to_owned(),
            made_at: self.clock.now_ms(),
            made_by: None,
            summary: None,
        };
        let mut tx = self.db.begin().await.unwrap();
        assert!(campaign::set_plan(&mut tx, &self.tasks.ledger.vault, &plan).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Somebody new who gets a message now; it is accepted, and its calls are planned.
    pub async fn person(&self) -> Person {
        let n = self.people.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let number = format!("+44770090{:04}", n % 1000);
        let (now, message) = (self.clock.now_ms(), new_id());
        let vault = &self.tasks.ledger.vault;
        let mut tx = self.db.begin().await.unwrap();
        let address = Private::new(number.clone());
        let contact = contact::find_or_create(&mut tx, vault, &address, now).await.unwrap().id;
        let letter = Letter { to: number.clone(), text: "hei".to_owned(), ..Letter::default() };
        let new = NewMessage {
            id: message,
            contact,
            channel: "sms".to_owned(),
            account: "simulator".to_owned(),
            variant: "a".to_owned(),
            language: "nb".to_owned(),
            not_before: now,
            sealed: message::seal(vault, message, &letter).unwrap(),
        };
        message::enqueue(&mut tx, CAMPAIGN, self.plan, vec![new], now).await.unwrap();
        let attempt = NewAttempt { message, n: 1, token: message.to_string() };
        tx.run_all(attempt::begun("simulator", &[attempt], 1, 0, now)).await.unwrap();
        tx.commit().await.unwrap();
        let person = Person { contact, message, number };
        self.becomes(&person, MessageState::Accepted).await;
        self.plan_calls(&person).await;
        person
    }

    /// Moves a person's message to a state.
    pub async fn becomes(&self, person: &Person, state: MessageState) {
        let mut tx = self.db.begin().await.unwrap();
        let message = message::get(&mut tx, person.message).await.unwrap().unwrap();
        assert!(message::move_state(&mut tx, &message, state, None, self.clock.now_ms()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Plans the calls that follow a person's message, as of now.
    pub async fn plan_calls(&self, person: &Person) {
        let mut tx = self.db.begin().await.unwrap();
        let message: Message = message::get(&mut tx, person.message).await.unwrap().unwrap();
        let now = self.clock.now_ms();
        let planned = follow_up::planned(&self.clock, Holidays::Norway, &[&message], &self.follow_ups, now);
        tx.run_all(planned).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A person answers; `read` when somebody has read it.
    pub async fn answers(&self, person: &Person, read: bool) {
        let id = new_id();
        let answer = Reply {
            id,
            contact: person.contact,
            account: "simulator".to_owned(),
            channel: "sms".to_owned(),
            provider_id: id.to_string(),
            received_at: self.clock.now_ms(),
            wrote_at: None,
            kind: ReplyKind::Other,
            language: None,
            campaign: Some(CAMPAIGN.to_owned()),
            read_at: None,
            read_by: None,
            owner: None,
            text: Some(Private::new("takk".to_owned())),
        };
        let mut tx = self.db.begin().await.unwrap();
        assert!(reply::add(&mut tx, &self.tasks.ledger.vault, &answer).await.unwrap());
        if read {
            reply::mark_read(&mut tx, id, Some("Kari"), self.clock.now_ms()).await.unwrap();
        } else {
            contact::add_unread(&mut tx, person.contact, 1).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Moves the clock to a local time.
    pub fn at(&self, local: &str) {
        let then: Timestamp = self.clock.zone().to_timestamp(local.parse().unwrap()).unwrap();
        self.clock.advance_ms(then.as_millisecond() - self.clock.now_ms());
    }

    /// A person's tasks, by step.
    pub async fn calls(&self, person: &Person) -> Vec<Task> {
        let mut tx = self.db.read().await.unwrap();
        let mut found = Vec::new();
        for id in task::ids(&mut tx, true).await.unwrap() {
            found.extend(task::find(&mut tx, id).await.unwrap().filter(|task| task.message == Some(person.message)));
        }
        found.sort_by_key(|task| task.step);
        found
    }

    /// A person's first task.
    pub async fn call(&self, person: &Person) -> Task {
        self.calls(person).await.remove(0)
    }

    /// Whose call this is.
    pub async fn whose<'a>(&self, id: &str, people: &'a [Person]) -> &'a Person {
        let mut tx = self.db.read().await.unwrap();
        let task = task::find(&mut tx, id.parse().unwrap()).await.unwrap().unwrap();
        people.iter().find(|person| person.contact == task.contact).unwrap()
    }

    /// Where a person's first task stands, and why.
    pub async fn stands(&self, person: &Person) -> (String, Option<String>) {
        let task = self.call(person).await;
        (task.state.as_str().to_owned(), task.reason)
    }

    /// The ids on the day's list.
    pub async fn listed(&self) -> Vec<TaskId> {
        let mut tx = self.db.read().await.unwrap();
        self.tasks.today(&mut tx).await.unwrap().into_iter().map(|entry| entry.task.id).collect()
    }
}

fn definition(follow_ups: Vec<FollowUp>) -> Definition {
    let window = json!({ "days": ["mon"], "from": "11:00", "until": "18:00", "holidays": "NO" });
    serde_json::from_value(json!({
        "name": CAMPAIGN, "title": "Vinter", "goal": null, "basis": "DPIA", "starts": "2026-12-01", "ends": "2027-01-31",
        "list": "lists/a.csv", "columns": { "phone": "telefon" }, "where": {}, "channels": ["sms"],
        "account": "simulator", "sender": "Amanda", "image": null, "require_language": false,
        "variants": [{ "name": "a", "weight": 1, "texts": { "nb": "Hei" }, "sender": "Noor" }],
        "window": window, "rate": "20/min", "follow_ups": follow_ups,
    }))
    .unwrap()
}

/// A call that follows a message, two tries.
pub fn follow_up(after: &str, within: &str, unless: &[Unless]) -> FollowUp {
    FollowUp {
        after: after.parse().unwrap(),
        within: within.parse().unwrap(),
        unless: unless.to_vec(),
        attempts: 2,
        scripts: [("nb", "Hei, dette er {{ sender }}."), ("en", "Hi, this is {{ sender }}.")]
            .map(|(language, text)| (language.to_owned(), text.to_owned()))
            .into(),
    }
}
