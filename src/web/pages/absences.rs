//! Who is away, and who stands in: everybody for themselves, coordinators for all.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::moment;
use crate::domain::role::Role;
use crate::store::Tx;
use crate::tasks::{Away, NotAway};
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/absences", Allow::STAFF, show).post("/absences", Allow::STAFF, add).post(
        "/absences/{id}/end",
        Allow::STAFF,
        end,
    )
}

/// Somebody is away.
struct Line {
    id: String,
    who: String,
    substitute: String,
    days: String,
    mine: bool,
}

#[derive(Template)]
#[template(path = "absences.html")]
struct Page<'a> {
    f: &'a Frame,
    me: &'a str,
    lines: Vec<Line>,
    /// Who may be said to be away.
    names: Vec<String>,
    /// Who may stand in.
    others: Vec<String>,
    today: String,
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct Written {
    who: String,
    substitute: String,
    from: String,
    until: String,
}

/// For whom who is signed in stands in today, as sentences.
pub(super) async fn notes(house: &House, tx: &mut Tx, frame: &Frame, me: &Me) -> Result<Vec<String>, Failure> {
    let today = house.ledger.clock.today();
    let away = house.tasks.stands_in_for(tx, me.name()).await?;
    let note = |who: &str, until: Date| {
        let (who, day) = (inert(who), moment::day(frame.lang, until, today));
        frame.say(&text!(
            "You stand in for {who}, away until {day}: what is meant for {who} is on your list.",
            "Du er stedfortreder for {who}, borte til {day}: det som er ment for {who}, står på listen din."
        ))
    };
    Ok(away.iter().map(|one| note(&one.who, one.until)).collect())
}

async fn show(State(house): At, frame: Frame, me: Me) -> Result<Response, Failure> {
    with(&house, &frame, &me, None).await
}

async fn with(house: &House, frame: &Frame, me: &Me, wrong: Option<Text>) -> Result<Response, Failure> {
    let leads = me.0.role == Role::Coordinator;
    let today = house.ledger.clock.today();
    let absences = house.tasks.absences(&mut house.db.read().await?).await?;
    let lines = absences.iter().map(|one| Line {
        id: one.id.to_string(),
        who: inert(&one.who),
        substitute: inert(&one.substitute),
        days: format!("{} – {}", moment::day(frame.lang, one.from, today), moment::day(frame.lang, one.until, today)),
        mine: leads || one.who == me.name(),
    });
    let works = house.access.users().await?.into_iter();
    let works = works.filter(|user| matches!(user.role, Role::Staff | Role::Coordinator) && user.disabled_at.is_none());
    let others: Vec<String> = works.map(|user| user.name).collect();
    let names = if leads { others.clone() } else { vec![me.name().to_owned()] };
    let refused = wrong.is_some();
    let mut response = page(&Page {
        f: frame,
        me: me.name(),
        lines: lines.collect(),
        names,
        others,
        today: today.to_string(),
        wrong: wrong.map(|wrong| frame.say(&wrong)),
    })?;
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

async fn add(State(house): At, frame: Frame, me: Me, Form(written): Form<Written>) -> Result<Response, Failure> {
    // Staff say it for themselves alone.
    let who = if me.0.role == Role::Coordinator { written.who.as_str() } else { me.name() };
    let day = |written: &str| written.trim().parse::<Date>().ok();
    let added = match (day(&written.from), day(&written.until)) {
        (Some(from), Some(until)) => {
            let mut tx = house.db.begin().await?;
            let away = Away { who, substitute: &written.substitute, from, until };
            let added = house.tasks.go_away(&mut tx, &away, Some(me.name())).await?;
            tx.commit().await?;
            added.map(drop)
        }
        _ => Err(NotAway::Days),
    };
    match added {
        Ok(()) => Ok(Redirect::to("/absences").into_response()),
        Err(why) => with(&house, &frame, &me, Some(why.explain())).await,
    }
}

async fn end(State(house): At, me: Me, Path(id): Path<String>) -> Result<Redirect, Failure> {
    let only = (me.0.role != Role::Coordinator).then(|| me.name());
    let mut tx = house.db.begin().await?;
    // What is not there any more is over.
    if house.tasks.come_back(&mut tx, &id, only).await?.is_ok() {
        tx.commit().await?;
    }
    Ok(Redirect::to("/absences"))
}
