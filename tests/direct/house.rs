//! A small house: a database, keys, a clock that stands, a gateway, and people who write.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lykt::clock::{Clock, new_id};
use lykt::domain::holidays::Holidays;
use lykt::domain::id::{DirectId, ReplyId};
use lykt::domain::message::ReceiptStatus;
use lykt::domain::private::Private;
use lykt::gateway::{Accounts, Address, ProviderId, Receipt, Reply, Token};
use lykt::inbox::answer::{self, Press, Refused};
use lykt::ledger::{Ledger, NoSource};
use lykt::outbox::{Direct, Reaper, Settler};
use lykt::settings::Settings;
use lykt::store::db::sql;
use lykt::store::direct::{self, Direct as Row};
use lykt::store::touch::{self, Touch, TouchKind};
use lykt::store::{Db, Tx, contact, meta};
use lykt::vault::{Keys, Vault};

use crate::fault_gateway::{ACCOUNT_SID, AUTH_TOKEN, Accept, FaultGateway};
use crate::support::postgres;

pub const ACCOUNT: &str = "twilio";
pub const PERSON: &str = "+447700900001";
pub const MINUTE: i64 = 60_000;
const NOON: &str = "2026-12-03T12:00:00+01:00";

pub struct House {
    pub db: Db,
    pub ledger: Ledger,
    pub settler: Settler,
    pub gateway: FaultGateway,
    folder: tempfile::TempDir,
}

impl House {
    pub async fn both() -> [House; 2] {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
        let postgres = postgres::migrated().await;
        [House::at(&sqlite, folder).await, House::at(&postgres, tempfile::tempdir().unwrap()).await]
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
        House { db: Db::open(url).await.unwrap(), ledger, settler, gateway: FaultGateway::start().await, folder }
    }

    pub fn at_time(&self, local: &str) {
        let clock = &self.ledger.clock;
        let then: Timestamp = clock.zone().to_timestamp(local.parse().unwrap()).unwrap();
        clock.advance_ms(then.as_millisecond() - clock.now_ms());
    }

    pub fn settings(&self, base_url: &str, rate: &str) -> Settings {
        let (path, file) = (self.folder.path(), self.folder.path().join("lykt.toml"));
        std::fs::write(path.join("token"), AUTH_TOKEN).unwrap();
        let text = format!(
            "[organisation]\nname = \"Lykten\"\n[sending]\nanswer_within = \"1 second\"\n[gateways.{ACCOUNT}]\nkind = \"twilio\"\n\
             account_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"token\" }}\nfrom = \"+447700900999\"\n\
             rate = \"{rate}\"\nbase_url = \"{base_url}\"\n"
        );
        std::fs::write(&file, text).unwrap();
        Settings::load(&file).unwrap()
    }

    /// A new start of a sender.
    pub async fn sender(&self) -> Direct {
        self.sender_at(&self.gateway.base_url(), "1000/s").await
    }

    pub async fn sender_at(&self, base_url: &str, rate: &str) -> Direct {
        let accounts = Arc::new(Accounts::open(&self.settings(base_url, rate), &self.ledger.clock).unwrap());
        let fence = self.fence().await;
        Direct::new(self.db.clone(), self.settler.clone(), self.ledger.clone(), accounts, fence, 1_000)
    }

