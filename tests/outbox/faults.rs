//! What the gateway does to one message, and where it ends: faults 1 to 8.

use serde_json::json;

use lykt::domain::campaign::CampaignState;
use lykt::domain::message::ReceiptStatus;
use lykt::store::account;

use crate::fault_gateway::{ACCOUNT_SID, Fault};
use crate::outbox::house::{DAY, HOUR, House, SECOND};

/// One person a fault, each of whom meets theirs; and half an hour later, in which nothing more leaves by itself.
async fn met(house: &House, faults: &[Fault]) {
    let plan = house.campaign("vinter", json!({})).await;
    let people = house.queue("vinter", plan, 0..faults.len() as u32).await;
    for (person, fault) in people.iter().zip(faults) {
        house.gateway.fail_for(&person.number, Some(fault.clone()));
    }
    let mut outbox = house.outbox().await;
    house.drain(&mut outbox).await;
    house.clock().advance_ms(HOUR / 2);
    assert_eq!(house.drain(&mut outbox).await.began, 0);
}

#[tokio::test]
async fn an_accept_whose_answer_is_lost_is_in_doubt_until_its_callback() {
    let faults = [
        Fault::AcceptThenDrop,
        Fault::AcceptThen500,
        Fault::AcceptThenHang,
        Fault::AcceptThenSay("<html>".to_owned()),
        Fault::AcceptThenSay(String::new()),
    ];
    for house in House::both().await {
        met(&house, &faults).await;
        assert_eq!((house.states("vinter", 5).await, house.sends()), ([("in_doubt", 5)].into(), 5));
        for accept in house.gateway.accepts() {
            house.receipt(&accept, ReceiptStatus::Delivered, None).await;
        }
        assert_eq!(house.states("vinter", 5).await, [("delivered", 5)].into());
    }
}

#[tokio::test]
async fn a_word_that_is_not_the_gateways_own_leaves_a_doubt_and_no_second_try() {
    let mut faults = Fault::bad_bodies();
    faults.extend([Fault::Redirect("http://127.0.0.1:9/".to_owned()), Fault::Status(503), Fault::Status(404)]);
    faults.extend([Fault::Drop, Fault::Hang]);
    for house in House::both().await {
        met(&house, &faults).await;
        let all = faults.len() as i64;
        assert_eq!((house.states("vinter", all).await, house.sends()), ([("in_doubt", all)].into(), 0));
    }
}

#[tokio::test]
async fn a_throttled_message_waits_as_long_as_it_is_asked_to_and_no_longer_than_its_campaign() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "ends": "2026-12-03" })).await;
        let person = house.queue("vinter", plan, 0..1).await.remove(0);
        house.gateway.fail_next(Fault::Throttle(Some(86_400)));
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!(house.state(&person).await, "queued");
        house.clock().advance_ms(4 * HOUR);
        house.drain(&mut outbox).await;
        house.reap().await;
        assert_eq!((house.state(&person).await, house.gateway.requests()), ("queued", 1));
        house.clock().advance_ms(DAY);
        house.drain(&mut outbox).await;
        house.reap().await;
        assert_eq!((house.state(&person).await, house.sends()), ("withdrawn", 0));
        assert_eq!(house.reason(&person).await.as_deref(), Some("expired"));
    }
}

#[tokio::test]
async fn a_throttled_message_goes_when_its_time_has_come() {
    for house in House::both().await {
        met(&house, &[Fault::Throttle(Some(7_200))]).await;
        house.gateway.fail_for(&crate::outbox::house::number(0), None);
        house.clock().advance_ms(HOUR + HOUR / 2 + SECOND);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!((house.states("vinter", 1).await, house.sends()), ([("accepted", 1)].into(), 1));
    }
}

#[tokio::test]
async fn a_refused_connection_leaves_everything_queued_and_is_not_tried_all_the_time() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        house.queue("vinter", plan, 0..40).await;
        let mut outbox = house.outbox_at("http://127.0.0.1:9", "1000000/s").await;
        let mut began = 0;
        for _ in 0..120 {
            began += house.drain(&mut outbox).await.began;
            house.clock().advance_ms(30 * SECOND);
        }
        assert_eq!((house.states("vinter", 40).await, house.sends()), ([("queued", 40)].into(), 0));
        assert!(began <= 40 * 17, "{began} tries in an hour");
        let mut outbox = house.outbox().await;
        house.clock().advance_ms(10 * 60 * SECOND);
        house.drain(&mut outbox).await;
        assert_eq!((house.states("vinter", 40).await, house.sends()), ([("accepted", 40)].into(), 40));
    }
}

#[tokio::test]
async fn an_account_that_is_refused_pauses_until_a_person_resumes_it() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "1/s" })).await;
        house.queue("vinter", plan, 0..20).await;
        let mut outbox = house.outbox().await;
        for n in 0..20 {
            if n == 3 {
                house.gateway.fail_next(Fault::Unauthorised);
            }
            house.drain(&mut outbox).await;
            house.clock().advance_ms(SECOND);
        }
        assert_eq!((house.sends(), house.gateway.requests()), (3, 4));
        assert_eq!(house.states("vinter", 20).await, [("accepted", 3), ("queued", 17)].into());
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Running);
        let mut tx = house.db.begin().await.unwrap();
        assert!(account::resume(&mut tx, crate::outbox::house::ACCOUNT).await.unwrap());
        tx.commit().await.unwrap();
        for _ in 0..20 {
            house.drain(&mut outbox).await;
            house.clock().advance_ms(SECOND);
        }
        assert_eq!((house.states("vinter", 20).await, house.sends()), ([("accepted", 20)].into(), 20));
    }
}

