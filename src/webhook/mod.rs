//! The door for providers: receives webhooks, keeps them sealed, and lets what they tell take effect before the 2xx.
//!
//! Verified before anything is read; stored, applied and committed in one transaction. Knows no provider's form and
//! writes no number, text or body to the log.

mod body;
mod due;
mod media;
mod raw;
mod receive;
mod route;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use tokio::sync::Semaphore;

use crate::gateway::{Accounts, Event};
use crate::inbox;
use crate::ledger::Ledger;
use crate::outbox::Settler;
use crate::settings::Settings;
use crate::store::{Db, DbError, Tx};
use media::Media;
pub use server::{Limits, serve, serve_within};

/// Webhooks that are worked on at the same time; the others wait for their turn.
const AT_ONCE: usize = 4;

/// What takes in webhooks.
pub struct Webhooks {
    db: Db,
    ledger: Ledger,
    settler: Settler,
    accounts: Arc<Accounts>,
    public_url: String,
    media: Media,
    turns: Semaphore,
    refused: AtomicU64,
    failing: AtomicBool,
}

impl Webhooks {
    /// Takes in webhooks for these accounts.
    pub fn new(db: Db, ledger: Ledger, settler: Settler, accounts: Arc<Accounts>, settings: &Settings) -> Self {
        Self {
            db,
            ledger,
            settler,
            accounts,
            public_url: settings.server.public_url.trim_end_matches('/').to_owned(),
            media: Media::new(settings.path(&settings.campaigns.folder)),
            turns: Semaphore::new(AT_ONCE),
            refused: AtomicU64::new(0),
            failing: AtomicBool::new(false),
        }
    }

    /// Lets one thing take effect that a provider told.
    async fn apply(&self, tx: &mut Tx, account: &str, event: &Event) -> Result<(), DbError> {
        match event {
            Event::Reply(reply) => inbox::receive(&self.ledger, tx, account, reply).await.map(drop),
            Event::Receipt(receipt) => self.settler.receipt(tx, account, receipt).await,
        }
    }
}
