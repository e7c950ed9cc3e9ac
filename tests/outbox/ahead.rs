//! What is begun before there is room for its request.

use lykt::domain::campaign::CampaignState;
use lykt::outbox::Outbox;
use serde_json::json;

use crate::fault_gateway::Fault;
use crate::outbox::house::{House, SECOND};

/// As many requests as an outbox has at the same time.
const AT_ONCE: usize = 32;
/// Longer than a busy machine needs to write so many requests.
const ANSWER_WITHIN_MS: i64 = 3 * SECOND;

async fn outbox(house: &House) -> Outbox {
    let mut settings = house.settings(&house.gateway.base_url(), "1000000/s", "");
    settings.sending.answer_within = ANSWER_WITHIN_MS;
    house.outbox_with(&settings).await
}

#[tokio::test]
async fn at_the_end_of_a_daemon_what_was_begun_ahead_waits_again_and_is_in_no_doubt() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "1000000/s" })).await;
        let people = house.queue("vinter", plan, 0..160).await;
        for person in &people[AT_ONCE..] {
            house.gateway.fail_for(&person.number, Some(Fault::Hang));
        }
        let mut outbox = outbox(&house).await;
        outbox.step().await.unwrap();
        for _ in 0..AT_ONCE {
            outbox.wait().await;
        }
        outbox.step().await.unwrap();
        while house.gateway.requests() < 2 * AT_ONCE {
            tokio::task::yield_now().await;
        }
        assert_eq!(outbox.settle_ended().await.unwrap(), AT_ONCE, "only what was asked for is under way");
        let expected = [("accepted", 32), ("submitting", 32), ("queued", 96)].into();
        assert_eq!(house.states("vinter", 160).await, expected);
    }
}

#[tokio::test]
async fn what_was_begun_ahead_and_found_no_room_in_time_is_not_written_and_waits_again() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "1000000/s" })).await;
        let people = house.queue("vinter", plan, 0..160).await;
        for person in &people[AT_ONCE..] {
            house.gateway.fail_for(&person.number, Some(Fault::Hang));
        }
        let mut outbox = outbox(&house).await;
        assert_eq!(outbox.step().await.unwrap().began, AT_ONCE, "nothing is begun ahead of what has not ended");
        for _ in 0..AT_ONCE {
            outbox.wait().await;
        }
        let stepped = outbox.step().await.unwrap();
        assert_eq!(
            stepped.began,
            stepped.settled + 2 * AT_ONCE,
            "as many as there is room for, and twice as many ahead"
        );
        while house.gateway.requests() < 2 * AT_ONCE {
            tokio::task::yield_now().await;
        }
        house.clock().advance_ms(SECOND);
        // Nothing new begins, however the others end.
        house.becomes("vinter", CampaignState::Paused).await;
        house.drain(&mut outbox).await;
        assert_eq!(house.gateway.requests(), 2 * AT_ONCE, "their time for a first byte was over");
        let expected = [("accepted", 32), ("in_doubt", 32), ("queued", 96)].into();
        assert_eq!(house.states("vinter", 160).await, expected);
    }
}
