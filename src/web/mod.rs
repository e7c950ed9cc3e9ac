//! The pages for staff and coordinators, and the API for the system next door; served from our own binary alone.
//!
//! Every address is a door of [`Doors`] with who may come through it; a page shows what the rooms before it know and
//! decide, and holds no rule of its own. A number stands on no page that was not asked for it, and in no address.

mod allow;
mod api;
mod assets;
mod blocking;
mod caller;
mod cookie;
mod doors;
mod failure;
mod frame;
mod guard;
mod house;
mod pages;
mod partner;
mod person;
mod picture;
mod presses;
mod way_back;

use std::sync::Arc;

use axum::Router;

use crate::domain::private::Private;
pub use allow::Allow;
use blocking::blocking;
pub use caller::Caller;
pub use doors::{Door, Doors};
pub use failure::Failure;
pub use frame::{Frame, Me};
pub use house::{At, House};
pub use pages::campaigns::Planning;
pub use pages::lists::Readings;
pub use presses::Presses;

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
    let doors = Doors::default().get("/assets/{version}/{name}", Allow::Anyone, assets::asset);
    let doors = partner::doors(pages::doors(doors));
    api::doors(doors)
}
