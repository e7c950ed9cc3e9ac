//! From Twilio's answer to one verdict. Anything that is not in Twilio's own words leaves a doubt.

use serde::Deserialize;

use crate::gateway::exchange::{Failure, Response, Sent};
use crate::gateway::twilio::account::Account;
use crate::gateway::twilio::codes;
use crate::gateway::verdict::{Class, Code, Doubt, Probe, ProviderId, Unsent, Verdict};

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
        // Documented as never processed (20429), and no server in between acts and then says this.
        429 => Verdict::NotSent { why: Unsent::Throttled, retry_after: response.retry_after },
        // Nobody acts for a stranger. Without a body it may be a proxy's word, but it is as true of the account.
        401 => Verdict::Refused { code: refusal(401, body).map(Code::from), class: Class::Config },
        // "Too slow", "conflict" and "too early" may be about a first copy of the request that did arrive.
        408 | 409 | 425 => Verdict::InDoubt { why: Doubt::ServerError },
        status @ 400..=499 => match refusal(status, body) {
            Some(code) => match codes::class_of(code) {
                // Documented as not sent, and free to ask again.
                Class::Throttled => Verdict::NotSent { why: Unsent::Throttled, retry_after: response.retry_after },
                Class::Capped => Verdict::NotSent {
                    why: Unsent::Capped,
                    retry_after: Some(response.retry_after.unwrap_or_default().max(codes::CAPPED)),
                },
                class => Verdict::Refused { code: Some(code.into()), class },
            },
            None => Verdict::InDoubt { why: Doubt::Unreadable },
        },
        _ => Verdict::InDoubt { why: Doubt::ServerError },
    }
}

#[derive(Deserialize)]
struct Message {
    sid: String,
}

/// The id of the message that Twilio took: `SM` or `MM` and 32 hexadecimal digits, nothing else.
fn accepted(body: &[u8]) -> Option<ProviderId> {
    let Message { sid } = serde_json::from_slice(body).ok()?;
    let digits = sid.strip_prefix("SM").or_else(|| sid.strip_prefix("MM"))?;
    let whole = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if whole { ProviderId::parse(&sid) } else { None }
}

#[derive(Deserialize)]
struct Refusal {
    code: u32,
    status: Option<u16>,
}

/// The code of an error that is Twilio's own: five digits, and the status it came with.
pub(super) fn refusal(status: u16, body: &[u8]) -> Option<u32> {
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    let own = (10_000..100_000).contains(&refusal.code) && refusal.status.is_none_or(|said| said == status);
    own.then_some(refusal.code)
}

#[derive(Deserialize)]
struct AccountState {
    sid: String,
    status: Option<String>,
}

/// What the harmless call showed.
pub(super) fn probe(account: &Account, sent: &Sent) -> Probe {
    let response = match sent {
        Ok(response) => response,
        Err(Failure::Connect | Failure::Timeout | Failure::Broken | Failure::Late) => return Probe::Unreachable,
        Err(Failure::Unbuildable) => return Probe::Unexpected,
    };
    let body = response.body.as_deref().unwrap_or_default();
    match (response.status, serde_json::from_slice::<AccountState>(body)) {
        (200, Ok(state)) if state.sid != account.account_sid => Probe::Unexpected,
        (200, Ok(state)) if state.status.as_deref().is_some_and(|status| status != "active") => Probe::Inactive,
        (200, Ok(_)) => Probe::Works,
        (401 | 403 | 404, _) if refusal(response.status, body).is_some() => Probe::WrongSecret,
        (401, _) => Probe::WrongSecret,
        _ => Probe::Unexpected,
    }
}
