//! The rows behind one reason of a plan: their line in the list, and when again. No number, and no name.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::{checked, plan};
use crate::domain::decision::Decision;
use crate::store::target::{self, Target};
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame};

/// Rows on one page.
const ROWS: i64 = 100;

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}/plan/{why}", Allow::COORDINATOR, show)
}

#[derive(Deserialize)]
struct From {
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "reasons.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    word: &'a str,
    why: String,
    rows: Vec<Target>,
    next: Option<i64>,
    first: bool,
}

async fn show(
    State(house): At,
    frame: Frame,
    Path((name, why)): Path<(String, String)>,
    Query(from): Query<From>,
) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let why = Decision::parse(&why).ok_or_else(Failure::missing)?;
    let plan = plan::shown(&house, name).await?.ok_or_else(Failure::missing)?;
    let mut tx = house.db.read().await?;
    let rows = target::decided(&mut tx, plan.id, why, from.after.unwrap_or(-1), ROWS).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == ROWS);
    let next = rows.last().filter(|_| full).map(|last| last.n);
    let first = from.after.is_none();
    page(&Page { f: &frame, name, word: why.as_str(), why: frame.say(&why.explain()), rows, next, first })
}
