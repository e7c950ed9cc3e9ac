//! Check a number or a nick: one clear sentence at once, and from there what can be done.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::contact::{Registration, registered};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::role::Role;
use crate::ledger::{NoSource, Unclear};
use crate::store::contact;
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me, person};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.post("/check", Allow::CONTACTS, check).post("/contacts", Allow::STAFF, register).post(
        "/contacts/opt-out",
        Allow::STAFF,
        opt_out,
    )
}

#[derive(Deserialize)]
struct Asked {
    address: String,
}

#[derive(Template)]
#[template(path = "check.html")]
struct Page<'a> {
    f: &'a Frame,
    /// As it is understood, to be checked by eye; nothing when it is not.
    address: Option<String>,
    sentence: String,
    good: bool,
    /// Whether anything may be registered from here,
    registers: bool,
    /// and a no.
    takes_no: bool,
    form: &'a Registration,
    record: Option<String>,
    wrong: Option<String>,
    today: String,
}

async fn check(State(house): At, frame: Frame, me: Me, Form(asked): Form<Asked>) -> Result<Response, Failure> {
    answer(&house, &frame, &me, &asked.address, &Registration::default(), None, None).await
}

/// The page about an address; a contact that this person may see has its own.
async fn answer(
    house: &House,
    frame: &Frame,
    me: &Me,
    written: &str,
    form: &Registration,
    record: Option<String>,
    wrong: Option<Text>,
) -> Result<Response, Failure> {
    let ledger = &house.ledger;
    let mut tx = house.db.read().await?;
    let address = match ledger.look_up(&mut tx, written, house.settings.organisation.region).await? {
        Ok(address) => address,
        Err(unclear) => return not_understood(house, frame, me, unclear, wrong.as_ref()),
    };
    let known = contact::find(&mut tx, &ledger.vault.blind(address.expose())).await?.map(|known| known.id);
    if let Some(id) = known
        && record.is_none()
        && wrong.is_none()
        && person::knows(&mut tx, me, id).await?
    {
        drop(tx);
        ledger.book().note_alone(&house.db, Act::LookedUp, On::Contact(id), None).await?;
        return Ok(Redirect::to(&format!("/contacts/{id}")).into_response());
    }
    let answer = ledger.check(&mut tx, &address).await?;
    let (sentence, good) = person::answer(house, &mut tx, frame, &answer).await?;
    drop(tx);
    ledger.book().note_alone(&house.db, Act::LookedUp, known.map_or(On::Nothing, On::Contact), None).await?;
    let refused = record.is_some() || wrong.is_some();
    let registers = me.0.role != Role::Peer;
    let mut response = page(&Page {
        f: frame,
        address: Some(inert(address.expose())),
        sentence,
        good,
        registers,
        takes_no: registers,
        form,
        record,
        wrong: wrong.as_ref().map(|wrong| frame.say(wrong)),
        today: house.ledger.clock.today().to_string(),
    })?;
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The page about what is no address; from there a no may be registered for a number that no plan knows.
fn not_understood(
    house: &House,
    frame: &Frame,
    me: &Me,
    unclear: Unclear,
    wrong: Option<&Text>,
) -> Result<Response, Failure> {
    let sentence = frame.say(&unclear.explain());
    let address = unclear.for_a_no().ok().filter(|_| me.0.role != Role::Peer);
    let mut response = page(&Page {
        f: frame,
        takes_no: address.is_some(),
        address: address.map(|address| inert(address.expose())),
        sentence,
        good: false,
        registers: false,
        form: &Registration::default(),
        record: None,
        wrong: wrong.map(|wrong| frame.say(wrong)),
        today: house.ledger.clock.today().to_string(),
    })?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Registers the first thing that happened with somebody.
async fn register(State(house): At, frame: Frame, me: Me, Form(form): Form<Registration>) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    let region = house.settings.organisation.region;
    let address = match house.ledger.look_up(&mut tx, &form.address, region).await? {
        Ok(address) => address,
        Err(unclear) => return not_understood(&house, &frame, &me, unclear, None),
    };
    drop(tx);
    let entry = match registered(&house, &me, &form) {
        Ok(entry) => entry,
        Err(wrong) => return answer(&house, &frame, &me, &form.address, &form, None, Some(wrong)).await,
    };
    if let Some(record) = form.record() {
        return answer(&house, &frame, &me, &form.address, &form, Some(record), None).await;
    }
    let press = house.presses.first(&form.press);
    let mut tx = house.db.begin().await?;
    if press.is_some() {
        house.ledger.by_hand(&mut tx, &address, &entry).await?;
    }
    let id = house.ledger.contact(&mut tx, &address).await?.id;
    tx.commit().await?;
    if let Some(press) = press {
        press.done();
    }
    Ok(Redirect::to(&format!("/contacts/{id}")).into_response())
}

#[derive(Deserialize)]
struct No {
    address: String,
    #[serde(default)]
    sure: Option<String>,
}

/// The no of somebody who was never seen.
async fn opt_out(State(house): At, frame: Frame, me: Me, Form(no): Form<No>) -> Result<Response, Failure> {
    if no.sure.is_none() {
        let wrong = text!(
            "Tick that it is what the person wants: a no is final.",
            "Kryss av for at det er det personen ønsker: et nei er endelig."
        );
        let form = Registration::default();
        return answer(&house, &frame, &me, &no.address, &form, None, Some(wrong)).await;
    }
    let mut tx = house.db.begin().await?;
    let region = house.settings.organisation.region;
    let address = match house.ledger.look_up(&mut tx, &no.address, region).await?.or_else(Unclear::for_a_no) {
        Ok(address) => address,
        Err(unclear) => return not_understood(&house, &frame, &me, unclear, None),
    };
    let id = house.ledger.contact(&mut tx, &address).await?.id;
    house.ledger.opt_out(&mut tx, id, NoSource::ByHand, Some(me.name())).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/contacts/{id}")).into_response())
}
