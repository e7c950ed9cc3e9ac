//! Doubts grow old, and coordinators decide on them.

use serde_json::json;

use lykt::domain::decision::Decision;
use lykt::domain::message::MessageState;
use lykt::outbox::doubt;
use lykt::store::sql;
use lykt::store::touch::{self, TouchKind};

use crate::fault_gateway::Fault;
use crate::outbox::house::{DAY, HOUR, House, MINUTE};

async fn doubts(house: &House, n: u32) -> Vec<crate::outbox::house::Person> {
    let plan = house.campaign("vinter", json!({})).await;
    let people = house.queue("vinter", plan, 0..n).await;
    for person in &people {
        house.gateway.fail_for(&person.number, Some(Fault::AcceptThenDrop));
    }
    let mut outbox = house.outbox().await;
    house.drain(&mut outbox).await;
    assert_eq!(house.states("vinter", n.into()).await, [("in_doubt", n.into())].into());
    people
}

#[tokio::test]
async fn a_doubt_is_given_up_after_a_day_and_counts_as_contacted() {
    for house in House::both().await {
        let people = doubts(&house, 1).await;
        house.clock().advance_ms(DAY);
        house.reap().await;
        assert_eq!(house.state(&people[0]).await, "in_doubt");
        house.clock().advance_ms(MINUTE);
        house.reap().await;
        assert_eq!(house.state(&people[0]).await, "abandoned");
        assert_eq!(house.check(&people[0]).await.reasons, [Decision::Cooldown]);
    }
}

#[tokio::test]
async fn many_doubts_and_a_restart_of_the_machine_keep_none_for_ever() {
    for house in House::both().await {
        let old = doubts(&house, 3).await;
        let plan = house.message(&old[0]).await.plan;
        house.clock().advance_ms(20 * HOUR);
        let young = house.queue("vinter", plan, 3..223).await;
        // The machine started anew: steady time began from nought, so the young ones are dated before the old.
        let now = house.clock().now_ms();
        let mut tx = house.db.begin().await.unwrap();
        for person in &young {
            let query = sql("update message set state = 'in_doubt', doubt_at = 1, state_at = $1 where id = $2");
            tx.run(query.bind(now).bind(person.message)).await.unwrap();
        }
        tx.commit().await.unwrap();
        house.clock().advance_ms(5 * HOUR);
        house.reap().await;
        assert_eq!(house.states("vinter", 223).await, [("abandoned", 3), ("in_doubt", 220)].into());
        house.clock().advance_ms(DAY);
        house.reap().await;
        assert_eq!(house.states("vinter", 223).await, [("abandoned", 223)].into());
    }
}

#[tokio::test]
async fn a_coordinator_decides_on_a_doubt() {
    for house in House::both().await {
        let people = doubts(&house, 3).await;
        house.decide(&people[0], MessageState::Accepted).await;
        house.decide(&people[1], MessageState::Abandoned).await;
        house.decide(&people[2], MessageState::Queued).await;
        assert_eq!(house.states("vinter", 3).await, [("abandoned", 1), ("accepted", 1), ("queued", 1)].into());
        assert_eq!(house.check(&people[0]).await.reasons, [Decision::Cooldown]);
        assert_eq!(house.check(&people[1]).await.reasons, [Decision::Cooldown]);
        assert_eq!(house.check(&people[2]).await.reasons, [Decision::AlreadyPlanned]);
    }
}

#[tokio::test]
async fn who_decided_on_a_doubt_and_why_stays_with_the_person() {
    for house in House::both().await {
        let person = doubts(&house, 1).await.remove(0);
        let (accept, by) = (doubt::Decision::Accept, ("Kari", "she answered on the phone"));
        let done = doubt::decide(&house.db, &house.ledger, &house.settler, person.message, accept, by).await.unwrap();
        assert!(matches!(done, doubt::Decided::Done));
        let mut tx = house.db.read().await.unwrap();
        let history = touch::history(&mut tx, &house.ledger.vault, person.contact).await.unwrap();
        let note = history.iter().find(|touch| touch.kind == TouchKind::Note).unwrap();
        assert_eq!((note.message_id, note.detail.as_deref()), (Some(person.message), Some("doubt_accepted")));
        assert_eq!(note.actor.as_deref(), Some("Kari"));
        assert_eq!(
            note.note.as_ref().map(|why| why.expose().to_string()).as_deref(),
            Some("she answered on the phone")
        );
    }
}

#[tokio::test]
async fn a_decision_that_comes_too_late_changes_nothing() {
    for house in House::both().await {
        let plan = house.campaign("vinter", crate::outbox::house::with_call()).await;
        let person = house.queue("vinter", plan, 0..1).await.remove(0);
        house.gateway.fail_next(Fault::AcceptThenDrop);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let stale = house.message(&person).await;
        let accept = house.gateway.accepts().remove(0);
        house.receipt(&accept, lykt::domain::message::ReceiptStatus::Delivered, None).await;
        let mut tx = house.db.begin().await.unwrap();
        assert!(!house.settler.requeue(&mut tx, &stale).await.unwrap());
        assert!(!house.settler.abandon(&mut tx, &stale).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(house.state(&person).await, "delivered");
        assert_eq!(crate::outbox::calls::open(&house, &person).await, 1, "the call still follows");
    }
}
