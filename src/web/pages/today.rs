//! Today: what is mine, what anybody may take, and one large "next call".

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::absences;
use super::debrief::{self, Asked};
use super::recurring::{self, Recurring};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::handle::{kind_of, masked};
use crate::domain::id::TaskId;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::moment;
use crate::domain::role::Role;
use crate::store::contact;
use crate::tasks::{Day, Entry, Refusal};
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me, person};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/today", Allow::CONTACTS, show).post("/today/next", Allow::CONTACTS, next).post(
        "/tasks/{id}/take",
        Allow::CONTACTS,
        take,
    )
}

/// A line of the list.
struct Line {
    id: String,
    whom: String,
    language: String,
    what: String,
    why: String,
    due: String,
    overdue: bool,
    held: Option<String>,
}

#[derive(Template)]
#[template(path = "today.html")]
struct Page<'a> {
    f: &'a Frame,
    day: String,
    mine: Vec<Line>,
    pool: Vec<Line>,
    routines: Vec<Recurring>,
    recurred: Vec<Recurring>,
    debrief: Option<Asked>,
    /// For whom they stand in.
    away: Vec<String>,
    peer: bool,
    coordinates: bool,
    /// Whether there is a page of routines for them.
    recurs: bool,
    /// Whether something on the list is to be written, so that the next one may be no call.
    by_hand: bool,
    figures: &'a Day,
    page: i64,
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct Where {
    #[serde(default)]
    page: i64,
}

async fn show(State(house): At, frame: Frame, me: Me, Query(at): Query<Where>) -> Result<Response, Failure> {
    today(&house, &frame, &me, at.page, None).await
}

/// The page, with what went wrong on top.
pub(super) async fn today(
    house: &House,
    frame: &Frame,
    me: &Me,
    at: i64,
    wrong: Option<Text>,
) -> Result<Response, Failure> {
    let at = at.clamp(0, 10_000);
    let peer = me.0.role == Role::Peer;
    let mut tx = house.db.read().await?;
    let day = house.tasks.day(&mut tx, me.name(), (!peer).then_some(at)).await?;
    let people: Vec<_> = day.mine.iter().chain(&day.pool).map(|entry| entry.task.contact).collect();
    let names = contact::names(&mut tx, &house.ledger.vault, &people).await?;
    let mut held = Vec::new();
    for entry in &day.mine {
        held.push(house.tasks.held_for(&mut tx, &entry.task).await?);
    }
    let routines = recurring::open(house, &mut tx, frame, me).await?;
    let recurred = recurring::done(house, &mut tx, frame, me).await?;
    let debrief = debrief::asked(house, &mut tx, frame, me).await?;
    let away = absences::notes(house, &mut tx, frame, me).await?;
    drop(tx);
    let many = i64::try_from(people.len()).ok();
    house.ledger.book().note_alone(&house.db, Act::TasksListed, On::Nothing, many).await?;
    let line = |entry: &Entry, left: Option<i64>| Line {
        id: entry.task.id.to_string(),
        whom: names.get(&entry.task.contact).map(|address| masked(address.expose())).unwrap_or_default(),
        language: inert(entry.task.language.as_deref().unwrap_or_default()),
        what: what(frame, entry, names.get(&entry.task.contact).map(|address| kind_of(address.expose()))),
        why: frame.say(&entry.why),
        due: due(frame, entry),
        overdue: entry.overdue_days > 0,
        held: left.map(|left| person::lease(house, frame.lang, left)),
    };
    let today = house.ledger.clock.today();
    let mut response = page(&Page {
        f: frame,
        day: moment::day(frame.lang, today, today),
        mine: day.mine.iter().zip(held).map(|(entry, left)| line(entry, left)).collect(),
        pool: day.pool.iter().map(|entry| line(entry, None)).collect(),
        routines,
        recurred,
        debrief,
        away,
        peer,
        recurs: !peer && !house.routines.shelf.look().entries.is_empty(),
        coordinates: me.0.role == Role::Coordinator,
        by_hand: day.mine.iter().chain(&day.pool).any(|entry| entry.task.is_by_hand()),
        figures: &day,
        page: at,
        wrong: wrong.as_ref().map(|wrong| frame.say(wrong)),
    })?;
    if wrong.is_some() {
        *response.status_mut() = StatusCode::CONFLICT;
    }
    Ok(response)
}

/// What is to be done, in a few words.
fn what(frame: &Frame, entry: &Entry, place: Option<&str>) -> String {
    let kind = match (entry.task.kind.as_str(), place) {
        ("call", _) => frame.t("Call", "Ring").to_owned(),
        ("manual", Some("phone")) => frame.t("Write on the phone", "Skriv på telefonen").to_owned(),
        ("manual", Some(platform)) => format!("{} {}", frame.t("Write on", "Skriv på"), inert(platform)),
        ("manual", None) => frame.t("Write", "Skriv").to_owned(),
        (other, _) => other.to_owned(),
    };
    let whole = match &entry.task.campaign {
        Some(campaign) => format!("{kind} · {campaign}"),
        None => kind,
    };
    if whole.chars().count() < 40 { whole } else { whole.chars().take(38).chain(['…']).collect() }
}

fn due(frame: &Frame, entry: &Entry) -> String {
    match entry.overdue_days {
        0 => frame.t("today", "i dag").to_owned(),
        1 => frame.t("since yesterday", "siden i går").to_owned(),
        n if frame.tag() == "nb" => format!("{n} dager over fristen"),
        n => format!("{n} days overdue"),
    }
}

/// The call they hold already, else the next free one.
async fn next(State(house): At, frame: Frame, me: Me) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    if let Some(why) = person::may_begin(&house, &mut tx).await? {
        return today(&house, &frame, &me, 0, Some(why)).await;
    }
    let peer = me.0.role == Role::Peer;
    let day = house.tasks.day(&mut tx, me.name(), None).await?;
    drop(tx);
    if let Some(held) = day.mine.iter().find(|entry| entry.task.claimed_by.as_deref() == Some(me.name())) {
        return Ok(card(held.task.id));
    }
    match house.tasks.next_of(&house.db, me.name(), !peer).await? {
        Ok(claim) => take_now(&house, &frame, &me, claim.task.id).await,
        Err(refusal) => refuse(&house, &frame, &me, &refusal).await,
    }
}

async fn take(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let mut tx = house.db.read().await?;
    person::task(&mut tx, &me, id).await?;
    if let Some(why) = person::may_begin(&house, &mut tx).await? {
        return today(&house, &frame, &me, 0, Some(why)).await;
    }
    drop(tx);
    take_now(&house, &frame, &me, id).await
}

async fn take_now(house: &House, frame: &Frame, me: &Me, id: TaskId) -> Result<Response, Failure> {
    let mut tx = house.db.begin().await?;
    match house.tasks.take(&mut tx, id, me.name()).await? {
        Ok(_) => {
            tx.commit().await?;
            Ok(card(id))
        }
        Err(refusal) => {
            drop(tx);
            refuse(house, frame, me, &refusal).await
        }
    }
}

async fn refuse(house: &House, frame: &Frame, me: &Me, refusal: &Refusal) -> Result<Response, Failure> {
    today(house, frame, me, 0, Some(person::refusal(house, refusal))).await
}

fn card(id: TaskId) -> Response {
    Redirect::to(&format!("/tasks/{id}")).into_response()
}
