//! A house with people in its outbox, on either database, on a real disk.

use std::sync::Arc;

use lykt::campaign::file::Definition;
use lykt::clock::{Clock, new_id};
use lykt::domain::campaign::CampaignState;
use lykt::domain::holidays::Holidays;
use lykt::domain::id::PlanId;
use lykt::domain::private::Private;
use lykt::gateway::Accounts;
use lykt::ledger::Ledger;
use lykt::outbox::{Outbox, Pace, Settler};
use lykt::settings::Settings;
use lykt::store::message::{self, Letter, NewMessage};
use lykt::store::{Db, campaign, contact, meta};
use lykt::vault::{Keys, Vault};
use serde_json::json;

use super::gateway::{ACCOUNT_SID, AUTH_TOKEN};
use super::postgres;

/// The one account.
pub const ACCOUNT: &str = "twilio";
/// The one campaign.
pub const CAMPAIGN: &str = "vinter";
/// How the gateway is told to find us.
pub const PUBLIC: &str = "https://lykt.example.org";

/// Which database a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A file in a temporary folder, `synchronous = FULL`.
    Sqlite,
    /// A server of its own, `fsync = on`.
    Postgres,
}

impl On {
    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            On::Sqlite => "SQLite",
            On::Postgres => "PostgreSQL",
        }
    }
}

/// A house.
pub struct House {
    pub db: Db,
    pub ledger: Ledger,
    pub settler: Settler,
    pub folder: tempfile::TempDir,
    _server: Option<postgres::Server>,
}

impl House {
    /// An empty one, on this clock.
    pub async fn new(on: On, clock: Clock) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let (url, server) = match on {
            On::Sqlite => (format!("sqlite:{}", folder.path().join("lykt.db").display()), None),
            On::Postgres => {
                let server = postgres::Server::start(postgres::Fsync::On);
                (server.create("lykt").await, Some(server))
            }
        };
        Self::at(&url, folder, clock, server).await
    }

    /// One whose database is here.
    pub async fn at(
        url: &str,
        folder: tempfile::TempDir,
        clock: Clock,
        server: Option<postgres::Server>,
    ) -> anyhow::Result<Self> {
        let vault = Arc::new(Vault::new(Keys::generate()?));
        let ledger =
            Ledger { vault, clock, cooldown: "6 months".parse()?, region: lykt::domain::phone::Region::default() };
        let settler = Settler::new(ledger.clone(), Holidays::Norway);
        Ok(Self { db: Db::open(url).await?, ledger, settler, folder, _server: server })
    }

    /// The settings of a house whose gateway is here.
    pub fn settings(&self, base_url: &str) -> anyhow::Result<Settings> {
        let file = self.folder.path().join("lykt.toml");
        std::fs::write(self.folder.path().join("token"), AUTH_TOKEN)?;
        let text = format!(
            "[organisation]\nname = \"Lykten\"\n[server]\npublic_url = \"{PUBLIC}\"\n\
             [gateways.{ACCOUNT}]\nkind = \"twilio\"\naccount_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"token\" }}\n\
             from = \"+447700900999\"\nrate = \"1000000/s\"\nbase_url = \"{base_url}\"\n"
        );
        std::fs::write(&file, text)?;
        Ok(Settings::load(&file)?)
    }

    /// A campaign that runs now, day and night.
    pub async fn campaign(&self) -> anyhow::Result<PlanId> {
        let definition = definition()?;
        let plan = campaign::Plan {
            id: new_id(),
            campaign: CAMPAIGN.to_owned(),
            hash: String::new(),
            file_hash: String::new(),
            list_hash: String::new(),
            definition: serde_json::to_string(&definition)?,
            targets: 1,
            eligible: 1,
            left_out: "{}".to_owned(),
            made_at: self.ledger.clock.now_ms(),
            made_by: None,
            summary: None,
        };
        let mut tx = self.db.begin().await?;
        campaign::set_plan(&mut tx, &self.ledger.vault, &plan).await?;
        let now = self.ledger.clock.now_ms();
        campaign::move_state(&mut tx, CAMPAIGN, &CampaignState::ALL, CampaignState::Running, None, now).await?;
        tx.commit().await?;
        Ok(plan.id)
    }

    /// Queues a message to each of so many made-up people, in contact order as a plan does.
    pub async fn queue(&self, plan: PlanId, people: impl Iterator<Item = u64>) -> anyhow::Result<()> {
        let (now, vault) = (self.ledger.clock.now_ms(), &self.ledger.vault);
        let all: Vec<u64> = people.collect();
        for chunk in all.chunks(500) {
            let new: Vec<_> = chunk
                .iter()
                .map(|n| {
                    let number = number(*n);
                    (vault.blind(&number), Private::new(number))
                })
                .collect();
            let blinds: Vec<_> = new.iter().map(|(blind, _)| *blind).collect();
            let mut tx = self.db.begin().await?;
            contact::create_all(&mut tx, vault, &new, now).await?;
            let known = contact::find_all(&mut tx, &blinds).await?;
            let mut messages = Vec::with_capacity(new.len());
            for (blind, number) in &new {
                let id = new_id();
                let letter = Letter { to: number.expose().clone(), text: TEXT.to_owned(), ..Letter::default() };
                messages.push(NewMessage {
                    id,
                    contact: known[blind].id,
                    channel: "sms".to_owned(),
                    account: ACCOUNT.to_owned(),
                    variant: "a".to_owned(),
                    language: "nb".to_owned(),
                    not_before: now,
                    sealed: message::seal(vault, id, &letter)?,
                });
            }
            message::enqueue(&mut tx, CAMPAIGN, plan, messages, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// An outbox with so many requests at the same time.
    pub async fn outbox(&self, base_url: &str, slots: usize) -> anyhow::Result<Outbox> {
        let accounts = Arc::new(Accounts::open(&self.settings(base_url)?, &self.ledger.clock)?);
        let mut tx = self.db.begin().await?;
        let fence = meta::next_fence(&mut tx).await?;
        tx.commit().await?;
        let pace = Pace { slots, answer_within_ms: 15_000 };
        Ok(Outbox::new(self.db.clone(), self.settler.clone(), self.ledger.clone(), accounts, fence, pace))
    }
}

/// What everybody is told: one part.
pub const TEXT: &str =
    "Hei! Dette er Amanda fra Lykten. Gratis HPV-vaksine, lege og advokat. Svar STOPP for å slippe flere.";

/// Numbers that only ever reach the fake gateway.
pub fn number(n: u64) -> String {
    format!("+4790{n:06}")
}

fn definition() -> anyhow::Result<Definition> {
    let window = json!({ "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "until": "23:59", "holidays": "none" });
    Ok(serde_json::from_value(json!({
        "name": CAMPAIGN, "title": "Vinter", "goal": null, "basis": "DPIA", "starts": "2020-01-01", "ends": "2090-01-31",
        "list": "lists/a.csv", "columns": { "phone": "telefon" }, "where": {}, "channels": ["sms"],
        "account": ACCOUNT, "sender": "Amanda", "image": null, "require_language": false, "variants": [],
        "window": window, "rate": "1000000/s",
        "follow_ups": [{ "after": "3 working days", "within": "7 days", "unless": [], "attempts": 2, "scripts": {} }],
    }))?)
}
