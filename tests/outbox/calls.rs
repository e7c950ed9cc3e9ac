//! What follows a message: the cooldown and its calls, and neither when it provably reached nobody.

use lykt::domain::decision::Decision;
use lykt::domain::message::{MessageState, ReceiptStatus};
use lykt::store::task::{self, TaskState};

use crate::fault_gateway::Fault;
use crate::outbox::house::{DAY, House, MINUTE, Person, with_call};

/// Calls to a person that somebody may still make.
pub async fn open(house: &House, person: &Person) -> usize {
    let mut tx = house.db.read().await.unwrap();
    let mut open = 0;
    for id in task::ids(&mut tx, false).await.unwrap() {
        let task = task::find(&mut tx, id).await.unwrap().unwrap();
        open += usize::from(task.message == Some(person.message) && task.state != TaskState::Done);
    }
    open
}

async fn one(house: &House, fault: Option<Fault>) -> Person {
    let plan = house.campaign("vinter", with_call()).await;
    let person = house.queue("vinter", plan, 0..1).await.remove(0);
    house.gateway.fail_for(&person.number, fault);
    let mut outbox = house.outbox().await;
    house.drain(&mut outbox).await;
    house.states("vinter", 1).await;
    person
}

#[tokio::test]
async fn a_call_is_planned_when_a_message_is_accepted_and_when_it_is_in_doubt_once_for_both() {
    for (fault, state, reason) in
        [(None, "accepted", Decision::Cooldown), (Some(Fault::AcceptThenDrop), "in_doubt", Decision::InDoubt)]
    {
        for house in House::both().await {
            let person = one(&house, fault.clone()).await;
            assert_eq!((house.state(&person).await, open(&house, &person).await), (state, 1));
            assert_eq!(house.check(&person).await.reasons, [reason]);
            house.receipt(&house.gateway.accepts()[0], ReceiptStatus::Delivered, None).await;
            assert_eq!((house.state(&person).await, open(&house, &person).await), ("delivered", 1));
        }
    }
}

#[tokio::test]
async fn a_message_that_provably_reached_nobody_leaves_the_person_free() {
    for house in House::both().await {
        let person = one(&house, Some(Fault::Refuse(21_211))).await;
        assert_eq!((house.state(&person).await, open(&house, &person).await), ("failed", 0));
        assert!(house.check(&person).await.may_approach());
    }
    for house in House::both().await {
        let person = one(&house, None).await;
        assert!(!house.check(&person).await.may_approach());
        house.receipt(&house.gateway.accepts()[0], ReceiptStatus::Undelivered, Some(30_006)).await;
        assert_eq!((house.state(&person).await, open(&house, &person).await), ("undelivered", 0));
        assert!(house.check(&person).await.may_approach());
        // Delivered beats undelivered: then it did reach the person, and counts.
        house.receipt(&house.gateway.accepts()[0], ReceiptStatus::Delivered, None).await;
        assert_eq!((house.state(&person).await, open(&house, &person).await), ("delivered", 1));
        assert_eq!(house.check(&person).await.reasons, [Decision::Cooldown]);
    }
}

#[tokio::test]
async fn a_handset_that_was_off_counts_and_is_called() {
    for house in House::both().await {
        let person = one(&house, None).await;
        house.receipt(&house.gateway.accepts()[0], ReceiptStatus::Undelivered, Some(30_003)).await;
        assert_eq!((house.state(&person).await, open(&house, &person).await), ("undelivered", 1));
        assert_eq!(house.check(&person).await.reasons, [Decision::Cooldown]);
    }
}

#[tokio::test]
async fn a_failure_that_is_proven_late_takes_an_abandoned_message_out_of_the_cooldown() {
    for code in [30_006, 21_606] {
        for house in House::both().await {
            let person = one(&house, Some(Fault::AcceptThenDrop)).await;
            house.clock().advance_ms(DAY + MINUTE);
            house.reap().await;
            assert_eq!((house.state(&person).await, open(&house, &person).await), ("abandoned", 1));
            house.receipt(&house.gateway.accepts()[0], ReceiptStatus::Failed, Some(code)).await;
            assert_eq!(open(&house, &person).await, 0, "{code}");
            assert_eq!(house.check(&person).await.contacted_at, None, "{code}");
        }
    }
}

#[tokio::test]
async fn a_doubt_that_is_put_back_loses_its_call_until_it_goes_out() {
    for house in House::both().await {
        let person = one(&house, Some(Fault::Drop)).await;
        house.decide(&person, MessageState::Queued).await;
        assert_eq!((house.state(&person).await, open(&house, &person).await), ("queued", 0));
        house.gateway.fail_for(&person.number, None);
        house.clock().advance_ms(DAY);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&person).await, open(&house, &person).await), ("accepted", 1));
        let mut tx = house.db.read().await.unwrap();
        let id = task::ids(&mut tx, false).await.unwrap().remove(0);
        let made_at = task::find(&mut tx, id).await.unwrap().unwrap().made_at;
        assert_eq!(made_at, house.clock().now_ms(), "the days count from the message that went out");
    }
}