    async fn fence(&self) -> i64 {
        let mut tx = self.db.begin().await.unwrap();
        let fence = meta::next_fence(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        fence
    }

    /// Steps until nothing is under way; how many began.
    pub async fn drain(&self, sender: &mut Direct) -> usize {
        let mut began = sender.step().await.unwrap();
        while sender.settle_ended().await.unwrap() > 0 {
            sender.wait().await;
            began += sender.step().await.unwrap();
        }
        began
    }

    /// So long passes. A shared database has a steady clock of its own, which nobody moves: what it holds is moved back.
    pub async fn pass(&self, ms: i64) {
        self.ledger.clock.advance_ms(ms);
        if self.db.is_shared() {
            let mut tx = self.db.begin().await.unwrap();
            tx.run(sql("update direct set deadline = deadline - $1").bind(ms)).await.unwrap();
            tx.run(sql("update bucket set next_us = next_us - $1").bind(ms * 1_000)).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    /// One look of the reaper of a daemon that starts now.
    pub async fn reap(&self) {
        let fence = self.fence().await;
        let reaper = Reaper::new(self.db.clone(), self.settler.clone(), self.ledger.clock.clone(), fence);
        reaper.step().await.unwrap();
    }

    /// Somebody writes.
    pub async fn writes(&self, from: &str, text: &str) -> ReplyId {
        self.writes_to(from, text, None).await
    }

    /// Somebody answers this message of ours.
    pub async fn writes_to(&self, from: &str, text: &str, answers: Option<ProviderId>) -> ReplyId {
        let id = ProviderId::parse(&format!("SM{}", new_id::<ReplyId>().0.simple())).unwrap();
        self.hears(from, text, id, answers).await.unwrap()
    }

    /// The provider tells an answer under this id; whether it was news.
    pub async fn says(&self, from: &str, text: &str, id: ProviderId) -> bool {
        self.hears(from, text, id, None).await.is_some()
    }

    async fn hears(&self, from: &str, text: &str, id: ProviderId, answers: Option<ProviderId>) -> Option<ReplyId> {
        let reply = Reply {
            from: Address::new(from),
            to: Address::new("+447700900999"),
            text: Private::new(text.to_owned()),
            provider_id: id,
            media: 0,
            hint: None,
            also: None,
            answers,
            keyword: 0,
            written_at: None,
        };
        let mut tx = self.db.begin().await.unwrap();
        let id = lykt::inbox::receive(&self.ledger, &mut tx, ACCOUNT, &reply).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Somebody at the service presses the button.
    pub async fn press(&self, press: Press) -> Result<DirectId, Refused> {
        let mut tx = self.db.begin().await.unwrap();
        let ended = answer::answer(&self.ledger, &mut tx, press).await.unwrap();
        tx.commit().await.unwrap();
        ended.map(|direct| direct.id)
    }

    /// Amanda answers whoever just wrote.
    pub async fn answered(&self) -> DirectId {
        let reply = self.writes(PERSON, "hei").await;
        self.press(press(reply, "Amanda")).await.unwrap()
    }

    pub async fn row(&self, id: DirectId) -> Row {
        direct::get(&mut self.db.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    pub async fn state(&self, id: DirectId) -> (&'static str, Option<String>) {
        let row = self.row(id).await;
        (row.state.as_str(), row.reason)
    }

    /// The ledger's message entries of the person, and whether the cooldown runs.
    pub async fn ledger_of(&self, number: &str) -> (Vec<Touch>, bool) {
        let mut tx = self.db.read().await.unwrap();
        let contact = contact::find(&mut tx, &self.ledger.vault.blind(number)).await.unwrap().unwrap();
        let mut all = touch::history(&mut tx, &self.ledger.vault, contact.id).await.unwrap();
        all.retain(|entry| entry.kind == TouchKind::Message);
        (all, contact.contacted_at.is_some())
    }

    pub async fn says_no(&self, number: &str) {
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &Private::new(number.to_owned())).await.unwrap();
        self.ledger.opt_out(&mut tx, contact.id, NoSource::ByHand, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// What comes while somebody else's changes are not committed, and waits for them. On PostgreSQL.
    pub async fn meanwhile<F: Future>(&self, changes: Tx, comes: F) -> F::Output {
        let commits = async {
            while !self.somebody_waits().await {
                tokio::task::yield_now().await;
            }
            changes.commit().await.unwrap();
        };
        tokio::join!(comes, commits).0
    }

    /// Whether a lock is waited for. What PostgreSQL tells of its connections stands still in a transaction.
    async fn somebody_waits(&self) -> bool {
        let waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        self.db.read().await.unwrap().maybe(sql(waits)).await.unwrap().is_some()
    }

    pub async fn hear(&self, accept: &Accept, with_token: bool, status: ReceiptStatus, code: Option<u32>) {
        let news = Receipt {
            provider_id: ProviderId::parse(&accept.sid).unwrap(),
            token: accept.token.as_deref().filter(|_| with_token).and_then(Token::parse),
            status,
            code: code.map(Into::into),
            class: code.map(lykt::gateway::twilio::class_of),
            to: None,
        };
        let mut tx = self.db.begin().await.unwrap();
        self.settler.receipt(&mut tx, ACCOUNT, &news).await.unwrap();
        tx.commit().await.unwrap();
    }
}

pub fn press(reply: ReplyId, by: &str) -> Press {
    let text = Private::new("Hei! Kom innom i dag.".to_owned());
    Press { id: new_id(), reply, text, by: by.to_owned(), now: false }
}
