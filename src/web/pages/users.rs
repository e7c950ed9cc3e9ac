//! Who works here, for administrators: added, given a role, a password, a new telephone; the door closed and opened.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::access::{Refusal, User};
use crate::domain::private::Private;
use crate::domain::role::Role;
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/users", Allow::ADMIN, show).post("/users", Allow::ADMIN, add).post(
        "/users/{id}/{order}",
        Allow::ADMIN,
        change,
    )
}

/// Somebody, as a row.
struct Row {
    id: String,
    name: String,
    role: &'static str,
    role_name: String,
    confirmed: bool,
    disabled: bool,
    own: bool,
    /// Whether the door is closed and something of theirs waits.
    left: bool,
}

#[derive(Template)]
#[template(path = "users.html")]
struct Page<'a> {
    f: &'a Frame,
    users: Vec<Row>,
    roles: Vec<(&'static str, String)>,
    wrong: Option<String>,
    /// A password that was drawn, and for whom; shown this once.
    drawn: Option<(String, Private)>,
}

#[derive(Deserialize)]
struct New {
    name: String,
    role: String,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    role: String,
}

async fn show(State(house): At, frame: Frame) -> Result<Response, Failure> {
    list(&house, &frame, None, None).await
}

async fn add(State(house): At, frame: Frame, me: Me, Form(new): Form<New>) -> Result<Response, Failure> {
    let role = role(&new.role)?;
    match house.access.add(&new.name, role, None, Some(me.name())).await? {
        Ok(added) => list(&house, &frame, None, added.drawn.map(|drawn| (added.user.name, drawn))).await,
        Err(why) => refused(&house, &frame, &why).await,
    }
}

async fn change(
    State(house): At,
    frame: Frame,
    me: Me,
    Path((id, order)): Path<(String, String)>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Failure> {
    let user = find(&house, &id).await?;
    let (access, by) = (&house.access, Some(me.name()));
    if user.id == me.0.user && order != "password" {
        let why = text!(
            "Nobody changes their own role, telephone or door: ask another administrator.",
            "Ingen endrer sin egen rolle, telefon eller dør: spør en annen administrator."
        );
        return answer(StatusCode::CONFLICT, list(&house, &frame, Some(frame.say(&why)), None).await?);
    }
    let done = match order.as_str() {
        "role" => access.set_role(&user.name, role(&wanted.role)?, by).await?.map(drop),
        "factor" => access.reset_factor(&user.name, by).await?.map(drop),
        "disable" => access.disable(&user.name, by).await?.map(drop),
        "enable" => access.enable(&user.name, by).await?.map(drop),
        "password" => match access.set_password(&user.name, None, by).await? {
            Ok(added) => return list(&house, &frame, None, added.drawn.map(|drawn| (added.user.name, drawn))).await,
            Err(why) => Err(why),
        },
        _ => return Err(Failure::missing()),
    };
    match done {
        Ok(()) => Ok(Redirect::to("/users").into_response()),
        Err(why) => refused(&house, &frame, &why).await,
    }
}

fn role(word: &str) -> Result<Role, Failure> {
    Role::parse(word).ok_or_else(|| Failure::bad(text!("Choose a role from the list.", "Velg en rolle fra listen.")))
}

async fn find(house: &House, id: &str) -> Result<User, Failure> {
    let users = house.access.users().await?;
    users.into_iter().find(|user| user.id.to_string() == id).ok_or_else(Failure::missing)
}

async fn refused(house: &House, frame: &Frame, why: &Refusal) -> Result<Response, Failure> {
    answer(StatusCode::UNPROCESSABLE_ENTITY, list(house, frame, Some(frame.say(&why.text())), None).await?)
}

fn answer(status: StatusCode, mut response: Response) -> Result<Response, Failure> {
    *response.status_mut() = status;
    Ok(response)
}

async fn list(
    house: &House,
    frame: &Frame,
    wrong: Option<String>,
    drawn: Option<(String, Private)>,
) -> Result<Response, Failure> {
    let own = frame.visitor.as_ref().map(|visitor| visitor.user);
    let users = house.access.users().await?;
    let mut left = Vec::new();
    let mut tx = house.db.read().await?;
    for user in users.iter().filter(|user| user.disabled_at.is_some()) {
        if !house.tasks.in_hand(&mut tx, &user.name).await?.is_empty() {
            left.push(user.id);
        }
    }
    drop(tx);
    let row = |user: User| Row {
        left: left.contains(&user.id),
        id: user.id.to_string(),
        role: user.role.as_str(),
        role_name: frame.say(&user.role.text()),
        confirmed: user.factor_confirmed,
        disabled: user.disabled_at.is_some(),
        own: own == Some(user.id),
        name: user.name,
    };
    let users = users.into_iter().map(row).collect();
    let roles = Role::ALL.map(|role| (role.as_str(), frame.say(&role.text()))).into();
    page(&Page { f: frame, users, roles, wrong, drawn })
}
