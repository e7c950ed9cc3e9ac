//! What came of a request to the Cloud API.
//!
//! A refusal is one only in Meta's own words: an `error` with a code that Meta documents as not sent. Everything else
//! that is not a clear acceptance is a doubt.

use std::time::Duration;

use serde::Deserialize;

use crate::domain::messaging_limit::MessagingLimit;
use crate::gateway::exchange::{Failure, Response, Sent};
use crate::gateway::verdict::{Class, Code, Doubt, Probe, ProviderId, Unsent, Verdict};
use crate::gateway::whatsapp_cloud::account::Account;
use crate::gateway::whatsapp_cloud::{codes, kept_id};

/// What came of one try.
pub(super) fn verdict(sent: &Sent) -> Verdict {
    match sent {
        Ok(response) => of_response(response),
        Err(failure) => Verdict::from(*failure),
    }
}

fn of_response(response: &Response) -> Verdict {
    let body = response.body.as_deref().unwrap_or_default();
    match response.status {
        200..=299 => match accepted(body) {
            Some(provider_id) => Verdict::Accepted { provider_id },
            None => Verdict::InDoubt { why: Doubt::Unreadable },
        },
        300..=399 => Verdict::InDoubt { why: Doubt::Redirect },
        status => match refusal(body) {
            Some(code) => of_code(code, response.retry_after).unwrap_or(Verdict::InDoubt { why: doubt(status) }),
            // Nobody acts for a stranger. Without a body it may be a proxy's word, but it is as true of the account.
            None if status == 401 => Verdict::Refused { code: None, class: Class::Config },
            // Meta's own limit on an app, which stands before everything else.
            None if status == 429 => Verdict::NotSent { why: Unsent::Throttled, retry_after: response.retry_after },
            None => Verdict::InDoubt { why: doubt(status) },
        },
    }
}

fn of_code(code: u32, asked: Option<Duration>) -> Option<Verdict> {
    let retry_after = Some(asked.unwrap_or_default().max(codes::wait(code)));
    match codes::class_of(code) {
        Class::Other => None,
        Class::Throttled => Some(Verdict::NotSent { why: Unsent::Throttled, retry_after }),
        Class::Capped => Some(Verdict::NotSent { why: Unsent::Capped, retry_after }),
        class => Some(Verdict::Refused { code: Some(Code::from(code)), class }),
    }
}

fn doubt(status: u16) -> Doubt {
    match status {
        408 | 409 | 425 | 500.. => Doubt::ServerError,
        _ => Doubt::Unreadable,
    }
}

#[derive(Deserialize)]
struct Accepted {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    id: String,
}

/// The id of the one message that Meta took.
fn accepted(body: &[u8]) -> Option<ProviderId> {
    let Accepted { messages } = serde_json::from_slice(body).ok()?;
    match messages.as_slice() {
        [message] if message.id.starts_with("wamid.") => kept_id(&message.id),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: Error,
}

/// Meta's own errors always have a message, a type and a code.
#[derive(Deserialize)]
struct Error {
    code: u32,
    #[serde(rename = "message")]
    _message: String,
    #[serde(rename = "type")]
    _type: String,
}

/// The code of an error that is Meta's own.
fn refusal(body: &[u8]) -> Option<u32> {
    let Refusal { error } = serde_json::from_slice(body).ok()?;
    Some(error.code)
}

#[derive(Deserialize)]
struct Number {
    id: String,
}

/// To how many people the business may write first, if the answer says so: a number, or the word for one.
pub(super) fn messaging_limit(sent: &Sent) -> Option<MessagingLimit> {
    let response = sent.as_ref().ok().filter(|response| response.status == 200)?;
    let body: serde_json::Value = serde_json::from_slice(response.body.as_deref()?).ok()?;
    match &body["whatsapp_business_manager_messaging_limit"] {
        serde_json::Value::String(word) => MessagingLimit::parse(word),
        number => MessagingLimit::parse(&number.to_string()),
    }
}

/// What the harmless call showed.
pub(super) fn probe(account: &Account, sent: &Sent) -> Probe {
    let response = match sent {
        Ok(response) => response,
        Err(Failure::Connect | Failure::Timeout | Failure::Broken | Failure::Late) => return Probe::Unreachable,
        Err(Failure::Unbuildable) => return Probe::Unexpected,
    };
    let body = response.body.as_deref().unwrap_or_default();
    if response.status == 200 {
        return match serde_json::from_slice::<Number>(body) {
            Ok(number) if number.id == account.phone_number_id => Probe::Works,
            _ => Probe::Unexpected,
        };
    }
    match refusal(body) {
        // The account is restricted or locked.
        Some(368 | 131031) => Probe::Inactive,
        // A token that has run out or may not; an id that this token does not see (100 with "does not exist").
        Some(0 | 3 | 10 | 33 | 100 | 190 | 200..=299) => Probe::WrongSecret,
        None if response.status == 401 => Probe::WrongSecret,
        Some(_) | None if response.status >= 500 || response.status == 429 => Probe::Unreachable,
        _ => Probe::Unexpected,
    }
}
