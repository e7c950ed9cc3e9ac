//! The market: platforms with what is known of them and the newest count, and what the group answers when it is asked.

mod one;

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::gather::Gather;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::market::Counted;
use crate::store::market;
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    one::doors(doors.get("/market", Allow::STAFF, show).post("/market/questions/{name}", Allow::STAFF, answer))
}

/// A platform.
struct Line {
    name: String,
    title: String,
    audience: Option<String>,
    newest: Option<String>,
    /// Whether this week is still to be counted.
    waits: bool,
}

/// A question with its tallies.
struct Asked {
    name: String,
    text: String,
    answers: Vec<(String, String, i64)>,
}

#[derive(Template)]
#[template(path = "market.html")]
struct Page<'a> {
    f: &'a Frame,
    week: String,
    platforms: Vec<Line>,
    questions: Vec<Asked>,
    wrong: Option<String>,
}

async fn show(State(house): At, frame: Frame) -> Result<Response, Failure> {
    whole(&house, &frame, None).await
}

async fn whole(house: &House, frame: &Frame, wrong: Option<&Text>) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    let counts = market::standing(&mut tx, None).await?;
    let tallies = market::tallies(&mut tx, None).await?;
    drop(tx);
    let newest: BTreeMap<&str, &Counted> = counts.iter().map(|one| (one.platform.as_str(), one)).gather();
    let week = house.market.this_week();
    let platforms = house.market.platforms.look().entries.into_iter().map(|platform| {
        let last = newest.get(platform.name.as_str());
        Line {
            title: inert(&frame.say(&platform.title)),
            audience: platform.audience.as_ref().map(|text| inert(&frame.say(text))),
            newest: last.map(|one| format!("{}: {} {}", one.week, one.ads, frame.t("ads", "annonser"))),
            waits: last.is_none_or(|one| one.week < week),
            name: platform.name,
        }
    });
    let questions = house.market.questions.look().entries.into_iter().map(|question| {
        let tally = |name: &str| tallies.get(&(question.name.clone(), name.to_owned())).copied().unwrap_or_default();
        let answers = question.answers.iter();
        Asked {
            text: inert(&frame.say(&question.text)),
            answers: answers.map(|a| (a.name.clone(), inert(&frame.say(&a.text)), tally(&a.name))).collect(),
            name: question.name.clone(),
        }
    });
    page(&Page {
        f: frame,
        week: week.to_string(),
        platforms: platforms.collect(),
        questions: questions.collect(),
        wrong: wrong.map(|wrong| frame.say(wrong)),
    })
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    answer: String,
    /// Written when one is taken back.
    #[serde(default)]
    less: String,
}

async fn answer(
    State(house): At,
    frame: Frame,
    Path(name): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    let mut tx = house.db.begin().await?;
    let n = if said.less.is_empty() { 1 } else { -1 };
    if house.market.tally(&mut tx, &name, &said.answer, n).await? {
        tx.commit().await?;
        return Ok(Redirect::to("/market").into_response());
    }
    drop(tx);
    let wrong = text!(
        "Choose one of the answers; what was not counted this week cannot be taken back.",
        "Velg et av svarene; det som ikke er talt denne uken, kan ikke tas tilbake."
    );
    whole(&house, &frame, Some(&wrong)).await
}
