//! The audit, for the auditor alone: who did and read what, the newest first, and whether the record is whole.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use uuid::Uuid;

use crate::audit::{anchor_beside, since_anchor};
use crate::domain::act::Act;
use crate::domain::gather::Gather;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::moment;
use crate::store::audit::{self, Entry, Wanted};
use crate::store::{DbError, Tx, token, user};
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House};

/// Entries on a page.
const ROWS: i64 = 50;

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/audit", Allow::AUDITOR, show)
}

#[derive(Clone, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    who: String,
    #[serde(default)]
    act: String,
    #[serde(default)]
    day: String,
    before: Option<i64>,
}

struct Line {
    n: i64,
    at: String,
    who: String,
    what: String,
    many: Option<i64>,
    on: Option<(String, String)>,
}

/// A choice of a filter: its word, its name, whether it is chosen.
struct Choice {
    word: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Page<'a> {
    f: &'a Frame,
    lines: Vec<Line>,
    people: Vec<Choice>,
    acts: Vec<Choice>,
    day: String,
    filtered: bool,
    older: Option<String>,
    newest: bool,
    broken: Option<String>,
    last: i64,
    forgotten: i64,
    anchored: Option<i64>,
}

async fn show(State(house): At, frame: Frame, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let anchor = anchor_beside(&house.settings.path(&house.settings.witness.file));
    let verdict = since_anchor(&house.db, house.ledger.book(), &anchor).await?;
    let mut tx = house.db.read().await?;
    let names = names(&mut tx).await?;
    let entries = audit::newest_first(&mut tx, &wanted(&house, &asked), ROWS).await?;
    drop(tx);
    let full = i64::try_from(entries.len()).is_ok_and(|n| n == ROWS);
    page(&Page {
        f: &frame,
        older: entries.last().filter(|_| full).map(|last| address(&asked, last.n)),
        lines: entries.iter().map(|entry| line(&house, &frame, &names, entry)).collect(),
        people: people(&frame, &names, &asked.who),
        acts: Act::ALL.iter().map(|act| choice(act.as_str(), sentence(&frame, &act.text()), &asked.act)).collect(),
        filtered: !(asked.who.is_empty() && asked.act.is_empty() && asked.day.is_empty()),
        newest: asked.before.is_none(),
        day: inert(&asked.day),
        broken: verdict.broken.map(|broken| frame.say(&broken.text())),
        last: verdict.last,
        forgotten: verdict.forgotten,
        anchored: verdict.anchored,
    })
}

/// What users and tokens are called now, by their ids; who is gone stays an id.
async fn names(tx: &mut Tx) -> Result<BTreeMap<Uuid, String>, DbError> {
    let users = user::all(tx).await?.into_iter().map(|user| (user.id.0, inert(&user.name)));
    let mut names: BTreeMap<_, _> = users.gather();
    names.extend(token::all(tx).await?.into_iter().map(|token| (token.id.0, inert(&token.name))));
    Ok(names)
}

/// What was asked for; what is no filter of ours finds nothing out, and leaves nothing out.
fn wanted(house: &House, asked: &Asked) -> Wanted {
    let zone = house.ledger.clock.zone();
    let began = |day: Date| zone.to_timestamp(day.at(0, 0, 0, 0)).ok().map(|at| at.as_millisecond());
    let day = asked.day.parse::<Date>().ok();
    let who_id = asked.who.parse::<Uuid>().ok();
    Wanted {
        who: Some(asked.who.clone()).filter(|who| who_id.is_none() && !who.is_empty()),
        who_id,
        act: Act::parse(&asked.act).map(|act| act.as_str().to_owned()),
        from: day.and_then(began),
        until: day.and_then(|day| day.checked_add(1.day()).ok()).and_then(began),
        before: asked.before,
    }
}

/// Where the page goes on after an entry, with the same filters.
fn address(asked: &Asked, before: i64) -> String {
    let plain =
        |word: &str| word.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect::<String>();
    let (who, act, day) = (plain(&asked.who), plain(&asked.act), plain(&asked.day));
    format!("/audit?who={who}&act={act}&day={day}&before={before}")
}

fn people(frame: &Frame, names: &BTreeMap<Uuid, String>, chosen: &str) -> Vec<Choice> {
    let kinds =
        ["terminal", "partner", "house", "nobody"].map(|word| choice(word, sentence(frame, &kind(word)), chosen));
    let mut people: Vec<_> = names.iter().map(|(id, name)| choice(&id.to_string(), name.clone(), chosen)).collect();
    people.sort_by_key(|choice| choice.name.to_lowercase());
    people.extend(kinds);
    people
}

fn choice(word: &str, name: String, chosen: &str) -> Choice {
    Choice { word: word.to_owned(), name, chosen: word == chosen }
}

fn line(house: &House, frame: &Frame, names: &BTreeMap<Uuid, String>, entry: &Entry) -> Line {
    let clock = &house.ledger.clock;
    let named = |id: Uuid| names.get(&id).cloned().unwrap_or_else(|| id.to_string());
    let who = match (entry.who_id, entry.who_os) {
        (Some(id), _) => named(id),
        (None, Some(uid)) => format!("{} ({uid})", sentence(frame, &kind("terminal"))),
        (None, None) => sentence(frame, &kind(&entry.who)),
    };
    let on = entry.on_kind.as_deref().map(|of| {
        let which = match (of, entry.on_id) {
            ("user" | "token", Some(id)) => named(id),
            (_, Some(id)) => id.to_string(),
            (_, None) => inert(entry.on_name.as_deref().unwrap_or_default()),
        };
        (frame.say(&thing(of)), which)
    });
    Line {
        n: entry.n,
        at: moment::moment(frame.lang, entry.at, clock.zone(), clock.today()),
        who,
        what: Act::parse(&entry.act).map_or_else(|| inert(&entry.act), |act| sentence(frame, &act.text())),
        many: entry.many,
        on,
    }
}

/// With a capital in front, as a line begins.
fn sentence(frame: &Frame, text: &Text) -> String {
    let said = frame.say(text);
    let mut letters = said.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What is called who has no name.
fn kind(word: &str) -> Text {
    match word {
        "terminal" => text!("the command line", "kommandolinjen"),
        "partner" => text!("a partner", "en partner"),
        "house" => text!("Lykt itself", "Lykt selv"),
        "nobody" => text!("somebody not signed in", "noen som ikke er logget inn"),
        other => {
            let other = inert(other);
            text!("{other}", "{other}")
        }
    }
}

fn thing(word: &str) -> Text {
    match word {
        "contact" => text!("contact", "kontakt"),
        "task" => text!("task", "oppgave"),
        "reply" => text!("answer", "svar"),
        "message" => text!("message", "melding"),
        "user" => text!("user", "bruker"),
        "token" => text!("token", "token"),
        "campaign" => text!("campaign", "kampanje"),
        "key" => text!("key", "nøkkel"),
        other => {
            let other = inert(other);
            text!("{other}", "{other}")
        }
    }
}
