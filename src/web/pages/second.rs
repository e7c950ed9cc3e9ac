//! What waits for a second person: who may agree to it, agrees or refuses.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::domain::id::{AskId, ContactId};
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::moment;
use crate::domain::role::Role;
use crate::second::{self, Answer, Second};
use crate::store::DbError;
use crate::store::second::{Ask, why};
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

const ALLOW: Allow = Allow::Roles(&[Role::Admin, Role::Coordinator]);

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/second", ALLOW, show).post("/second/{id}/agree", ALLOW, agree).post(
        "/second/{id}/refuse",
        ALLOW,
        refuse,
    )
}

struct Row {
    id: String,
    what: String,
    contact: Option<String>,
    shown: String,
    why: Option<String>,
    asked_by: String,
    at: String,
    agreed_by: Option<String>,
    own: bool,
}

#[derive(Template)]
#[template(path = "second.html")]
struct Page<'a> {
    f: &'a Frame,
    rows: Vec<Row>,
    wrong: Option<String>,
}

async fn show(State(house): At, frame: Frame, me: Me) -> Result<Response, Failure> {
    list(&house, &frame, &me, None).await
}

async fn agree(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let answered = second::agree(&house.db, &house.ledger, asked(&id)?, by(&me)).await?;
    told(&house, &frame, &me, &answered).await
}

async fn refuse(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let answered = second::refuse(&house.db, &house.ledger, asked(&id)?, by(&me)).await?;
    told(&house, &frame, &me, &answered).await
}

fn asked(id: &str) -> Result<AskId, Failure> {
    id.parse().map_err(|_| Failure::missing())
}

fn by(me: &Me) -> Second<'_> {
    Second { name: me.name(), role: me.0.role }
}

async fn told(house: &House, frame: &Frame, me: &Me, answer: &Answer) -> Result<Response, Failure> {
    let why = match answer {
        Answer::Done(_) => return Ok(Redirect::to("/second").into_response()),
        // What is another role's is not told to be there.
        Answer::Role(_) => return Err(Failure::missing()),
        Answer::Own => text!(
            "You asked for this yourself: somebody else must answer.",
            "Dette har du selv bedt om: noen andre må svare."
        ),
        Answer::Gone => text!(
            "It does not wait any more: somebody answered, or the day is over.",
            "Det venter ikke lenger: noen har svart, eller et døgn er gått."
        ),
    };
    list(house, frame, me, Some(why)).await
}

async fn list(house: &House, frame: &Frame, me: &Me, wrong: Option<Text>) -> Result<Response, Failure> {
    let own = me.name().to_lowercase();
    let asks = second::all(&mut house.db.read().await?, &house.ledger).await?;
    let rows = asks.into_iter().filter(|ask| ask.matter.agrees() == me.0.role || ask.asker == own);
    let rows = rows.map(|ask| row(house, frame, ask, &own)).collect::<Result<_, DbError>>()?;
    let mut response = page(&Page { f: frame, rows, wrong: wrong.as_ref().map(|why| frame.say(why)) })?;
    if wrong.is_some() {
        *response.status_mut() = StatusCode::CONFLICT;
    }
    Ok(response)
}

fn row(house: &House, frame: &Frame, ask: Ask, own: &str) -> Result<Row, DbError> {
    let clock = &house.ledger.clock;
    let sees = frame.role() == Some(Role::Coordinator);
    let why = why(&house.ledger.vault, &ask)?;
    Ok(Row {
        id: ask.id.to_string(),
        what: frame.say(&ask.matter.text()),
        contact: ask.shown.parse::<ContactId>().ok().filter(|_| sees).map(|id| id.to_string()),
        at: moment::moment(frame.lang, ask.asked_at, clock.zone(), clock.today()),
        own: ask.asker == own,
        why: why.map(|why| inert(why.expose())),
        shown: inert(&ask.shown),
        asked_by: inert(&ask.asked_by),
        agreed_by: ask.agreed_by.as_deref().map(inert),
    })
}
