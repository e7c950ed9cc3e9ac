//! A campaign that fares badly pauses itself, and goes on from a person's yes.

use lykt::domain::campaign::CampaignState;
use lykt::ledger::NoSource;
use lykt::outbox::{Brake, Reaper};
use lykt::plan::life::{Order, order};
use lykt::store::campaign;
use serde_json::json;

use crate::fault_gateway::Fault;
use crate::outbox::house::{House, MINUTE, Person, SECOND};

/// A reaper with these shares in percent.
async fn reaper(house: &House, failures: u8, noes: u8) -> Reaper {
    let mut sending = house.settings(&house.gateway.base_url(), "1/s", "").sending;
    (sending.pause_at_failures, sending.pause_at_noes) = (failures, noes);
    let fence = house.next_fence().await;
    let reaper = Reaper::new(house.db.clone(), house.settler.clone(), house.clock().clone(), fence);
    reaper.with_brake(Brake::from(&sending))
}

/// One look of the reaper, by these shares in percent.
async fn look(house: &House, failures: u8, noes: u8) {
    reaper(house, failures, noes).await.step().await.unwrap();
}

async fn stands(house: &House) -> (CampaignState, Option<String>) {
    let mut tx = house.db.read().await.unwrap();
    let campaign = campaign::get(&mut tx, "vinter").await.unwrap().unwrap();
    (campaign.state, campaign.reason)
}

/// Forty people of whom 31 are written to; one waits so that the campaign is not finished.
async fn sent(house: &House, fail: usize) -> Vec<Person> {
    let plan = house.campaign("vinter", json!({})).await;
    let people = house.queue("vinter", plan, 0..31).await;
    for person in &people[..fail] {
        house.gateway.fail_for(&person.number, Some(Fault::Refuse(30_003)));
    }
    house.drain(&mut house.outbox().await).await;
    house.queue("vinter", plan, 31..40).await;
    people
}

#[tokio::test]
async fn a_campaign_whose_messages_reach_nobody_pauses_itself_and_goes_on_from_the_yes() {
    for house in House::both().await {
        sent(&house, 16).await;
        look(&house, 0, 20).await;
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Running, "switched off");
        look(&house, 50, 20).await;
        assert_eq!(stands(&house).await, (CampaignState::Paused, Some("failures".to_owned())));
        let mut outbox = house.outbox().await;
        assert_eq!(house.drain(&mut outbox).await.began, 0);
        house.clock().advance_ms(MINUTE);
        order(&house.db, &house.ledger, "vinter", Order::Resume, Some("Kari")).await.unwrap();
        look(&house, 50, 20).await;
        assert_eq!(
            house.campaign_state("vinter").await,
            CampaignState::Running,
            "what a person has seen is not held again"
        );
        assert_eq!(house.drain(&mut outbox).await.began, 9);
    }
}

#[tokio::test]
async fn a_campaign_to_which_too_many_say_no_pauses_itself() {
    for house in House::both().await {
        let people = sent(&house, 0).await;
        for (n, person) in people[..7].iter().enumerate() {
            assert_eq!(house.campaign_state("vinter").await, CampaignState::Running, "{n} of 31 said no");
            let mut tx = house.db.begin().await.unwrap();
            house.ledger.opt_out(&mut tx, person.contact, NoSource::Reply, None).await.unwrap();
            tx.commit().await.unwrap();
            look(&house, 50, 20).await;
        }
        assert_eq!(stands(&house).await, (CampaignState::Paused, Some("noes".to_owned())));
    }
}

#[tokio::test]
async fn a_campaign_is_counted_every_five_seconds() {
    for house in House::both().await {
        let people = sent(&house, 0).await;
        let reaper = reaper(&house, 50, 20).await;
        reaper.step().await.unwrap();
        for person in &people[..7] {
            let mut tx = house.db.begin().await.unwrap();
            house.ledger.opt_out(&mut tx, person.contact, NoSource::Reply, None).await.unwrap();
            tx.commit().await.unwrap();
        }
        reaper.step().await.unwrap();
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Running, "it was counted a moment ago");
        house.clock().advance_ms(5 * SECOND);
        reaper.step().await.unwrap();
        assert_eq!(stands(&house).await, (CampaignState::Paused, Some("noes".to_owned())));
    }
}
