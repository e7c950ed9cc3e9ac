//! A small house for one test: a database, keys, a clock that stands, a list in a folder, and the campaign `vinter`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::campaign::file::Definition;
use lykt::clock::Clock;
use lykt::domain::campaign::CampaignState;
use lykt::domain::id::{MessageId, PlanId};
use lykt::domain::message::MessageState;
use lykt::domain::private::Private;
use lykt::ledger::Ledger;
use lykt::plan::approve::{Refusal, Yes, approve};
use lykt::plan::enqueue::enqueue;
use lykt::plan::{CHUNK, Keep, PlanError, Planned, Seen, Source, Writer, letter, make};
use lykt::settings::Settings;
use lykt::store::campaign::{self, Campaign};
use lykt::store::message::Letter;
use lykt::store::{Db, contact, message, sql, target};
use lykt::vault::{Keys, Vault};
use serde_json::{Value, json};

use crate::support::postgres;

pub const NAME: &str = "vinter";
pub const DAY: i64 = 86_400_000;

pub struct House {
    pub db: Db,
    pub ledger: Ledger,
    settings: Settings,
    folder: tempfile::TempDir,
}

/// Somebody's message as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub id: MessageId,
    pub state: String,
    pub reason: Option<String>,
    pub text: String,
    pub plan: PlanId,
}

/// A number as the journeys make theirs up; nothing is ever sent from here.
pub fn number(n: usize) -> String {
    format!("+479{:07}", 1_000_000 + n * 7)
}

/// A list of these people; each lives in Oslo.
pub fn list(people: impl IntoIterator<Item = usize>) -> String {
    let rows: String = people.into_iter().map(|n| format!("{};nb;Oslo\n", number(n))).collect();
    format!("telefon;språk;sted\n{rows}")
}

/// The campaign as it is at first; `other` replaces fields.
pub fn definition(other: Value) -> Definition {
    let window =
        json!({ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "11:00", "until": "18:00", "holidays": "NO" });
    let mut definition = json!({
        "name": NAME, "title": "Vinter", "goal": null, "basis": "DPIA", "starts": "2026-01-01", "ends": "2027-01-31",
        "list": "list.csv", "columns": { "phone": "telefon", "language": "språk", "region": "sted" },
        "where": {}, "channels": ["sms"], "account": "a", "sender": "Amanda", "image": null, "require_language": false,
        "variants": [{ "name": "a", "weight": 1, "texts": { "nb": "Hei fra {{ sender }}", "en": "Hi from {{ sender }}" } }],
        "window": window, "rate": "20/min", "follow_ups": [],
    });
    for (key, value) in other.as_object().unwrap() {
        definition[key] = value.clone();
    }
    serde_json::from_value(definition).unwrap()
}

/// The campaign with another text.
pub fn other_text() -> Value {
    json!({ "variants": [{ "name": "b", "weight": 1, "texts": { "nb": "Noe annet fra {{ sender }}" } }] })
}

impl House {
    /// One house on each database.
    pub async fn both() -> [House; 2] {
        [House::on_sqlite().await, House::on_postgres().await]
    }

    /// Writes a file among the campaigns.
    pub fn write_beside(&self, name: &str, text: &str) {
        let file = self.folder.path().join("campaigns").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub async fn on_sqlite() -> House {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("lykt.db").display());
        House::at(&url, folder).await
    }

    async fn on_postgres() -> House {
        House::at(&postgres::migrated().await, tempfile::tempdir().unwrap()).await
    }

