//! The ready answers: coordinators write them; nobody is sent one by itself.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::reply::ReplyKind;
use crate::inbox::ready::{self as ready, Wrong};
use crate::store::ready::{self as kept, ReadyAnswer};
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me, person};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/answers", Allow::COORDINATOR, show).post("/answers", Allow::COORDINATOR, save).post(
        "/answers/remove",
        Allow::COORDINATOR,
        remove,
    )
}

#[derive(Clone, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    key: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    position: String,
}

/// A kind of answer to choose.
struct Choice {
    word: &'static str,
    name: String,
    chosen: bool,
}

struct Shown {
    fields: Fields,
    kinds: Vec<Choice>,
    changed: Option<String>,
}

#[derive(Template)]
#[template(path = "answers.html")]
struct Answers<'a> {
    f: &'a Frame,
    all: Vec<Shown>,
    kinds: Vec<Choice>,
    new: Fields,
    wrong: Option<String>,
}

async fn show(State(house): At, frame: Frame) -> Result<Response, Failure> {
    whole(&house, &frame, Fields::default(), None).await
}

async fn whole(house: &House, frame: &Frame, new: Fields, wrong: Option<Text>) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    let all = kept::all(&mut tx).await?;
    drop(tx);
    let one = |ready: ReadyAnswer| Shown {
        kinds: choices(frame, ready.kind.as_str()),
        changed: ready.changed_at.map(|at| {
            let by = ready.changed_by.as_deref().map(inert).unwrap_or_default();
            format!("{} · {by}", person::when(house, frame, at))
        }),
        fields: Fields {
            key: ready.key,
            language: ready.language,
            kind: ready.kind.as_str().to_owned(),
            text: ready.text,
            position: ready.position.to_string(),
        },
    };
    let kinds = choices(frame, &new.kind);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let wrong = wrong.map(|wrong| person::sentence(&frame.say(&wrong)));
    let shown = page(&Answers { f: frame, all: all.into_iter().map(one).collect(), kinds, new, wrong })?;
    Ok((status, shown).into_response())
}

fn choices(frame: &Frame, chosen: &str) -> Vec<Choice> {
    let one = |kind: ReplyKind| Choice {
        word: kind.as_str(),
        name: frame.say(&kind.text()),
        chosen: kind.as_str() == chosen,
    };
    ReplyKind::ALL.into_iter().map(one).collect()
}

async fn save(State(house): At, frame: Frame, me: Me, Form(fields): Form<Fields>) -> Result<Response, Failure> {
    let ready = ReadyAnswer {
        key: fields.key.trim().to_owned(),
        language: fields.language.trim().to_owned(),
        kind: ReplyKind::parse(&fields.kind).unwrap_or(ReplyKind::Other),
        text: fields.text.replace("\r\n", "\n"),
        position: fields.position.trim().parse().unwrap_or(100),
        changed_by: None,
        changed_at: None,
    };
    let mut tx = house.db.begin().await?;
    match ready::save(&house.ledger.clock, &mut tx, ready, me.name()).await? {
        Ok(()) => {
            house.ledger.book().note(&mut tx, Act::ReadyChanged, On::Nothing).await?;
            tx.commit().await?;
        }
        Err(wrong) => {
            drop(tx);
            return whole(&house, &frame, fields, Some(explain(&wrong))).await;
        }
    }
    Ok(Redirect::to("/answers").into_response())
}

async fn remove(State(house): At, Form(fields): Form<Fields>) -> Result<Response, Failure> {
    let mut tx = house.db.begin().await?;
    kept::remove(&mut tx, &fields.key, &fields.language).await?;
    house.ledger.book().note(&mut tx, Act::ReadyChanged, On::Nothing).await?;
    tx.commit().await?;
    Ok(Redirect::to("/answers").into_response())
}

fn explain(wrong: &Wrong) -> Text {
    match wrong {
        Wrong::Key => text!(
            "a name has small letters a to z, digits and _ only, forty at most",
            "et navn har bare små bokstaver a til z, siffer og _, høyst førti"
        ),
        Wrong::Language => {
            text!("write the language as a code, like nb or en", "skriv språket som en kode, som nb eller en")
        }
        Wrong::Empty => text!("there is no text", "det er ingen tekst"),
        Wrong::Variable(name) => {
            let name = inert(name);
            text!(
                "there is no {name} to fill in: use sender, organisation and about_url",
                "det finnes ikke noe {name} å fylle inn: bruk sender, organisation og about_url"
            )
        }
        Wrong::Text => {
            text!("the text cannot be read: look at its braces", "teksten kan ikke leses: se på krøllparentesene")
        }
    }
}
