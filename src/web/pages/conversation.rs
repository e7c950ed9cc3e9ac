//! One answer with everything in and out around it; from here somebody answers, takes it on, hands it over, or is done.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::inbox::grade;
use super::near::{self, Near};
use crate::audit::On;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::id::{ContactId, DirectId, ReplyId};
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::message::MessageState;
use crate::domain::private::Private;
use crate::domain::role::Role;
use crate::inbox::answer::{self, Press, Refused};
use crate::inbox::conversation::{Event, What, conversation};
use crate::inbox::ready::{self, Filled};
use crate::store::contact;
use crate::store::reply::{self, Reply};
use crate::store::user::{self, User};
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me, person};

/// So much is shown, the newest.
const MOST: usize = 100;

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/inbox/{id}", Allow::STAFF, show)
        .post("/inbox/{id}/answer", Allow::STAFF, send)
        .post("/inbox/{id}/take", Allow::STAFF, take)
        .post("/inbox/{id}/hand-over", Allow::STAFF, hand_over)
        .post("/inbox/{id}/done", Allow::STAFF, done)
}

#[derive(Deserialize)]
struct Chosen {
    /// A ready answer.
    ready: Option<String>,
    /// A place.
    #[serde(default)]
    near: String,
}

#[derive(Deserialize)]
struct Written {
    press: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    now: Option<String>,
}

#[derive(Deserialize)]
struct To {
    #[serde(default)]
    to: String,
    #[serde(default)]
    from: String,
}

/// What stood in the form when it was sent, and what was wrong with it.
#[derive(Default)]
struct With {
    text: String,
    place: String,
    night: bool,
    wrong: Option<Text>,
}

/// One thing that happened.
struct Bubble {
    side: &'static str,
    at: String,
    head: String,
    text: Option<String>,
    /// What a person must look at.
    alarm: Option<String>,
}

#[derive(Template)]
#[template(path = "conversation.html")]
struct Page<'a> {
    f: &'a Frame,
    id: ReplyId,
    contact: ContactId,
    whom: String,
    kind: String,
    grade: &'static str,
    campaign: String,
    owner: Option<String>,
    mine: bool,
    colleagues: Vec<String>,
    read_by: Option<String>,
    read: bool,
    opted_out: bool,
    bubbles: Vec<Bubble>,
    ready: Vec<Filled>,
    press: DirectId,
    text: &'a str,
    night: bool,
    near: Option<Near>,
    wrong: Option<String>,
}

async fn show(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    whole(&house, &frame, &me, id, chosen.ready.as_deref(), With { place: chosen.near, ..With::default() }).await
}

/// The page, with what was written before.
async fn whole(
    house: &House,
    frame: &Frame,
    me: &Me,
    id: ReplyId,
    chosen: Option<&str>,
    mut with: With,
) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    let reply = reply::get(&mut tx, &house.ledger.vault, id).await?.ok_or_else(Failure::missing)?;
    let who = contact::get(&mut tx, reply.contact).await?.ok_or_else(Failure::missing)?;
    let events = conversation(&house.ledger, &mut tx, reply.contact).await?;
    let organisation = &house.settings.organisation;
    let ready = ready::suggest(&mut tx, organisation, &reply, who.language.as_deref(), me.name()).await?;
    let whom = person::name(house, &mut tx, reply.contact).await?;
    let users = user::all(&mut tx).await?;
    let near = near::of(house, &mut tx, frame, reply.contact, (format!("/inbox/{id}"), &with.place)).await?;
    drop(tx);
    house.ledger.book().note_alone(&house.db, Act::AnswerOpened, On::Reply(id), None).await?;
    if let Some(filled) = ready.iter().find(|filled| Some(filled.key.as_str()) == chosen) {
        with.text.clone_from(&filled.text);
    }
    let others = users.into_iter().filter(answers);
    let colleagues = others.map(|user| user.name).filter(|name| reply.owner.as_ref() != Some(name)).collect();
    let first = events.len().saturating_sub(MOST);
    let bubbles = events.iter().skip(first).map(|event| bubble(house, frame, event)).collect();
    let status = if with.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = page(&Page {
        f: frame,
        id,
        contact: reply.contact,
        whom,
        kind: frame.say(&reply.kind.text()),
        grade: grade(reply.kind),
        campaign: reply.campaign.unwrap_or_default(),
        mine: reply.owner.as_deref() == Some(me.name()),
        owner: reply.owner,
        colleagues,
        read: reply.read_at.is_some(),
        read_by: reply.read_by,
        opted_out: who.opted_out,
        bubbles,
        ready,
        press: new_id(),
        text: &with.text,
        night: with.night || answer::is_night(&house.ledger.clock),
        near,
        wrong: with.wrong.map(|wrong| person::sentence(&frame.say(&wrong))),
    })?;
    Ok((status, shown).into_response())
}

