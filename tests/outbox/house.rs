//! A small house for one test: a database, keys, a clock that stands, a gateway, and campaigns with people in them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lykt::clock::{Clock, new_id};
use lykt::domain::campaign::CampaignState;
use lykt::domain::holidays::Holidays;
use lykt::domain::id::{ContactId, MessageId, PlanId};
use lykt::domain::message::{MessageState, ReceiptStatus};
use lykt::domain::private::Private;
use lykt::gateway::{Accounts, Receipt};
use lykt::ledger::{Answer, Ledger};
use lykt::outbox::{Outbox, Pace, Reaper, Settler, Stepped};
use lykt::settings::Settings;
use lykt::store::message::{self, Letter, Message, NewMessage};
use lykt::store::{Db, campaign, contact, meta, sql};
use lykt::vault::{Keys, Vault};
use serde_json::Value;

use crate::fault_gateway::{Accept, FaultGateway};
use crate::outbox::given::definition;
pub use crate::outbox::given::{number, receipt_of, with_call};
use crate::support::postgres;

/// The one account.
pub const ACCOUNT: &str = "twilio";
/// A Thursday, inside the window.
pub const NOON: &str = "2026-12-03T12:00:00+01:00";
pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// Requests at the same time.
const SLOTS: usize = 32;

pub struct House {
    pub db: Db,
    pub ledger: Ledger,
    pub settler: Settler,
    pub gateway: FaultGateway,
    folder: Arc<tempfile::TempDir>,
}

/// Somebody with a message in the outbox.
#[derive(Clone)]
pub struct Person {
    pub contact: ContactId,
    pub message: MessageId,
    pub number: String,
}

impl House {
    /// One house on each database.
    pub async fn both() -> [House; 2] {
        [House::on_sqlite().await, House::on_postgres().await]
    }

