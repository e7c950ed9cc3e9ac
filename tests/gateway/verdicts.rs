//! Response -> expected verdict.

use std::time::Duration;

use lykt::gateway::twilio::Twilio;
use lykt::gateway::{Class, Code, Doubt, Failure, Probe, ProviderId, Response, Sent, Unsent, Verdict};

use super::{account, specs};

const SID: &str = "SM0123456789abcdef0123456789abcdef";

fn verdict(sent: Sent) -> Verdict {
    Twilio::new(account("http://a")).unwrap().verdict(&sent)
}

fn answer(status: u16, body: &str) -> Sent {
    Ok(Response { status, retry_after: None, body: Some(body.as_bytes().to_vec()) })
}

fn twilio_says(status: u16, code: u32) -> Sent {
    answer(status, &format!(r#"{{"code":{code},"message":"m","more_info":"u","status":{status}}}"#))
}

fn doubt(why: Doubt) -> Verdict {
    Verdict::InDoubt { why }
}

#[test]
fn a_message_with_a_proper_id_is_accepted() {
    for (status, sid) in [(201, SID), (200, SID), (201, "MM0123456789ABCDEF0123456789abcdef")] {
        let provider_id = ProviderId::parse(sid).unwrap();
        assert_eq!(
            verdict(answer(status, &format!(r#"{{"sid":"{sid}","status":"queued"}}"#))),
            Verdict::Accepted { provider_id }
        );
    }
}

#[test]
fn a_good_status_with_anything_else_is_a_doubt() {
    let long = format!(r#"{{"sid":"SM{}"}}"#, "0".repeat(10_240));
    let bodies = [
        "<html>",
        "",
        "{}",
        "[]",
        "null",
        r#"{"sid":null}"#,
        r#"{"sid":7}"#,
        r#"{"sid":""}"#,
        r#"{"sid":"SM"}"#,
        r#"{"sid":"SM0123456789abcdef0123456789abcde\u0000"}"#,
        r#"{"sid":"XX0123456789abcdef0123456789abcdef"}"#,
        r#"{"sid":"SM0123456789abcdef0123456789abcdeg"}"#,
        &long,
    ];
    for body in bodies {
        assert_eq!(verdict(answer(201, body)), doubt(Doubt::Unreadable), "{body:.60}");
    }
    assert_eq!(verdict(Ok(Response { status: 201, retry_after: None, body: None })), doubt(Doubt::Unreadable));
    assert_eq!(
        verdict(Ok(Response { status: 201, retry_after: None, body: Some(vec![0xff]) })),
        doubt(Doubt::Unreadable)
    );
}

#[test]
fn a_server_that_may_have_acted_leaves_a_doubt() {
    for status in [500, 502, 503, 504, 599, 100, 101, 600, 408, 409, 425] {
        assert_eq!(verdict(twilio_says(status, 21211)), doubt(Doubt::ServerError), "{status}");
    }
    for status in [300, 301, 302, 304, 307, 308] {
        assert_eq!(verdict(answer(status, "")), doubt(Doubt::Redirect), "{status}");
    }
    for body in ["", "<html>", "{}", r#"{"code":"21211"}"#, r#"{"code":403,"message":"proxy"}"#, r#"{"code":-1}"#] {
        for status in [400, 403, 404, 407, 413] {
            assert_eq!(verdict(answer(status, body)), doubt(Doubt::Unreadable), "{status} {body}");
        }
    }
    // The body says another status than the one it came with: not Twilio's own words.
    assert_eq!(verdict(answer(403, r#"{"code":21211,"status":400}"#)), doubt(Doubt::Unreadable));
}

#[test]
fn a_documented_refusal_is_a_refusal_and_says_what_it_means() {
    for (status, code, class) in [
        (400, 21211, Class::BadNumber),
        (400, 21610, Class::OptedOut),
        (403, 21610, Class::OptedOut),
        (400, 21408, Class::Config),
        (400, 21606, Class::Config),
        (404, 20404, Class::Config),
        (400, 21617, Class::Content),
        (400, 29_999, Class::Other),
    ] {
        assert_eq!(verdict(twilio_says(status, code)), Verdict::Refused { code: Some(code.into()), class }, "{code}");
    }
}

#[test]
fn a_wrong_secret_pauses_the_account_with_or_without_a_body() {
    for (sent, code) in [(twilio_says(401, 20003), Some(20003)), (answer(401, ""), None), (answer(401, "<html>"), None)]
    {
        let verdict = verdict(sent);
        assert_eq!(verdict, Verdict::Refused { code: code.map(Code::from), class: Class::Config });
    }
    assert!(Class::Config.pauses_account());
}

#[test]
fn what_was_documented_as_not_processed_goes_back_to_the_queue() {
    let day = Some(Duration::from_secs(86_400));
    let throttled = |retry_after| Verdict::NotSent { why: Unsent::Throttled, retry_after };
    assert_eq!(verdict(Ok(Response { status: 429, retry_after: day, body: None })), throttled(day));
    assert_eq!(verdict(twilio_says(429, 20429)), throttled(None));
    assert_eq!(verdict(twilio_says(400, 21611)), throttled(None));
}

#[test]
fn only_what_never_left_us_is_not_sent() {
    let unsent = |why| Verdict::NotSent { why, retry_after: None };
    assert_eq!(verdict(Err(Failure::Connect)), unsent(Unsent::NoConnection));
    assert_eq!(verdict(Err(Failure::Late)), unsent(Unsent::PastDeadline));
    assert_eq!(verdict(Err(Failure::Timeout)), doubt(Doubt::Timeout));
    assert_eq!(verdict(Err(Failure::Broken)), doubt(Doubt::Broken));
}

#[test]
fn the_harmless_call_tells_a_wrong_secret_from_a_dead_line() {
    let probe = |sent| Twilio::new(account("http://a")).unwrap().probe(&sent);
    let sid = crate::fault_gateway::ACCOUNT_SID;
    let state = |state: &str| answer(200, &format!(r#"{{"sid":"{sid}","status":"{state}"}}"#));
    assert_eq!(probe(state("active")), Probe::Works);
    assert_eq!(probe(state("suspended")), Probe::Inactive);
    assert_eq!(probe(twilio_says(401, 20003)), Probe::WrongSecret);
    assert_eq!(probe(twilio_says(404, 20404)), Probe::WrongSecret);
    assert_eq!(probe(answer(200, r#"{"sid":"AC1","status":"active"}"#)), Probe::Unexpected);
    assert_eq!(probe(answer(200, "<html>")), Probe::Unexpected);
    assert_eq!(probe(Err(Failure::Connect)), Probe::Unreachable);
}

#[test]
fn the_official_examples_of_answers_are_understood() {
    let Some(spec) = specs::read("twilio_messages_openapi.prism.json") else { return };
    let answers = &spec["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"]["responses"];
    let mut seen = 0;
    for (status, described) in answers.as_object().unwrap() {
        let status: u16 = status.parse().unwrap();
        for (name, example) in described["content"]["application/json"]["examples"].as_object().into_iter().flatten() {
            let verdict = verdict(answer(status, &example["value"].to_string()));
            let expected = match status {
                201 => matches!(verdict, Verdict::Accepted { .. }),
                400 | 401 => matches!(verdict, Verdict::Refused { class, .. } if class != Class::Other),
                429 => matches!(verdict, Verdict::NotSent { .. }),
                _ => matches!(verdict, Verdict::InDoubt { .. }),
            };
            assert!(expected, "{name}: {verdict:?}");
            seen += 1;
        }
    }
    assert!(seen > 10);
}
