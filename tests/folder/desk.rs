//! An installation with an approved campaign, and the parts of its daemon that look at the folder, stepped by hand.

use std::fs;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use lykt::campaign::folder::Folder;
use lykt::clock::Clock;
use lykt::daemon::folder::{Guard, Reader};
use lykt::domain::campaign::CampaignState;
use lykt::domain::lang::Lang;
use lykt::ledger::Ledger;
use lykt::settings::Settings;
use lykt::store::{Db, campaign, notice, sql};
use lykt::vault::{Keys, Vault};

use crate::fault_gateway::FaultGateway;
use crate::folder::house::{House, list};
use crate::support::postgres;

/// People in the campaign.
pub const PEOPLE: i64 = 6;
/// Longer than a save takes, and longer than a half-written file waits, in milliseconds.
pub const SAVED: i64 = 200;
pub const FINISHED: i64 = 2_000;

pub struct Desk {
    pub house: House,
    pub db: Db,
    pub ledger: Ledger,
}

impl Desk {
    /// On each database, with `vinter` approved and running.
    pub async fn both() -> [Desk; 2] {
        [Desk::on(None).await, Desk::on(Some(&postgres::migrated().await)).await]
    }

    pub async fn on(database: Option<&str>) -> Desk {
        Desk::saying(database, |text| text).await
    }

    /// The same with the campaign changed before it was approved.
    pub async fn saying(database: Option<&str>, change: impl Fn(String) -> String) -> Desk {
        let gateway = FaultGateway::start().await;
        let house = House::new(&gateway, &list(PEOPLE as usize).0, "1000/s", database);
        house.write("campaigns/media/a.gif", "GIF89a\x01\0\x01\0");
        let text = read(&house).replace("sender = \"Amanda\"\n", "sender = \"Amanda\"\nimage = \"media/a.gif\"\n");
        house.write("campaigns/media/noor.gif", "GIF89a\x03\0\x03\0");
        house.write("campaigns/vinter.toml", &change(text));
        house.approve();
        let settings = Settings::load(&house.root().join("lykt.toml")).unwrap();
        let vault = Arc::new(Vault::new(Keys::load(&house.root().join("lykt.keys")).unwrap()));
        let noon: Timestamp = "2026-12-01T12:00:00+01:00".parse().unwrap();
        let clock = Clock::manual(settings.organisation.timezone.clone(), noon);
        let ledger = Ledger {
            vault,
            clock,
            cooldown: settings.organisation.cooldown,
            region: lykt::domain::phone::Region::default(),
        };
        Desk { db: Db::open(&settings.database_url()).await.unwrap(), ledger, house }
    }

    /// The folder, with the settings as they are now.
    pub fn folder(&self) -> Arc<Folder> {
        Arc::new(Folder::named(&Settings::load(&self.house.root().join("lykt.toml")).unwrap()))
    }

    /// A guard as a daemon that starts now has it, after its first look.
    pub async fn guard(&self) -> Guard {
        let mut guard = Guard::new(self.db.clone(), self.ledger.clone(), self.folder(), Lang::En);
        guard.step().await.unwrap();
        guard
    }

    pub fn reader(&self) -> Reader {
        Reader::new(self.db.clone(), self.ledger.clone(), self.folder())
    }

    /// Looks, waits as long as a save takes, and looks again.
    pub async fn look(&self, guard: &mut Guard) -> (CampaignState, Option<String>) {
        guard.step().await.unwrap();
        self.ledger.clock.advance_ms(SAVED);
        guard.step().await.unwrap();
        self.state().await
    }

    /// Where `vinter` stands, and why.
    pub async fn state(&self) -> (CampaignState, Option<String>) {
        let mut tx = self.db.read().await.unwrap();
        let campaign = campaign::get(&mut tx, "vinter").await.unwrap().unwrap();
        (campaign.state, campaign.reason)
    }

    pub async fn becomes(&self, to: CampaignState) {
        let mut tx = self.db.begin().await.unwrap();
        assert!(campaign::move_state(&mut tx, "vinter", &CampaignState::ALL, to, None, 0).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Messages in the outbox.
    pub async fn messages(&self) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        tx.maybe(sql("select count(*) from message")).await.unwrap().unwrap().int(0).unwrap()
    }

    /// What staff were told, subject and text.
    pub async fn notices(&self) -> Vec<(String, String)> {
        let mut tx = self.db.read().await.unwrap();
        let all = notice::since(&mut tx, 0).await.unwrap();
        all.into_iter().map(|notice| (notice.subject, notice.body)).collect()
    }

    /// The campaign file.
    pub fn text(&self) -> String {
        read(&self.house)
    }

    pub fn write(&self, text: &str) {
        self.house.write("campaigns/vinter.toml", text);
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.house.root().join(path)).unwrap();
    }
}

fn read(house: &House) -> String {
    fs::read_to_string(house.root().join("campaigns/vinter.toml")).unwrap()
}

/// A log that a test reads; what this thread logs goes there for as long as the guard lives.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(move || log.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    /// What was logged since the last time.
    pub fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
