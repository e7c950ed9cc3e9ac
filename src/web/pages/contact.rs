//! A contact: may we, why not, when again; then what happened, and what can be done from here.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::audit::On;
use crate::counting::Known;
use crate::domain::act::Act;
use crate::domain::handle::masked;
use crate::domain::id::{AddressId, ContactId};
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::role::Role;
use crate::ledger::NoSource;
use crate::ledger::by_hand::{self, ByHand};
use crate::ledger::health::reads_like_record;
use crate::store::contact as people;
use crate::store::link;
use crate::store::touch::{Touch, TouchKind};
use crate::text;
use crate::web::frame::page;
use crate::web::person::{self, Happened};
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/contacts/{id}", Allow::CONTACTS, show)
        .post("/contacts/{id}/touch", Allow::CONTACTS, touch)
        .post("/contacts/{id}/number", Allow::CONTACTS, number)
        .get("/contacts/{id}/opt-out", Allow::CONTACTS, ask_no)
        .post("/contacts/{id}/opt-out", Allow::CONTACTS, opt_out)
}

/// What was done by hand, as the form has it.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Registration {
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub channel: String,
    #[serde(default)]
    pub at: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub insist: Option<String>,
    #[serde(default)]
    pub press: String,
}

impl Registration {
    /// The words by which the note reads like a health record, unless the writer insists.
    pub fn record(&self) -> Option<String> {
        if self.insist.is_some() { None } else { reads_like_record(&self.note) }
    }
}

/// The entry of what was done, or what is wrong with the form.
pub(super) fn registered(house: &House, me: &Me, form: &Registration) -> Result<Touch, Text> {
    let done = match form.kind.as_str() {
        "message" => ByHand::Message,
        "answered" => ByHand::Call { answered: true },
        "no_answer" => ByHand::Call { answered: false },
        "visit" => ByHand::Visit,
        "note" if form.note.trim().is_empty() => {
            return Err(text!("The note is empty.", "Notatet er tomt."));
        }
        "note" => ByHand::Note,
        _ => return Err(text!("Choose what happened.", "Velg hva som skjedde.")),
    };
    let said = |field: &str| Some(field.trim().to_owned()).filter(|field| !field.is_empty());
    let channel = match said(&form.channel) {
        Some(word) => Some(by_hand::channel(&word).ok_or_else(|| {
            text!("Write where in one word of letters, such as instagram.", "Skriv hvor med ett ord, som instagram.")
        })?),
        None => None,
    };
    let today = house.ledger.clock.today().to_string();
    let at = said(&form.at).filter(|day| *day != today);
    let at = by_hand::time(&house.ledger.clock, at.as_deref()).ok_or_else(|| {
        text!("This day has not been yet, or is none.", "Denne dagen har ikke vært ennå, eller finnes ikke.")
    })?;
    if form.note.chars().count() > 10_000 {
        return Err(text!("The note is too long.", "Notatet er for langt."));
    }
    Ok(done.entry(at, channel, &form.note, Some(me.name())))
}

#[derive(Template)]
#[template(path = "contact.html")]
struct Page<'a> {
    f: &'a Frame,
    id: ContactId,
    addresses: Vec<(AddressId, String)>,
    staff: bool,
    shown: bool,
    sentence: String,
    good: bool,
    opted_out: bool,
    language: String,
    story: Vec<Happened>,
    form: &'a Registration,
    record: Option<String>,
    wrong: Option<String>,
    today: String,
    counts: Vec<Known>,
}

/// What a page about a contact is to show besides.
#[derive(Default)]
pub(super) struct With {
    pub shown: bool,
    pub form: Registration,
    pub record: Option<String>,
    pub wrong: Option<Text>,
}

async fn show(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    of(&house, &frame, &me, person::id(&id)?, With::default()).await
}

/// The page about a contact.
pub(super) async fn of(house: &House, frame: &Frame, me: &Me, id: ContactId, with: With) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    let contact = person::contact(&mut tx, me, id).await?;
    let answer = house.ledger.check_contact(&mut tx, &contact).await?;
    let (sentence, good) = person::answer(house, &mut tx, frame, &answer).await?;
    let addresses = people::addresses(&mut tx, &house.ledger.vault, id).await?;
    let ids = link::addresses(&mut tx, id).await?.into_iter().map(|(id, _)| id);
    let show = |address: &String| if with.shown { inert(address) } else { masked(address) };
    let story = person::story(house, &mut tx, frame, id).await?;
    let counts = house.counting.all(&mut tx).await?;
    drop(tx);
    house.ledger.book().note_alone(&house.db, Act::ContactOpened, On::Contact(id), None).await?;
    let refused = with.record.is_some() || with.wrong.is_some();
    let mut response = page(&Page {
        f: frame,
        id,
        addresses: ids.into_iter().zip(addresses.iter().map(|address| show(address.expose()))).collect(),
        staff: me.0.role != Role::Peer,
        shown: with.shown,
        sentence,
        good,
        opted_out: contact.opted_out,
        language: inert(contact.language.as_deref().unwrap_or_default()),
        story,
        form: &with.form,
        record: with.record,
        wrong: with.wrong.as_ref().map(|wrong| frame.say(wrong)),
        today: house.ledger.clock.today().to_string(),
        counts,
    })?;
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Registers what was done by hand. What happened is never refused.
async fn touch(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Form(form): Form<Registration>,
) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let entry = match registered(&house, &me, &form) {
        Ok(entry) => entry,
        Err(wrong) => {
            let with = With { form, wrong: Some(wrong), ..With::default() };
            return of(&house, &frame, &me, id, with).await;
        }
    };
    if let Some(record) = form.record() {
        let with = With { form, record: Some(record), ..With::default() };
        return of(&house, &frame, &me, id, with).await;
    }
    let Some(press) = house.presses.first(&form.press) else { return Ok(back(id)) };
    let mut tx = house.db.begin().await?;
    person::contact(&mut tx, &me, id).await?;
    people::lock(&mut tx, id).await?.ok_or_else(Failure::missing)?;
    house.ledger.by_hand_with(&mut tx, id, &entry).await?;
    tx.commit().await?;
    press.done();
    Ok(back(id))
}

/// Shows the number: written down before it is seen.
async fn number(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let mut tx = house.db.begin().await?;
    person::contact(&mut tx, &me, id).await?;
    let mut noted = Touch::new(TouchKind::Revealed, house.ledger.clock.now_ms());
    noted.actor = Some(me.name().to_owned());
    noted.detail = Some("contact".to_owned());
    house.ledger.register(&mut tx, id, &noted).await?;
    house.ledger.book().note(&mut tx, Act::NumberShown, On::Contact(id)).await?;
    tx.commit().await?;
    of(&house, &frame, &me, id, With { shown: true, ..With::default() }).await
}

#[derive(Template)]
#[template(path = "no.html")]
struct No<'a> {
    f: &'a Frame,
    id: ContactId,
    whom: String,
}

async fn ask_no(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let mut tx = house.db.read().await?;
    person::contact(&mut tx, &me, id).await?;
    page(&No { f: &frame, id, whom: person::name(&house, &mut tx, id).await? })
}

async fn opt_out(State(house): At, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let mut tx = house.db.begin().await?;
    person::contact(&mut tx, &me, id).await?;
    house.ledger.opt_out(&mut tx, id, NoSource::ByHand, Some(me.name())).await?;
    tx.commit().await?;
    Ok(back(id))
}

pub(super) fn back(id: ContactId) -> Response {
    Redirect::to(&format!("/contacts/{id}")).into_response()
}
