//! A campaign that says something else while it lives: what waits is written anew, what has gone out stays.

use std::collections::BTreeMap;

use lykt::domain::campaign::CampaignState;
use lykt::domain::decision::Decision;
use lykt::domain::message::MessageState;
use lykt::plan::Kind;
use lykt::plan::approve::Refusal;
use lykt::plan::enqueue::enqueue;
use lykt::store::message;
use serde_json::json;
use tokio::sync::Notify;

use crate::plan::house::{House, NAME, list, number, other_text};

/// A paused campaign of ten people: one got it, one is in doubt, one said no meanwhile.
async fn paused(house: &House) {
    house.write_list(&list(0..10));
    house.run(json!({})).await;
    house.moves(0, MessageState::Accepted).await;
    house.moves(1, MessageState::InDoubt).await;
    house.knows(2, true, false).await;
    house.becomes(CampaignState::Paused, Some("file_changed")).await;
}

#[tokio::test]
async fn what_waits_gets_the_new_text_in_the_same_row_and_the_rest_is_left_alone() {
    for house in House::both().await {
        paused(&house).await;
        // Number 9 is on the list no more, number 10 is new, and number 4 has an answer that nobody has read.
        house.knows(4, false, true).await;
        house.write_list(&list((0..9).chain([10])));
        let before = house.messages().await;
        let planned = house.plan(other_text()).await;
        assert_eq!((planned.kind, planned.rewritten, planned.plan.eligible), (Kind::Change, 5, 6));
        assert_eq!(planned.withdrawn, BTreeMap::from([(Decision::Held, 1), (Decision::Filtered, 1)]));
        assert_eq!(house.messages().await, before, "a look changes nothing");
        assert_eq!(house.state().await, CampaignState::Paused);

        let plan = house.say_yes(other_text(), 6).await.unwrap();
        house.enqueue(plan).await;
        assert_eq!(house.state().await, CampaignState::Running);
        assert_eq!(house.campaign().await.plan_id, Some(plan));
        let after = house.messages().await;
        for n in [0, 1, 2] {
            assert_eq!(after[&number(n)], before[&number(n)], "{n} had begun, or will not be written to");
        }
        for n in [3, 5, 6, 7, 8, 10] {
            let now = &after[&number(n)];
            assert_eq!((now.state.as_str(), now.text.as_str()), ("queued", "Noe annet fra Amanda"), "{n}");
            assert_eq!(now.plan, plan);
            assert!(before.get(&number(n)).is_none_or(|before| before.id == now.id), "the same row");
        }
        assert_eq!(after[&number(4)].reason.as_deref(), Some("held"));
        assert_eq!(after[&number(9)].reason.as_deref(), Some("filtered"));
        assert_eq!((after[&number(4)].state.as_str(), after[&number(9)].state.as_str()), ("withdrawn", "withdrawn"));
    }
}

#[tokio::test]
async fn a_change_needs_a_pause_and_nothing_under_way() {
    for house in House::both().await {
        house.write_list(&list(0..4));
        house.run(json!({})).await;
        house.plan(other_text()).await;
        assert_eq!(house.say_yes(other_text(), 4).await, Err(Refusal::Running));
        house.becomes(CampaignState::Paused, None).await;
        house.moves(1, MessageState::Submitting).await;
        assert_eq!(house.say_yes(other_text(), 4).await, Err(Refusal::UnderWay));
        house.moves(1, MessageState::Accepted).await;
        assert_eq!(house.say_yes(json!({}), 4).await, Err(Refusal::FileChanged), "the file was restored meanwhile");
        assert!(house.say_yes(other_text(), 4).await.is_ok());
    }
}

#[tokio::test]
async fn a_doubt_that_comes_back_after_the_change_is_withdrawn() {
    for house in House::both().await {
        paused(&house).await;
        house.run(other_text()).await;
        let id = house.messages().await[&number(1)].id;
        let mut tx = house.db.begin().await.unwrap();
        let m = message::get(&mut tx, id).await.unwrap().unwrap();
        assert!(message::requeue(&mut tx, &m, 0, 0).await.unwrap());
        tx.commit().await.unwrap();
        let now = &house.messages().await[&number(1)];
        assert_eq!((now.state.as_str(), now.reason.as_deref()), ("withdrawn", Some("cancelled")));
    }
}

#[tokio::test]
async fn a_doubt_that_comes_back_after_a_supplement_is_sent() {
    for house in House::both().await {
        house.write_list(&list(0..4));
        house.run(json!({})).await;
        house.moves(1, MessageState::InDoubt).await;
        house.write_list(&list(0..6));
        house.run(json!({})).await;
        let id = house.messages().await[&number(1)].id;
        let mut tx = house.db.begin().await.unwrap();
        let m = message::get(&mut tx, id).await.unwrap().unwrap();
        assert!(message::requeue(&mut tx, &m, 0, 0).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(house.messages().await[&number(1)].state, "queued");
    }
}

#[tokio::test]
async fn a_change_that_was_broken_off_goes_on_and_sends_nothing_meanwhile() {
    for house in House::both().await {
        house.write_list(&list(0..700));
        house.run(json!({})).await;
        house.becomes(CampaignState::Paused, None).await;
        house.write_list(&list(0..650));
        let planned = house.plan(other_text()).await;
        assert_eq!((planned.rewritten, planned.withdrawn.values().sum::<i64>()), (650, 50));
        let plan = house.say_yes(other_text(), 650).await.unwrap();
        let chunk = Notify::new();
        tokio::select! {
            biased;
            () = chunk.notified() => {}
            _ = enqueue(&house.db, &house.ledger, NAME, plan, |_| chunk.notify_one()) => panic!("it was to be broken off"),
        }
        assert_eq!(house.state().await, CampaignState::Approved);
        house.enqueue(plan).await;
        let all = house.messages().await;
        assert_eq!(all.values().filter(|m| m.text == "Noe annet fra Amanda" && m.state == "queued").count(), 650);
        assert_eq!(all.values().filter(|m| m.state == "withdrawn").count(), 50);
        assert_eq!(house.state().await, CampaignState::Running);
    }
}
