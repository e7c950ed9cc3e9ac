//! Two turn out to be one person while messages to them are on their way: what becomes of these is news of that person.

use lykt::domain::campaign::CampaignState;
use lykt::domain::decision::Decision;
use lykt::domain::message::{MessageState, ReceiptStatus};
use lykt::domain::private::Private;
use lykt::ledger::Apart;
use lykt::store::touch::{self, TouchKind};
use serde_json::json;

use crate::fault_gateway::Fault;
use crate::outbox::house::{House, Person};

/// Two people of one campaign, and whether the second one's message ends in doubt.
async fn two(house: &House, doubt: bool) -> [Person; 2] {
    let plan = house.campaign("vinter", json!({})).await;
    let people = house.queue("vinter", plan, 0..2).await;
    house.gateway.fail_for(&people[1].number, doubt.then_some(Fault::AcceptThenDrop));
    let mut outbox = house.outbox().await;
    house.drain(&mut outbox).await;
    people.try_into().ok().unwrap()
}

async fn link(house: &House, people: &[Person; 2]) -> bool {
    let [one, two] = [0, 1].map(|n: usize| Private::new(people[n].number.clone()));
    let mut tx = house.db.begin().await.unwrap();
    match house.ledger.link(&mut tx, &one, &two, Some("Kari")).await.unwrap() {
        Ok(_) => tx.commit().await.unwrap(),
        Err(why) => {
            assert_eq!(why, Apart::UnderWay);
            return false;
        }
    }
    true
}

fn accept_of(house: &House, person: &Person) -> crate::fault_gateway::Accept {
    house.gateway.accepts().into_iter().find(|accept| accept.to == person.number).unwrap()
}

#[tokio::test]
async fn a_doubt_is_not_put_aside_by_a_link_that_would_leave_its_person_free() {
    for house in House::both().await {
        let people = two(&house, true).await;
        assert!(!link(&house, &people).await, "the other one has a message of the campaign already");
        house.receipt(&accept_of(&house, &people[1]), ReceiptStatus::Delivered, None).await;
        assert!(link(&house, &people).await, "it is settled");
        assert_eq!(house.check(&people[1]).await.reasons, [Decision::Cooldown]);
    }
}

#[tokio::test]
async fn a_no_that_comes_with_a_message_put_aside_is_the_persons() {
    for house in House::both().await {
        let people = two(&house, false).await;
        assert!(link(&house, &people).await);
        house.receipt(&accept_of(&house, &people[1]), ReceiptStatus::Undelivered, Some(21610)).await;
        for person in &people {
            assert_eq!(house.check(person).await.reasons[0], Decision::OptedOut);
        }
    }
}

#[tokio::test]
async fn late_proof_of_a_message_put_aside_makes_its_person_wait() {
    for house in House::both().await {
        let people = two(&house, true).await;
        let first = house.check(&people[0]).await.contacted_at;
        house.decide(&people[1], MessageState::Queued).await;
        assert!(link(&house, &people).await);
        assert_eq!(house.state(&people[1]).await, "withdrawn");
        house.clock().advance_ms(crate::outbox::house::DAY);
        house.receipt(&accept_of(&house, &people[1]), ReceiptStatus::Delivered, None).await;
        assert_eq!(house.state(&people[1]).await, "delivered");
        let last = house.check(&people[0]).await.contacted_at;
        assert!(last > first, "the cooldown runs from the proof");
    }
}

#[tokio::test]
async fn of_two_messages_to_one_person_what_has_begun_stays_or_else_the_earlier() {
    for house in House::both().await {
        for (doubt, begin, stays) in [(false, 0, 0), (true, 10, 1)] {
            let [a, b] = [format!("a{begin}"), format!("b{begin}")];
            let (plan, later) = (house.campaign(&a, json!({})).await, house.campaign(&b, json!({})).await);
            let first = house.queue(&a, plan, begin..begin + 1).await.remove(0);
            let people = if doubt {
                house.becomes(&a, CampaignState::Paused).await;
                let second = house.queue(&b, later, begin + 1..begin + 2).await.remove(0);
                house.gateway.fail_for(&second.number, Some(Fault::AcceptThenDrop));
                house.drain(&mut house.outbox().await).await;
                [first, second]
            } else {
                [first, house.queue(&b, later, begin + 1..begin + 2).await.remove(0)]
            };
            assert!(link(&house, &people).await);
            let goes = &people[1 - stays];
            assert_eq!(house.state(goes).await, "withdrawn");
            assert_eq!(house.reason(goes).await.as_deref(), Some("already_planned"));
            assert_eq!(house.state(&people[stays]).await, if doubt { "in_doubt" } else { "queued" });

            let mut tx = house.db.read().await.unwrap();
            let told = touch::history(&mut tx, &house.ledger.vault, people[0].contact).await.unwrap();
            let linked = told.iter().find(|entry| entry.kind == TouchKind::Linked).unwrap();
            assert_eq!(linked.actor.as_deref(), Some("Kari"), "whoever said so stands there");
        }
    }
}
