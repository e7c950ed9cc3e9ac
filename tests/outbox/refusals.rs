//! What the gateway documents as refused: final, and an alarm where the next ones would fare the same.

use serde_json::json;

use lykt::domain::campaign::CampaignState;
use lykt::domain::message::ReceiptStatus;

use crate::fault_gateway::Fault;
use crate::outbox::house::House;

#[tokio::test]
async fn a_refusal_is_final_and_says_its_code() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..3).await;
        house.gateway.fail_for(&people[1].number, Some(Fault::Refuse(21_211)));
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!(house.states("vinter", 3).await, [("accepted", 2), ("failed", 1)].into());
        assert_eq!(house.reason(&people[1]).await.as_deref(), Some("21211"));
        assert_eq!(house.sends(), 2);
    }
}

#[tokio::test]
async fn messages_that_are_filtered_pause_their_campaign_and_no_other() {
    for house in House::both().await {
        let (a, b) = (house.campaign("a", json!({})).await, house.campaign("b", json!({})).await);
        house.queue("a", a, 0..1).await;
        house.queue("b", b, 1..2).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let accept = house.gateway.accepts().into_iter().find(|accept| accept.to.ends_with('0')).unwrap();
        house.receipt(&accept, ReceiptStatus::Undelivered, Some(30_007)).await;
        assert_eq!(house.campaign_state("a").await, CampaignState::Paused);
        assert_eq!(house.campaign_state("b").await, CampaignState::Running);
        // Told at once, it is the same.
        house.queue("b", b, 2..3).await;
        house.gateway.fail_next(Fault::Refuse(30_007));
        house.drain(&mut outbox).await;
        assert_eq!(house.campaign_state("b").await, CampaignState::Paused);
    }
}
