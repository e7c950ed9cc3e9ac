//! Queries and forms, and the small languages of settings and campaign files: what is read and written is read the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lykt::domain::holidays::Holidays;
use lykt::domain::rate::Rate;
use lykt::domain::schedule::Schedule;
use lykt::domain::span::Span;
use lykt::domain::window::parse_time;
use lykt::gateway::form::{self, MAX_PARAMETERS};
use lykt::gateway::{Code, Gateway, ProviderId, Token};

use super::{providers, reference};

/// A form or a query, and what stands in one.
pub fn run(data: &[u8]) {
    let wanted = reference::fields(data);
    match form::decode(data) {
        Some(pairs) => {
            let owned: Vec<_> =
                pairs.iter().map(|(name, value)| (name.clone().into_owned(), value.clone().into_owned())).collect();
            assert_eq!(owned, wanted, "a form is read as it is written");
            let texts = pairs
                .iter()
                .map(|(name, value)| Some((std::str::from_utf8(name).ok()?, std::str::from_utf8(value).ok()?)));
            if let Some(texts) = texts.collect::<Option<Vec<_>>>() {
                let written =
                    form::encode(texts.into_iter().filter(|(name, value)| !(name.is_empty() && value.is_empty())));
                let mut pairs = pairs.clone();
                pairs.retain(|(name, value)| !(name.is_empty() && value.is_empty()));
                assert_eq!(form::decode(written.as_bytes()), Some(pairs), "a form changes when it is written");
            }
        }
        None => assert!(wanted.len() > MAX_PARAMETERS),
    }
    let text = String::from_utf8_lossy(data);
    if let Some(Ok(answer)) = whatsapp().challenge(&text) {
        let knows =
            wanted.iter().any(|(name, value)| name == b"hub.verify_token" && value == providers::HOOK_KEY.as_bytes());
        assert!(knows, "a stranger's question is answered");
        assert!(answer.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "an answer that is obeyed");
    }
    assert!(Token::parse(&text).is_none_or(|token| token.expose() == text));
    assert!(ProviderId::parse(&text).is_none_or(|id| id.as_str() == text && text.is_ascii()));
    assert!(Code::parse(&text).is_none_or(|code| code.as_str() == text && text.len() <= 48));
}

fn whatsapp() -> &'static Gateway {
    &providers::chosen(b'c').gateway
}

/// Durations, rates, times of day, holidays and schedules.
pub fn times(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(span) = Span::parse(&text) {
        assert_eq!(Span::parse(&span.to_string()), Ok(span), "a duration changes when it is written");
        let now = Timestamp::from_second(1_796_112_000).expect("a time");
        assert!(span.add_to(now, &TimeZone::UTC, Holidays::None) >= now, "a duration goes back");
    }
    if let Ok(rate) = Rate::parse(&text) {
        assert_eq!(Rate::parse(&rate.to_string()), Ok(rate), "a rate changes when it is written");
        assert!(rate.interval() > 0, "a rate without end");
    }
    if let Ok(time) = parse_time(&text) {
        assert_eq!(parse_time(&time.strftime("%H:%M:%S").to_string()), Ok(time));
    }
    if let Ok(holidays) = Holidays::parse(&text) {
        assert_eq!(Holidays::parse(holidays.as_str()), Ok(holidays));
    }
    if let Ok(schedule) = Schedule::parse(&text) {
        assert_eq!(Schedule::parse(schedule.as_str()).as_ref(), Ok(&schedule), "a schedule changes when it is written");
        let mut at = Timestamp::from_second(1_796_112_000).expect("a time");
        for _ in 0..3 {
            let slot = schedule.next_after(at, &TimeZone::UTC).expect("a schedule comes up");
            assert!(slot.at > at, "a schedule comes up before");
            at = slot.at;
        }
    }
}
