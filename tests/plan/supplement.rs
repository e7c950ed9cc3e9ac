//! A new list in a campaign that lives: only newcomers join, and only with a yes of their own.

use lykt::domain::campaign::CampaignState;
use lykt::domain::message::MessageState;
use lykt::plan::Kind;
use lykt::plan::approve::Refusal;
use lykt::plan::enqueue::enqueue;
use lykt::plan::life::{Order, order};
use lykt::store::campaign;
use serde_json::json;
use tokio::sync::Notify;

use crate::plan::house::{House, NAME, list, number};

/// A running campaign of ten people, one of whom got it, and a list with five more.
async fn with_newcomers(house: &House) {
    house.write_list(&list(0..10));
    house.run(json!({})).await;
    house.moves(3, MessageState::Accepted).await;
    house.write_list(&list(0..15));
}

#[tokio::test]
async fn a_look_at_a_running_campaign_changes_nothing() {
    for house in House::both().await {
        with_newcomers(&house).await;
        let before = (house.messages().await, house.campaign().await.plan_id, house.state().await);
        let planned = house.plan(json!({})).await;
        assert_eq!((planned.kind, planned.plan.eligible, planned.kept), (Kind::Supplement, 5, true));
        assert_eq!(before, (house.messages().await, house.campaign().await.plan_id, house.state().await));
        assert_eq!(before.2, CampaignState::Running);
    }
}

#[tokio::test]
async fn only_newcomers_join_and_only_with_a_yes() {
    for house in House::both().await {
        with_newcomers(&house).await;
        assert_eq!(house.say_yes(json!({}), 5).await, Err(Refusal::NothingNew(CampaignState::Running)));
        house.plan(json!({})).await;
        assert_eq!(house.say_yes(json!({}), 15).await, Err(Refusal::People { eligible: 5 }));
        let before = house.messages().await;
        let plan = house.say_yes(json!({}), 5).await.unwrap();
        assert_eq!(house.say_yes(json!({}), 5).await, Err(Refusal::OnItsWay), "once is enough");
        house.enqueue(plan).await;
        let after = house.messages().await;
        assert_eq!(after.len(), 15);
        assert!(before.iter().all(|(number, standing)| after[number] == *standing), "the others are untouched");
        let campaign = house.campaign().await;
        assert_eq!((campaign.state, campaign.plan_id), (CampaignState::Running, Some(plan)));
        assert_eq!((campaign.supplement_id, campaign.approved_by.as_deref()), (None, Some("Kari")));
        let again = house.plan(json!({})).await;
        assert_eq!((again.plan.eligible, again.kept), (0, false), "nobody new any more");
    }
}

#[tokio::test]
async fn a_supplement_is_bound_to_its_list() {
    for house in House::both().await {
        with_newcomers(&house).await;
        house.plan(json!({})).await;
        house.write_list(&list(0..16));
        assert_eq!(house.say_yes(json!({}), 5).await, Err(Refusal::ListChanged));
        house.write_list(&list(0..10));
        house.plan(json!({})).await;
        assert_eq!(house.say_yes(json!({}), 5).await, Err(Refusal::NothingNew(CampaignState::Running)));
    }
}

#[tokio::test]
async fn a_paused_campaign_takes_newcomers_and_stays_paused() {
    for house in House::both().await {
        with_newcomers(&house).await;
        house.becomes(CampaignState::Paused, None).await;
        house.run(json!({})).await;
        assert_eq!((house.state().await, house.messages().await.len()), (CampaignState::Paused, 15));
    }
}

