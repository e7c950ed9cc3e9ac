//! The list is read twice: it must be the same, and what is broken off leaves nothing for ever.

use lykt::plan::{CHUNK, Keep, PlanError, Seen, Stage};
use serde_json::json;
use tokio::sync::Notify;

use crate::plan::house::{DAY, House, definition, list};

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_gives_no_plan() {
    for house in House::both().await {
        for other in [list(0..900), list(1..1000), list((0..999).chain([0])), "telefon;språk;sted\n".to_owned()] {
            house.write_list(&list(0..1000));
            let mut changed = false;
            let made = house
                .plan_of(&definition(json!({})), Keep::Yes, CHUNK, |seen| {
                    if let (Seen::Stage { stage: Stage::Ask, .. }, false) = (seen, changed) {
                        house.write_list(&other);
                        changed = true;
                    }
                })
                .await;
            assert!(matches!(made, Err(PlanError::ListChanged)), "{made:?}");
            assert_eq!(house.count("select count(*) from target").await, 0, "nothing is left of it");
            assert_eq!(house.campaign().await.plan_id, None);
        }
    }
}

#[tokio::test]
async fn a_plan_that_was_broken_off_is_forgotten_when_its_day_is_over() {
    for house in House::both().await {
        house.write_list(&list(0..2000));
        let begun = Notify::new();
        let mut targets = 0;
        let definition = definition(json!({}));
        tokio::select! {
            biased;
            () = begun.notified() => {}
            _ = house.plan_of(&definition, Keep::Yes, CHUNK, |seen| {
                targets += i32::from(matches!(seen, Seen::Target(_)));
                if targets == 800 {
                    begun.notify_one();
                }
            }) => panic!("it was to be broken off"),
        }
        // Where the database answers before it is asked whether it has, a part more is written.
        let written = house.count("select count(*) from target").await;
        assert!((500..2000).contains(&written), "{written}");
        house.write_list(&list(0..3));
        house.plan(json!({})).await;
        assert_eq!(house.count("select count(*) from target").await, written + 3, "it might still be under way");
        house.ledger.clock.advance_ms(DAY + 1);
        house.plan(json!({})).await;
        assert_eq!(house.count("select count(*) from target").await, 3);
        assert_eq!(house.count("select count(*) from plan").await, 1);
    }
}

#[tokio::test]
async fn a_plan_says_how_far_it_is_at_every_stage() {
    let house = House::on_sqlite().await;
    house.write_list(&list(0..1000));
    let mut stages = Vec::new();
    house
        .plan_of(&definition(json!({})), Keep::Yes, 100, |seen| {
            if let Seen::Stage { stage, done, of } = seen {
                assert!(done <= of, "{stage:?}: {done} of {of}");
                stages.push(stage);
            }
        })
        .await
        .unwrap();
    stages.dedup();
    assert_eq!(stages, [Stage::Read, Stage::Ask, Stage::Write]);
}

#[tokio::test]
async fn the_name_of_a_plan_is_that_of_its_words_and_of_its_list() {
    let house = House::on_sqlite().await;
    let hash = async |words: &str, list: String| {
        house.write_list(&list);
        let variants = json!([{ "name": "a", "weight": 1, "texts": { "nb": words } }]);
        house.plan_of(&definition(json!({ "variants": variants })), Keep::No, CHUNK, |_| {}).await.unwrap().plan.hash
    };
    let first = hash("Hei", list(0..3)).await;
    assert_eq!(hash("Hei", list(0..3)).await, first);
    assert_ne!(hash("Hallo", list(0..3)).await, first, "the same people, in other words");
    assert_ne!(hash("Hei", list(0..3).replace('\n', ";\n")).await, first, "the same people, from another list");
}