    async fn at(url: &str, folder: tempfile::TempDir) -> House {
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2026-12-03T12:00:00+01:00".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        let file = folder.path().join("lykt.toml");
        std::fs::write(&file, "[organisation]\nname = \"Lykten\"\n[gateways.a]\nkind = \"simulator\"\n").unwrap();
        let settings = Settings::load(&file).unwrap();
        let ledger = Ledger {
            vault,
            clock,
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        House { db: Db::open(url).await.unwrap(), ledger, settings, folder }
    }

    pub fn list_file(&self) -> PathBuf {
        self.folder.path().join("list.csv")
    }

    pub fn write_list(&self, list: &str) {
        std::fs::write(self.list_file(), list).unwrap();
    }

    /// Makes a plan of the list as it stands.
    pub async fn plan_of(
        &self,
        definition: &Definition,
        keep: Keep,
        chunk: usize,
        each: impl FnMut(Seen<'_>),
    ) -> Result<Planned, PlanError> {
        let writer = Writer::new(definition, &self.settings).unwrap();
        let (file_hash, list_hash) = self.hashes(definition);
        let list = self.list_file();
        let source = Source {
            definition,
            file_hash: &file_hash,
            list_hash: &list_hash,
            list: &list,
            partners: None,
            chunk,
            by: None,
        };
        make(&self.db, &self.ledger, &writer, &source, keep, each).await
    }

    fn hashes(&self, definition: &Definition) -> (String, String) {
        (serde_json::to_string(definition).unwrap(), std::fs::read_to_string(self.list_file()).unwrap())
    }

    pub async fn plan(&self, other: Value) -> Planned {
        self.plan_of(&definition(other), Keep::Yes, CHUNK, |_| {}).await.unwrap()
    }

    /// Says yes to what waits; the id of the plan.
    pub async fn say_yes(&self, other: Value, people: i64) -> Result<PlanId, Refusal> {
        self.say_yes_if_understood(other, people, 0).await
    }

    /// The same, when so many of the panel have understood each version.
    pub async fn say_yes_if_understood(&self, other: Value, people: i64, by: u32) -> Result<PlanId, Refusal> {
        let definition = definition(other);
        let (file_hash, list_hash) = self.hashes(&definition);
        let yes = Yes {
            campaign: NAME,
            file_hash: &file_hash,
            list_hash: &list_hash,
            definition: &definition,
            people,
            by: Some("Kari"),
            second: lykt::settings::SecondPerson::Never,
            understood: by,
        };
        approve(&self.db, &self.ledger, &yes).await.unwrap().map(|plan| plan.id)
    }

    pub async fn enqueue(&self, plan: PlanId) {
        enqueue(&self.db, &self.ledger, NAME, plan, |_| {}).await.unwrap();
    }

    /// Plans, approves and queues everybody who is eligible.
    pub async fn run(&self, other: Value) -> Planned {
        let planned = self.plan(other.clone()).await;
        let plan = self.say_yes(other, planned.plan.eligible).await.unwrap();
        self.enqueue(plan).await;
        planned
    }

    /// The letters of a plan, in the order of the list.
    pub async fn letters(&self, plan: PlanId) -> Vec<Letter> {
        let mut tx = self.db.read().await.unwrap();
        let targets = target::page(&mut tx, plan, 0, 1_000, true).await.unwrap();
        targets.iter().filter_map(|target| letter(&self.ledger, plan, target).unwrap()).collect()
    }

    /// Their texts.
    pub async fn texts(&self, plan: PlanId) -> Vec<String> {
        self.letters(plan).await.into_iter().map(|letter| letter.text).collect()
    }

    pub async fn campaign(&self) -> Campaign {
        let mut tx = self.db.read().await.unwrap();
        campaign::get(&mut tx, NAME).await.unwrap().unwrap()
    }

    pub async fn state(&self) -> CampaignState {
        self.campaign().await.state
    }

    pub async fn becomes(&self, to: CampaignState, reason: Option<&str>) {
        let mut tx = self.db.begin().await.unwrap();
        let now = self.ledger.clock.now_ms();
        assert!(campaign::move_state(&mut tx, NAME, &CampaignState::ALL, to, reason, now).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Every message of the campaign, by its number.
    pub async fn messages(&self) -> BTreeMap<String, Standing> {
        let mut tx = self.db.read().await.unwrap();
        let rows = tx
            .all(sql("select id, state, reason, plan_id, sealed from message where campaign = $1").bind(NAME))
            .await
            .unwrap();
        let mut found = BTreeMap::new();
        for row in &rows {
            let id: MessageId = row.id(0).unwrap();
            let letter = message::open(&self.ledger.vault, id, &row.get::<Vec<u8>>(4).unwrap()).unwrap();
            let standing = Standing {
                id,
                state: row.get(1).unwrap(),
                reason: row.get(2).unwrap(),
                text: letter.text,
                plan: row.id(3).unwrap(),
            };
            assert!(found.insert(letter.to, standing).is_none(), "two messages to one number");
        }
        found
    }

    /// Moves somebody's message, as the outbox would.
    pub async fn moves(&self, n: usize, to: MessageState) {
        let id = self.messages().await[&number(n)].id;
        let mut tx = self.db.begin().await.unwrap();
        let m = message::find(&mut tx, id).await.unwrap().unwrap();
        assert!(message::move_state(&mut tx, &m, to, None, self.ledger.clock.now_ms()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Somebody becomes known to the ledger, and says no, or has an unread answer.
    pub async fn knows(&self, n: usize, no: bool, unread: bool) {
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &Private::new(number(n))).await.unwrap();
        if no {
            self.ledger.opt_out(&mut tx, contact.id, lykt::ledger::NoSource::ByHand, None).await.unwrap();
        }
        if unread {
            contact::add_unread(&mut tx, contact.id, 1).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub async fn count(&self, what: &'static str) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        tx.maybe(sql(what)).await.unwrap().unwrap().int(0).unwrap()
    }
}
