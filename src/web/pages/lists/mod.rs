//! Lists: what is in the folder, putting one there, and taking one away.

mod correct;
mod corrected;
mod readings;
mod rows;
mod upload;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::audit::On;
use crate::campaign::folder::Folder;
use crate::campaign::lists::{Lists, Refused};
use crate::domain::act::Act;
use crate::domain::lang::Text;
use crate::domain::span::DAY_MS;
use crate::gateway::form::escaped;
use crate::text;
use crate::web::frame::page;
use crate::web::person::when;
use crate::web::{Allow, At, Doors, Failure, Frame, House, blocking};
pub use readings::Readings;

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    let doors = doors.get("/lists", Allow::COORDINATOR, show).post("/lists/{name}/delete", Allow::COORDINATOR, delete);
    [upload::doors, rows::doors, correct::doors].into_iter().fold(doors, |doors, add| add(doors))
}

/// A list in a line.
struct Line {
    name: String,
    address: String,
    size: String,
    written: String,
    old: bool,
    used_by: Vec<String>,
}

#[derive(Template)]
#[template(path = "lists.html")]
struct Page<'a> {
    f: &'a Frame,
    lists: Vec<Line>,
    wrong: Option<String>,
    megabytes: usize,
}

/// A list older than this is an old one, in milliseconds.
const OLD: i64 = 7 * DAY_MS;

fn lists(house: &House) -> Lists {
    Lists::of(Folder::named(&house.settings))
}

async fn show(State(house): At, frame: Frame) -> Result<Response, Failure> {
    with(&house, &frame, None).await
}

async fn with(house: &House, frame: &Frame, wrong: Option<Text>) -> Result<Response, Failure> {
    let folder = lists(house);
    let all = blocking(move || folder.all()).await?.map_err(|why| Failure::away(&why))?;
    let now = house.ledger.clock.now_ms();
    let lists = all.into_iter().map(|entry| Line {
        address: escaped(&entry.name),
        size: size(entry.bytes),
        written: when(house, frame, entry.written_ms),
        old: now - entry.written_ms > OLD,
        used_by: entry.used_by,
        name: entry.name,
    });
    let megabytes = upload::MOST / 1_000_000;
    page(&Page { f: frame, lists: lists.collect(), wrong: wrong.map(|wrong| frame.say(&wrong)), megabytes })
}

/// The page, with what stood in the way of what was asked for.
async fn refused(house: &House, frame: &Frame, why: &Refused) -> Result<Response, Failure> {
    let status = match why {
        Refused::Name => StatusCode::UNPROCESSABLE_ENTITY,
        Refused::Taken => StatusCode::CONFLICT,
        Refused::Disk(why) => {
            tracing::error!(error = %why, "a list could not be written");
            StatusCode::INSUFFICIENT_STORAGE
        }
    };
    let mut response = with(house, frame, Some(why.text())).await?;
    *response.status_mut() = status;
    Ok(response)
}

async fn delete(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    house.ledger.book().note_alone(&house.db, Act::ListRemoved, On::Nothing, None).await?;
    let folder = lists(&house);
    let gone = blocking(move || folder.file(&name).map(|file| folder.remove(&file))).await?;
    match gone.ok_or_else(Failure::missing)? {
        Ok(()) => Ok(Redirect::to("/lists").into_response()),
        Err(why) => refused(&house, &frame, &Refused::Disk(why)).await,
    }
}

/// The column of numbers that campaigns which read this list name, if they agree.
fn column(house: &House, name: &str) -> Option<String> {
    let folder = Folder::named(&house.settings);
    let used = Lists::of(folder.clone()).used_by(name);
    let columns = used.iter().filter_map(|campaign| {
        let text = std::fs::read_to_string(folder.file(campaign)).ok()?;
        let table = text.parse::<toml::Table>().ok()?;
        Some(table.get("targets")?.get("columns")?.get("phone")?.as_str()?.to_owned())
    });
    let mut columns: Vec<String> = columns.collect();
    columns.dedup();
    if columns.len() == 1 { columns.pop() } else { None }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// The form came incomplete.
fn incomplete() -> Failure {
    Failure::bad(text!(
        "The file did not come through whole, so nothing was kept. Try again.",
        "Filen kom ikke helt frem, så ingenting er tatt vare på. Prøv igjen."
    ))
}
