//! The webhooks of the Cloud API: many entries, many changes, many messages in one body. One that is odd costs no other.
//!
//! Source: Meta's webhook reference: `messages` (messages and statuses), `user_preferences`, and what happens to
//! templates, numbers and the account. A person may come with a number (`from`, `wa_id`), with an id of their own
//! (`from_user_id`, `user_id`: a country's two letters, a point, digits), or both; then both are one person's.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::domain::handle::is_whatsapp_id;
use crate::domain::hex::hex;
use crate::domain::inert::inert;
use crate::domain::messaging_limit::MessagingLimit;
use crate::domain::private::Private;
use crate::domain::reply::ReplyKind;
use crate::gateway::error::Unreadable;
use crate::gateway::event::{About, Event, Notice, Reached, Receipt, ReceiptStatus, Reply};
use crate::gateway::json;
use crate::gateway::outgoing::{Address, Token};
use crate::gateway::verdict::{Class, Code, ProviderId};
use crate::gateway::whatsapp_cloud::{codes, kept_id, said};

/// A notice repeats so much of the provider's words.
const LONGEST_WORDS: usize = 400;

/// Reads a verified webhook.
pub(super) fn parse(body: &[u8]) -> Result<Vec<Event>, Unreadable> {
    let whole = json::read(body).ok_or(Unreadable::Broken)?;
    let entries = whole["entry"].as_array().ok_or(Unreadable::Missing("entry"))?;
    let changes = entries.iter().flat_map(|entry| all(&entry["changes"]));
    Ok(changes.flat_map(change).collect())
}

