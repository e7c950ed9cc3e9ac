//! The demo's own doors: a link that signs in one made-up person. Made by `lykt demo --web`, and by nothing else.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};

use crate::domain::private::Private;
use crate::web::cookie::Cookie;
use crate::web::{Allow, At, Doors, Failure};

/// The door; `keys` are pairs of a link's key and a session's cookie.
pub fn doors(doors: Doors, keys: Vec<(Private, Private)>) -> Doors {
    let keys = Arc::new(keys);
    doors.get("/demo/{key}", Allow::Anyone, move |house: At, key: Path<String>| sign_in(house, key, keys.clone()))
}

async fn sign_in(
    State(house): At,
    Path(key): Path<String>,
    keys: Arc<Vec<(Private, Private)>>,
) -> Result<Response, Failure> {
    let (_, cookie) = keys.iter().find(|(of, _)| *of.expose() == key).ok_or_else(Failure::missing)?;
    let cookie = Cookie::Session.set(Some(cookie), house.secure).map_err(|why| Failure::away(&why))?;
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to("/")).into_response())
}
