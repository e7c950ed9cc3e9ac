//! Correcting a row of a list before it is used: in a file beside it, which takes its place when somebody says so.
//!
//! The row is named in the form and not in an address, and what stands in it is shown only to whoever opens it here.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{blocking, column, lists, refused, rows, segment};
use crate::audit::On;
use crate::campaign::lists::{Lists, Refused};
use crate::campaign::reading::{self, Mend, ReadingError};
use crate::domain::act::Act;
use crate::domain::phone::PhoneNumber;
use crate::domain::private::Private;
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame};

/// What the name of a corrected list ends in.
const CORRECTED: &str = "-corrected.csv";

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .post("/lists/{name}/row", Allow::COORDINATOR, open)
        .post("/lists/{name}/correct", Allow::COORDINATOR, correct)
        .post("/lists/{name}/use", Allow::COORDINATOR, take_place)
}

#[derive(Template)]
#[template(path = "list_row.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    address: String,
    line: u64,
    problem: String,
    cell: Private,
    suggestion: Option<Private>,
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    line: u64,
}

#[derive(Deserialize)]
struct Fields {
    line: u64,
    #[serde(default)]
    number: String,
    #[serde(default)]
    what: String,
}

async fn open(
    State(house): At,
    frame: Frame,
    Path(name): Path<String>,
    Form(row): Form<Row>,
) -> Result<Response, Failure> {
    shown(&house, &frame, &name, row.line, None).await
}

async fn shown(
    house: &crate::web::House,
    frame: &Frame,
    name: &str,
    line: u64,
    wrong: Option<(Private, String)>,
) -> Result<Response, Failure> {
    let file = lists(house).file(name).ok_or_else(Failure::missing)?;
    let (column, region) = (column(house, name), house.settings.organisation.region);
    let found = blocking(move || reading::cell(&file, column.as_deref(), region, line)).await?;
    let found = found.map_err(|why| Failure::bad(why.text()))?;
    let Some((cell, row)) = found else { return Err(Failure::missing()) };
    house.ledger.book().note_alone(&house.db, Act::ListRead, On::Nothing, 1).await?;
    let (cell, wrong) = match wrong {
        Some((typed, wrong)) => (typed, Some(wrong)),
        None => (cell, None),
    };
    page(&Page {
        f: frame,
        name,
        address: segment(name),
        line,
        problem: row.problem.map(|code| frame.say(&code.text())).unwrap_or_default(),
        cell,
        suggestion: row.suggestion.map(|number| Private::new(number.expose().to_owned())),
        wrong,
    })
}

async fn correct(
    State(house): At,
    frame: Frame,
    Path(name): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let region = house.settings.organisation.region;
    let mend = match fields.what.as_str() {
        "drop" => Mend::Drop,
        _ => match PhoneNumber::parse(&fields.number, region) {
            Ok(number) => Mend::Number(Private::new(number.expose().to_owned())),
            Err(problem) => {
                let wrong = frame.say(&problem.code.text());
                let typed = Private::new(fields.number);
                let mut response = shown(&house, &frame, &name, fields.line, Some((typed, wrong))).await?;
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(response);
            }
        },
    };
    let folder = lists(&house);
    let file = folder.file(&name).ok_or_else(Failure::missing)?;
    let (column, line) = (column(&house, &name).or_else(|| original_column(&house, &folder, &name)), fields.line);
    let to = if name.ends_with(CORRECTED) { name.clone() } else { corrected(&name) };
    // Corrections made before are not thrown away by beginning again from the list itself.
    if to != name && folder.file(&to).is_some() {
        let told = text!(
            "There are corrections of this list already, in {to}: go on there, or delete that first.",
            "Det finnes alt rettelser av denne listen, i {to}: fortsett der, eller slett den først."
        );
        let mut response = rows::problems(&house, &frame, &name, told).await?;
        *response.status_mut() = StatusCode::CONFLICT;
        return Ok(response);
    }
    let address = format!("/lists/{}", segment(&to));
    house.ledger.book().note_alone(&house.db, Act::ListChanged, On::Nothing, 1).await?;
    let done = blocking(move || -> Result<Result<bool, ReadingError>, Refused> {
        let mut part = folder.part()?;
        match reading::mend(&file, column.as_deref(), region, (line, &mend), &mut part.file) {
            Ok(true) => folder.put(part, &to, true).map(|()| Ok(true)),
            other => Ok(other),
        }
    })
    .await?;
    match done {
        Ok(Ok(true)) => Ok(Redirect::to(&address).into_response()),
        Ok(Ok(false)) => Err(Failure::missing()),
        Ok(Err(ReadingError::List(why))) => Err(Failure::bad(why.text())),
        Ok(Err(ReadingError::Disk(why))) => refused(&house, &frame, &Refused::Disk(why)).await,
        Err(why) => refused(&house, &frame, &why).await,
    }
}

/// Puts the corrected list in the place of the original.
async fn take_place(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let folder = lists(&house);
    let original = original(&folder, &name).ok_or_else(Failure::missing)?;
    let (from, to) = folder.file(&name).zip(folder.file(&original)).ok_or_else(Failure::missing)?;
    house.ledger.book().note_alone(&house.db, Act::ListUsed, On::Nothing, None).await?;
    match blocking(move || std::fs::rename(from, to)).await? {
        Ok(()) => Ok(Redirect::to(&format!("/lists/{}", segment(&original))).into_response()),
        Err(why) => refused(&house, &frame, &Refused::Disk(why)).await,
    }
}

fn corrected(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem}{CORRECTED}")
}

/// The list that this one is a corrected copy of, when that is still there and may have its place taken: a workbook
/// does not become text under its own name.
pub fn original(folder: &Lists, name: &str) -> Option<String> {
    let stem = name.strip_suffix(CORRECTED)?;
    ["csv", "txt"].iter().map(|ending| format!("{stem}.{ending}")).find(|name| folder.file(name).is_some())
}

fn original_column(house: &crate::web::House, folder: &Lists, name: &str) -> Option<String> {
    column(house, &original(folder, name)?)
}
