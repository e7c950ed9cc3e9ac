//! An unread answer holds everything, and so does a doubt; both let go again.

use serde_json::json;

use lykt::domain::decision::Decision;
use lykt::domain::message::MessageState;
use lykt::store::contact;

use crate::fault_gateway::Fault;
use crate::outbox::house::{DAY, House, MINUTE, Person};

async fn unread(house: &House, person: &Person, by: i64) {
    let mut tx = house.db.begin().await.unwrap();
    contact::add_unread(&mut tx, person.contact, by).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_unread_answer_holds_a_message_until_it_is_read() {
    for house in House::both().await {
        let person = house.one().await;
        unread(&house, &person, 2).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        unread(&house, &person, -1).await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&person).await, house.sends()), ("queued", 0));
        unread(&house, &person, -1).await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&person).await, house.sends()), ("accepted", 1));
    }
}

#[tokio::test]
async fn a_campaign_past_its_end_says_of_held_people_that_they_were_held() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "ends": "2026-12-03", "starts": "2026-12-03" })).await;
        let people = house.queue("vinter", plan, 0..3).await;
        unread(&house, &people[0], 1).await;
        house.clock().advance_ms(DAY);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        house.reap().await;
        assert_eq!(house.states("vinter", 3).await, [("withdrawn", 3)].into());
        assert_eq!(house.reason(&people[0]).await.as_deref(), Some("held"));
        assert_eq!(house.reason(&people[1]).await.as_deref(), Some("expired"));
        assert_eq!(house.sends(), 0);
    }
}

#[tokio::test]
async fn a_person_in_doubt_elsewhere_waits_and_is_not_withdrawn() {
    for house in House::both().await {
        let (a, b) = (house.campaign("a", json!({})).await, house.campaign("b", json!({})).await);
        let first = house.queue("a", a, 0..1).await.remove(0);
        let second = house.queue("b", b, 0..1).await.remove(0);
        house.gateway.fail_next(Fault::AcceptThenDrop);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&first).await, house.state(&second).await), ("in_doubt", "queued"));
        assert_eq!(house.check(&first).await.decision(), Decision::InDoubt);
        house.clock().advance_ms(MINUTE);
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&second).await, house.sends()), ("queued", 1));
        house.decide(&first, MessageState::Accepted).await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&first).await, house.state(&second).await), ("accepted", "withdrawn"));
        assert_eq!(house.reason(&second).await.as_deref(), Some("cooldown"));
        assert_eq!(house.sends(), 1);
    }
}

#[tokio::test]
async fn a_person_left_out_after_the_plan_is_withdrawn_with_the_reason() {
    for house in House::both().await {
        let person = house.one().await;
        let mut tx = house.db.begin().await.unwrap();
        house.ledger.leave_out(&mut tx, person.contact, Decision::WrongNumber).await.unwrap();
        tx.commit().await.unwrap();
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!(house.reason(&person).await.as_deref(), Some("wrong_number"));
        assert_eq!(house.sends(), 0);
    }
}

#[tokio::test]
async fn a_call_by_another_campaign_keeps_a_message_in_the_queue_until_it_is_over() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        for (call, state) in [(Some("ringerunde"), "queued"), (None, "accepted")] {
            let mut tx = house.db.begin().await.unwrap();
            let query = lykt::store::sql("update contact set calling = $1 where id = $2");
            tx.run(query.bind(call).bind(person.contact)).await.unwrap();
            tx.commit().await.unwrap();
            house.drain(&mut outbox).await;
            assert_eq!(house.state(&person).await, state);
        }
    }
}