    pub async fn on_sqlite() -> House {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("lykt.db").display());
        House::at(&url, folder).await
    }

    pub async fn on_postgres() -> House {
        House::at(&postgres::migrated().await, tempfile::tempdir().unwrap()).await
    }

    /// A house on this database; its settings lie in the folder.
    pub async fn at(url: &str, folder: tempfile::TempDir) -> House {
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), NOON.parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        let ledger = Ledger {
            vault,
            clock,
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let settler = Settler::new(ledger.clone(), Holidays::Norway);
        let gateway = FaultGateway::start().await;
        let world = ledger.clock.clone();
        gateway.set_clock(move || world.now_ms());
        House { db: Db::open(url).await.unwrap(), ledger, settler, gateway, folder: Arc::new(folder) }
    }

    pub fn clock(&self) -> &Clock {
        &self.ledger.clock
    }

    /// Moves the clock to a local time.
    pub fn at_time(&self, local: &str) {
        let then: Timestamp = self.clock().zone().to_timestamp(local.parse().unwrap()).unwrap();
        self.clock().advance_ms(then.as_millisecond() - self.clock().now_ms());
    }

    /// The account at this address, so fast that it never matters.
    pub fn accounts(&self, base_url: &str, rate: &str) -> Arc<Accounts> {
        Arc::new(Accounts::open(&self.settings(base_url, rate, ""), self.clock()).unwrap())
    }

    /// Settings with the account at this address; `more` stands at its end.
    pub fn settings(&self, base_url: &str, rate: &str, more: &str) -> Settings {
        let path: &Path = self.folder.path();
        let settings = path.join("lykt.toml");
        std::fs::write(path.join("token"), crate::fault_gateway::AUTH_TOKEN).unwrap();
        let account_sid = crate::fault_gateway::ACCOUNT_SID;
        let text = format!(
            "[organisation]\nname = \"Lykten\"\n[server]\npublic_url = \"https://lykt.example.org\"\n[sending]\nanswer_within = \"1 second\"\n\
             [gateways.{ACCOUNT}]\nkind = \"twilio\"\naccount_sid = \"{account_sid}\"\nauth_token = {{ file = \"token\" }}\n\
             from = \"+447700900999\"\nrate = \"{rate}\"\nbase_url = \"{base_url}\"\n{more}\n"
        );
        std::fs::write(&settings, text).unwrap();
        Settings::load(&settings).unwrap()
    }

    /// A new start of a daemon.
    pub async fn outbox(&self) -> Outbox {
        self.outbox_at(&self.gateway.base_url(), "1000000/s").await
    }

    pub async fn outbox_at(&self, base_url: &str, rate: &str) -> Outbox {
        self.outbox_with(&self.settings(base_url, rate, "")).await
    }

    /// The same by these settings, with as long for an answer as they say.
    pub async fn outbox_with(&self, settings: &Settings) -> Outbox {
        let accounts = Arc::new(Accounts::open(settings, self.clock()).unwrap());
        let (fence, pace) =
            (self.next_fence().await, Pace { slots: SLOTS, answer_within_ms: settings.sending.answer_within });
        Outbox::new(self.db.clone(), self.settler.clone(), self.ledger.clone(), accounts, fence, pace)
    }

    pub async fn next_fence(&self) -> i64 {
        let mut tx = self.db.begin().await.unwrap();
        let fence = meta::next_fence(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        fence
    }

    /// One look of the reaper of a daemon that starts now.
    pub async fn reap(&self) {
        let fence = self.next_fence().await;
        self.reap_as(fence).await;
    }

    pub async fn reap_as(&self, fence: i64) {
        let reaper = Reaper::new(self.db.clone(), self.settler.clone(), self.clock().clone(), fence);
        reaper.step().await.unwrap();
    }

    /// A running campaign; `other` replaces fields of its definition.
    pub async fn campaign(&self, name: &str, other: Value) -> PlanId {
        let plan = self.plan(name, other).await;
        self.becomes(name, CampaignState::Running).await;
        plan
    }

    /// A campaign with a plan that nobody has approved yet.
    pub async fn plan(&self, name: &str, other: Value) -> PlanId {
        let definition = definition(name, other);
        let plan = campaign::Plan {
            id: new_id(),
            campaign: name.to_owned(),
            hash: String::new(),
            file_hash: "file".to_owned(),
            list_hash: "list".to_owned(),
            definition: serde_json::to_string(&definition).unwrap(),
            targets: 1,
            eligible: 1,
            left_out: "{}".to_owned(),
            made_at: self.clock().now_ms(),
            made_by: None,
            summary: None,
        };
        let mut tx = self.db.begin().await.unwrap();
        assert!(campaign::set_plan(&mut tx, &self.ledger.vault, &plan).await.unwrap());
        tx.commit().await.unwrap();
        plan.id
    }

    pub async fn becomes(&self, name: &str, to: CampaignState) {
        let mut tx = self.db.begin().await.unwrap();
        let now = self.clock().now_ms();
        assert!(campaign::move_state(&mut tx, name, &CampaignState::ALL, to, None, now).await.unwrap());
        tx.commit().await.unwrap();
    }

    pub async fn campaign_state(&self, name: &str) -> CampaignState {
        let mut tx = self.db.read().await.unwrap();
        campaign::get(&mut tx, name).await.unwrap().unwrap().state
    }

    /// Queues a message to each of these people, numbered from 0.
    pub async fn queue(&self, name: &str, plan: PlanId, people: std::ops::Range<u32>) -> Vec<Person> {
        self.queue_by("sms", name, plan, people).await
    }

    /// The same, by a channel.
    pub async fn queue_by(&self, by: &str, name: &str, plan: PlanId, people: std::ops::Range<u32>) -> Vec<Person> {
        let (now, vault) = (self.clock().now_ms(), &self.ledger.vault);
        let address = |n| if by == "manual" { format!("instagram:anna{n}") } else { number(n) };
        let numbers: Vec<Private> = people.map(|n| Private::new(address(n))).collect();
        let all: Vec<_> = numbers.iter().map(|number| (vault.blind(number.expose()), number.clone())).collect();
        let mut tx = self.db.begin().await.unwrap();
        let blinds: Vec<_> = all.iter().map(|(blind, _)| *blind).collect();
        let known = contact::find_all(&mut tx, &blinds).await.unwrap();
        let new: Vec<_> = all.iter().filter(|(blind, _)| !known.contains_key(blind)).cloned().collect();
        contact::create_all(&mut tx, vault, &new, now).await.unwrap();
        let known = contact::find_all(&mut tx, &blinds).await.unwrap();
        let (mut messages, mut found) = (Vec::new(), Vec::new());
        for (blind, number) in all {
            let (id, contact) = (new_id(), known[&blind].id);
            let letter = Letter { to: number.expose().to_string(), text: "hei".to_owned(), ..Letter::default() };
            messages.push(NewMessage {
                id,
                contact,
                channel: by.to_owned(),
                account: ACCOUNT.to_owned(),
                variant: "a".to_owned(),
                language: "nb".to_owned(),
                not_before: now,
                sealed: message::seal(vault, id, &letter).unwrap(),
            });
            found.push(Person { contact, message: id, number: letter.to });
        }
        let made = message::enqueue(&mut tx, name, plan, messages, now).await.unwrap();
        assert_eq!(made, found.len() as u64);
        tx.commit().await.unwrap();
        found
    }

    /// The campaign `vinter` with one person in it.
    pub async fn one(&self) -> Person {
        let plan = self.campaign("vinter", serde_json::json!({})).await;
        self.queue("vinter", plan, 0..1).await.remove(0)
    }

    /// Steps until nothing is under way and nothing begins; what all steps did together.
    pub async fn drain(&self, outbox: &mut Outbox) -> Stepped {
        let mut all = Stepped::default();
        loop {
            let stepped = outbox.step().await.unwrap();
            all.settled += stepped.settled;
            all.began += stepped.began;
            if stepped.under_way > 0 {
                outbox.wait().await;
            } else if stepped.settled + stepped.began == 0 {
                return all;
            }
        }
    }

    pub async fn message(&self, person: &Person) -> Message {
        let mut tx = self.db.read().await.unwrap();
        message::find(&mut tx, person.message).await.unwrap().unwrap()
    }

    /// Where a person's message stands.
    pub async fn state(&self, person: &Person) -> &'static str {
        self.message(person).await.state.as_str()
    }

    /// Why a person's message stands where it does.
    pub async fn reason(&self, person: &Person) -> Option<String> {
        let mut tx = self.db.read().await.unwrap();
        let query = sql("select reason from message where id = $1").bind(person.message);
        tx.maybe(query).await.unwrap().unwrap().get(0).unwrap()
    }

    /// Messages of a campaign by state; they must add up to what was queued.
    pub async fn states(&self, name: &str, queued: i64) -> BTreeMap<&'static str, i64> {
        let mut tx = self.db.read().await.unwrap();
        let counts = lykt::store::figures::counts(&mut tx, name).await.unwrap();
        assert_eq!(counts.values().sum::<i64>(), queued, "the states do not add up: {counts:?}");
        assert_eq!(lykt::store::promise::twice(&mut tx, name).await.unwrap(), 0);
        counts.into_iter().map(|(state, n)| (state.as_str(), n)).collect()
    }

    /// How many the gateway took; nobody more than one.
    pub fn sends(&self) -> usize {
        let counts = self.gateway.counts();
        assert!(counts.values().all(|n| *n == 1), "somebody got it twice");
        counts.len()
    }

    /// What the ledger says of a person.
    pub async fn check(&self, person: &Person) -> Answer {
        let mut tx = self.db.read().await.unwrap();
        self.ledger.check(&mut tx, &Private::new(person.number.clone())).await.unwrap()
    }

    /// A callback about an accepted message, in a transaction of its own.
    pub async fn receipt(&self, accept: &Accept, status: ReceiptStatus, code: Option<u32>) {
        self.hear(&receipt_of(accept, status, code)).await;
    }

    pub async fn hear(&self, news: &Receipt) {
        let mut tx = self.db.begin().await.unwrap();
        self.settler.receipt(&mut tx, ACCOUNT, news).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A coordinator's decision on a doubt.
    pub async fn decide(&self, person: &Person, to: MessageState) {
        let mut tx = self.db.begin().await.unwrap();
        let m = message::get(&mut tx, person.message).await.unwrap().unwrap();
        match to {
            MessageState::Accepted => self.settler.accept(&mut tx, &m).await.unwrap(),
            MessageState::Queued => assert!(self.settler.requeue(&mut tx, &m).await.unwrap()),
            _ => assert!(self.settler.abandon(&mut tx, &m).await.unwrap()),
        }
        tx.commit().await.unwrap();
    }
}
