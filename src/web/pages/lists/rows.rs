//! A list as it is understood, row by row: problems first. Numbers are masked.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::corrected::original;
use super::{column, lists};
use crate::audit::On;
use crate::campaign::reading::{self, Row};
use crate::domain::act::Act;
use crate::domain::handle::masked;
use crate::domain::lang::Text;
use crate::gateway::form::escaped;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, blocking};

/// Rows on one page.
const ROWS: usize = 100;

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/lists/{name}", Allow::COORDINATOR, show)
}

#[derive(Deserialize)]
struct Which {
    /// How many rows are passed over; nothing for the problems.
    from: Option<usize>,
    /// How many problems are passed over.
    #[serde(default)]
    after: usize,
}

/// A row as it is shown.
struct Line {
    line: u64,
    numbers: String,
    problem: Option<String>,
    suggestion: Option<String>,
}

#[derive(Template)]
#[template(path = "list.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    address: String,
    original: Option<String>,
    used_by: Vec<String>,
    unread: Option<String>,
    being_read: bool,
    said: String,
    rows: u64,
    numbers: u64,
    wrong: u64,
    kinds: Vec<(String, u64)>,
    lines: Vec<Line>,
    all: bool,
    next: Option<usize>,
    told: Option<String>,
}

async fn show(
    State(house): At,
    frame: Frame,
    Path(name): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    with(&house, &frame, &name, which, None).await
}

/// The page of a list, with what stood in the way of what was asked for.
pub async fn problems(house: &House, frame: &Frame, name: &str, told: Text) -> Result<Response, Failure> {
    with(house, frame, name, Which { from: None, after: 0 }, Some(told)).await
}

async fn with(house: &House, frame: &Frame, name: &str, which: Which, told: Option<Text>) -> Result<Response, Failure> {
    let (folder, region) = (lists(house), house.settings.organisation.region);
    let file = folder.file(name).ok_or_else(Failure::missing)?;
    let column = column(house, name);
    let from = which.from;
    let reading = house.readings.of(&file, column.as_deref(), region).await;
    let empty = |unread: Option<String>| Page {
        f: frame,
        name,
        address: escaped(name),
        original: original(&folder, name),
        used_by: folder.used_by(name),
        unread,
        being_read: false,
        said: String::new(),
        rows: 0,
        numbers: 0,
        wrong: 0,
        kinds: vec![],
        lines: vec![],
        all: from.is_some(),
        next: None,
        told: told.as_ref().map(|told| frame.say(told)),
    };
    let reading = match reading {
        Some(Ok(reading)) => reading,
        Some(Err(why)) => return page(&empty(Some(frame.say(&why)))),
        None => return page(&Page { being_read: true, ..empty(None) }),
    };
    let line = |row: &Row| Line {
        line: row.line,
        numbers: row.numbers.join(", "),
        problem: row.problem.map(|code| frame.say(&code.text())),
        suggestion: row.suggestion.as_ref().map(|number| masked(number.expose())),
    };
    let wrong: u64 = reading.counts.values().sum();
    let (lines, next) = match from {
        Some(from) => {
            let rows = blocking(move || reading::some(&file, column.as_deref(), region, from, ROWS)).await?;
            let rows = match rows {
                Ok(rows) => rows,
                Err(why) => return page(&empty(Some(frame.say(&why.by_name())))),
            };
            let next = (rows.len() == ROWS).then_some(from + ROWS);
            (rows.iter().map(line).collect::<Vec<_>>(), next)
        }
        None => {
            let next = (reading.problems.len() > which.after + ROWS).then_some(which.after + ROWS);
            (reading.problems.iter().skip(which.after).take(ROWS).map(line).collect(), next)
        }
    };
    let many = i64::try_from(lines.len()).ok();
    house.ledger.book().note_alone(&house.db, Act::ListRead, On::Nothing, many).await?;
    page(&Page {
        said: frame.say(&reading.understood),
        rows: reading.rows,
        numbers: reading.numbers,
        wrong,
        kinds: reading.counts.iter().map(|(code, n)| (frame.say(&code.text()), *n)).collect(),
        lines,
        next,
        ..empty(None)
    })
}
