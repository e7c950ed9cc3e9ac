//! What the pages work with, made from the settings once.

use std::sync::Arc;

use tracing::error;

use super::pages::campaigns::Planning;
use super::pages::lists::Readings;
use super::presses::Presses;
use crate::access::Access;
use crate::campaign::directory::Directory;
use crate::counting::Counting;
use crate::ledger::Ledger;
use crate::market::Market;
use crate::partner::{PartnerError, Partners};
use crate::settings::Settings;
use crate::store::Db;
use crate::tasks::routine::Routines;
use crate::tasks::{Tasks, Voice};

/// The rooms before this one, as a handler reaches them.
pub struct House {
    /// The organisation's settings.
    pub settings: Settings,
    /// The database.
    pub db: Db,
    /// What happened with whom.
    pub ledger: Ledger,
    /// What people at the service must do.
    pub tasks: Tasks,
    /// What recurs.
    pub routines: Routines,
    /// What came of it.
    pub counting: Counting,
    /// How many ads there are, and what the group answers.
    pub market: Market,
    /// What is offered where.
    pub directory: Directory,
    /// How scripts are spoken.
    pub voice: Voice,
    /// Who may come in.
    pub access: Access,
    /// Plans that are being made.
    pub planning: Planning,
    /// How lists were understood.
    pub readings: Readings,
    /// Forms that were sent lately.
    pub presses: Presses,
    /// Other organisations, or why they cannot be worked with.
    pub partners: Result<Partners, PartnerError>,
    /// Whether browsers come over HTTPS, so that cookies need it too.
    pub(super) secure: bool,
}

/// The house, as handlers get it.
pub type At = axum::extract::State<Arc<House>>;

impl House {
    /// The house with these settings.
    pub fn new(settings: Settings, db: Db, ledger: Ledger) -> Self {
        Self {
            tasks: Tasks::of(ledger.clone(), &settings),
            routines: Routines::of(ledger.clone(), &settings),
            counting: Counting::of(&ledger, &settings),
            market: Market::of(ledger.clone(), &settings),
            directory: Directory::of(&settings),
            voice: Voice::of(&settings),
            access: Access::new(db.clone(), ledger.clone(), &settings),
            planning: Planning::default(),
            readings: Readings::default(),
            presses: Presses::default(),
            partners: Partners::open(&settings)
                .inspect_err(|why| error!(error = %why, "partners are neither asked nor answered")),
            secure: settings.server.public_url.starts_with("https:"),
            settings,
            db,
            ledger,
        }
    }
}
