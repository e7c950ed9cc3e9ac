//! Two who were taken for one are parted while a message to one of them is on its way: it goes with the number it was
//! written to.

use lykt::domain::decision::Decision;
use lykt::domain::id::{ContactId, PlanId};
use lykt::domain::message::ReceiptStatus;
use lykt::domain::private::Private;
use lykt::ledger::{Apart, NoSource};
use lykt::store::touch::{self, Touch, TouchKind};
use lykt::store::{link, task};
use serde_json::json;

use crate::fault_gateway::Fault;
use crate::outbox::house::{House, Person, number, with_call};

/// Two numbers that are one contact, and a message to the second; whoever has the first comes first.
async fn linked(house: &House, plan: PlanId, from: u32) -> [Person; 2] {
    let (one, two) = (Private::new(number(from)), Private::new(number(from + 1)));
    let mut tx = house.db.begin().await.unwrap();
    let keep = house.ledger.link(&mut tx, &one, &two, Some("Kari")).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let second = house.queue("vinter", plan, from + 1..from + 2).await.remove(0);
    assert_eq!(second.contact, keep);
    [Person { number: number(from), ..second.clone() }, second]
}

async fn part(house: &House, number: &str) -> Result<ContactId, Apart> {
    let mut tx = house.db.begin().await.unwrap();
    let (address, contact, _) = link::address(&mut tx, &house.ledger.vault.blind(number)).await.unwrap().unwrap();
    let parted = house.ledger.unlink(&mut tx, contact, address, Some("Kari")).await.unwrap();
    tx.commit().await.unwrap();
    parted
}

/// Whoever has a number now.
async fn who(house: &House, person: &Person) -> ContactId {
    let mut tx = house.db.begin().await.unwrap();
    house.ledger.contact(&mut tx, &Private::new(person.number.clone())).await.unwrap().id
}

#[tokio::test]
async fn a_no_of_the_number_a_message_was_written_to_stops_it_whichever_was_parted() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        for (from, by) in [(0, 0), (10, 1)] {
            let people = linked(&house, plan, from).await;
            part(&house, &people[by].number).await.unwrap();
            let theirs = who(&house, &people[1]).await;
            assert_ne!(theirs, who(&house, &people[0]).await);
            assert_eq!(house.message(&people[1]).await.contact, theirs);
            let mut tx = house.db.begin().await.unwrap();
            house.ledger.opt_out(&mut tx, theirs, NoSource::Reply, None).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(house.state(&people[1]).await, "withdrawn");
            assert_eq!(house.reason(&people[1]).await.as_deref(), Some("opted_out"));
            assert!(house.check(&people[0]).await.may_approach(), "the no and the message were the other one's");
        }
        house.drain(&mut house.outbox().await).await;
        assert_eq!(house.sends(), 0);
    }
}

#[tokio::test]
async fn after_a_message_both_wait_and_the_call_goes_to_whom_it_was_written_to() {
    for house in House::both().await {
        let plan = house.campaign("vinter", with_call()).await;
        let people = linked(&house, plan, 0).await;
        house.drain(&mut house.outbox().await).await;
        assert_eq!(house.sends(), 1);
        part(&house, &people[0].number).await.unwrap();
        for person in &people {
            assert_eq!(house.check(person).await.reasons, [Decision::Cooldown]);
        }
        let mut tx = house.db.begin().await.unwrap();
        for (person, n) in people.iter().zip([0, 1]) {
            let id = house.ledger.contact(&mut tx, &Private::new(person.number.clone())).await.unwrap().id;
            assert_eq!(task::of_contact(&mut tx, id).await.unwrap().len(), n);
            let told = touch::history(&mut tx, &house.ledger.vault, id).await.unwrap();
            assert_eq!(told.iter().filter(|entry| entry.kind == TouchKind::Message).count(), n);
        }
        drop(tx);
        let later = house.campaign("sommer", json!({})).await;
        for person in house.queue("sommer", later, 0..2).await {
            house.drain(&mut house.outbox().await).await;
            assert_eq!(house.reason(&person).await.as_deref(), Some("cooldown"));
        }
        assert_eq!(house.sends(), 1);
    }
}

#[tokio::test]
async fn the_cooldown_of_the_two_outlives_what_turns_out_not_to_have_reached_one() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = linked(&house, plan, 0).await;
        house.drain(&mut house.outbox().await).await;
        part(&house, &people[0].number).await.unwrap();
        for person in &people {
            let contact = who(&house, person).await;
            let mut tx = house.db.begin().await.unwrap();
            let entry = Touch { counts: true, ..Touch::new(TouchKind::Message, house.clock().now_ms()) };
            house.ledger.register(&mut tx, contact, &entry).await.unwrap();
            touch::uncount_entry(&mut tx, contact, entry.id).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(house.check(person).await.reasons, [Decision::Cooldown]);
        }
    }
}

#[tokio::test]
async fn while_a_message_is_in_doubt_nobody_is_parted() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = linked(&house, plan, 0).await;
        house.gateway.fail_for(&people[1].number, Some(Fault::AcceptThenDrop));
        house.drain(&mut house.outbox().await).await;
        assert_eq!(house.state(&people[1]).await, "in_doubt");
        for person in &people {
            assert_eq!(part(&house, &person.number).await, Err(Apart::UnderWay));
        }
        let accept = house.gateway.accepts().remove(0);
        house.receipt(&accept, ReceiptStatus::Delivered, None).await;
        part(&house, &people[1].number).await.unwrap();
        assert_eq!(house.message(&people[1]).await.contact, who(&house, &people[1]).await);
        for person in &people {
            assert_eq!(house.check(person).await.reasons, [Decision::Cooldown]);
        }
    }
}
