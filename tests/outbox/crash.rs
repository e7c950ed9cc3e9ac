//! Dead processes, late ones, and a database that goes away: faults 13, 14, 16 and 23.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use lykt::domain::message::ReceiptStatus;
use lykt::outbox::Stepped;
use lykt::store::{Db, sql};

use crate::outbox::house::{House, MINUTE, SECOND};
use crate::support::postgres::{Fsync, Server};

/// Makes every lease run out now, as time would.
async fn leases_run_out(house: &House) {
    let mut tx = house.db.begin().await.unwrap();
    tx.run(sql("update message set deadline = 0 where state = 'submitting'").whole()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_a_dead_process_had_begun_is_in_doubt_and_not_sent_again() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        house.queue("vinter", plan, 0..50).await;
        let mut dead = house.outbox().await;
        let begun = dead.step().await.unwrap().began as i64;
        assert!(begun > 0);
        // Some are at the gateway when it dies, some never left.
        while house.gateway.requests() < 3 {
            tokio::task::yield_now().await;
        }
        drop(dead);
        let fence = house.next_fence().await;
        house.reap_as(fence).await;
        if house.db.is_shared() {
            // Another node may live: only its lease tells.
            assert_eq!(house.states("vinter", 50).await["submitting"], begun);
            leases_run_out(&house).await;
            house.reap_as(fence).await;
        }
        assert_eq!(house.states("vinter", 50).await["in_doubt"], begun);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        house.clock().advance_ms(MINUTE);
        house.drain(&mut outbox).await;
        assert_eq!(house.states("vinter", 50).await, [("accepted", 50 - begun), ("in_doubt", begun)].into());
        house.sends();
        for accept in house.gateway.accepts() {
            house.receipt(&accept, ReceiptStatus::Delivered, None).await;
        }
        assert_eq!(house.states("vinter", 50).await["delivered"], house.sends() as i64);
    }
}

#[tokio::test]
async fn a_lease_that_ran_out_frees_nobody_and_the_late_answer_of_a_slow_sender_counts() {
    for house in House::both().await {
        let person = house.one().await;
        let mut slow = house.outbox().await;
        slow.step().await.unwrap();
        slow.wait().await;
        leases_run_out(&house).await;
        house.reap_as(0).await;
        assert_eq!(house.state(&person).await, "in_doubt");
        let mut other = house.outbox().await;
        house.drain(&mut other).await;
        assert_eq!((house.state(&person).await, house.sends()), ("in_doubt", 1));
        house.drain(&mut slow).await;
        assert_eq!((house.states("vinter", 1).await, house.sends()), ([("accepted", 1)].into(), 1));
    }
}

#[tokio::test]
async fn a_lease_that_still_runs_is_left_alone() {
    for house in House::both().await {
        let person = house.one().await;
        let fence = house.next_fence().await;
        let mut outbox = house.outbox().await;
        outbox.step().await.unwrap();
        house.reap_as(fence).await;
        assert_eq!(house.state(&person).await, "submitting");
        house.drain(&mut outbox).await;
        assert_eq!(house.state(&person).await, "accepted");
    }
}

#[tokio::test]
async fn a_process_that_slept_past_its_deadline_writes_nothing() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        assert_eq!(outbox.step().await.unwrap().began, 1);
        // The intent is committed; the first byte is due within a second.
        house.clock().advance_ms(2 * SECOND);
        outbox.wait().await;
        assert_eq!(outbox.step().await.unwrap().settled, 1);
        assert_eq!((house.state(&person).await, house.gateway.requests()), ("queued", 0));
        house.clock().advance_ms(MINUTE);
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&person).await, house.sends()), ("accepted", 1));
    }
}