fn all(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn change(change: &Value) -> Vec<Event> {
    let value = &change["value"];
    let mut events: Vec<Event> = all(&value["messages"]).iter().map(|one| message(value, one)).collect();
    events.extend(all(&value["user_preferences"]).iter().map(|one| preference(value, one)));
    events.extend(all(&value["statuses"]).iter().flat_map(|one| status(value, one)));
    events.extend(notice(change["field"].as_str().unwrap_or_default(), value).map(Event::Notice));
    events
}

/// A person as a webhook shows them.
struct Person {
    number: Option<Address>,
    id: Option<Address>,
}

/// How many people something is told of beside the contacts.
fn told_of(value: &Value) -> usize {
    ["messages", "statuses", "user_preferences"].into_iter().map(|list| all(&value[list]).len()).sum()
}

impl Person {
    /// The person with this number or id, and what `contacts` beside them adds.
    fn find(value: &Value, number: &Value, id: &Value) -> Self {
        let mut person = Self { number: self::number(number), id: user_id(id) };
        let contacts = all(&value["contacts"]);
        let theirs = contacts.iter().find(|one| {
            let same = |mine: &Option<Address>, other: Option<Address>| mine.is_some() && *mine == other;
            same(&person.number, self::number(&one["wa_id"])) || same(&person.id, user_id(&one["user_id"]))
        });
        // The only person and the only contact belong together, unless both have a number, or both an id: it is another.
        let only = contacts.first().filter(|one| {
            let other = person.number.is_some() && self::number(&one["wa_id"]).is_some()
                || person.id.is_some() && user_id(&one["user_id"]).is_some();
            contacts.len() == 1 && told_of(value) == 1 && theirs.is_none() && !other
        });
        if let Some(one) = theirs.or(only) {
            person.number = person.number.or_else(|| self::number(&one["wa_id"]));
            person.id = person.id.or_else(|| user_id(&one["user_id"]));
        }
        person
    }

    /// Their address, and another one if there are two.
    fn addresses(self) -> Option<(Address, Option<Address>)> {
        match (self.number, self.id) {
            (Some(number), id) => Some((number, id)),
            (None, id) => Some((id?, None)),
        }
    }
}

/// Somebody whose number and id are none that we know: who comes by the same again is the same person, and nobody else is.
/// Who comes by nothing at all is known by what they sent.
fn somebody(number: &Value, id: &Value, sent: &Value) -> (Address, Option<Address>) {
    let written = if number.is_null() && id.is_null() { sent.to_string() } else { format!("{number} {id}") };
    (Address::new(format!("whatsapp:unknown-{}", &hex(&Sha256::digest(written)[..8]))), None)
}

/// A number as Meta writes it: digits without a plus, now and then as a JSON number.
fn number(value: &Value) -> Option<Address> {
    let written = match value {
        Value::String(text) => text.trim().trim_start_matches('+').to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let plain = (5..=15).contains(&written.len()) && written.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| Address::new(format!("whatsapp:+{written}")))
}

/// An id that Meta gives a person for us alone.
fn user_id(value: &Value) -> Option<Address> {
    let id = format!("whatsapp:{}", value.as_str()?.trim());
    is_whatsapp_id(&id).then(|| Address::new(id))
}

/// A message, of whatever kind: an answer.
fn message(value: &Value, message: &Value) -> Event {
    let system = &message["system"];
    let (from, also) = if system.is_object() {
        // Who has another number or another id now is the same person.
        let before = Person {
            number: number(&message["from"]),
            id: user_id(&system["previous_user_id"]).or_else(|| user_id(&message["from_user_id"])),
        };
        // Older versions of the API call it `new_wa_id`.
        let now =
            number(&system["wa_id"]).or_else(|| number(&system["new_wa_id"])).or_else(|| user_id(&system["user_id"]));
        match (before.addresses(), now) {
            (Some((from, old)), now) => (from.clone(), now.filter(|now| *now != from).or(old)),
            (None, Some(now)) => (now, None),
            (None, None) => somebody(&message["from"], &message["from_user_id"], message),
        }
    } else {
        let mut person = Person::find(value, &message["from"], &message["from_user_id"]);
        person.number = person.number.or_else(|| shared_number(message));
        person.addresses().unwrap_or_else(|| somebody(&message["from"], &message["from_user_id"], message))
    };
    let said::Said { words, files } = said::read(message);
    Event::Reply(Reply {
        from,
        to: ours(value),
        text: Private::new(words),
        provider_id: id(&message["id"]).unwrap_or_else(|| name_of("message", message)),
        media: files,
        hint: None,
        also,
        answers: id(&message["context"]["id"]).or_else(|| id(&message["reaction"]["message_id"])),
        keyword: 0,
        written_at: written_at(message),
    })
}

/// The person's own number, which they sent because they were asked for it; a card of somebody else's is not that.
fn shared_number(message: &Value) -> Option<Address> {
    let own = all(&message["contacts"]).iter().find(|card| card["origin"] == "contact_request")?;
    all(&own["phones"]).iter().find_map(|phone| number(&phone["wa_id"]))
}

/// What a person chose in the app's settings for messages like ours: a no, or a yes, which lifts none by itself.
fn preference(value: &Value, choice: &Value) -> Event {
    let person = Person::find(value, &choice["wa_id"], &choice["user_id"]).addresses();
    let (from, also) = person.unwrap_or_else(|| somebody(&choice["wa_id"], &choice["user_id"], choice));
    Event::Reply(Reply {
        from,
        to: ours(value),
        text: Private::new(choice["detail"].as_str().unwrap_or_default().to_owned()),
        provider_id: name_of("preference", choice),
        media: 0,
        hint: match choice["value"].as_str() {
            Some("stop") => Some(ReplyKind::OptOut),
            Some("resume") => Some(ReplyKind::Start),
            _ => Some(ReplyKind::Suspected),
        },
        also,
        answers: None,
        keyword: 0,
        written_at: written_at(choice),
    })
}

/// What happened to a message of ours, who got it, and that two addresses are one person's.
fn status(value: &Value, status: &Value) -> Vec<Event> {
    let mut events = Vec::new();
    let token = status["biz_opaque_callback_data"].as_str().and_then(Token::parse);
    let person = Person::find(value, &status["recipient_id"], &status["recipient_user_id"]).addresses();
    let who = person.as_ref().map(|(who, _)| who.clone());
    if let Some((who, also)) = person {
        events.extend(also.map(|also| Event::Same(who.clone(), also)));
        events.extend(token.clone().map(|token| Event::Reached(Reached { token, who })));
    }
    let Some(provider_id) = id(&status["id"]) else { return events };
    let far = match status["status"].as_str().unwrap_or_default() {
        "sent" => ReceiptStatus::Sent,
        "delivered" => ReceiptStatus::Delivered,
        "read" | "played" => ReceiptStatus::Read,
        "failed" => ReceiptStatus::Failed,
        // What Meta thinks of next year proves that it has the message.
        _ => ReceiptStatus::Accepted,
    };
    let code = codes::of(&status["errors"]);
    let bad = far.is_bad();
    let class = bad.then(|| code.map_or(Class::Other, codes::class_of));
    events.push(Event::Receipt(Receipt {
        provider_id,
        token,
        status: far,
        code: code.filter(|_| bad).map(Code::from),
        class,
        to: who.filter(|_| class.is_some_and(|class| class.is_a_no())),
    }));
    events
}

fn id(value: &Value) -> Option<ProviderId> {
    value.as_str().and_then(kept_id)
}

/// Seconds since 1970, as a word or as a number.
fn written_at(message: &Value) -> Option<Timestamp> {
    let told = &message["timestamp"];
    let seconds = told.as_i64().or_else(|| told.as_str()?.parse().ok())?;
    Timestamp::from_second(seconds).ok()
}

/// A name for what Meta gives none: the same thing told twice has the same.
fn name_of(kind: &str, one: &Value) -> ProviderId {
    ProviderId::made(&[kind, &one.to_string()])
}

/// Our own number.
fn ours(value: &Value) -> Address {
    let shown = &value["metadata"]["display_phone_number"];
    number(shown).unwrap_or_else(|| Address::new("whatsapp:ours"))
}

/// What happened to a template, our number or the account, if that is what it is.
fn notice(field: &str, value: &Value) -> Option<Notice> {
    let about = match field {
        "message_template_status_update"
        | "message_template_quality_update"
        | "template_category_update"
        | "message_template_components_update" => About::Template,
        "phone_number_quality_update" | "phone_number_name_update" => About::Number,
        "account_update" | "account_alerts" | "account_review_update" | "business_capability_update" => About::Account,
        _ => return None,
    };
    let said = |keys: &[&str]| {
        let found = keys.iter().filter_map(|key| word(value.pointer(key)?)).collect::<Vec<_>>().join(", ");
        inert(&found).chars().take(LONGEST_WORDS).collect::<String>()
    };
    let name = match about {
        About::Template => said(&["/message_template_name", "/message_template_language"]),
        About::Number | About::Account => String::new(),
    };
    let said = said(&[
        "/event",
        "/reason",
        "/other_info/title",
        "/other_info/description",
        "/rejection_info/reason",
        "/new_quality_score",
        "/new_category",
        "/current_limit",
        "/max_daily_conversations_per_business",
        "/max_daily_conversation_per_phone",
        "/decision",
        "/alert_type",
        "/alert_description",
        "/alert_info/alert_type",
        "/alert_info/alert_description",
        "/violation_info/violation_type",
        "/ban_info/waba_ban_state",
    ]);
    let said = if said.is_empty() { field.to_owned() } else { said };
    Some(Notice { about, name, said, limit: messaging_limit(value) })
}

/// The limit of the business, or in older versions of the API of one number.
fn messaging_limit(value: &Value) -> Option<MessagingLimit> {
    let keys = ["max_daily_conversations_per_business", "max_daily_conversation_per_phone", "current_limit"];
    keys.iter().find_map(|key| MessagingLimit::parse(&word(&value[key])?))
}

/// A value as a word; `NONE` says nothing.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty() && text != "NONE"),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_emoji_of_one_person_costs_nobody_elses_no() {
        let message = |from: &str, id: &str, words: &str| {
            format!(r#"{{"from":"{from}","id":"wamid.{id}","type":"text","text":{{"body":"{words}"}}}}"#)
        };
        let (odd, no) = (message("447700900124", "A", r"Hei \ud83d"), message("447700900123", "B", "STOPP"));
        let body =
            format!(r#"{{"entry":[{{"changes":[{{"field":"messages","value":{{"messages":[{odd},{no}]}}}}]}}]}}"#);
        let events = parse(body.as_bytes()).unwrap();
        let words = events.iter().filter_map(|event| match event {
            Event::Reply(reply) => Some(reply.text.expose().as_str()),
            _ => None,
        });
        assert_eq!(words.collect::<Vec<_>>(), ["Hei \u{fffd}", "STOPP"]);
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_the_reader_panic(body in proptest::collection::vec(0u8.., 0..300)) {
            let _ = parse(&body);
        }

        #[test]
        fn no_value_in_any_place_makes_the_reader_panic(place in 0usize..7, odd in 0usize..6) {
            let odd = [Value::Null, "x".into(), 7.into(), Value::Array(vec![Value::Null]), serde_json::json!({"a": []}), true.into()][odd].clone();
            let mut value = serde_json::json!({ "entry": [{ "changes": [{ "field": "messages", "value": {
                "metadata": {}, "contacts": [{}], "messages": [{}], "statuses": [{}], "user_preferences": [{}] } }] }] });
            let places = ["/entry", "/entry/0", "/entry/0/changes", "/entry/0/changes/0/value",
                "/entry/0/changes/0/value/messages", "/entry/0/changes/0/value/statuses/0", "/entry/0/changes/0/value/contacts"];
            *value.pointer_mut(places[place]).unwrap() = odd;
            let _ = parse(value.to_string().as_bytes());
        }
    }
}
