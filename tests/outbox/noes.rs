//! Never after a no: an opt-out between plan and intent, one that races with steps (fault 32), and one that the
//! provider tells us (fault 35).

use std::collections::HashMap;

use serde_json::json;

use lykt::audit::{Who, acting};
use lykt::domain::act::Act;
use lykt::domain::message::ReceiptStatus;
use lykt::ledger::NoSource;
use lykt::store::touch::{self, TouchKind};
use lykt::store::{audit, sql};

use crate::fault_gateway::Fault;
use crate::outbox::house::{House, Person, SECOND};

async fn says_no(house: &House, person: &Person) {
    let mut tx = house.db.begin().await.unwrap();
    house.ledger.opt_out(&mut tx, person.contact, NoSource::ByHand, None).await.unwrap();
    tx.commit().await.unwrap();
}

async fn said_no(house: &House, person: &Person) -> bool {
    let mut tx = house.db.read().await.unwrap();
    lykt::store::contact::get(&mut tx, person.contact).await.unwrap().unwrap().opted_out
}

#[tokio::test]
async fn an_opt_out_before_the_intent_withdraws_the_message_in_every_campaign() {
    for house in House::both().await {
        let (a, b) = (house.campaign("a", json!({})).await, house.campaign("b", json!({})).await);
        let people = [house.queue("a", a, 0..1).await, house.queue("b", b, 0..1).await].concat();
        says_no(&house, &people[0]).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        for person in &people {
            assert_eq!(house.state(person).await, "withdrawn");
            assert_eq!(house.reason(person).await.as_deref(), Some("opted_out"));
        }
        assert_eq!(house.sends(), 0);
    }
}

#[tokio::test]
async fn a_no_that_is_said_again_is_no_news_and_keeps_nobody_longer() {
    for house in House::both().await {
        let person = house.one().await;
        for _ in 0..3 {
            says_no(&house, &person).await;
            house.clock().advance_ms(SECOND);
        }
        let mut tx = house.db.read().await.unwrap();
        let told = touch::history(&mut tx, &house.ledger.vault, person.contact).await.unwrap();
        assert_eq!(told.iter().filter(|entry| entry.kind == TouchKind::OptOut).count(), 1);
    }
}

#[tokio::test]
async fn a_no_and_the_lifting_of_one_stand_in_the_audit() {
    for house in House::both().await {
        let person = house.one().await;
        let ledger = &house.ledger;
        acting(Who::Terminal(1000), async {
            says_no(&house, &person).await;
            let mut tx = house.db.begin().await.unwrap();
            assert!(ledger.opt_in(&mut tx, person.contact, "Kari", &"ringte selv".to_owned().into()).await.unwrap());
            tx.commit().await.unwrap();
        })
        .await;
        let mut tx = house.db.read().await.unwrap();
        for act in [Act::OptedOut, Act::NoLifted] {
            assert!(audit::newest(&mut tx, act.as_str()).await.unwrap().is_some(), "{act:?}");
        }
    }
}

#[tokio::test]
async fn a_no_while_a_throttled_try_is_under_way_is_heard_before_the_next() {
    for house in House::both().await {
        let person = house.one().await;
        house.gateway.fail_next(Fault::Throttle(None));
        let mut outbox = house.outbox().await;
        outbox.step().await.unwrap();
        says_no(&house, &person).await;
        for _ in 0..10 {
            house.drain(&mut outbox).await;
            house.clock().advance_ms(SECOND);
        }
        assert_eq!((house.state(&person).await, house.sends()), ("withdrawn", 0));
        assert_eq!(house.reason(&person).await.as_deref(), Some("opted_out"));
    }
}

#[tokio::test]
async fn no_try_begins_after_an_opt_out_has_been_committed() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..150).await;
        let mut outbox = house.outbox().await;
        let noes = async {
            let mut before = HashMap::new();
            for person in people.iter().rev().step_by(2) {
                says_no(&house, person).await;
                // What had begun when the no was committed; nothing may be added to it.
                before.insert(person.message, tries(&house, person).await);
                tokio::task::yield_now().await;
            }
            before
        };
        let sends = async {
            while outbox.step().await.unwrap() != lykt::outbox::Stepped::default() {
                outbox.wait().await;
            }
        };
        let (before, ()) = tokio::join!(noes, sends);
        house.drain(&mut outbox).await;
        for person in &people {
            if let Some(before) = before.get(&person.message) {
                assert_eq!(tries(&house, person).await, *before, "a try began after the no");
                let expected = if *before == 0 { "withdrawn" } else { "accepted" };
                assert_eq!(house.state(person).await, expected);
            }
        }
        let states = house.states("vinter", 150).await;
        assert_eq!(states["accepted"], house.sends() as i64);
        assert!(states.contains_key("withdrawn"), "every no came too late to show anything");
    }
}

#[tokio::test]
async fn what_the_provider_calls_an_opt_out_is_a_no() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let other = house.campaign("annet", json!({ "starts": "2026-12-10" })).await;
        let people = house.queue("vinter", plan, 0..3).await;
        let others = house.queue("annet", other, 0..3).await;
        house.gateway.fail_for(&people[0].number, Some(Fault::Refuse(21_610)));
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let accepts = house.gateway.accepts();
        let accept = |person: &Person| accepts.iter().find(|accept| accept.to == person.number).unwrap().clone();
        house.receipt(&accept(&people[1]), ReceiptStatus::Failed, Some(21_610)).await;
        // Even when the news comes too late to move the message.
        house.receipt(&accept(&people[2]), ReceiptStatus::Delivered, None).await;
        house.receipt(&accept(&people[2]), ReceiptStatus::Failed, Some(21_610)).await;
        for (person, end) in people.iter().zip(["failed", "undelivered", "delivered"]) {
            assert_eq!(house.state(person).await, end);
            assert!(said_no(&house, person).await, "{end}");
        }
        for other in &others {
            assert_eq!(house.reason(other).await.as_deref(), Some("opted_out"));
        }
    }
}

#[tokio::test]
async fn a_no_outlives_its_contact_and_is_found_when_the_contact_is_made_again() {
    for house in House::both().await {
        let person = house.one().await;
        says_no(&house, &person).await;
        let mut tx = house.db.begin().await.unwrap();
        for erase in [
            "delete from message where contact_id = $1",
            "delete from touch where contact_id = $1",
            "delete from address where contact_id = $1",
            "delete from contact where id = $1",
        ] {
            tx.run(sql(erase).bind(person.contact)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let plan = house.campaign("igjen", json!({})).await;
        let again = house.queue("igjen", plan, 0..1).await.remove(0);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&again).await, house.sends()), ("withdrawn", 0));
    }
}

async fn tries(house: &House, person: &Person) -> i64 {
    let mut tx = house.db.read().await.unwrap();
    let query = sql("select count(*) from attempt where message_id = $1").bind(person.message);
    tx.maybe(query).await.unwrap().unwrap().int(0).unwrap()
}