fn bubble(house: &House, frame: &Frame, event: &Event) -> Bubble {
    let at = person::when(house, frame, event.at);
    match &event.what {
        What::In(reply) => Bubble {
            side: "in",
            at,
            head: frame.say(&reply.kind.text()),
            text: Some(words(house, frame, reply)),
            alarm: None,
        },
        What::Out(out) => {
            let who = out.by.as_deref().or(out.campaign.as_deref()).unwrap_or_default();
            let (state, unclear) = (frame.say(&out.state.meaning(false)), out.state == MessageState::InDoubt);
            let gone = matches!(out.state, MessageState::Failed | MessageState::Withdrawn | MessageState::Undelivered);
            let alarm = match (unclear, gone) {
                (true, _) => Some(frame.t(
                    "Unclear whether it arrived. Sending it again may mean that they get it twice: you decide.",
                    "Uavklart om den kom frem. Sendes den igjen, kan de få den to ganger: du avgjør.",
                )),
                (_, true) => Some(frame.t("They did not get this.", "De fikk ikke denne.")),
                _ => None,
            };
            let reason = out.reason.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
            Bubble {
                side: "ours",
                at,
                head: format!("{} · {state}{reason}", inert(who)),
                text: Some(person::text_of(house, frame, out.text.as_ref())),
                alarm: alarm.map(str::to_owned),
            }
        }
        What::Entry(entry) => {
            let said = [Some(frame.say(&entry.kind.explain())), person::detail_of(frame, entry), entry.actor.clone()];
            let head = inert(&said.into_iter().flatten().collect::<Vec<_>>().join(" · "));
            let text = entry.note.as_ref().map(|note| person::clipped(note.expose()));
            Bubble { side: "entry", at, head, text, alarm: None }
        }
    }
}

fn words(house: &House, frame: &Frame, reply: &Reply) -> String {
    let words = person::text_of(house, frame, reply.text.as_ref());
    match words.trim() {
        "" => frame
            .t(
                "(no words: a picture, a file or something else that this channel shows)",
                "(ingen ord: et bilde, en fil eller noe annet som denne kanalen viser)",
            )
            .to_owned(),
        _ => words,
    }
}

async fn send(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Form(form): Form<Written>,
) -> Result<Response, Failure> {
    let id: ReplyId = person::id(&id)?;
    let press = Press {
        id: person::id(&form.press)?,
        reply: id,
        text: Private::new(form.text.clone()),
        by: me.name().to_owned(),
        now: form.now.is_some(),
    };
    let mut tx = house.db.begin().await?;
    let ended = answer::answer(&house.ledger, &mut tx, press).await?;
    match ended {
        Ok(_) => tx.commit().await?,
        // The same press once more: what it did is on the page.
        Err(Refused::Again) => {}
        Err(why) => {
            drop(tx);
            let with =
                With { text: form.text, night: why == Refused::Night, wrong: Some(why.text()), ..With::default() };
            return whole(&house, &frame, &me, id, None, with).await;
        }
    }
    Ok(back(id))
}

async fn take(State(house): At, frame: Frame, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let mut tx = house.db.begin().await?;
    if let Err(name) = answer::take(&house.ledger, &mut tx, id, me.name()).await? {
        drop(tx);
        let wrong = name.map_or(Refused::Unknown, Refused::Taken).text();
        return whole(&house, &frame, &me, id, None, With { wrong: Some(wrong), ..With::default() }).await;
    }
    tx.commit().await?;
    Ok(back(id))
}

/// Whether an answer may be handed to them.
fn answers(user: &User) -> bool {
    user.disabled_at.is_none() && matches!(user.role, Role::Coordinator | Role::Staff)
}

async fn hand_over(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Form(form): Form<To>,
) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let mut tx = house.db.begin().await?;
    let mut seen = reply::get(&mut tx, &house.ledger.vault, id).await?.ok_or_else(Failure::missing)?;
    seen.owner = Some(form.from).filter(|from| !from.is_empty());
    let known =
        form.to.is_empty() || user::all(&mut tx).await?.iter().any(|user| user.name == form.to && answers(user));
    let to = Some(form.to.as_str()).filter(|to| !to.is_empty());
    if !known || !answer::hand_over(&house.ledger, &mut tx, &seen, to).await? {
        drop(tx);
        let wrong = text!("somebody else has it by now: look again", "noen andre har det nå: se en gang til");
        return whole(&house, &frame, &me, id, None, With { wrong: Some(wrong), ..With::default() }).await;
    }
    tx.commit().await?;
    Ok(back(id))
}

async fn done(State(house): At, me: Me, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let mut tx = house.db.begin().await?;
    crate::inbox::read(&house.ledger, &mut tx, id, Some(me.name())).await?;
    tx.commit().await?;
    Ok(Redirect::to("/inbox").into_response())
}

fn back(id: ReplyId) -> Response {
    Redirect::to(&format!("/inbox/{id}")).into_response()
}
