//! The pages for staff and coordinators, and the API for the system next door; served from our own binary alone.
//!
//! Every address is a door of [`Doors`] with who may come through it; a page shows what the rooms before it know and
//! decide, and holds no rule of its own. A number stands on no page that was not asked for it, and in no address.

mod api;
mod assets;
mod cookie;
mod doors;
mod failure;
mod frame;
mod guard;
mod pages;
mod partner;
mod person;
mod picture;
mod presses;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tracing::error;

use crate::access::Access;
use crate::campaign::directory::Directory;
use crate::counting::Counting;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::market::Market;
use crate::partner::{PartnerError, Partners};
use crate::settings::Settings;
use crate::store::Db;
use crate::tasks::routine::Routines;
use crate::tasks::{Tasks, Voice};
pub use doors::{Allow, Door, Doors};
pub use failure::Failure;
pub use frame::{Frame, Me};
pub use pages::campaigns::Planning;
pub use pages::lists::Readings;
pub use presses::Presses;

/// What the pages work with.
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
    secure: bool,
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

/// Everything that can be asked for, to be served beside the webhooks.
pub fn router(house: House) -> Router {
    let house = Arc::new(house);
    doors().open(&house)
}

/// The same, with doors for the demo alone: each key signs in whoever its session belongs to.
pub fn router_with_keys(house: House, keys: Vec<(Private, Private)>) -> Router {
    let house = Arc::new(house);
    pages::demo::doors(doors(), keys).open(&house)
}

/// Every door of the house.
pub fn doors() -> Doors {
    let doors = Doors::default();
    let doors = assets::doors(doors);
    let doors = partner::doors(pages::doors(doors));
    api::doors(doors)
}

/// Work that reads files, apart from what answers others.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|why| Failure::away(&why))
}

/// Who calls, also from behind a proxy on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().copied()))
    }
}
