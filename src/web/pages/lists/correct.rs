//! Correcting a row of a list before it is used: in a file beside it, which takes its place when somebody says so.
//!
//! The row is named in the form and not in an address, and what stands in it is shown only to whoever opens it here.

use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::corrected::{corrected, is_corrected, original};
use super::{column, lists, refused, rows};
use crate::audit::On;
use crate::campaign::lists::{Lists, Refused};
use crate::campaign::reading::{self, Mend, ReadingError};
use crate::campaign::stamp::Stamp;
use crate::domain::act::Act;
use crate::domain::phone::PhoneNumber;
use crate::domain::private::Private;
use crate::gateway::form::escaped;
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, blocking};

/// Each correction is of the list as the last one left it.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
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
    /// The file as it was when the row was shown.
    was: String,
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
    was: String,
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
    refused: Option<(Fields, String)>,
) -> Result<Response, Failure> {
    let file = lists(house).file(name).ok_or_else(Failure::missing)?;
    let (column, region) = (column(house, name), house.settings.organisation.region);
    let (was, found) = blocking(move || (stamp(&file), reading::cell(&file, column.as_deref(), region, line))).await?;
    let found = found.map_err(|why| Failure::bad(why.by_name()))?;
    let Some((cell, row)) = found else { return Err(Failure::missing()) };
    house.ledger.book().note_alone(&house.db, Act::ListRead, On::Nothing, 1).await?;
    let (cell, was, wrong) = match refused {
        Some((fields, wrong)) => (Private::new(fields.number), fields.was, Some(wrong)),
        None => (cell, was, None),
    };
    page(&Page {
        f: frame,
        name,
        address: escaped(name),
        line,
        was,
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
                let mut response = shown(&house, &frame, &name, fields.line, Some((fields, wrong))).await?;
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(response);
            }
        },
    };
    let folder = lists(&house);
    let file = folder.file(&name).ok_or_else(Failure::missing)?;
    let (column, line) = (column(&house, &name).or_else(|| original_column(&house, &folder, &name)), fields.line);
    let to = if is_corrected(&name) { name.clone() } else { corrected(&name) };
    let address = format!("/lists/{}", escaped(&to));
    let (first, corrected) = (to != name, to.clone());
    house.ledger.book().note_alone(&house.db, Act::ListChanged, On::Nothing, 1).await?;
    let done = blocking(move || -> Result<Result<Mended, ReadingError>, Refused> {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        // Corrections made before are not thrown away by beginning again from the list itself.
        if first && folder.file(&to).is_some() {
            return Ok(Ok(Mended::Begun));
        }
        if stamp(&file) != fields.was {
            return Ok(Ok(Mended::Changed));
        }
        let mut part = folder.part()?;
        match reading::mend(&file, column.as_deref(), region, (line, &mend), &mut part.file) {
            Ok(true) => folder.put(part, &to, true).map(|()| Ok(Mended::Yes)),
            Ok(false) => Ok(Ok(Mended::Missing)),
            Err(why) => Ok(Err(why)),
        }
    })
    .await?;
    let conflict = match done {
        Ok(Ok(Mended::Yes)) => return Ok(Redirect::to(&address).into_response()),
        Ok(Ok(Mended::Missing)) => return Err(Failure::missing()),
        Ok(Err(ReadingError::List(why))) => return Err(Failure::bad(why.by_name())),
        Ok(Err(ReadingError::Disk(why))) => return refused(&house, &frame, &Refused::Disk(why)).await,
        Err(why) => return refused(&house, &frame, &why).await,
        Ok(Ok(Mended::Begun)) => text!(
            "There are corrections of this list already, in {corrected}: go on there, or delete that first.",
            "Det finnes alt rettelser av denne listen, i {corrected}: fortsett der, eller slett den først."
        ),
        Ok(Ok(Mended::Changed)) => text!(
            "The list has changed since you opened the row, and nothing was corrected: open the row again.",
            "Listen er endret siden du åpnet raden, og ingenting ble rettet: åpne raden på nytt."
        ),
    };
    let mut response = rows::problems(&house, &frame, &name, conflict).await?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// What became of a correction.
enum Mended {
    Yes,
    /// There is no such row.
    Missing,
    /// The corrected list is there already.
    Begun,
    /// The list is not the one that was shown.
    Changed,
}

/// What tells that a list has changed; a word that no list has where there is none.
fn stamp(file: &std::path::Path) -> String {
    Stamp::of(file).ok().flatten().map_or_else(|| "none".to_owned(), |stamp| stamp.word())
}

/// Puts the corrected list in the place of the original.
async fn take_place(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let folder = lists(&house);
    let original = original(&folder, &name).ok_or_else(Failure::missing)?;
    let (from, to) = folder.file(&name).zip(folder.file(&original)).ok_or_else(Failure::missing)?;
    house.ledger.book().note_alone(&house.db, Act::ListUsed, On::Nothing, None).await?;
    match blocking(move || std::fs::rename(from, to)).await? {
        Ok(()) => Ok(Redirect::to(&format!("/lists/{}", escaped(&original))).into_response()),
        Err(why) => refused(&house, &frame, &Refused::Disk(why)).await,
    }
}

fn original_column(house: &crate::web::House, folder: &Lists, name: &str) -> Option<String> {
    column(house, &original(folder, name)?)
}
