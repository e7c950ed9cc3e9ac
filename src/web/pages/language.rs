//! Choosing the language of the pages.

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::lang::Lang;
use crate::domain::private::Private;
use crate::web::cookie::Cookie;
use crate::web::way_back::inside;
use crate::web::{Allow, At, Doors, Failure, Frame};

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.post("/language", Allow::Anyone, choose)
}

#[derive(Deserialize)]
struct Choice {
    lang: String,
    back: String,
}

async fn choose(State(house): At, frame: Frame, Form(choice): Form<Choice>) -> Result<Response, Failure> {
    let lang = Lang::parse(&choice.lang).unwrap_or_default();
    if let Some(visitor) = &frame.visitor {
        house.access.set_lang(visitor.user, lang).await?;
    }
    let value = Private::new(Frame { lang, ..Frame::default() }.tag().to_owned());
    let cookie = Cookie::Lang.set(Some(&value), house.secure).map_err(|why| Failure::away(&why))?;
    let back = inside(&choice.back).unwrap_or("/").to_owned();
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&back)).into_response())
}
