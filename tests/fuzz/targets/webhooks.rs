//! What providers tell us: read without a fall, the same each time, no longer than it came, and one bad item costs no other.
//!
//! An input is the provider (a byte), the query of the address (the first line), and the body.

use lykt::gateway::{Event, Hook, HookKind};
use serde_json::{Value, json};

use super::providers::{self, Provider};
use super::{first_line, reference};

/// The answer that must not be lost.
const NO: &str = "STOPP";
/// A number that no JSON reader keeps, as the value of something.
const ENDLESS: &str = ":1e999";
/// Who wrote it.
const THEIRS: &str = "447700900123";

pub fn run(data: &[u8]) {
    let Some((provider, rest)) = data.split_first() else { return };
    let provider = providers::chosen(*provider);
    let (query, body) = first_line(rest);
    let query = String::from_utf8_lossy(query);
    let (url, headers) = reference::sign(provider, &format!("https://lykt.example.org/hooks/a?{query}"), body);
    let hook = Hook { method: "POST", url: &url, headers: &headers, body };
    let many = [query.as_bytes(), body].iter().any(|part| part.split(|byte| *byte == b'&').count() > 900);
    let other = many || reference::has_digest(&url);
    assert!(other || provider.gateway.verify(&hook).is_ok(), "{}: its own signature is not taken", provider.name);
    let mut told = None;
    for kind in [HookKind::Inbound, HookKind::Status, HookKind::Any] {
        let read = provider.gateway.parse(kind, &query, body);
        assert_eq!(read, provider.gateway.parse(kind, &query, body), "{}: read twice", provider.name);
        bounded(read.as_deref().unwrap_or_default(), query.len() + body.len());
        told = read.ok();
    }
    if let Some((batch, more)) = beside_good(provider, body) {
        let events = provider.gateway.parse(HookKind::Any, &query, &batch).unwrap_or_default();
        assert!(has_the_no(&events), "{}: a bad item costs a good one", provider.name);
        if let Some(told) = told.filter(|_| more) {
            assert!(told.iter().all(|event| events.contains(event)), "{}: a good item costs another", provider.name);
        }
    }
}

/// Nothing grows: an event comes from an item, and its words stood in the body.
fn bounded(events: &[Event], bytes: usize) {
    assert!(events.len() <= bytes, "{} events from {bytes} bytes", events.len());
    for event in events {
        let longest = match event {
            Event::Reply(reply) => {
                assert!(!reply.provider_id.as_str().is_empty());
                [reply.text.expose().len(), reply.from.expose().len(), reply.to.expose().len()].into_iter().max()
            }
            Event::Reached(reached) => Some(reached.who.expose().len()),
            Event::Notice(notice) => Some(notice.said.len().max(notice.name.len())),
            Event::Same(one, other) => {
                assert_ne!(one, other, "somebody is the same as themselves");
                None
            }
            Event::Receipt(receipt) => {
                assert_eq!(receipt.class.is_some(), receipt.status.is_bad(), "bad news has a meaning, good news none");
                None
            }
        };
        assert!(longest.unwrap_or(0) <= 3 * bytes + 64, "an event is longer than its webhook");
    }
}

/// A batch of this provider's with a good item beside what came, and whether all that came is still in it.
fn beside_good(provider: &Provider, body: &[u8]) -> Option<(Vec<u8>, bool)> {
    let (list, good) = match provider.name {
        "whatsapp" => (
            "entry",
            json!({ "changes": [{ "field": "messages", "value": { "messages": [
            { "from": THEIRS, "id": "wamid.GOOD", "type": "text", "text": { "body": NO } }] } }] }),
        ),
        "infobip" => ("results", json!({ "from": THEIRS, "to": "447700900001", "text": NO, "messageId": "good" })),
        _ => return None,
    };
    if let Ok(mut whole) = serde_json::from_slice::<Value>(body) {
        whole.get_mut(list)?.as_array_mut()?.push(good);
        return Some((whole.to_string().into_bytes(), true));
    }
    // A number that is larger than any costs itself, and no item.
    let marker = format!("\"{list}\":[");
    let text = std::str::from_utf8(body).unwrap_or_default();
    if text.matches(&marker).count() == 1
        && let Ok(whole) = serde_json::from_str::<Value>(&text.replace(ENDLESS, ":null"))
        && whole.get(list).and_then(Value::as_array).is_some_and(|items| !items.is_empty())
    {
        return Some((text.replace(&marker, &format!("{marker}{good},")).into_bytes(), true));
    }
    // What is no JSON stands in a text of another item, as somebody's phone may have written it.
    let words = written(body);
    let bad = match provider.name {
        "whatsapp" => [
            br#"{"changes":[{"field":"messages","value":{"messages":[{"from":"447700900124","id":"wamid.BAD","text":{"body":""#,
            words.as_slice(),
            br#""}}]}}]}"#,
        ]
        .concat(),
        _ => [br#"{"from":"447700900124","messageId":"bad","text":""#, words.as_slice(), br#""}"#].concat(),
    };
    Some(([format!("{{\"{list}\":[").as_bytes(), &bad, b",", good.to_string().as_bytes(), b"]}"].concat(), false))
}

/// Bytes as they may stand between the quotes of a JSON text: escapes are whole, and what is no UTF-8 stays so.
fn written(bytes: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let length = match (byte, bytes.get(at + 1)) {
            (b'\\', Some(b'u'))
                if bytes.get(at + 2..at + 6).is_some_and(|four| four.iter().all(u8::is_ascii_hexdigit)) =>
            {
                6
            }
            (b'\\', Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => 2,
            (b'\\' | b'"' | 0..0x20, _) => 0,
            _ => 1,
        };
        out.extend_from_slice(&bytes[at..at + length]);
        at += length.max(1);
    }
    out
}

fn has_the_no(events: &[Event]) -> bool {
    let is_it = |event: &Event| matches!(event, Event::Reply(reply) if reply.text.expose() == NO && reply.from.expose().ends_with(THEIRS));
    events.iter().any(is_it)
}
