//! The coordinator's campaigns: all of them, and a file for each page that one of them has.

mod approve;
mod doubts;
mod file;
mod languages;
mod live;
mod making;
mod messages;
mod one;
mod order;
mod plan;
mod planning;
mod reasons;
pub(super) mod report;
mod trial;
mod words;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::campaign::folder::Folder;
use crate::domain::campaign::CampaignState;
use crate::domain::gather::Gather;
use crate::domain::message::MessageState;
use crate::report::progress;
use crate::store::{Tx, alarm, campaign, figures, reply};
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, blocking, person};
pub use planning::Planning;

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    let doors = doors.get("/campaigns", Allow::COORDINATOR, show);
    [
        one::doors,
        live::doors,
        order::doors,
        file::doors,
        plan::doors,
        reasons::doors,
        languages::doors,
        messages::doors,
        trial::doors,
        approve::doors,
        doubts::doors,
        report::doors,
    ]
    .into_iter()
    .fold(doors, |doors, add| add(doors))
}

/// A campaign in a line of the list.
struct Line {
    name: String,
    title: String,
    state: Option<CampaignState>,
    planned: i64,
    sent: i64,
    answers: i64,
    noes: i64,
    doubts: i64,
}

impl Line {
    fn percent(&self) -> i64 {
        words::percent(self.sent, self.planned)
    }
}

#[derive(Template)]
#[template(path = "campaigns.html")]
struct Page<'a> {
    f: &'a Frame,
    live: Vec<Line>,
    others: Vec<Line>,
    ended: Vec<Line>,
    folder: String,
    alarms: Vec<Wrong>,
}

/// Something that keeps the house from its work.
struct Wrong {
    what: String,
    remedy: String,
    since: String,
}

/// What people were told of, and stands.
async fn alarms(house: &House, frame: &Frame, tx: &mut Tx) -> Result<Vec<Wrong>, Failure> {
    let told = alarm::all(tx).await?.into_iter().filter(|one| one.told_at.is_some());
    let wrong = told.map(|one| Wrong {
        what: frame.say(&one.alarm.what(&one.subject)),
        remedy: frame.say(&one.alarm.remedy(&one.subject)),
        since: person::when(house, frame, one.since),
    });
    Ok(wrong.collect())
}

async fn show(State(house): At, frame: Frame) -> Result<Response, Failure> {
    let folder = Folder::named(&house.settings);
    let mut titles = titles(&folder).await?;
    let mut tx = house.db.read().await?;
    let (mut live, mut others, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    for known in campaign::all(&mut tx).await? {
        let title = titles.remove(&known.name).flatten().unwrap_or_else(|| known.name.clone());
        let Some(found) = progress::read(&mut tx, &house.ledger, &known.name).await? else { continue };
        let answers = reply::counts(&mut tx, &known.name).await?.values().sum();
        let noes = figures::noes(&mut tx, &known.name).await?;
        let line = Line {
            name: known.name,
            title,
            state: Some(known.state),
            planned: found.planned,
            sent: found.sent(),
            answers,
            noes,
            doubts: found.count(&[MessageState::InDoubt]),
        };
        match known.state {
            state if state.is_live() => live.push(line),
            CampaignState::Planned => others.push(line),
            _ => ended.push(line),
        }
    }
    let only_file = titles.into_iter().map(|(name, title)| Line {
        title: title.unwrap_or_else(|| name.clone()),
        name,
        state: None,
        planned: 0,
        sent: 0,
        answers: 0,
        noes: 0,
        doubts: 0,
    });
    others.extend(only_file);
    let folder = folder.path().display().to_string();
    let alarms = alarms(&house, &frame, &mut tx).await?;
    page(&Page { f: &frame, live, others, ended, folder, alarms })
}

/// The campaigns in the folder, with what they call themselves where that can be read.
async fn titles(folder: &Folder) -> Result<BTreeMap<String, Option<String>>, Failure> {
    let folder = folder.clone();
    blocking(move || {
        let names = folder.names().unwrap_or_default();
        names.into_iter().map(|name| (name.clone(), title(&folder, &name))).gather()
    })
    .await
}

/// What a campaign calls itself; nothing when its file is long or cannot be read.
fn title(folder: &Folder, name: &str) -> Option<String> {
    const LONG: u64 = 256 * 1024;
    let file = folder.file(name);
    let short = file.metadata().is_ok_and(|data| data.is_file() && data.len() <= LONG);
    let text = short.then(|| std::fs::read_to_string(&file).ok()).flatten()?;
    Some(text.parse::<toml::Table>().ok()?.get("title")?.as_str()?.to_owned())
}

/// A name that can be one of a campaign; any other is asked of no disk.
fn checked(name: &str) -> Result<&str, Failure> {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
    if plain && !name.is_empty() && name.len() <= 60 { Ok(name) } else { Err(Failure::missing()) }
}

/// Where a page of a campaign is.
fn address(name: &str, page: &str) -> String {
    format!("/campaigns/{name}{page}")
}
