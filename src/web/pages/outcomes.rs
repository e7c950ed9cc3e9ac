//! Outcomes that campaigns name: registered with two taps and without anybody, or from a contact's page; and taken back.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use serde::Deserialize;

use super::contact::back;
use crate::counting::{How, Known, NotTaken};
use crate::domain::heard::Heard;
use crate::domain::id::CountedId;
use crate::domain::moment;
use crate::store::counted;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me, person};

/// So many that were registered last are shown of each campaign.
const SHOWN: i64 = 5;

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/outcomes", Allow::STAFF, show)
        .post("/outcomes", Allow::STAFF, add)
        .post("/outcomes/{id}/undo", Allow::STAFF, undo)
        .post("/contacts/{id}/outcome", Allow::CONTACTS, of_contact)
}

/// One that was registered.
struct Line {
    id: CountedId,
    title: String,
    day: String,
    came: String,
    by: String,
    undone: bool,
}

/// A campaign with what counts for it.
struct Campaign {
    known: Known,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "outcomes.html")]
struct Page<'a> {
    f: &'a Frame,
    campaigns: Vec<Campaign>,
    done: Option<String>,
    today: String,
}

/// What stands in the address after something was registered.
#[derive(Default, Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

async fn show(State(house): At, frame: Frame, Query(done): Query<Done>) -> Result<Response, Failure> {
    let counting = &house.counting;
    let mut tx = house.db.read().await?;
    let mut campaigns = Vec::new();
    for known in counting.all(&mut tx).await? {
        let newest = counted::newest(&mut tx, &known.campaign, SHOWN).await?;
        let today = house.ledger.clock.today();
        let line = |one: &counted::Counted| Line {
            id: one.id,
            title: known.outcome(&one.name).map_or(one.name.clone(), |wanted| wanted.title(frame.lang).to_owned()),
            day: one.day.parse().map_or(one.day.clone(), |day| moment::day(frame.lang, day, today)),
            came: frame.say(&one.heard.text()),
            by: one.actor.clone().unwrap_or_default(),
            undone: one.undone_at.is_some(),
        };
        let lines = newest.iter().map(line).collect();
        campaigns.push(Campaign { known, lines });
    }
    let said = match done.done.as_str() {
        "registered" => Some(frame.t("Registered.", "Registrert.")),
        "undone" => Some(frame.t("Taken back.", "Tatt tilbake.")),
        _ => None,
    };
    let today = house.ledger.clock.today().to_string();
    page(&Page { f: &frame, campaigns, done: said.map(str::to_owned), today })
}

/// What was pressed.
#[derive(Deserialize)]
struct Pressed {
    campaign: String,
    outcome: String,
    #[serde(default)]
    heard: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    press: String,
}

async fn registered(house: &House, me: &Me, pressed: &Pressed, how: impl FnOnce(Heard) -> How) -> Result<(), Failure> {
    let Some(press) = house.presses.first(&pressed.press) else { return Ok(()) };
    let counting = &house.counting;
    let heard = Heard::answered(&pressed.heard).ok_or_else(Failure::missing)?;
    let today = house.ledger.clock.today();
    let day = match pressed.day.trim() {
        "" => Some(today),
        day => day.parse::<Date>().ok().filter(|day| *day <= today),
    };
    let day = day.ok_or_else(Failure::missing)?;
    let mut tx = house.db.begin().await?;
    let known = counting.known(&mut tx, &pressed.campaign).await?.ok_or_else(Failure::missing)?;
    let wanted = known.outcome(&pressed.outcome).ok_or_else(Failure::missing)?;
    counting.add(&mut tx, &known, wanted, day, how(heard), Some(me.name())).await?;
    tx.commit().await?;
    press.done();
    Ok(())
}

async fn add(State(house): At, me: Me, Form(pressed): Form<Pressed>) -> Result<Response, Failure> {
    registered(&house, &me, &pressed, How::Asked).await?;
    Ok(Redirect::to("/outcomes?done=registered").into_response())
}

/// Registers an outcome of a contact.
async fn of_contact(
    State(house): At,
    me: Me,
    Path(id): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let mut tx = house.db.read().await?;
    person::contact(&mut tx, &me, id).await?;
    drop(tx);
    registered(&house, &me, &pressed, |_| How::Contact(id)).await?;
    Ok(back(id))
}

async fn undo(State(house): At, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let counting = &house.counting;
    let mut tx = house.db.begin().await?;
    match counting.take_back(&mut tx, person::id(&id)?, Some(me.name())).await? {
        Ok(_) => tx.commit().await?,
        Err(NotTaken::Before) => {}
        Err(NotTaken::Unknown) => return Err(Failure::missing()),
    }
    Ok(Redirect::to("/outcomes?done=undone").into_response())
}
