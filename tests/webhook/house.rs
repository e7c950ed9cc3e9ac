//! A house with its door open: a database, keys, a clock that stands, one account with Twilio and one with nobody.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use lykt::clock::{Clock, new_id};
use lykt::domain::decision::Decision;
use lykt::domain::holidays::Holidays;
use lykt::domain::id::MessageId;
use lykt::domain::message::MessageState;
use lykt::domain::private::Private;
use lykt::gateway::Accounts;
use lykt::ledger::Ledger;
use lykt::outbox::Settler;
use lykt::settings::Settings;
use lykt::store::attempt::{self, NewAttempt};
use lykt::store::campaign::{self, Plan};
use lykt::store::contact::Contact;
use lykt::store::message::{self, Letter, NewMessage};
use lykt::store::reply::{self, Reply};
use lykt::store::{Db, contact};
use lykt::vault::{Keys, Vault};
use lykt::webhook::{Limits, Webhooks, serve_within};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::postgres;
use crate::webhook::wire::{self, Answer, PUBLIC, TOKEN};

/// The account with Twilio.
pub const TWILIO: &str = "twilio-oslo";
/// The account with nobody.
pub const SIMULATOR: &str = "simulator";
/// Our own sender.
pub const OURS: &str = "+447700900999";

pub struct House {
    pub db: Db,
    pub ledger: Ledger,
    pub webhooks: Arc<Webhooks>,
    pub port: u16,
    pub folder: tempfile::TempDir,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl House {
    /// One house on each database.
    pub async fn both() -> [House; 2] {
        let postgres = postgres::migrated().await;
        [House::on_sqlite(Limits::default()).await, House::on(&postgres, Limits::default()).await]
    }

    pub async fn on_sqlite(limits: Limits) -> House {
        House::on("sqlite:lykt.db", limits).await
    }

    pub async fn on(url: &str, limits: Limits) -> House {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[server]\npublic_url = \"{PUBLIC}/\"\n[database]\nurl = \"{url}\"\n[gateways.{SIMULATOR}]\nkind = \"simulator\"\n\
             [gateways.{TWILIO}]\nkind = \"twilio\"\naccount_sid = \"AC0123456789abcdef0123456789abcdef\"\n\
             auth_token = {{ file = \"twilio.token\" }}\nfrom = \"{OURS}\"\nbase_url = \"http://127.0.0.1:9\"\n"
        );
        std::fs::write(folder.path().join("lykt.toml"), text).unwrap();
        std::fs::write(folder.path().join("twilio.token"), TOKEN).unwrap();
        std::fs::create_dir_all(folder.path().join("campaigns/media")).unwrap();
        let settings = Settings::load(&folder.path().join("lykt.toml")).unwrap();
        let db = Db::open(&settings.database_url()).await.unwrap();
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2026-12-03T12:00:00+01:00".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        let ledger = Ledger {
            vault,
            clock,
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let accounts = Arc::new(Accounts::open(&settings, &ledger.clock).unwrap());
        let settler = Settler::new(ledger.clone(), Holidays::Norway);
        let webhooks = Arc::new(Webhooks::new(db.clone(), ledger.clone(), settler, accounts, &settings));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve_within(listener, webhooks.clone(), axum::Router::new(), stopped, limits));
        House { db, ledger, webhooks, port, folder, stop, server }
    }

    /// Stops the server and waits for its end.
    pub async fn stop(self) {
        self.stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(20), self.server).await.expect("it ends").unwrap();
    }

    /// Somebody answers, by Twilio.
    pub async fn says(&self, from: &str, sid: &str, text: &str) -> Answer {
        self.tells(sid, &[("From", from), ("Body", text)]).await
    }

    /// Twilio tells of an answer, with these fields.
    pub async fn tells(&self, sid: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields =
            vec![("MessageSid", sid), ("To", OURS), ("SmsStatus", "received"), ("ApiVersion", "2010-04-01")];
        fields.extend(more);
        wire::ask(self.port, &wire::post(&format!("/hooks/{TWILIO}/inbound"), &fields)).await
    }

    /// Twilio tells of a message of ours.
    pub async fn receipt(&self, sid: &str, token: &str, status: &str) -> Answer {
        let path = format!("/hooks/{TWILIO}/status?token={token}");
        wire::ask(self.port, &wire::post(&path, &[("MessageSid", sid), ("MessageStatus", status)])).await
    }

    /// The contact with a number.
    pub async fn contact(&self, address: &str) -> Option<Contact> {
        let mut tx = self.db.read().await.unwrap();
        contact::find(&mut tx, &self.ledger.vault.blind(address)).await.unwrap()
    }

    /// Why a number may not be approached.
    pub async fn reasons(&self, address: &str) -> Vec<Decision> {
        let mut tx = self.db.read().await.unwrap();
        self.ledger.check(&mut tx, &Private::new(address.to_owned())).await.unwrap().reasons
    }

    /// All answers, unread or not.
    pub async fn replies(&self) -> Vec<Reply> {
        let mut tx = self.db.read().await.unwrap();
        reply::list(&mut tx, &self.ledger.vault, true, 10_000).await.unwrap()
    }

    /// How many rows a table has.
    pub async fn rows(&self, count: &'static str) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        tx.maybe(lykt::store::sql(count)).await.unwrap().unwrap().int(0).unwrap()
    }

    /// A message of a campaign, under way with this token.
    pub async fn message(&self, campaign: &str, to: &str, token: &str) -> MessageId {
        let id: MessageId = new_id();
        self.queued(campaign, to, id).await;
        let mut tx = self.db.begin().await.unwrap();
        let attempt = NewAttempt { message: id, n: 1, token: token.to_owned() };
        tx.run_all(attempt::begun(TWILIO, &[attempt], 1, i64::MAX, self.ledger.clock.now_ms())).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A message that waits for its turn.
    pub async fn queued(&self, campaign: &str, to: &str, id: MessageId) {
        let now = self.ledger.clock.now_ms();
        let plan = self.plan(campaign, None).await;
        let vault = &self.ledger.vault;
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &Private::new(to.to_owned())).await.unwrap();
        let letter = Letter { to: to.to_owned(), text: "hei".to_owned(), ..Letter::default() };
        let new = NewMessage {
            id,
            contact: contact.id,
            channel: "sms".to_owned(),
            account: TWILIO.to_owned(),
            variant: "a".to_owned(),
            language: "nb".to_owned(),
            not_before: now,
            sealed: message::seal(vault, id, &letter).unwrap(),
        };
        message::enqueue(&mut tx, campaign, plan, vec![new], now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Plans a campaign, with an image if it has one.
    pub async fn plan(&self, name: &str, image: Option<serde_json::Value>) -> lykt::domain::id::PlanId {
        self.plan_with(name, image, json!([])).await
    }

    /// The same with these variants.
    pub async fn plan_with(
        &self,
        name: &str,
        image: Option<serde_json::Value>,
        variants: serde_json::Value,
    ) -> lykt::domain::id::PlanId {
        let window = json!({ "days": ["mon"], "from": "11:00", "until": "18:00", "holidays": "NO" });
        let definition = json!({
            "name": name, "title": "Vinter", "goal": null, "basis": "DPIA", "starts": "2026-12-01", "ends": "2027-01-31",
            "list": "lists/a.csv", "columns": { "phone": "telefon" }, "where": {}, "channels": ["sms"],
            "account": TWILIO, "sender": "Amanda", "image": image, "require_language": false, "variants": variants,
            "window": window, "rate": "20/min", "follow_ups": [],
        });
        let plan = Plan {
            id: new_id(),
            campaign: name.to_owned(),
            hash: String::new(),
            file_hash: String::new(),
            list_hash: String::new(),
            definition: definition.to_string(),
            targets: 1,
            eligible: 1,
            left_out: "{}".to_owned(),
            made_at: self.ledger.clock.now_ms(),
            made_by: None,
            summary: None,
        };
        let mut tx = self.db.begin().await.unwrap();
        campaign::set_plan(&mut tx, &self.ledger.vault, &plan).await.unwrap();
        tx.commit().await.unwrap();
        plan.id
    }

    /// Where a message stands.
    pub async fn stands(&self, id: MessageId) -> MessageState {
        let mut tx = self.db.read().await.unwrap();
        message::find(&mut tx, id).await.unwrap().unwrap().state
    }
}