#[tokio::test]
async fn a_pause_for_a_changed_file_ends_with_the_yes_to_it() {
    for house in House::both().await {
        with_newcomers(&house).await;
        house.becomes(CampaignState::Paused, Some("file_changed")).await;
        // The file names another list, and says what it said.
        let other = json!({ "list": "lists/2.csv" });
        let planned = house.plan(other.clone()).await;
        assert_eq!((planned.kind, planned.plan.eligible), (Kind::Supplement, 5));
        let plan = house.say_yes(other, 5).await.unwrap();
        assert_eq!((house.state().await, house.campaign().await.plan_id), (CampaignState::Running, Some(plan)));
        // Changed once more while they are on their way: that pause is not ended by them.
        house.becomes(CampaignState::Paused, Some("file_changed")).await;
        house.enqueue(plan).await;
        assert_eq!((house.state().await, house.messages().await.len()), (CampaignState::Paused, 15));
    }
}

#[tokio::test]
async fn a_supplement_that_was_broken_off_goes_on_where_it_was() {
    for house in House::both().await {
        house.write_list(&list(0..10));
        house.run(json!({})).await;
        house.write_list(&list(0..700));
        let planned = house.plan(json!({})).await;
        let plan = house.say_yes(json!({}), planned.plan.eligible).await.unwrap();
        let (chunk, mut chunks) = (Notify::new(), 0);
        let begun = enqueue(&house.db, &house.ledger, NAME, plan, |_| {
            chunks += 1;
            chunk.notify_one();
        });
        tokio::select! {
            biased;
            () = chunk.notified() => {}
            _ = begun => panic!("it was to be broken off"),
        }
        let half = house.messages().await;
        assert!(half.len() < 700, "{} of 700", half.len());
        house.enqueue(plan).await;
        let all = house.messages().await;
        assert_eq!((all.len(), house.state().await), (700, CampaignState::Running));
        assert!(half.iter().all(|(number, standing)| all[number] == *standing), "nobody twice");
    }
}

#[tokio::test]
async fn a_campaign_with_newcomers_on_their_way_does_not_finish() {
    for house in House::both().await {
        with_newcomers(&house).await;
        house.plan(json!({})).await;
        let plan = house.say_yes(json!({}), 5).await.unwrap();
        let mut tx = house.db.begin().await.unwrap();
        assert!(!campaign::finish(&mut tx, NAME, 0).await.unwrap());
        drop(tx);
        house.enqueue(plan).await;
        let mut tx = house.db.begin().await.unwrap();
        assert!(campaign::finish(&mut tx, NAME, 0).await.unwrap());
    }
}

#[tokio::test]
async fn newcomers_of_a_cancelled_campaign_stay_out() {
    for house in House::both().await {
        with_newcomers(&house).await;
        house.plan(json!({})).await;
        let plan = house.say_yes(json!({}), 5).await.unwrap();
        order(&house.db, &house.ledger, NAME, Order::Cancel, None).await.unwrap();
        house.enqueue(plan).await;
        assert!(!house.messages().await.contains_key(&number(12)));
        // A new plan of it is only a look.
        let planned = house.plan(json!({})).await;
        assert_eq!((planned.kind, planned.kept), (Kind::Fresh, false));
        let refused = house.say_yes(json!({}), planned.plan.eligible).await.unwrap_err();
        assert_eq!(refused, Refusal::State(CampaignState::Cancelled));
    }
}

#[tokio::test]
async fn somebody_who_said_no_is_no_newcomer() {
    for house in House::both().await {
        with_newcomers(&house).await;
        house.knows(12, true, false).await;
        let planned = house.run(json!({})).await;
        assert_eq!(planned.plan.eligible, 4);
        assert!(!house.messages().await.contains_key(&number(12)));
    }
}

#[tokio::test]
async fn a_campaign_whose_last_day_is_over_gets_no_yes() {
    for house in House::both().await {
        house.write_list(&list(0..10));
        let over = json!({ "starts": "2020-01-01", "ends": "2020-01-31" });
        let planned = house.plan(over.clone()).await;
        let refused = house.say_yes(over, planned.plan.eligible).await;
        assert_eq!(refused, Err(Refusal::Over("2020-01-31".parse().unwrap())));
        assert!(house.messages().await.is_empty());
    }
}
