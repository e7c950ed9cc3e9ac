//! Everything of one colleague goes to another: shown before it moves, in numbers. For coordinators.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::inert::inert;
use crate::domain::role::Role;
use crate::tasks::InHand;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/hand-over", Allow::COORDINATOR, show).post("/hand-over", Allow::COORDINATOR, hand_over)
}

#[derive(Default, Deserialize)]
struct Names {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// What was handed over just now: tasks, answers and contacts.
    #[serde(default)]
    done: Option<u64>,
}

/// What would move.
struct Moves {
    from: String,
    to: String,
    tasks: usize,
    answers: usize,
    contacts: usize,
    to_peer: bool,
    empty: bool,
    routines: Vec<String>,
}

#[derive(Template)]
#[template(path = "hand_over.html")]
struct Page<'a> {
    f: &'a Frame,
    names: &'a Names,
    /// Everybody, also those whose door is closed.
    all: Vec<String>,
    /// Who can take it over.
    works: Vec<String>,
    moves: Option<Moves>,
    wrong: Option<String>,
}

async fn show(State(house): At, frame: Frame, Query(names): Query<Names>) -> Result<Response, Failure> {
    of(&house, &frame, &names).await
}

async fn of(house: &House, frame: &Frame, names: &Names) -> Result<Response, Failure> {
    let users = house.access.users().await?;
    let works = |role: Role| !matches!(role, Role::Admin | Role::Auditor);
    let mut moves = None;
    let mut wrong = None;
    if names.done.is_none() && !(names.from.is_empty() && names.to.is_empty()) {
        let mut tx = house.db.read().await?;
        match house.tasks.passing(&mut tx, &names.from, &names.to).await? {
            Ok(passing) => {
                let hand = house.tasks.would_move(&mut tx, &passing).await?;
                let InHand { tasks, answers, contacts, .. } = &hand;
                moves = Some(Moves {
                    tasks: tasks.len(),
                    answers: *answers,
                    contacts: contacts.len(),
                    to_peer: passing.to_peer,
                    empty: hand.is_empty(),
                    routines: house.routines.naming(&passing.from).iter().map(|name| inert(name)).collect(),
                    from: passing.from,
                    to: passing.to,
                });
            }
            Err(why) => wrong = Some(frame.say(&why.explain())),
        }
    }
    let refused = wrong.is_some();
    let mut response = page(&Page {
        f: frame,
        names,
        all: users.iter().filter(|user| works(user.role)).map(|user| user.name.clone()).collect(),
        works: users
            .iter()
            .filter(|user| works(user.role) && user.disabled_at.is_none())
            .map(|user| user.name.clone())
            .collect(),
        moves,
        wrong,
    })?;
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

async fn hand_over(State(house): At, frame: Frame, Form(names): Form<Names>) -> Result<Response, Failure> {
    let mut tx = house.db.begin().await?;
    let Ok(passing) = house.tasks.passing(&mut tx, &names.from, &names.to).await? else {
        drop(tx);
        return of(&house, &frame, &Names { done: None, ..names }).await;
    };
    let all = house.tasks.hand_all_over(&mut tx, &passing).await?;
    tx.commit().await?;
    let done = all.tasks.len() + all.answers + all.contacts.len();
    Ok(Redirect::to(&format!("/hand-over?done={done}")).into_response())
}
