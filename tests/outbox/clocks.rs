//! A civil clock that jumped: nothing goes out, nothing expires and nothing is given up until a person has confirmed it
//! (fault 20).

use serde_json::json;

use lykt::domain::campaign::CampaignState;
use lykt::ledger::trust;

use crate::fault_gateway::Fault;
use crate::outbox::house::{DAY, HOUR, House, MINUTE};

async fn note(house: &House) -> bool {
    let mut tx = house.db.begin().await.unwrap();
    let trusted = trust::note(&mut tx, house.clock()).await.unwrap();
    tx.commit().await.unwrap();
    trusted
}

async fn confirm(house: &House) {
    let mut tx = house.db.begin().await.unwrap();
    trust::confirm(&mut tx, house.clock()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_clock_that_jumped_sends_nothing_until_a_person_confirms_it() {
    // Seven months ahead, and back a year: both working days.
    for jump in ["2027-07-01T12:00:00", "2025-12-03T12:00:00"] {
        for house in House::both().await {
            let dates = json!({ "starts": "2020-01-01", "ends": "2030-01-01" });
            let plan = house.campaign("a", dates.clone()).await;
            let first = house.queue("a", plan, 0..1).await.remove(0);
            let mut outbox = house.outbox().await;
            assert!(note(&house).await);
            house.drain(&mut outbox).await;
            assert_eq!(house.state(&first).await, "accepted");
            let plan = house.campaign("b", dates).await;
            let later = house.queue("b", plan, 0..2).await;
            house.at_time(jump);
            for _ in 0..5 {
                assert!(!note(&house).await);
                house.drain(&mut outbox).await;
                house.reap().await;
                house.clock().advance_ms(MINUTE);
            }
            assert_eq!((house.sends(), house.states("b", 2).await), (1, [("queued", 2)].into()));
            confirm(&house).await;
            house.clock().advance_ms(MINUTE);
            house.drain(&mut outbox).await;
            assert!(note(&house).await);
            assert_eq!(house.state(&later[1]).await, if jump.starts_with("2027") { "accepted" } else { "queued" });
        }
    }
}

#[tokio::test]
async fn a_clock_that_jumped_ahead_expires_no_campaign_and_gives_up_no_doubt() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..1).await;
        house.gateway.fail_next(Fault::AcceptThenDrop);
        let mut outbox = house.outbox().await;
        assert!(note(&house).await);
        house.drain(&mut outbox).await;
        house.queue("vinter", plan, 1..5).await;
        house.at_time("2027-07-01T12:00:00");
        house.reap().await;
        house.reap().await;
        assert_eq!(house.states("vinter", 5).await, [("in_doubt", 1), ("queued", 4)].into());
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Running);
        // Set right again, it goes on as if nothing had been.
        house.at_time("2026-12-03T12:05:00");
        house.drain(&mut outbox).await;
        house.reap().await;
        assert_eq!(house.states("vinter", 5).await, [("accepted", 4), ("in_doubt", 1)].into());
        assert_eq!(house.state(&people[0]).await, "in_doubt");
    }
}

#[tokio::test]
async fn a_service_that_comes_back_within_a_day_needs_no_confirmation() {
    for house in House::both().await {
        house.one().await;
        assert!(note(&house).await);
        house.clock().advance_ms(DAY - HOUR);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        house.at_time("2026-12-04T12:00:00");
        assert!(note(&house).await);
        house.drain(&mut outbox).await;
        assert_eq!(house.sends(), 1);
    }
}

#[tokio::test]
async fn a_node_whose_clock_is_right_goes_on_beside_one_that_is_minutes_ahead() {
    // The one that is ahead notes its time; then the other looks.
    let ahead = async |house: &House| {
        house.one().await;
        house.at_time("2026-12-03T12:04:00");
        assert!(note(house).await);
        house.at_time("2026-12-03T12:00:00");
    };
    let shared = House::on_postgres().await;
    ahead(&shared).await;
    assert!(note(&shared).await);
    let mut tx = shared.db.read().await.unwrap();
    let noted = trust::heartbeat(&mut tx).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(noted, shared.clock().now_ms() + 4 * MINUTE, "what the other has noted stays");
    let mut outbox = shared.outbox().await;
    shared.drain(&mut outbox).await;
    assert_eq!(shared.sends(), 1);
    // Alone, it is a clock that was set back.
    let alone = House::on_sqlite().await;
    ahead(&alone).await;
    assert!(!note(&alone).await);
}
