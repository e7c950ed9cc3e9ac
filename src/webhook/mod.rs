//! The door for providers: receives webhooks, keeps them sealed, and lets what they tell take effect before the 2xx.
//!
//! Verified before anything is read; stored, applied and committed, all of it or not answered with 2xx. Knows no provider's form and
//! writes no number, text or body to the log.

mod body;
mod caller;
mod due;
mod effects;
mod limits;
mod media;
mod news;
mod poll;
mod raw;
mod receive;
mod route;
mod server;
mod way_in;
mod writer;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;

use crate::gateway::Accounts;
use crate::inbox::Receipts;
use crate::ledger::Ledger;
use crate::outbox::Settler;
use crate::settings::Settings;
use crate::store::Db;
use effects::Effects;
pub use limits::Limits;
use media::Media;
pub use server::{serve, serve_within};
use way_in::WayIn;
use writer::{Job, Writer};

/// What takes in webhooks.
pub struct Webhooks {
    db: Db,
    ledger: Ledger,
    effects: Effects,
    accounts: Arc<Accounts>,
    public_url: String,
    media: Media,
    queue: mpsc::Sender<Job>,
    refused: AtomicU64,
    /// Webhooks to an address that no account has.
    astray: AtomicU64,
    failing: AtomicBool,
    /// Accounts whose list failed at the last poll.
    unlisted: Mutex<BTreeSet<String>>,
    way_in: Arc<WayIn>,
}

impl Webhooks {
    /// Takes in webhooks for these accounts; belongs in a runtime, where its writer runs.
    pub fn new(db: Db, ledger: Ledger, settler: Settler, accounts: Arc<Accounts>, settings: &Settings) -> Self {
        let effects = Effects { ledger: ledger.clone(), settler, receipts: Receipts::of(settings) };
        let way_in = Arc::<WayIn>::default();
        let writer = Writer { db: db.clone(), effects: effects.clone(), way_in: way_in.clone() };
        Self {
            db,
            ledger,
            effects,
            accounts,
            public_url: settings.server.public_url.trim_end_matches('/').to_owned(),
            media: Media::new(settings.path(&settings.campaigns.folder)),
            queue: writer.start(),
            refused: AtomicU64::new(0),
            astray: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            unlisted: Mutex::default(),
            way_in,
        }
    }
}