#[tokio::test]
async fn one_bad_answer_does_not_stop_the_others() {
    // The same id for two messages proves neither; it must not stand in the way of anybody.
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "1/s" })).await;
        let people = house.queue("vinter", plan, 0..4).await;
        let sid = format!(r#"{{"sid":"SM{:032x}"}}"#, 7);
        house.gateway.fail_next(Fault::AcceptThenSay(sid.clone()));
        house.gateway.fail_next(Fault::AcceptThenSay(sid));
        let mut outbox = house.outbox().await;
        for _ in 0..4 {
            house.drain(&mut outbox).await;
            house.clock().advance_ms(SECOND);
        }
        assert_eq!(house.states("vinter", 4).await, [("accepted", 3), ("in_doubt", 1)].into());
        assert_eq!(house.sends(), 4);
        let doubted = &house.gateway.accepts()[1];
        house.receipt(doubted, ReceiptStatus::Delivered, None).await;
        assert_eq!(house.state(&people[1]).await, "delivered");
        // Nor does a callback whose id is already another message's.
        let mut mixed = crate::outbox::house::receipt_of(&house.gateway.accepts()[2], ReceiptStatus::Delivered, None);
        mixed.provider_id =
            crate::outbox::house::receipt_of(&house.gateway.accepts()[3], ReceiptStatus::Sent, None).provider_id;
        house.hear(&mixed).await;
        assert_eq!((house.state(&people[2]).await, house.state(&people[3]).await), ("delivered", "accepted"));
    }
}

#[tokio::test]
async fn a_gateway_that_leaves_one_after_another_in_doubt_is_left_alone_and_then_tried_with_one() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "1/s" })).await;
        let people = house.queue("vinter", plan, 0..100).await;
        for person in &people {
            house.gateway.fail_for(&person.number, Some(Fault::Status(500)));
        }
        let mut outbox = house.outbox().await;
        for _ in 0..HOUR / (5 * SECOND) {
            house.drain(&mut outbox).await;
            house.clock().advance_ms(5 * SECOND);
        }
        let doubts = house.states("vinter", 100).await["in_doubt"];
        // Ten, then one after 1, 3, 7, 15, 30 and 45 minutes.
        assert!((15..=16).contains(&doubts), "{doubts} doubts in an hour");
        for person in &people {
            house.gateway.fail_for(&person.number, None);
        }
        house.clock().advance_ms(HOUR / 4);
        for _ in 0..110 {
            house.drain(&mut outbox).await;
            house.clock().advance_ms(SECOND);
        }
        let expected = [("accepted", 100 - doubts), ("in_doubt", doubts)].into();
        assert_eq!(house.states("vinter", 100).await, expected, "the others went when it was well again");
    }
}

#[tokio::test]
async fn a_gateway_that_asks_us_to_wait_is_left_alone_and_then_tried_with_one() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "1/s" })).await;
        let people = house.queue("vinter", plan, 0..40).await;
        house.gateway.fail_for(&people[2].number, Some(Fault::Throttle(Some(300))));
        let mut outbox = house.outbox().await;
        for second in 0..310 {
            house.drain(&mut outbox).await;
            house.clock().advance_ms(SECOND);
            assert!(second > 298 || house.gateway.requests() <= 3, "{second}: {}", house.gateway.requests());
        }
        house.gateway.fail_for(&people[2].number, None);
        for _ in 0..60 {
            house.drain(&mut outbox).await;
            house.clock().advance_ms(SECOND);
        }
        assert_eq!((house.states("vinter", 40).await, house.sends()), ([("accepted", 40)].into(), 40));
    }
}

#[tokio::test]
async fn after_a_pause_one_message_at_a_time_tries_however_fast_the_campaigns_are() {
    for house in House::both().await {
        for (name, people) in [("host", 0..100), ("vinter", 100..200)] {
            let plan = house.campaign(name, json!({})).await;
            for person in house.queue(name, plan, people).await {
                house.gateway.fail_for(&person.number, Some(Fault::Status(500)));
            }
        }
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let asked = house.gateway.requests();
        assert!(asked >= 10, "{asked} requests, all in doubt");
        house.clock().advance_ms(61 * SECOND);
        house.drain(&mut outbox).await;
        assert_eq!(house.gateway.requests(), asked + 1);
    }
}

#[tokio::test]
async fn after_a_pause_one_message_tries_whatever_another_account_has_under_way() {
    for house in House::both().await {
        let more = format!(
            "[gateways.other]\nkind = \"twilio\"\naccount_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"token\" }}\n\
             from = \"+447700900998\"\nrate = \"1000000/s\"\nbase_url = \"{}\"",
            house.gateway.base_url()
        );
        let settings = house.settings(&house.gateway.base_url(), "1000000/s", &more);
        let mut outbox = house.outbox_with(&settings).await;

        let plan = house.campaign("vinter", json!({})).await;
        let person = house.queue("vinter", plan, 0..1).await.remove(0);
        house.gateway.fail_for(&person.number, Some(Fault::Throttle(Some(300))));
        house.drain(&mut outbox).await;
        house.gateway.fail_for(&person.number, None);

        // First by its name, so that its messages are counted before this one's turn comes.
        let plan = house.campaign("host", json!({ "account": "other" })).await;
        for person in house.queue("host", plan, 1..3).await {
            house.gateway.fail_for(&person.number, Some(Fault::AcceptThenHang));
        }
        assert_eq!(outbox.step().await.unwrap().began, 2);
        while house.gateway.requests() < 3 {
            tokio::task::yield_now().await;
        }
        house.queue("host", plan, 3..4).await;
        house.clock().advance_ms(301 * SECOND);
        assert_eq!(outbox.step().await.unwrap().began, 2, "one of each account");
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&person).await, house.sends()), ("accepted", 4));
    }
}
