//! The inbox: what people answered, suspected noes first, until somebody has read it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::ReplyId;
use crate::domain::inert::inert;
use crate::domain::reply::ReplyKind;
use crate::store::reply::{self, Reply};
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, person};

/// More than this nobody reads at once.
const MOST: i64 = 200;
/// How much of an answer the list shows, in characters.
const GLIMPSE: usize = 160;

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/inbox", Allow::STAFF, show)
}

#[derive(Deserialize)]
struct Wanted {
    /// Those that were read, too.
    all: Option<String>,
}

struct Line {
    id: ReplyId,
    kind: String,
    grade: &'static str,
    at: String,
    campaign: String,
    owner: Option<String>,
    read: bool,
    glimpse: String,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Inbox<'a> {
    f: &'a Frame,
    all: bool,
    more: bool,
    coordinates: bool,
    lines: Vec<Line>,
}

async fn show(State(house): At, frame: Frame, Query(wanted): Query<Wanted>) -> Result<Response, Failure> {
    let all = wanted.all.is_some();
    let mut tx = house.db.read().await?;
    let mut replies = reply::list(&mut tx, &house.ledger.vault, all, MOST + 1).await?;
    drop(tx);
    let more = replies.len() as i64 > MOST;
    replies.truncate(MOST as usize);
    let many = i64::try_from(replies.len()).ok();
    house.ledger.book().note_alone(&house.db, Act::AnswersListed, On::Nothing, many).await?;
    // Unread first; within them the order of the house: suspected noes on top.
    replies.sort_by_key(|reply| reply.read_at.is_some());
    let lines = replies.iter().map(|reply| line(&house, &frame, reply)).collect();
    let coordinates = frame.role() == Some(crate::domain::role::Role::Coordinator);
    page(&Inbox { f: &frame, all, more, coordinates, lines })
}

fn line(house: &House, frame: &Frame, reply: &Reply) -> Line {
    Line {
        id: reply.id,
        kind: frame.say(&reply.kind.text()),
        grade: grade(reply.kind),
        at: person::when(house, frame, reply.received_at),
        campaign: reply.campaign.clone().unwrap_or_default(),
        owner: reply.owner.as_deref().map(inert),
        read: reply.read_at.is_some(),
        glimpse: match &reply.text {
            Some(text) => inert(&text.expose().replace(['\r', '\n'], " ")).chars().take(GLIMPSE).collect(),
            None => frame.say(&house.settings.retention.gone()),
        },
    }
}

/// How urgent a kind looks.
pub(super) fn grade(kind: ReplyKind) -> &'static str {
    match kind {
        ReplyKind::OptOut | ReplyKind::Suspected => "bad",
        ReplyKind::Help => "warn",
        ReplyKind::Thanks => "good",
        ReplyKind::Start | ReplyKind::NotInGroup | ReplyKind::WrongNumber | ReplyKind::Other => "info",
    }
}
