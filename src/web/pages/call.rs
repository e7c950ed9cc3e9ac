//! The call card: to who holds the call its number and what to say; to everybody what happened before.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::near::{self, Asked, Near};
use super::saved::{Saved, saved};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::handle::masked;
use crate::domain::id::TaskId;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::moment;
use crate::domain::outcome::Outcome;
use crate::domain::role::Role;
use crate::store::task::{Task, TaskState};
use crate::store::{DbError, Tx, contact};
use crate::tasks::{Refusal, Snooze};
use crate::text;
use crate::web::frame::page;
use crate::web::person::{self, Happened};
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/tasks/{id}", Allow::CONTACTS, show)
        .post("/tasks/{id}/number", Allow::CONTACTS, number)
        .post("/tasks/{id}/release", Allow::CONTACTS, release)
        .post("/tasks/{id}/snooze", Allow::CONTACTS, snooze)
        .post("/tasks/{id}/hand-over", Allow::CONTACTS, hand_over)
}

/// An address, to be rung where it is a number.
struct Line {
    shown: String,
    tel: Option<String>,
}

/// A choice: its word, its key on the keyboard, and what it is called.
struct Choice {
    word: &'static str,
    key: String,
    name: String,
}

#[derive(Template)]
#[template(path = "call.html")]
struct Card<'a> {
    f: &'a Frame,
    id: TaskId,
    contact: String,
    whom: String,
    lines: Vec<Line>,
    shown: bool,
    held: bool,
    free: bool,
    holder: Option<String>,
    lease: String,
    why: String,
    campaign: String,
    language: String,
    due: String,
    confidential: Option<&'static str>,
    script: Option<String>,
    copy: Option<String>,
    /// The address of the picture that goes with it.
    picture: Option<String>,
    by_hand: bool,
    outcomes: Vec<Choice>,
    snoozes: Vec<(&'static str, String)>,
    colleagues: Vec<String>,
    saved: Option<Saved>,
    story: Vec<Happened>,
    near: Option<Near>,
    wrong: Option<String>,
}

async fn show(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    whole(&house, &frame, &me, person::id(&id)?, None, &asked.near).await
}

/// The card, with what went wrong on top.
pub(super) async fn card(
    house: &House,
    frame: &Frame,
    me: &Me,
    id: TaskId,
    wrong: Option<Text>,
) -> Result<Response, Failure> {
    whole(house, frame, me, id, wrong, "").await
}

async fn whole(
    house: &House,
    frame: &Frame,
    me: &Me,
    id: TaskId,
    wrong: Option<Text>,
    place: &str,
) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    let task = person::task(&mut tx, me, id).await?;
    let left = house.tasks.held_for(&mut tx, &task).await?;
    let held = left.is_some() && task.claimed_by.as_deref() == Some(me.name());
    // Who holds it and must not call any more sees why, and no number.
    let mut wrong = wrong;
    let may_call = match held {
        true => match house.tasks.holds(&mut tx, id, me.name()).await? {
            Ok(_) => true,
            Err(refusal) => {
                wrong.get_or_insert_with(|| person::refusal(house, &refusal));
                false
            }
        },
        false => false,
    };
    let shown = may_call && house.tasks.was_shown(&mut tx, &task, me.name()).await?;
    let entry = house.tasks.entry(&mut tx, task.clone()).await?;
    let by_hand = task.is_by_hand();
    let script = house.tasks.script(&mut tx, &house.voice, &task).await?;
    let (script, copy) = if by_hand { (None, script.filter(|_| may_call)) } else { (script, None) };
    let picture = if may_call { house.tasks.picture(&mut tx, &task).await? } else { None };
    let picture = picture.map(|image| format!("/media/{}", image.public_name()));
    let peer = me.0.role == Role::Peer;
    let outcomes = Outcome::of(&task.kind).iter().enumerate().map(|(n, outcome)| Choice {
        word: outcome.as_str(),
        key: ((n + 1) % 10).to_string(),
        name: frame.say(&outcome.text()),
    });
    let mine = house.tasks.is_meant_for(&mut tx, task.owner.as_deref(), me.name()).await?;
    let open = task.state.is_open() && task.state != TaskState::Planned;
    let story = person::story(house, &mut tx, frame, task.contact).await?;
    let response = Card {
        f: frame,
        id,
        contact: task.contact.to_string(),
        whom: person::name(house, &mut tx, task.contact).await?,
        lines: lines(house, &mut tx, &task, shown).await?,
        shown,
        held,
        free: open && left.is_none() && mine,
        holder: task.claimed_by.clone().filter(|_| left.is_some() && !held).or(task.owner.clone().filter(|_| !mine)),
        lease: left.map(|left| person::lease(house, frame.lang, left)).unwrap_or_default(),
        why: frame.say(&entry.why),
        campaign: inert(task.campaign.as_deref().unwrap_or_default()),
        language: inert(task.language.as_deref().unwrap_or_default()),
        due: person::when(house, frame, task.due_at),
        by_hand,
        confidential: (peer && !by_hand).then(|| confidential(task.language.as_deref())),
        script,
        copy,
        picture,
        outcomes: outcomes.collect(),
        snoozes: house.tasks.snoozes(task.lapses_at).into_iter().map(|(s, at)| offer(house, frame, s, at)).collect(),
        colleagues: if held { colleagues(house).await? } else { Vec::new() },
        saved: if held { None } else { saved(house, &mut tx, frame, me, &task).await? },
        story,
        near: near::of(house, &mut tx, frame, task.contact, (format!("/tasks/{id}"), place)).await?,
        wrong: wrong.as_ref().map(|wrong| frame.say(wrong)),
    };
    drop(tx);
    house.ledger.book().note_alone(&house.db, Act::TaskOpened, On::Task(id), None).await?;
    let mut answer = page(&response)?;
    if wrong.is_some() && !frame.asked {
        *answer.status_mut() = StatusCode::CONFLICT;
    }
    Ok(answer)
}

