//! Whom a plan leaves out: whom another campaign writes to, whose no is all that is left of them, and whom the filter does
//! not name.

use std::collections::BTreeMap;

use lykt::domain::campaign::CampaignState;
use lykt::domain::decision::Decision;
use lykt::domain::message::MessageState;
use lykt::domain::private::Private;
use lykt::plan::{CHUNK, Keep};
use lykt::store::sql;
use serde_json::json;

use crate::plan::house::{DAY, House, definition, list, number, other_text};

/// Forgets somebody but for their no, as time does.
async fn forget(house: &House, n: usize) {
    let mut tx = house.db.begin().await.unwrap();
    let id = house.ledger.contact(&mut tx, &Private::new(number(n))).await.unwrap().id;
    for erase in [
        "delete from touch where contact_id = $1",
        "delete from address where contact_id = $1",
        "delete from contact where id = $1",
    ] {
        tx.run(sql(erase).bind(id)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn whom_another_campaign_has_not_done_with_is_left_out_with_the_reason() {
    for house in House::both().await {
        house.write_list(&list(0..4));
        house.run(json!({})).await;
        house.moves(0, MessageState::Submitting).await;
        house.moves(1, MessageState::InDoubt).await;
        house.moves(2, MessageState::Failed).await;
        house.knows(4, true, false).await;
        forget(&house, 4).await;
        house.write_list(&list(0..6));
        let other = definition(json!({ "name": "annet" }));
        let planned = house.plan_of(&other, Keep::No, CHUNK, |_| {}).await.unwrap();
        let left_out = [(Decision::OptedOut, 1), (Decision::InDoubt, 2), (Decision::AlreadyPlanned, 1)];
        assert_eq!((planned.plan.eligible, planned.left_out), (2, BTreeMap::from(left_out)));
    }
}

#[tokio::test]
async fn what_was_put_off_stays_so_when_it_says_something_else() {
    for house in House::both().await {
        house.write_list(&list(0..2));
        house.run(json!({})).await;
        let (later, id) = (house.ledger.clock.now_ms() + DAY, house.messages().await[&number(1)].id);
        let mut tx = house.db.begin().await.unwrap();
        let query = sql("update message set attempt = 1, not_before = $1 where id = $2");
        tx.run(query.bind(later).bind(id)).await.unwrap();
        tx.commit().await.unwrap();
        house.becomes(CampaignState::Paused, None).await;
        house.run(other_text()).await;
        assert_eq!(house.messages().await[&number(1)].text, "Noe annet fra Amanda");
        let mut tx = house.db.read().await.unwrap();
        let query = sql("select not_before from message where id = $1").bind(id);
        assert_eq!(tx.maybe(query).await.unwrap().unwrap().int(0).unwrap(), later);
    }
}

#[tokio::test]
async fn a_filter_needs_every_column_and_minds_no_case() {
    for house in House::both().await {
        let [one, other, third] = [0, 1, 2].map(number);
        house.write_list(&format!("telefon;språk;sted\n{one};NB; oslo \n{other};en;Oslo\n{third};nb;Bergen\n"));
        let planned = house.plan(json!({ "where": { "language": ["nb"], "region": ["Oslo"] } })).await;
        assert_eq!((planned.plan.eligible, planned.left_out), (1, BTreeMap::from([(Decision::Filtered, 2)])));
    }
}
