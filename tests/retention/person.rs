//! One person is forgotten on request.

use lykt::domain::decision::Decision;
use lykt::domain::message::MessageState;
use lykt::retention::Erasure;
use lykt::store::listing::{self, What};
use lykt::store::{campaign, contact, hook, message, sql};

use super::{House, OTHER, PERSON};

#[tokio::test]
async fn whoever_is_forgotten_with_an_unread_answer_that_may_be_a_no_is_left_alone_and_not_brought_back() {
    for house in House::both().await {
        house.answers(PERSON, "SM1", "Nei").await;
        house.answers(OTHER, "SM2", "Hei, hvem er dette?").await;
        let mut tx = house.db.begin().await.unwrap();
        let raw =
            hook::add(&mut tx, &house.ledger.vault, "twilio-oslo", "inbound", b"Nei", 1, 1).await.unwrap().unwrap();
        hook::done(&mut tx, raw, None, 1).await.unwrap();
        listing::take(&mut tx, "twilio-oslo", What::Replies, 1, 2).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(house.forget(PERSON).await, Erasure::Done { no: true, .. }));
        assert!(matches!(house.forget(OTHER).await, Erasure::Done { no: false, .. }));
        assert_eq!((house.reasons(PERSON).await, house.reasons(OTHER).await), (vec![Decision::OptedOut], vec![]));
        assert_eq!(house.rows("select count(*) from seen").await, 2, "a provider's list brings them back no more");
        assert_eq!(house.rows("select count(*) from hook where length(sealed) > 0").await, 0);
        assert_eq!(house.rows("select count(*) from hook").await, 1, "what comes again is still no news");
    }
}

#[tokio::test]
async fn a_person_is_forgotten_on_request_and_the_waiting_plan_with_them() {
    for house in House::both().await {
        assert_eq!(house.forget(PERSON).await, Erasure::Unknown);
        let plan = house.plan().await;
        let id = house.message(plan, MessageState::Submitting).await;
        assert_eq!(house.forget(PERSON).await, Erasure::UnderWay);
        let mut tx = house.db.begin().await.unwrap();
        let message = message::get(&mut tx, id).await.unwrap().unwrap();
        message::move_state(&mut tx, &message, MessageState::Delivered, None, 1).await.unwrap();
        tx.commit().await.unwrap();
        house.opts_out(PERSON).await;
        let ended = house.forget(PERSON).await;
        assert!(matches!(ended, Erasure::Done { no: true, .. }), "{ended:?}");
        for table in [
            "select count(*) from contact",
            "select count(*) from message",
            "select count(*) from task",
            "select count(*) from target where blind is not null or sealed is not null",
        ] {
            assert_eq!(house.rows(table).await, 0, "{table}");
        }
        let mut tx = house.db.read().await.unwrap();
        let campaign = campaign::get(&mut tx, "vinter").await.unwrap().unwrap();
        assert_eq!(campaign.plan_id, None, "the plan that named them must be made anew");
        assert!(contact::find(&mut tx, &house.ledger.vault.blind(PERSON)).await.unwrap().is_none());
        drop(tx);
        assert_eq!(house.reasons(PERSON).await, [Decision::OptedOut]);
    }
}

#[tokio::test]
async fn who_is_in_a_plan_alone_is_forgotten_with_it() {
    for house in House::both().await {
        house.plan().await;
        assert_eq!(house.forget(PERSON).await, Erasure::Done { no: false, at_providers: Default::default() });
        assert_eq!(house.rows("select count(*) from target where blind is not null or sealed is not null").await, 0);
        assert_eq!(house.rows("select count(*) from campaign where plan_id is not null").await, 0, "it is made anew");
        assert_eq!(house.forget(PERSON).await, Erasure::Unknown);
        house.plan().await;
        let mut tx = house.db.begin().await.unwrap();
        tx.run(sql("update campaign set state = 'approved'")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.forget(PERSON).await, Erasure::Planned, "in a moment they are in the outbox");
    }
}
