//! Twilio's list of messages: one request for a page, and what stands on it.
//!
//! Source: `ListMessage` in Twilio's official description of API 2010-04-01. The filters `To`, `From` and `DateSent>`
//! (a day in GMT); `next_page_uri` is relative, and followed only within this account's own list, so that the
//! credentials go nowhere else. `date_sent` is null while a message waits: `date_created` is what counts, and a message
//! that waits may be missing from a list by days, so that one person's messages are asked for without a day.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::private::Private;
use crate::gateway::exchange::{Request, Sent};
use crate::gateway::form;
use crate::gateway::json;
use crate::gateway::listing::{Listed, Page, Query, Unlisted, Way};
use crate::gateway::outgoing::Address;
use crate::gateway::twilio::account::{Account, plain};
use crate::gateway::twilio::{hooks, request};
use crate::gateway::verdict::{Code, ProviderId};

/// Twilio gives a thousand at most; this many are under a megabyte.
const PAGE: &str = "500";
/// Stands before every text of a trial account.
const TRIAL: &str = "Sent from your Twilio trial account - ";

/// The request for the first page.
pub(super) fn first(account: &Account, query: &Query) -> Request {
    let day = query.since_day().to_string();
    let to = query.to.as_ref().map(|to| account.address_of(to.expose()));
    let mut filters = Vec::with_capacity(4);
    match (query.way, to.as_deref()) {
        // Whatever was sent to this person, by whichever sender: what another system sent counts too.
        (Way::Out, Some(to)) => filters.push(("To", to)),
        (Way::Out, None) => filters.extend(account.from.iter().map(|from| ("From", from.as_str()))),
        (Way::In, _) => filters.extend(account.from.iter().map(|from| ("To", from.as_str()))),
    }
    if query.to.is_none() {
        filters.push(("DateSent>", &day));
    }
    filters.push(("PageSize", PAGE));
    page_at(account, &form::encode(filters.into_iter()))
}

fn page_at(account: &Account, query: &str) -> Request {
    Request::get(request::address(account, &format!("/Messages.json?{query}")), request::login(account))
}

/// What came of a request for a page.
pub(super) fn page(account: &Account, query: &Query, sent: &Sent) -> Result<Page, Unlisted> {
    let response = sent.as_ref().map_err(|_| Unlisted::Unreachable)?;
    match response.status {
        200 => {}
        429 => return Err(Unlisted::Throttled(response.retry_after)),
        401 | 403 => return Err(Unlisted::Refused),
        500..=599 => return Err(Unlisted::Unreachable),
        _ => return Err(Unlisted::Unreadable),
    }
    let body = response.body.as_deref().ok_or(Unlisted::Unreadable)?;
    let body = json::read(body).and_then(|body| Body::deserialize(body).ok());
    let Body { messages, next_page_uri } = body.ok_or(Unlisted::Unreadable)?;
    let all = messages.len();
    let listed: Vec<Listed> = messages.into_iter().filter_map(|message| read(account, message)).collect();
    let whole = listed.len() == all;
    let next = next_page_uri.filter(|uri| !uri.is_empty()).map(|uri| next(account, &uri)).transpose()?;
    let listed = listed.into_iter().filter(|listed| listed.way == query.way).collect();
    Ok(Page { listed, whole, next })
}

/// The next page, if that is where the address leads: only its query is taken.
fn next(account: &Account, uri: &str) -> Result<Request, Unlisted> {
    let own = format!("/2010-04-01/Accounts/{}/Messages.json?", account.account_sid);
    let plain = |query: &&str| query.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    uri.strip_prefix(&own).filter(plain).map(|query| page_at(account, query)).ok_or(Unlisted::Unreadable)
}

/// Both fields must be there: what has neither is no list.
#[derive(Deserialize)]
struct Body {
    messages: Vec<serde_json::Value>,
    #[serde(deserialize_with = "Option::deserialize")]
    next_page_uri: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    sid: String,
    direction: String,
    status: String,
    to: Option<String>,
    from: Option<String>,
    body: Option<String>,
    date_created: Option<String>,
    num_media: Option<String>,
    messaging_service_sid: Option<String>,
    error_code: Option<u32>,
}

fn read(account: &Account, message: serde_json::Value) -> Option<Listed> {
    let message = Message::deserialize(message).ok()?;
    let way = if message.direction == "inbound" { Way::In } else { Way::Out };
    let (from, to) = (message.from.unwrap_or_default(), message.to.unwrap_or_default());
    let our_end = if way == Way::In { &to } else { &from };
    let ours = match (&account.messaging_service_sid, &account.from) {
        (Some(service), _) => message.messaging_service_sid.as_ref() == Some(service),
        (None, sender) => sender.as_ref() == Some(our_end),
    };
    // What another part of the account sent (a call, an answer by itself) is not ours, whatever its sender.
    let ours = ours && ["inbound", "outbound-api"].contains(&message.direction.as_str());
    // A person is looked for under the number that the ledger has. An answer keeps the channel, which it came by.
    let to = if way == Way::Out { plain(&to).to_owned() } else { to };
    let text = message.body.unwrap_or_default();
    let (status, class) = hooks::status(&message.status, message.error_code);
    Some(Listed {
        provider_id: ProviderId::parse(&message.sid)?,
        way,
        ours,
        from: Address::new(from),
        to: Address::new(to),
        text: Private::new(text.strip_prefix(TRIAL).unwrap_or(&text).to_owned()),
        media: message.num_media.and_then(|n| n.parse().ok()).unwrap_or(0),
        created_at: message.date_created.as_deref().and_then(time),
        status,
        code: message.error_code.filter(|code| *code != 0).map(Code::from),
        class,
    })
}

fn time(written: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(written).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::twilio::account::tests::account;

    #[test]
    fn only_a_next_page_of_the_same_list_is_followed() {
        let account = account().checked().unwrap();
        let list = format!("/2010-04-01/Accounts/{}/Messages.json", account.account_sid);
        let good = format!("{list}?To=%2B44&PageSize=500&Page=1&PageToken=PASM1");
        assert_eq!(next(&account, &good).unwrap().url, format!("https://api.twilio.com{good}"));
        for bad in [
            "https://evil.example/2010-04-01/x".to_owned(),
            format!("https://api.twilio.com{good}"),
            format!("//evil.example{good}"),
            format!("@evil.example{good}"),
            list.replace("Messages", "../AC2/Messages"),
            format!("{list}?a b"),
            format!("{list}?a\r\nHost: evil"),
            list,
        ] {
            assert_eq!(next(&account, &bad).unwrap_err(), Unlisted::Unreadable, "{bad}");
        }
    }

    #[test]
    fn the_list_of_a_person_and_of_our_sender_is_asked_for_with_the_channel() {
        let ours = Account { from: Some("whatsapp:+447700900001".to_owned()), ..account() }.checked().unwrap();
        let asked = |way, to: Option<&str>| {
            first(&ours, &Query { way, to: to.map(Address::new), since: jiff::Timestamp::UNIX_EPOCH }).url
        };
        assert!(asked(Way::Out, Some("+447700900123")).contains("To=whatsapp%3A%2B447700900123"));
        assert!(asked(Way::Out, None).contains("From=whatsapp%3A%2B447700900001"));
        assert!(asked(Way::In, None).contains("To=whatsapp%3A%2B447700900001"));
    }
}