#[tokio::test]
async fn a_sleeper_whose_message_was_put_in_doubt_still_proves_that_nothing_left() {
    for house in House::both().await {
        let plan = house.campaign("vinter", crate::outbox::house::with_call()).await;
        let person = house.queue("vinter", plan, 0..1).await.remove(0);
        let mut sleeper = house.outbox().await;
        sleeper.step().await.unwrap();
        house.clock().advance_ms(2 * SECOND);
        leases_run_out(&house).await;
        house.reap_as(0).await;
        assert_eq!((house.state(&person).await, crate::outbox::calls::open(&house, &person).await), ("in_doubt", 1));
        sleeper.wait().await;
        assert_eq!(sleeper.step().await.unwrap().settled, 1);
        assert_eq!((house.state(&person).await, house.gateway.requests()), ("queued", 0));
        assert_eq!(crate::outbox::calls::open(&house, &person).await, 0, "no call follows what has not gone out");
        house.clock().advance_ms(MINUTE);
        house.drain(&mut sleeper).await;
        assert_eq!((house.sends(), crate::outbox::calls::open(&house, &person).await), (1, 1));
    }
}

#[tokio::test]
async fn steps_after_a_stop_settle_and_begin_nothing() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        house.queue("vinter", plan, 0..50).await;
        let mut outbox = house.outbox().await;
        let begun = outbox.step().await.unwrap().began as i64;
        while outbox.settle_ended().await.unwrap() > 0 {
            outbox.wait().await;
        }
        assert_eq!(house.states("vinter", 50).await, [("accepted", begun), ("queued", 50 - begun)].into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_dies_and_comes_back_costs_nobody_a_second_message() {
    let mut server = Server::start(Fsync::Off);
    let url = server.create("plug").await;
    let house = Arc::new(House::at(&url, tempfile::tempdir().unwrap()).await);
    let plan = house.campaign("vinter", json!({})).await;
    house.queue("vinter", plan, 0..300).await;
    house.gateway.set_latency(Duration::from_millis(40));
    let sender = tokio::spawn({
        let house = house.clone();
        async move {
            let mut outbox = house.outbox().await;
            while house.gateway.counts().len() < 300 || !matches!(outbox.step().await, Ok(Stepped { under_way: 0, .. }))
            {
                let _away = outbox.step().await;
                outbox.wait().await;
            }
            house.drain(&mut outbox).await;
        }
    });
    for part in [50, 150, 250] {
        while house.gateway.counts().len() < part {
            tokio::task::yield_now().await;
        }
        server.crash();
        server.revive();
    }
    sender.await.unwrap();
    assert_eq!((house.states("vinter", 300).await, house.sends()), ([("accepted", 300)].into(), 300));
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_read_again_and_sends_nothing_twice() {
    for stands in [true, false] {
        let house = House::on_postgres().await;
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..20).await;
        let mut outbox = house.outbox().await;
        fail_the_commit(&house.db).await;
        assert!(outbox.step().await.is_err());
        assert_eq!((house.states("vinter", 20).await, house.gateway.requests()), ([("queued", 20)].into(), 0));
        mend_the_commit(&house.db).await;
        if stands {
            // As if the server had committed and only its answer was lost: the same rows, the same try, our fence.
            let mut tx = house.db.begin().await.unwrap();
            let as_if = "update message set state = 'submitting', attempt = 1, fence = 1, deadline = 9000000000000000";
            tx.run(sql(as_if)).await.unwrap();
            tx.commit().await.unwrap();
        }
        house.drain(&mut outbox).await;
        assert_eq!((house.states("vinter", 20).await, house.sends()), ([("accepted", 20)].into(), 20));
        assert_eq!(house.message(&people[0]).await.attempt, if stands { 2 } else { 1 });
    }
}

/// From now on a commit that holds an intent fails in its last moment.
async fn fail_the_commit(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    tx.run(sql("create function refuse() returns trigger language plpgsql as 'begin raise exception using errcode = ''57P01''; end'"))
        .await
        .unwrap();
    tx.run(sql("create constraint trigger refuse after insert on attempt deferrable initially deferred for each row execute function refuse()"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn mend_the_commit(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    tx.run(sql("drop trigger refuse on attempt")).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_idle_step_does_nothing() {
    for house in House::both().await {
        let mut outbox = house.outbox().await;
        assert_eq!(outbox.step().await.unwrap(), Stepped::default());
    }
}
