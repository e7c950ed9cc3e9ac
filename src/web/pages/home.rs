//! The first page: where the day begins, for each role.

use axum::response::Redirect;

use crate::web::{Allow, Doors, Frame};

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/", Allow::SIGNED_IN, home)
}

async fn home(frame: Frame) -> Redirect {
    Redirect::to(frame.places().first().map_or("/sign-in", |place| place.path))
}
