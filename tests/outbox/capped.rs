//! People whom the provider wants left alone for a day: each waits such a day once.

use std::time::Duration;

use lykt::domain::decision::Decision;
use lykt::gateway::{Class, Unsent, Verdict};
use lykt::outbox::Tried;

use crate::fault_gateway::Fault;
use crate::outbox::house::{DAY, HOUR, House, Person};
use crate::outbox::whatsapp::failed;

#[tokio::test]
async fn who_is_to_be_left_alone_is_tried_once_more_also_when_the_provider_says_so_at_once() {
    for house in House::both().await {
        let person = house.one().await;
        house.gateway.fail_for(&person.number, Some(Fault::Hang));
        let mut outbox = house.outbox().await;
        for state in ["queued", "failed"] {
            assert_eq!(outbox.step().await.unwrap().began, 1, "{state}");
            ends(&house, &person, Unsent::Capped, Some(Duration::from_secs(86_400))).await;
            assert_eq!(house.state(&person).await, state);
            house.clock().advance_ms(DAY);
        }
        assert!(!house.check(&person).await.reasons.contains(&Decision::Cooldown), "nobody was reached");
    }
}

/// How many begin now; nobody waits for what becomes of them.
async fn begins(house: &House) -> usize {
    house.outbox().await.step().await.unwrap().began
}

/// A try ends so.
async fn ends(house: &House, person: &Person, why: Unsent, retry_after: Option<Duration>) {
    let verdict = Verdict::NotSent { why, retry_after };
    let tried = Tried { message: house.message(person).await, verdict, later: Vec::new() };
    let mut tx = house.db.begin().await.unwrap();
    house.settler.settle(&mut tx, &tried).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn tries_that_ended_otherwise_cost_nobody_the_day_that_they_wait() {
    const MOMENT: Option<Duration> = Some(Duration::from_secs(10));
    const LONG: Option<Duration> = Some(Duration::from_secs(86_400));
    for house in House::both().await {
        let person = house.one().await;
        house.gateway.fail_for(&person.number, Some(Fault::Hang));
        for (why, retry_after, waits) in [
            (Unsent::NoConnection, None, HOUR / 6),
            (Unsent::Capped, MOMENT, HOUR / 6),
            (Unsent::PastDeadline, None, HOUR / 6),
            (Unsent::Capped, LONG, DAY),
            (Unsent::NoConnection, None, HOUR / 6),
        ] {
            assert_eq!(begins(&house).await, 1, "{why:?}");
            ends(&house, &person, why, retry_after).await;
            assert_eq!(house.state(&person).await, "queued", "{why:?}");
            house.clock().advance_ms(waits - 1);
            assert!(waits < DAY || begins(&house).await == 0, "the whole day");
            house.clock().advance_ms(1);
        }
        assert_eq!(begins(&house).await, 1);
        ends(&house, &person, Unsent::Capped, LONG).await;
        assert_eq!(house.state(&person).await, "failed", "once is all");
    }
}

#[tokio::test]
async fn a_receipt_lets_a_message_wait_its_day_after_tries_that_ended_otherwise() {
    for house in House::both().await {
        let person = house.one().await;
        house.drain(&mut house.outbox_at("http://127.0.0.1:9", "1000000/s").await).await;
        assert_eq!(house.state(&person).await, "queued");
        house.clock().advance_ms(HOUR / 6);
        let mut outbox = house.outbox().await;
        for (n, state) in ["queued", "undelivered"].into_iter().enumerate() {
            assert_eq!(house.drain(&mut outbox).await.began, 1, "{state}");
            let accept = house.gateway.accepts().remove(n);
            house.hear(&failed(&accept, 131_049, Class::Capped)).await;
            assert_eq!(house.state(&person).await, state);
            house.clock().advance_ms(DAY);
        }
    }
}

#[tokio::test]
async fn who_is_to_be_left_alone_waits_a_day_once() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let accept = house.gateway.accepts().remove(0);
        house.hear(&failed(&accept, 131_049, Class::Capped)).await;
        assert_eq!(house.state(&person).await, "queued");
        assert!(!house.check(&person).await.reasons.contains(&Decision::Cooldown), "nobody was reached");
        house.clock().advance_ms(HOUR);
        assert_eq!(house.drain(&mut outbox).await.began, 0);
        house.clock().advance_ms(DAY);
        assert_eq!(house.drain(&mut outbox).await.began, 1);
        // Good news of the first try would be proof that it went out after all; bad news of it says nothing of the second.
        house.hear(&failed(&accept, 131_049, Class::Capped)).await;
        assert_eq!(house.state(&person).await, "accepted");
        let again = house.gateway.accepts().remove(1);
        house.hear(&failed(&again, 131_049, Class::Capped)).await;
        assert_eq!(house.state(&person).await, "undelivered");
        assert!(!house.check(&person).await.reasons.contains(&Decision::Cooldown));
    }
}
