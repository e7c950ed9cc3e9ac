//! How far a campaign is, as a part of its page that comes again every two seconds while there is something to see.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{checked, words};
use crate::domain::campaign::{CampaignState, Change, OwnPause};
use crate::domain::message::MessageState;
use crate::report::progress::{self, Progress};
use crate::store::{Tx, figures};
use crate::web::frame::page;
use crate::web::person::when;
use crate::web::{Allow, At, Doors, Failure, Frame, House};
use crate::{say, text};

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}/live", Allow::COORDINATOR, show)
}

/// How far it is.
pub struct Live {
    pub state: CampaignState,
    pub why: Option<String>,
    pub planned: i64,
    pub sent: i64,
    pub rate: Option<String>,
    pub done_at: Option<String>,
    pub replies: i64,
    pub noes: i64,
    pub failed: i64,
    pub doubts: i64,
    /// What each state means, and how many messages stand in it.
    pub states: Vec<(String, i64)>,
    /// Whether it moves by itself.
    pub moves: bool,
    /// What was shown, so that nothing is sent when nothing is new.
    pub seen: String,
}

impl Live {
    pub fn percent(&self) -> i64 {
        words::percent(self.sent, self.planned)
    }

    /// Reads what the page shows.
    pub async fn of(
        tx: &mut Tx,
        house: &House,
        frame: &Frame,
        name: &str,
        progress: &Progress,
        change: Option<Change>,
    ) -> Result<Self, Failure> {
        let clock = &house.ledger.clock;
        let state = progress.campaign.state;
        let noes = figures::noes(tx, name).await?;
        let done_at = (state == CampaignState::Running).then(|| progress.done_at(clock.now(), clock.zone())).flatten();
        let states: Vec<(String, i64)> = progress
            .messages
            .iter()
            .filter(|(_, n)| **n > 0)
            .map(|(state, n)| (frame.say(&progress.meaning(*state)), *n))
            .collect();
        let replies = progress.replies.values().sum();
        let why = why(frame, name, progress, change);
        let seen = format!("{}-{replies}-{noes}-{}", state.as_str(), counted(progress));
        Ok(Self {
            state,
            why,
            planned: progress.planned,
            sent: progress.sent(),
            rate: progress.definition.as_ref().map(|definition| definition.rate.to_string()),
            done_at: done_at.map(|at| when(house, frame, at.as_millisecond())),
            replies,
            noes,
            failed: progress.count(&[MessageState::Failed, MessageState::Undelivered]),
            doubts: progress.count(&[MessageState::InDoubt]),
            states,
            moves: matches!(state, CampaignState::Approved | CampaignState::Running),
            seen,
        })
    }
}

/// All counts in a word.
fn counted(progress: &Progress) -> String {
    let counts: Vec<String> = progress.messages.values().map(ToString::to_string).collect();
    counts.join(".")
}

/// Why it stands where it does, and what to do, when there is something to say.
fn why(frame: &Frame, name: &str, progress: &Progress, change: Option<Change>) -> Option<String> {
    let state = progress.campaign.state;
    if let Some(change) = change {
        let then = match (state, change) {
            (CampaignState::Paused, Change::Removed) => text!(
                "Put the file back and resume, or cancel the campaign.",
                "Legg filen tilbake og fortsett, eller avlys kampanjen."
            ),
            (_, Change::Services) => text!(
                "Who was planned gets the message as it was approved. To write what waits anew: pause, make a new plan and approve that.",
                "De som er planlagt, får meldingen slik den ble godkjent. For å skrive det som venter på nytt: sett på pause, lag en ny plan og godkjenn den."
            ),
            _ => text!(
                "Put back what was approved, or make a new plan and approve that.",
                "Legg tilbake det som ble godkjent, eller lag en ny plan og godkjenn den."
            ),
        };
        return Some(format!("{}. {}", frame.say(&change.explain(name)), frame.say(&then)));
    }
    let reason = progress.campaign.reason.as_deref()?;
    if let Some(why) = OwnPause::parse(reason).filter(|_| state == CampaignState::Paused) {
        return Some(frame.say(&why.explain()));
    }
    Some(match (state, Change::is_reason(reason)) {
        (CampaignState::Paused, true) => say!(
            frame.lang,
            "It was paused because its files had changed; they are as approved again. You can resume.",
            "Den ble satt på pause fordi filene var endret; nå er de som godkjent igjen. Du kan fortsette."
        ),
        (CampaignState::Planned, true) => say!(
            frame.lang,
            "The approval is void, because the files changed before anything was sent. Make a new plan.",
            "Godkjenningen gjelder ikke lenger, fordi filene ble endret før noe var sendt. Lag en ny plan."
        ),
        (CampaignState::Paused, false) => say!(frame.lang, "Paused by {reason}.", "Satt på pause av {reason}."),
        (CampaignState::Cancelled, false) => say!(frame.lang, "Cancelled by {reason}.", "Avlyst av {reason}."),
        _ => return None,
    })
}

#[derive(Template)]
#[template(path = "campaign_live.html")]
struct Part<'a> {
    f: &'a Frame,
    name: &'a str,
    live: &'a Live,
}

#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    seen: String,
}

async fn show(
    State(house): At,
    frame: Frame,
    Path(name): Path<String>,
    Query(seen): Query<Seen>,
) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let mut tx = house.db.read().await?;
    let progress = progress::read(&mut tx, &house.ledger, name).await?.ok_or_else(Failure::missing)?;
    let live = Live::of(&mut tx, &house, &frame, name, &progress, None).await?;
    if live.seen == seen.seen {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    page(&Part { f: &frame, name, live: &live })
}
