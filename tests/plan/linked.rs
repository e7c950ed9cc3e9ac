//! Two numbers of one person in one list: the person is counted once, and gets one message.

use std::collections::BTreeMap;

use lykt::domain::campaign::CampaignState;
use lykt::domain::decision::Decision;
use lykt::domain::private::Private;
use lykt::plan::{CHUNK, Keep};
use serde_json::json;

use crate::plan::house::{House, definition, list, number, other_text};

async fn link(house: &House, one: usize, two: usize) {
    let [one, two] = [one, two].map(|n| Private::new(number(n)));
    let mut tx = house.db.begin().await.unwrap();
    house.ledger.link(&mut tx, &one, &two, Some("Kari")).await.unwrap().unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn of_two_numbers_of_one_person_the_first_in_the_list_counts_and_as_many_are_queued_as_approved() {
    for house in House::both().await {
        link(&house, 3, 1).await;
        house.write_list(&list(0..5));
        let by_one = house.plan_of(&definition(json!({})), Keep::No, 1, |_| {}).await.unwrap();
        let planned = house.run(json!({})).await;
        assert_eq!(planned.plan.hash, by_one.plan.hash, "however the ledger is asked");
        assert_eq!((planned.plan.eligible, planned.left_out), (4, BTreeMap::from([(Decision::Duplicate, 1)])));
        let queued: Vec<String> = house.messages().await.into_keys().collect();
        assert_eq!(queued, [0, 1, 2, 4].map(number));
        assert_eq!(planned.plan.eligible, house.count("select count(*) from message").await);
    }
}

#[tokio::test]
async fn where_the_first_number_cannot_be_written_to_the_person_gets_it_by_the_other() {
    for house in House::both().await {
        link(&house, 1, 3).await;
        house.write_list(&format!("telefon;språk;sted\n{};;Oslo\n{};nb;Oslo\n", number(1), number(3)));
        let planned = house.run(json!({ "require_language": true })).await;
        assert_eq!((planned.plan.eligible, planned.left_out), (1, BTreeMap::from([(Decision::NoLanguage, 1)])));
        assert_eq!(house.messages().await.into_keys().collect::<Vec<_>>(), [number(3)]);
    }
}

#[tokio::test]
async fn a_change_that_leaves_out_one_number_of_a_person_writes_to_the_other() {
    for house in House::both().await {
        link(&house, 1, 3).await;
        house.write_list(&list([1, 3]));
        house.run(json!({})).await;
        let before = house.messages().await[&number(1)].id;
        let mut change = other_text();
        change["where"] = json!({ "region": ["Oslo"] });
        for (there, to) in [(["Bergen", "Oslo"], 3), (["Oslo", "Bergen"], 1)] {
            house.becomes(CampaignState::Paused, None).await;
            let [one, two] = there;
            house.write_list(&format!("telefon;språk;sted\n{};nb;{one}\n{};nb;{two}\n", number(1), number(3)));
            let planned = house.run(change.clone()).await;
            assert_eq!((planned.plan.eligible, planned.left_out), (1, BTreeMap::from([(Decision::Filtered, 1)])));
            let all = house.messages().await;
            let now = &all[&number(to)];
            assert_eq!((all.len(), now.id, now.state.as_str()), (1, before, "queued"));
            assert_eq!((planned.rewritten, planned.withdrawn), (1, BTreeMap::new()));
            change["title"] = json!("Senere");
        }
    }
}

#[tokio::test]
async fn a_message_that_waits_for_a_person_with_two_numbers_is_withdrawn_and_counted_once() {
    for house in House::both().await {
        link(&house, 1, 3).await;
        house.write_list(&list(0..4));
        house.run(json!({})).await;
        house.knows(3, false, true).await;
        house.becomes(CampaignState::Paused, None).await;
        let planned = house.plan_of(&definition(other_text()), Keep::No, CHUNK, |_| {}).await.unwrap();
        assert_eq!(planned.left_out, BTreeMap::from([(Decision::Held, 2)]));
        assert_eq!((planned.rewritten, planned.withdrawn), (2, BTreeMap::from([(Decision::Held, 1)])));
    }
}
