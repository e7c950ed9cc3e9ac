//! Twilio's list of messages: one request for a page, and what stands on it.
//!
//! Source: `ListMessage` in Twilio's official description of API 2010-04-01. The filters `To`, `From` and `DateSent>`
//! (a day in GMT); `next_page_uri` is relative, and followed only within this account's own list, so that the
//! credentials go nowhere else. `date_sent` is null while a message waits: `date_created` is what counts, and a message
//! that waits may be missing from a list by days, so that one person's messages are asked for without a day.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::private::Private;
use crate::gateway::exchange::{Request, Sent};
use crate::gateway::form;
use crate::gateway::json;
use crate::gateway::listing::{self, Listed, Page, Query, Unlisted, Way};
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
    let body = json::read(listing::body(sent)?).ok_or(Unlisted::Unreadable)?;
    let messages = body["messages"].as_array().ok_or(Unlisted::Unreadable)?;
    let listed: Vec<Listed> = messages.iter().filter_map(|message| read(account, message)).collect();
    let next = following(account, &body);
    // What can be read counts whatever stands beside it; the list is then no complete one.
    let whole = listed.len() == messages.len() && next.is_ok();
    let listed = listed.into_iter().filter(|listed| listed.way == query.way).collect();
    Ok(Page { listed, whole, next: next.ok().flatten() })
}

/// The request for the page after this one; none after the last, which says so.
fn following(account: &Account, body: &Value) -> Result<Option<Request>, Unlisted> {
    match body.get("next_page_uri") {
        Some(Value::Null) => Ok(None),
        Some(Value::String(uri)) if uri.is_empty() => Ok(None),
        Some(Value::String(uri)) => next(account, uri).map(Some),
        _ => Err(Unlisted::Unreadable),
    }
}

/// The next page, if that is where the address leads: only its query is taken.
fn next(account: &Account, uri: &str) -> Result<Request, Unlisted> {
    let own = format!("/2010-04-01/Accounts/{}/Messages.json?", account.account_sid);
    let plain = |query: &&str| query.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    uri.strip_prefix(&own).filter(plain).map(|query| page_at(account, query)).ok_or(Unlisted::Unreadable)
}

fn read(account: &Account, message: &Value) -> Option<Listed> {
    let field = |name: &str| word(&message[name]);
    let number = |name: &str| field(name).and_then(|word| word.trim().parse::<u32>().ok());
    let direction = field("direction").filter(|word| !word.is_empty())?;
    let way = if direction == "inbound" { Way::In } else { Way::Out };
    // An answer holds its person whatever of it can be read; a message of ours that is half read proves nothing.
    let must = |name: &str| field(name).or_else(|| (way == Way::In).then(String::new));
    let (from, to, text) = (must("from")?, must("to")?, must("body")?);
    let our_end = if way == Way::In { &to } else { &from };
    let ours = match (&account.messaging_service_sid, &account.from) {
        (Some(service), _) => field("messaging_service_sid").as_ref() == Some(service),
        // The answers to a sender are asked for by it.
        (None, Some(_)) if way == Way::In && to.is_empty() => true,
        (None, sender) => sender.as_ref() == Some(our_end),
    };
    // What another part of the account sent (a call, an answer by itself) is not ours, whatever its sender.
    let ours = ours && ["inbound", "outbound-api"].contains(&direction.as_str());
    // A person is looked for under the number that the ledger has. An answer keeps the channel, which it came by.
    let to = if way == Way::Out { plain(&to).to_owned() } else { to };
    let provider_id = ProviderId::parse(&field("sid")?)?;
    let from = if way == Way::In && from.is_empty() { hooks::somebody(&provider_id, &to) } else { from };
    let code = number("error_code");
    let (status, class) = hooks::status(&field("status").unwrap_or_default(), code);
    Some(Listed {
        provider_id,
        way,
        ours,
        from: Address::new(from),
        to: Address::new(to),
        text: Private::new(text.strip_prefix(TRIAL).unwrap_or(&text).to_owned()),
        media: number("num_media").unwrap_or(0),
        created_at: field("date_created").as_deref().and_then(time),
        status,
        code: code.filter(|code| *code != 0).map(Code::from),
        class,
    })
}

/// A field as a word, empty where nothing stands; `None` when it is neither a text nor a number.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
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
