//! A house with a witness beside it: what a daemon does about backups, without the daemon.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lykt::backup::{self, Backup};
use lykt::gateway::Accounts;
use lykt::ledger::quarantine::{self, Quarantine, Why};
use lykt::settings::Settings;
use lykt::store::{Db, Tx};
use lykt::webhook::Webhooks;
use lykt::witness::{Mender, Witness};

use crate::keep::house::House;
use crate::support::postgres;

/// A start of a daemon, as far as it concerns the witness.
pub struct Start {
    pub witness: Arc<Witness>,
    pub mender: Mender,
    pub webhooks: Webhooks,
    pub fence: i64,
}

pub fn settings(house: &House) -> Settings {
    house.settings(&house.gateway.base_url(), "1000000/s", "")
}

pub async fn start(house: &House) -> Start {
    start_as(house, settings(house)).await
}

pub async fn start_as(house: &House, settings: Settings) -> Start {
    let accounts = Arc::new(Accounts::open(&settings, house.clock()).unwrap());
    let (db, ledger, settler) = (house.db.clone(), house.ledger.clone(), house.settler.clone());
    let (witness, fence) = Witness::start(&db, &ledger, &settings).await.unwrap();
    let witness = Arc::new(witness);
    let mender = Mender::new(db.clone(), ledger.clone(), settler.clone(), accounts.clone(), witness.clone());
    Start { witness, mender, webhooks: Webhooks::new(db, ledger, settler, accounts, &settings), fence }
}

pub async fn held(house: &House) -> Option<Quarantine> {
    quarantine::get(&mut house.db.read().await.unwrap()).await.unwrap()
}

pub async fn why(house: &House) -> Option<Why> {
    held(house).await.map(|held| held.why)
}

/// Writes a backup of the house.
pub async fn back_up(house: &House, to: &Path) -> PathBuf {
    let to = to.join("one.lyktbackup");
    backup::write(&house.db, &house.ledger.vault, house.clock(), &to, &mut |_, _| {}).await.unwrap();
    to
}

/// Loses the database, and puts a backup into a new one of the same kind.
pub async fn lose_and_restore(house: &mut House, file: &Path, folder: &Path) {
    let url = match house.db.is_shared() {
        true => new_postgres().await,
        false => format!("sqlite:{}", folder.join("restored.db").display()),
    };
    house.db.close().await;
    restore(house, file, &url).await;
    house.db = Db::open(&url).await.unwrap();
}

pub async fn new_postgres() -> String {
    postgres::migrated().await
}

pub async fn restore(house: &House, file: &Path, url: &str) {
    let found: Backup = backup::look(&house.ledger.vault, file).unwrap();
    let held = Quarantine::new(Why::Restored, found.head.at, house.clock().now_ms());
    let mark = async |tx: &mut Tx| quarantine::begin(tx, held).await.map(drop);
    found.restore(&house.ledger.vault, url, mark, &mut |_, _| {}).await.unwrap();
}
