//! What a provider answers to a request of ours: one verdict, whatever the answer; and its list of messages, page by page.
//!
//! An input is the provider, the status and how the answer came (a byte each), and the body.

use std::time::Duration;

use jiff::Timestamp;
use lykt::gateway::listing::{Query, Way};
use lykt::gateway::{Address, Code, Failure, Gateway, Response, Sent, Verdict};
use serde_json::{Value, json};

use super::providers::{self, BASE, OURS, Provider};

const STATUSES: [u16; 24] = [
    200, 201, 202, 204, 299, 100, 302, 307, 400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 429, 500, 502, 503, 504,
    999,
];
const FAILURES: [Failure; 5] =
    [Failure::Connect, Failure::Late, Failure::Unbuildable, Failure::Timeout, Failure::Broken];

pub fn run(data: &[u8]) {
    let [provider, status, how, body @ ..] = data else { return };
    let provider = providers::chosen(*provider);
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let retry_after = [None, Some(Duration::ZERO), Some(Duration::from_secs(86_400)), Some(Duration::MAX)];
    let sent = match usize::from(*how) % 32 {
        n @ 0..5 => Err(FAILURES[n]),
        n => {
            let body = (n % 8 != 7).then(|| body.to_vec());
            Ok(Response { status, retry_after: retry_after[n % 4], body })
        }
    };
    let verdict = verdict(provider, &sent);
    assert_eq!(verdict, self::verdict(provider, &sent), "one answer, one verdict");
    let told = format!("{}: {verdict:?} to {:?}", provider.name, sent.as_ref().map(|response| response.status));
    match (&verdict, &sent) {
        (Verdict::Accepted { provider_id }, Ok(response)) => {
            // Some providers have no id of their own: then it is our word for the try. A 409 may say that they have that.
            let ours = provider_id.as_str() == "token-00000001";
            assert!((200..300).contains(&response.status) || (ours && response.status == 409), "{told}");
            let body = response.body.as_deref().unwrap_or_default();
            // Of an id with a number in it, only what is made from it is kept.
            let theirs = if provider_id.as_str().starts_with("wamid-") { "wamid." } else { provider_id.as_str() };
            let said = || String::from_utf8_lossy(body).contains(theirs) || body.contains(&b'\\');
            assert!(ours || said(), "{told}");
        }
        (Verdict::Refused { code, .. }, Ok(_)) => assert!(code.as_ref().is_none_or(is_short), "{told}"),
        (Verdict::NotSent { .. }, Ok(response)) => assert!(response.status != 302 && response.status != 999, "{told}"),
        (Verdict::InDoubt { .. }, Ok(_)) => {}
        (verdict, Err(failure)) => {
            let unsent = matches!(failure, Failure::Connect | Failure::Late | Failure::Unbuildable);
            assert_eq!(matches!(verdict, Verdict::InDoubt { .. }), !unsent, "{told}");
            assert!(!matches!(verdict, Verdict::Accepted { .. }), "{told}");
        }
    }
    match &provider.gateway {
        Gateway::Twilio(twilio) => drop(twilio.probe(&sent)),
        Gateway::WhatsAppCloud(whatsapp) => drop((whatsapp.probe(&sent), whatsapp.messaging_limit(&sent))),
        Gateway::Declarative(declarative) => drop(declarative.probe(&sent)),
        Gateway::Simulator(_) => {}
    }
    page(provider, &sent, body);
}

fn verdict(provider: &Provider, sent: &Sent) -> Verdict {
    let message = providers::message();
    match &provider.gateway {
        Gateway::Twilio(twilio) => twilio.verdict(sent),
        Gateway::WhatsAppCloud(whatsapp) => whatsapp.verdict(sent),
        Gateway::Declarative(declarative) => declarative.verdict(&message, sent),
        Gateway::Simulator(simulator) => simulator.send(&message, Timestamp::UNIX_EPOCH).0,
    }
}

/// A code is a word, and never somebody's number.
fn is_short(code: &Code) -> bool {
    code.as_str().len() <= 48 && code.as_str().bytes().filter(u8::is_ascii_digit).count() < 8
}

fn page(provider: &Provider, sent: &Sent, body: &[u8]) {
    let since = Timestamp::from_second(1_796_112_000).expect("a time");
    for way in [Way::In, Way::Out] {
        let query = Query { way, to: Some(Address::new("+447700900123")), since };
        let Ok(page) = provider.gateway.page(&query, sent) else { continue };
        assert!(page.listed.len() <= body.len() && page.listed.iter().all(|listed| listed.way == way));
        let next = page.next.as_ref().map(|next| next.url.as_str());
        let inside = |url: &str| url.is_empty() || url.starts_with(BASE) || !is_twilio(provider);
        assert!(next.is_none_or(inside), "a page leads elsewhere, and our secret with it");
        let Some(batch) = beside_good(provider, body) else { continue };
        let sent = Ok(Response { status: 200, retry_after: None, body: Some(batch) });
        let more = provider.gateway.page(&query, &sent).expect("a page with one message more is a page");
        assert!(page.listed.iter().all(|listed| more.listed.contains(listed)), "a good message costs another");
        let good = |id: &str| id == "SM0123456789abcdef0123456789abcdef";
        assert!(way == Way::Out || more.listed.iter().any(|listed| good(listed.provider_id.as_str())));
    }
}

fn is_twilio(provider: &Provider) -> bool {
    provider.name.starts_with("twilio")
}

/// A page of Twilio's with one answer more.
fn beside_good(provider: &Provider, body: &[u8]) -> Option<Vec<u8>> {
    let mut whole: Value = serde_json::from_slice(body).ok().filter(|_| is_twilio(provider))?;
    whole.get_mut("messages")?.as_array_mut()?.push(json!({
        "sid": "SM0123456789abcdef0123456789abcdef", "direction": "inbound", "status": "received", "to": OURS,
        "from": "+447700900123", "body": "STOPP", "date_created": "Tue, 01 Dec 2026 08:00:00 +0000", "num_media": "0",
    }));
    Some(whole.to_string().into_bytes())
}
