//! One's own account: new recovery codes, another password. The password is asked for again.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::sign_in::{Codes, later};
use crate::access::Own;
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Caller, Doors, Failure, Frame, House, Me};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/account", Allow::SIGNED_IN, show).post("/account/recovery", Allow::SIGNED_IN, recovery).post(
        "/account/password",
        Allow::SIGNED_IN,
        password,
    )
}

#[derive(Template)]
#[template(path = "account.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    left: i64,
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    password: String,
}

#[derive(Deserialize)]
struct Change {
    password: String,
    new: String,
    again: String,
}

async fn show(State(house): At, frame: Frame, me: Me) -> Result<Response, Failure> {
    account(&house, &frame, &me, None).await
}

async fn recovery(
    State(house): At,
    frame: Frame,
    me: Me,
    Caller(from): Caller,
    Form(asked): Form<Asked>,
) -> Result<Response, Failure> {
    match house.access.own_recovery(&me.0, &Private::new(asked.password), from).await? {
        Own::Done(codes) => page(&Codes { f: &frame, name: me.name(), next: "/account", codes, left: None }),
        other => refused(&house, &frame, &me, other).await,
    }
}

async fn password(
    State(house): At,
    frame: Frame,
    me: Me,
    Caller(from): Caller,
    Form(change): Form<Change>,
) -> Result<Response, Failure> {
    if change.new != change.again {
        let why = text!("The two new ones are not the same.", "De to nye er ikke like.");
        return account(&house, &frame, &me, Some((StatusCode::UNPROCESSABLE_ENTITY, why))).await;
    }
    let (password, new) = (Private::new(change.password), Private::new(change.new));
    match house.access.own_password(&me.0, (&password, &new), from).await? {
        Own::Done(()) => Ok(Redirect::to("/sign-in").into_response()),
        other => refused(&house, &frame, &me, other).await,
    }
}

async fn refused<T>(house: &House, frame: &Frame, me: &Me, why: Own<T>) -> Result<Response, Failure> {
    let unusable = StatusCode::UNPROCESSABLE_ENTITY;
    let why = match why {
        Own::Refused(why) => (unusable, why.text()),
        Own::Later(seconds) => (StatusCode::TOO_MANY_REQUESTS, later(seconds)),
        _ => (unusable, text!("That is not your password.", "Det er ikke passordet ditt.")),
    };
    account(house, frame, me, Some(why)).await
}

async fn account(
    house: &House,
    frame: &Frame,
    me: &Me,
    wrong: Option<(StatusCode, Text)>,
) -> Result<Response, Failure> {
    let left = house.access.recovery_left(me.0.user).await?;
    let said = wrong.as_ref().map(|(_, why)| frame.say(why));
    let mut response = page(&Page { f: frame, name: me.name(), left, wrong: said })?;
    if let Some((status, _)) = wrong {
        *response.status_mut() = status;
    }
    Ok(response)
}
