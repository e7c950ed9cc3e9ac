//! What happened elsewhere is registered here, and never refused.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::contacts::{address, address_of_a_no};
use super::problem::Problem;
use super::words;
use crate::access::Bearer;
use crate::domain::private::Private;
use crate::ledger::NoSource;
use crate::ledger::agreed::{Agreed, How};
use crate::store::touch::{Touch, TouchKind};
use crate::web::At;

/// The longest note.
const NOTE: usize = 10_000;

/// What can be registered.
#[derive(Clone, Copy, Deserialize, ToSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A message that was written elsewhere.
    Message,
    /// A call.
    Call,
    /// They came.
    Visit,
    /// They do not want contact: nobody approaches them again, on any channel.
    OptOut,
    /// They agreed to be written to on `channel`, whatsapp or sms; refused while a no stands.
    Agreed,
    /// A note.
    Note,
}

/// How somebody agreed.
#[derive(Clone, Copy, Deserialize, ToSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum HowAgreed {
    /// They said so.
    Spoken,
    /// They wrote it.
    InWriting,
    /// As the note says, which must stand then.
    OtherWay,
}

impl From<HowAgreed> for How {
    fn from(how: HowAgreed) -> Self {
        match how {
            HowAgreed::Spoken => How::Spoken,
            HowAgreed::InWriting => How::InWriting,
            HowAgreed::OtherWay => How::Other,
        }
    }
}

/// What happened, and with whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// A phone number in any usual spelling, or another address that Lykt knows; of a no, also a number with its country's
    /// code that no numbering plan knows.
    #[schema(min_length = 1, max_length = 200)]
    address: String,
    kind: Kind,
    /// Whether a call was answered.
    #[serde(default)]
    answered: bool,
    /// Where: one word of letters, such as instagram.
    #[schema(pattern = "^[A-Za-z_-]{1,30}$")]
    channel: Option<String>,
    /// How they agreed; with `agreed` only, where it must stand.
    how: Option<HowAgreed>,
    /// When; now, when nothing is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// In words; sealed.
    #[schema(max_length = 10000)]
    note: Option<String>,
}

/// It is registered.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    #[schema(schema_with = words::kinds)]
    registered: &'static str,
    /// The first day of the next approach, when there is a cooldown now.
    #[schema(format = Date, required)]
    again_at: Option<String>,
}

/// Registers what happened elsewhere; a message or an answered call begins the cooldown.
#[utoipa::path(post, path = "/api/v1/touches", tag = "touches", request_body = Told,
    security(("token" = ["touches:write"])), responses(
    (status = 201, description = "It is in the ledger", body = Registered),
    (status = "4XX", description = "400, 401, 403, 409 while a no stands against a yes, 413, 415, or 422 with what cannot be used",
        body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Lykt cannot answer just now", body = Problem, content_type = "application/problem+json")))]
pub async fn add(
    State(house): At,
    Extension(bearer): Extension<Bearer>,
    Body(told): Body<Told>,
) -> Result<(StatusCode, Json<Registered>), Problem> {
    let ledger = &house.ledger;
    let entry = entry(&told, &bearer.name, ledger.clock.now_ms())?;
    let mut tx = house.db.begin().await?;
    let address = match told.kind {
        Kind::OptOut => address_of_a_no(&house, &mut tx, &told.address).await?,
        _ => address(&house, &mut tx, &told.address).await?,
    };
    let contact = ledger.contact(&mut tx, &address).await?;
    if told.kind == Kind::OptOut {
        ledger.opt_out(&mut tx, contact.id, NoSource::ByHand, Some(&bearer.name)).await?;
    }
    let yes = agreed(&told, &entry)?;
    if let Some(yes) = &yes
        && !ledger.agree(&mut tx, contact.id, yes).await?
    {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "opted_out",
            "this person said no; a yes to a channel lifts no no",
        ));
    }
    // The no has an entry of its own; a note that came with it is another.
    if yes.is_none() && (told.kind != Kind::OptOut || entry.note.is_some()) {
        ledger.by_hand_with(&mut tx, contact.id, &entry).await?;
    }
    let again_at = ledger.check(&mut tx, &address).await?.again_at.map(|day| day.to_string());
    tx.commit().await?;
    let registered = match told.kind {
        Kind::OptOut => TouchKind::OptOut,
        Kind::Agreed => TouchKind::Agreed,
        _ => entry.kind,
    };
    let registered = registered.as_str();
    Ok((StatusCode::CREATED, Json(Registered { registered, again_at })))
}

/// The yes that is told, if it is one.
fn agreed(told: &Told, entry: &Touch) -> Result<Option<Agreed>, Problem> {
    let how = match (told.kind, told.how) {
        (Kind::Agreed, Some(how)) => How::from(how),
        (Kind::Agreed, None) => return Err(Problem::unusable("how", "say how they agreed")),
        (_, Some(_)) => return Err(Problem::unusable("how", "only a yes has a how")),
        (_, None) => return Ok(None),
    };
    let channel = entry.channel.as_deref().and_then(Agreed::channel);
    let channel = channel.ok_or_else(|| Problem::unusable("channel", "write whatsapp or sms"))?;
    if how == How::Other && entry.note.is_none() {
        return Err(Problem::unusable("note", "write how they agreed"));
    }
    let actor = entry.actor.clone().unwrap_or_default();
    Ok(Some(Agreed { channel, at: entry.at, how: Some(how), actor, note: entry.note.clone() }))
}

fn entry(told: &Told, actor: &str, now: i64) -> Result<Touch, Problem> {
    let at = told.at.map_or(now, Timestamp::as_millisecond);
    if at > now || at < 0 {
        return Err(Problem::unusable("at", "this is no time that has been"));
    }
    if told.answered && told.kind != Kind::Call {
        return Err(Problem::unusable("answered", "only a call is answered"));
    }
    let word = |word: &str| {
        (1..=30).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_')
    };
    if !told.channel.as_deref().is_none_or(word) {
        return Err(Problem::unusable("channel", "write one word of letters, such as instagram"));
    }
    let note = told.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > NOTE) || (told.kind == Kind::Note && note.is_none()) {
        return Err(Problem::unusable("note", "a note has 1 to 10000 characters"));
    }
    let mut entry = Touch::new(TouchKind::Note, at);
    entry.actor = Some(actor.to_owned());
    entry.note = note.map(|note| Private::new(note.to_owned()));
    entry.channel = told.channel.as_ref().map(|word| word.to_lowercase());
    match told.kind {
        Kind::Message => (entry.kind, entry.counts) = (TouchKind::Message, true),
        Kind::Call => {
            (entry.kind, entry.counts) = (TouchKind::Call, told.answered);
            entry.channel.get_or_insert_with(|| "phone".to_owned());
            entry.detail = Some(if told.answered { "answered" } else { "no_answer" }.to_owned());
        }
        Kind::Visit => entry.kind = TouchKind::Visit,
        Kind::OptOut | Kind::Agreed | Kind::Note => {}
    }
    Ok(entry)
}