/// Who works with contacts, by name.
async fn colleagues(house: &House) -> Result<Vec<String>, DbError> {
    let users = house.access.users().await?;
    let works = users
        .into_iter()
        .filter(|user| !matches!(user.role, Role::Admin | Role::Auditor) && user.disabled_at.is_none());
    Ok(works.map(|user| user.name).collect())
}

/// What a peer says first, in the language of the script.
fn confidential(language: Option<&str>) -> &'static str {
    match language {
        Some("nb" | "nn" | "no" | "da" | "sv") | None => "Alt du får vite, blir mellom dere og tjenesten.",
        Some(_) => "Everything you are told stays between the two of you and the service.",
    }
}

async fn lines(house: &House, tx: &mut Tx, task: &Task, shown: bool) -> Result<Vec<Line>, DbError> {
    let addresses = contact::addresses(tx, &house.ledger.vault, task.contact).await?;
    let line = |address: &String| {
        if shown {
            Line { shown: inert(address), tel: address.starts_with('+').then(|| address.clone()) }
        } else {
            Line { shown: masked(address), tel: None }
        }
    };
    Ok(addresses.iter().map(|address| line(address.expose())).collect())
}

fn offer(house: &House, frame: &Frame, snooze: Snooze, at: jiff::Timestamp) -> (&'static str, String) {
    let zone = house.ledger.clock.zone();
    let (now, then) = (house.ledger.clock.today(), zone.to_datetime(at));
    let name = match snooze {
        Snooze::HalfHour => text!("in 30 minutes", "om 30 minutter"),
        Snooze::Afternoon => text!("this afternoon", "i ettermiddag"),
        Snooze::Tomorrow => text!("the next working day", "neste virkedag"),
    };
    let time = if then.date() == now {
        moment::time(frame.lang, then.time())
    } else {
        moment::moment(frame.lang, at.as_millisecond(), zone, now)
    };
    (snooze.as_str(), format!("{}, {time}", frame.say(&name)))
}

async fn number(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = seen(&house, &me, &id).await?;
    let mut tx = house.db.begin().await?;
    if let Some(why) = person::may_begin(&house, &mut tx).await? {
        drop(tx);
        return card(&house, &frame, &me, id, Some(why)).await;
    }
    let done = house.tasks.reveal(&mut tx, id, me.name()).await?.map(drop);
    finish(&house, &frame, &me, id, tx, done, &format!("/tasks/{id}")).await
}

async fn release(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = seen(&house, &me, &id).await?;
    let mut tx = house.db.begin().await?;
    let done = house.tasks.release(&mut tx, id, me.name()).await?;
    finish(&house, &frame, &me, id, tx, done, "/today").await
}

#[derive(Deserialize)]
struct Wait {
    until: String,
}

async fn snooze(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Form(wait): Form<Wait>,
) -> Result<Response, Failure> {
    let id = seen(&house, &me, &id).await?;
    let snooze = Snooze::parse(&wait.until).ok_or_else(Failure::missing)?;
    let mut tx = house.db.begin().await?;
    let done = house.tasks.snooze(&mut tx, id, me.name(), snooze).await?.map(drop);
    finish(&house, &frame, &me, id, tx, done, "/today").await
}

#[derive(Deserialize)]
struct Colleague {
    to: String,
}

async fn hand_over(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Form(colleague): Form<Colleague>,
) -> Result<Response, Failure> {
    let id = seen(&house, &me, &id).await?;
    let to = colleague.to.trim().to_lowercase();
    let Some(to) = colleagues(&house).await?.into_iter().find(|name| name.to_lowercase() == to) else {
        let why = text!(
            "Nobody who works with contacts has this name: choose a colleague from the list.",
            "Ingen som arbeider med kontakter, har dette navnet: velg en kollega fra listen."
        );
        return card(&house, &frame, &me, id, Some(why)).await;
    };
    let mut tx = house.db.begin().await?;
    let coordinates = me.0.role == Role::Coordinator;
    let done = house.tasks.hand_over(&mut tx, id, me.name(), &to, coordinates).await?;
    finish(&house, &frame, &me, id, tx, done, "/today").await
}

/// The id of a task that this person may see.
pub(super) async fn seen(house: &House, me: &Me, id: &str) -> Result<TaskId, Failure> {
    let mut tx = house.db.read().await?;
    Ok(person::task(&mut tx, me, person::id(id)?).await?.id)
}

/// Keeps what was done and goes on, or says on the card why it was not.
async fn finish(
    house: &House,
    frame: &Frame,
    me: &Me,
    id: TaskId,
    tx: Tx,
    done: Result<(), Refusal>,
    on: &str,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(on).into_response())
        }
        Err(refusal) => {
            drop(tx);
            card(house, frame, me, id, Some(person::refusal(house, &refusal))).await
        }
    }
}
