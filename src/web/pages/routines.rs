//! The page of routines: what recurs, whose it is, and when it was last done. And what the buttons of one do. No streaks, no points.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::recurring::{last, whose};
use super::today::today;
use crate::campaign::file::practice::When;
use crate::domain::id::TaskId;
use crate::domain::inert::inert;
use crate::tasks::routine::{NoRoutine, Standing};
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me, person};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/routines", Allow::STAFF, all)
        .post("/routines/{id}/done", Allow::CONTACTS, end)
        .post("/routines/{id}/release", Allow::CONTACTS, release)
        .post("/routines/{id}/take", Allow::CONTACTS, take)
        .post("/routines/{id}/undo", Allow::CONTACTS, undo)
}

/// A routine, whether it is to be done today or not.
struct Line {
    title: String,
    next: String,
    whose: String,
    last: String,
    missed: i64,
}

#[derive(Template)]
#[template(path = "routines.html")]
struct Page<'a> {
    f: &'a Frame,
    lines: Vec<Line>,
}

/// Every routine: when it comes up next, whose it is, when it was last done and by whom.
async fn all(State(house): At, frame: Frame) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    let standing = house.routines.standing(&mut tx).await?;
    drop(tx);
    let line = |one: &Standing| Line {
        title: inert(&frame.say(&one.routine.title)),
        next: next(&house, &frame, one),
        whose: whose(&frame, &one.routine),
        last: last(&house, &frame, Some(&one.past)),
        missed: one.past.missed,
    };
    page(&Page { f: &frame, lines: standing.iter().map(line).collect() })
}

fn next(house: &House, frame: &Frame, one: &Standing) -> String {
    match (&one.open, one.next, &one.routine.when) {
        (Some(open), ..) => {
            format!("{} {}", frame.t("To do since", "Skal gjøres siden"), person::when(house, frame, open.slot))
        }
        (None, Some(next), _) => format!("{} {}", frame.t("Next", "Neste"), person::when(house, frame, next)),
        (None, None, When::Unused(after)) => {
            format!("{} {}", frame.t("When unused for", "Når ubrukt i"), frame.say(&after.text()))
        }
        (None, None, _) => String::new(),
    }
}

/// What a button does.
#[derive(Clone, Copy)]
enum Hand {
    Take,
    Release,
    Done,
    Undo,
}

async fn take(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    hand(&house, &frame, &me, &id, Hand::Take).await
}

async fn release(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    hand(&house, &frame, &me, &id, Hand::Release).await
}

async fn end(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    hand(&house, &frame, &me, &id, Hand::Done).await
}

async fn undo(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    hand(&house, &frame, &me, &id, Hand::Undo).await
}

async fn hand(house: &House, frame: &Frame, me: &Me, id: &str, hand: Hand) -> Result<Response, Failure> {
    let id: TaskId = person::id(id)?;
    let (routines, who) = (&house.routines, me.name());
    let mut tx = house.db.begin().await?;
    if !routines.may(&mut tx, id, who, me.0.role).await? {
        return Err(Failure::missing());
    }
    let did = match hand {
        Hand::Take => routines.claim(&mut tx, id, who).await?,
        Hand::Release => routines.release(&mut tx, id, who).await?,
        Hand::Done => routines.done(&mut tx, id, who).await?,
        Hand::Undo => routines.undo(&mut tx, id, who).await?,
    };
    match did {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to("/today").into_response())
        }
        Err(NoRoutine::Unknown) => Err(Failure::missing()),
        Err(why) => {
            drop(tx);
            today(house, frame, me, 0, Some(why.explain())).await
        }
    }
}
