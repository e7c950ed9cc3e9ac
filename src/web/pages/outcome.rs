//! How a call went: what an outcome leads to is shown before it is saved, and it can be taken back.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::call::{card, seen};
use crate::domain::id::TaskId;
use crate::domain::lang::Text;
use crate::domain::language;
use crate::domain::outcome::Outcome;
use crate::domain::private::Private;
use crate::ledger::health::reads_like_record;
use crate::tasks::{Registered, when};
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me, person};

/// A note longer than this is no note.
const NOTE: usize = 10_000;

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/tasks/{id}/outcome/{word}", Allow::CONTACTS, ask)
        .post("/tasks/{id}/outcome/{word}", Allow::CONTACTS, save)
        .post("/tasks/{id}/undo", Allow::CONTACTS, undo)
}

/// What a person tells of a call.
#[derive(Default, Deserialize)]
struct Told {
    #[serde(default)]
    at: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    heavy: Option<String>,
    #[serde(default)]
    insist: Option<String>,
}

#[derive(Template)]
#[template(path = "ending.html")]
struct Ending<'a> {
    f: &'a Frame,
    id: TaskId,
    word: &'static str,
    name: String,
    leads_to: String,
    time: bool,
    time_needed: bool,
    other_language: bool,
    danger: bool,
    told: &'a Told,
    record: Option<String>,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "outcome.html")]
struct Page<'a> {
    f: &'a Frame,
    id: TaskId,
    ending: String,
}

async fn ask(
    State(house): At,
    frame: Frame,
    me: Me,
    Path((id, word)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let id = seen(&house, &me, &id).await?;
    let outcome = Outcome::parse(&word).ok_or_else(Failure::missing)?;
    ending(&frame, id, outcome, &Told::default(), None, None)
}

/// The form: what the outcome leads to, and what else there is to tell. A part of the card, or a page of its own.
fn ending(
    frame: &Frame,
    id: TaskId,
    outcome: Outcome,
    told: &Told,
    record: Option<String>,
    wrong: Option<Text>,
) -> Result<Response, Failure> {
    let form = Ending {
        f: frame,
        id,
        word: outcome.as_str(),
        name: frame.say(&outcome.text()),
        leads_to: person::sentence(&frame.say(&outcome.leads_to())),
        time: matches!(outcome, Outcome::CallLater | Outcome::WantsVisit),
        time_needed: outcome == Outcome::CallLater,
        other_language: outcome == Outcome::OtherLanguage,
        danger: outcome == Outcome::OptOut,
        told,
        record,
        wrong: wrong.as_ref().map(|wrong| frame.say(wrong)),
    };
    let refused = form.wrong.is_some() || form.record.is_some();
    let form = form.render()?;
    let mut response =
        if frame.part { Html(form).into_response() } else { page(&Page { f: frame, id, ending: form })? };
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

async fn save(
    State(house): At,
    frame: Frame,
    me: Me,
    Path((id, word)): Path<(String, String)>,
    Form(told): Form<Told>,
) -> Result<Response, Failure> {
    let id = seen(&house, &me, &id).await?;
    let outcome = Outcome::parse(&word).ok_or_else(Failure::missing)?;
    let again = |record, wrong| ending(&frame, id, outcome, &told, record, wrong);
    let call = match read(&house, outcome, &told) {
        Ok(call) => call,
        Err(wrong) => return again(None, Some(wrong)),
    };
    if told.insist.is_none()
        && let Some(record) = reads_like_record(&told.note)
    {
        return again(Some(record), None);
    }
    let mut tx = house.db.begin().await?;
    match house.tasks.done(&mut tx, id, me.name(), &call).await? {
        Ok(_) => tx.commit().await?,
        Err(refusal) => {
            drop(tx);
            return again(None, Some(person::refusal(&house, &refusal)));
        }
    }
    Ok(Redirect::to(&format!("/tasks/{id}")).into_response())
}

/// What was told, as the room takes it.
fn read(house: &House, outcome: Outcome, told: &Told) -> Result<Registered, Text> {
    let said = |field: &str| Some(field.trim().to_owned()).filter(|field| !field.is_empty());
    let mut call = Registered::new(outcome);
    if let Some(written) = said(&told.at).filter(|_| matches!(outcome, Outcome::CallLater | Outcome::WantsVisit)) {
        let at = when::parse(&written, house.ledger.clock.now(), &house.tasks.hours);
        call.at = Some(at.ok_or_else(|| {
            text!("This is no time: choose a day and an hour.", "Dette er ikke en tid: velg dag og klokkeslett.")
        })?);
    }
    if let Some(written) = said(&told.language).filter(|_| outcome == Outcome::OtherLanguage) {
        let known = language::parse(&written);
        call.language = Some(known.ok_or_else(|| {
            text!(
                "This is no language we know: write its name, as in Thai or ไทย.",
                "Dette er ikke et språk vi kjenner: skriv navnet, som thailandsk eller ไทย."
            )
        })?);
    }
    if told.note.chars().count() > NOTE {
        return Err(text!("The note is too long.", "Notatet er for langt."));
    }
    call.note = said(&told.note).map(Private::new);
    call.heavy = told.heavy.is_some();
    Ok(call)
}

#[derive(Deserialize)]
struct Why {
    #[serde(default)]
    reason: String,
}

async fn undo(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Form(why): Form<Why>,
) -> Result<Response, Failure> {
    let id = seen(&house, &me, &id).await?;
    let reason =
        Some(why.reason.trim()).filter(|reason| !reason.is_empty()).map(|reason| Private::new(reason.to_owned()));
    let mut tx = house.db.begin().await?;
    match house.tasks.undo(&mut tx, id, me.name(), reason.as_ref()).await? {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/tasks/{id}")).into_response())
        }
        Err(refusal) => {
            drop(tx);
            card(&house, &frame, &me, id, Some(person::refusal(&house, &refusal))).await
        }
    }
}
