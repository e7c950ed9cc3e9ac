//! What waits, asked of one campaign while the same person waits in another.

use serde_json::json;

use lykt::domain::campaign::CampaignState;
use lykt::domain::channel::Channel;
use lykt::domain::id::{MessageId, PlanId};
use lykt::domain::message::MessageState;
use lykt::store::waiting::{self, Place, Rewritten};
use lykt::store::{message, sql};

use crate::outbox::house::{DAY, HOUR, House};

#[tokio::test]
async fn what_waits_in_one_campaign_says_nothing_of_another() {
    for house in House::both().await {
        let (vinter, sommer) = (house.campaign("vinter", json!({})).await, house.campaign("sommer", json!({})).await);
        let first = house.queue("vinter", vinter, 0..1).await.remove(0);
        let mut tx = house.db.begin().await.unwrap();
        let m = message::get(&mut tx, first.message).await.unwrap().unwrap();
        assert!(message::move_state(&mut tx, &m, MessageState::Withdrawn, None, 0).await.unwrap());
        tx.commit().await.unwrap();
        let second = house.queue("sommer", sommer, 0..2).await.remove(0);
        let mut tx = house.db.read().await.unwrap();
        for (campaign, waits) in [("vinter", false), ("sommer", true)] {
            assert_eq!(waiting::waits(&mut tx, campaign).await.unwrap(), waits, "{campaign}");
            assert_eq!(waiting::any_open(&mut tx, campaign).await.unwrap(), waits, "{campaign}");
            assert_eq!(waiting::waits_by(&mut tx, campaign, Channel::Sms).await.unwrap(), waits, "{campaign}");
            let of = waiting::of(&mut tx, campaign, vec![first.contact]).await.unwrap();
            assert_eq!(of.len(), usize::from(waits), "{campaign}");
        }
        assert_eq!(first.contact, second.contact);
        let (newest, _) = waiting::newest(&mut tx, first.contact).await.unwrap().unwrap();
        assert_eq!(newest, second.message);
    }
}

#[tokio::test]
async fn what_waits_by_an_earlier_plan_is_found_page_by_page_each_once() {
    for house in House::both().await {
        let earlier = house.campaign("vinter", json!({})).await;
        let mut people = house.queue("vinter", earlier, 0..5).await;
        let gone = people.remove(2);
        let mut tx = house.db.begin().await.unwrap();
        let m = message::get(&mut tx, gone.message).await.unwrap().unwrap();
        assert!(message::move_state(&mut tx, &m, MessageState::Withdrawn, None, 0).await.unwrap());
        tx.commit().await.unwrap();
        house.becomes("vinter", CampaignState::Finished).await;
        let later = house.plan("vinter", json!({ "title": "another" })).await;
        let (mut found, mut from) = (Vec::new(), Place::default());
        let mut tx = house.db.read().await.unwrap();
        loop {
            let (ids, next) = waiting::of_earlier(&mut tx, "vinter", later, from, 2).await.unwrap();
            found.extend(ids);
            assert!(found.len() <= people.len(), "a page came again: {found:?}");
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        assert_eq!(found, people.iter().map(|person| person.message).collect::<Vec<_>>());
    }
}

/// Its plan, version and time.
async fn stands(house: &House, id: MessageId) -> (PlanId, String, i64) {
    let mut tx = house.db.read().await.unwrap();
    let query = sql("select plan_id, variant, not_before from message where id = $1").bind(id);
    let row = tx.maybe(query).await.unwrap().unwrap();
    (row.id(0).unwrap(), row.get(1).unwrap(), row.int(2).unwrap())
}

#[tokio::test]
async fn a_new_letter_brings_its_version_and_its_time_except_to_what_was_put_off() {
    for house in House::both().await {
        let earlier = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", earlier, 0..3).await;
        let now = house.clock().now_ms();
        let mut tx = house.db.begin().await.unwrap();
        // The second was tried before and put off for a day, the third was tried and waits for no more than its turn.
        for (person, not_before) in [(&people[1], now + DAY), (&people[2], now - HOUR)] {
            let put_off = sql("update message set attempt = 1, not_before = $1 where id = $2").bind(not_before);
            tx.run(put_off.bind(person.message)).await.unwrap();
        }
        tx.commit().await.unwrap();
        house.becomes("vinter", CampaignState::Finished).await;
        let later = house.plan("vinter", json!({ "title": "another" })).await;
        for (person, not_before) in people.iter().zip([now - HOUR, now + DAY, now + HOUR]) {
            let asked = if not_before == now + DAY { now + HOUR } else { not_before };
            let rewritten = Rewritten {
                id: person.message,
                channel: "sms".to_owned(),
                account: "twilio".to_owned(),
                variant: "b".to_owned(),
                language: "nb".to_owned(),
                not_before: asked,
                sealed: Vec::new(),
            };
            let mut tx = house.db.begin().await.unwrap();
            assert!(waiting::rewrite(&mut tx, later, rewritten).await.unwrap());
            tx.commit().await.unwrap();
            assert_eq!(stands(&house, person.message).await, (later, "b".to_owned(), not_before));
        }
    }
}
