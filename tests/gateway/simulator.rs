//! The simulator lives like a provider, and its webhooks read like any other's.

use jiff::{SignedDuration, Timestamp};
use lykt::gateway::simulator::{Behaviour, Later, Simulator, parse};
use lykt::gateway::{Address, Class, Event, Outgoing, ReceiptStatus, Unreadable, Verdict};

use crate::gateway::message;

fn to(n: usize) -> Outgoing {
    Outgoing { to: Address::new(format!("+447700{:06}", 900_000 + n)), ..message(n) }
}

fn lives(count: usize) -> Vec<(Verdict, Vec<Later>)> {
    let simulator = Simulator::new().unwrap();
    (0..count).map(|n| simulator.send(&to(n), Timestamp::UNIX_EPOCH)).collect()
}

fn events(later: &[Later]) -> Vec<Event> {
    later.iter().flat_map(|later| parse(&later.body).unwrap()).collect()
}

#[test]
fn the_same_seed_gives_the_same_life() {
    assert_eq!(lives(300), lives(300));
    let toml = include_str!("../../config/simulator.toml").replace("seed = 2017", "seed = 2018");
    let other = Simulator::with(Behaviour::parse(&toml).unwrap());
    let others: Vec<_> = (0..300).map(|n| other.send(&to(n), Timestamp::UNIX_EPOCH)).collect();
    assert_ne!(lives(300), others);
}

#[test]
fn everything_that_happens_to_a_real_campaign_happens_here() {
    let lives = lives(2_000);
    let count = |want: fn(&Verdict) -> bool| lives.iter().filter(|(verdict, _)| want(verdict)).count();
    assert!(count(|verdict| matches!(verdict, Verdict::Accepted { .. })) > 1_700);
    assert!(count(|verdict| matches!(verdict, Verdict::Refused { class: Class::BadNumber, .. })) > 20);
    assert!(count(|verdict| matches!(verdict, Verdict::Refused { class: Class::OptedOut, .. })) > 5);
    assert!(count(|verdict| matches!(verdict, Verdict::NotSent { .. })) > 5);
    assert!(count(|verdict| matches!(verdict, Verdict::InDoubt { .. })) > 5);
    let events: Vec<Event> = lives.iter().flat_map(|(_, later)| events(later)).collect();
    for status in [ReceiptStatus::Sent, ReceiptStatus::Delivered, ReceiptStatus::Undelivered, ReceiptStatus::Read] {
        assert!(events.iter().any(|event| matches!(event, Event::Receipt(receipt) if receipt.status == status)));
    }
    let replies = events.iter().filter(|event| matches!(event, Event::Reply(_))).count();
    assert!((150..450).contains(&replies), "{replies}");
}

#[test]
fn every_doubt_of_the_simulator_ends_with_a_receipt_under_its_token() {
    for (n, (verdict, later)) in lives(2_000).into_iter().enumerate() {
        if !matches!(verdict, Verdict::InDoubt { .. }) {
            continue;
        }
        let first = events(&later).into_iter().next();
        let Some(Event::Receipt(receipt)) = first else { panic!("{first:?}") };
        assert_eq!(receipt.token, Some(to(n).token));
        assert!(later[0].at > Timestamp::UNIX_EPOCH + SignedDuration::from_mins(2));
    }
}

#[test]
fn a_person_answers_from_the_number_that_was_written_to_and_after_it_arrived() {
    for (n, (_, later)) in lives(2_000).into_iter().enumerate() {
        for pair in later.windows(2) {
            assert!(pair[0].at <= pair[1].at || matches!(&events(&pair[1..])[..], [Event::Reply(_)]));
        }
        for event in events(&later) {
            if let Event::Reply(reply) = event {
                assert_eq!(reply.from, to(n).to);
                assert!(!reply.text.expose().is_empty());
            }
        }
    }
}

#[test]
fn a_bad_number_stays_one_and_a_throttled_try_may_go_the_next_time() {
    let simulator = Simulator::new().unwrap();
    let verdict = |message: &Outgoing| simulator.send(message, Timestamp::UNIX_EPOCH).0;
    let bad = (0..500).find(|n| matches!(verdict(&to(*n)), Verdict::Refused { class: Class::BadNumber, .. })).unwrap();
    let throttled = (0..2_000).find(|n| matches!(verdict(&to(*n)), Verdict::NotSent { .. })).unwrap();
    let next_try = |n| verdict(&Outgoing { token: message(9_999_999).token, ..to(n) });
    assert!(matches!(next_try(bad), Verdict::Refused { class: Class::BadNumber, .. }));
    assert!(!matches!(next_try(throttled), Verdict::NotSent { .. }));
}

#[test]
fn a_foreign_hook_is_an_error_and_nothing_of_a_hook_prints() {
    for body in
        ["", "{}", "[]", r#"{"event":"receipt"}"#, "\u{0}", r#"{"event":"reply","id":"","from":"","to":"","text":""}"#]
    {
        assert_eq!(parse(body.as_bytes()), Err(Unreadable::Malformed), "{body}");
    }
    let shown = format!("{:?}", lives(200));
    assert!(!shown.contains("+447700") && !shown.contains("token-"));
}
