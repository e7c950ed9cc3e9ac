//! The receipt of a no: off by default, once to a person, and nothing after it.

use lykt::domain::id::ReplyId;
use lykt::domain::private::Private;
use lykt::inbox::Receipts;
use lykt::settings::Settings;
use lykt::store::contact;

use crate::direct::house::{House, PERSON};

const WORDS: &str = "Du får ikke flere meldinger herfra.";

fn settings(house: &House, on: bool) -> Settings {
    let mut settings = house.settings(&house.gateway.base_url(), "1000/s");
    let account = settings.gateways.get_mut(crate::direct::house::ACCOUNT).unwrap();
    let lykt::settings::Account::Twilio(twilio) = account else { panic!("another kind") };
    twilio.receipt_of_no = on;
    settings.organisation.languages = vec!["nb".to_owned()];
    settings
}

async fn queue(house: &House, on: bool, reply: ReplyId) {
    let receipts = Receipts::of(&settings(house, on));
    let mut tx = house.db.begin().await.unwrap();
    receipts.queue(&house.ledger, &mut tx, reply).await.unwrap();
    tx.commit().await.unwrap();
}

/// What went out, after everything that waits had its turn.
async fn sent(house: &House) -> Vec<String> {
    house.drain(&mut house.sender().await).await;
    house.gateway.accepts().into_iter().map(|accept| accept.body).collect()
}

#[tokio::test]
async fn a_no_gets_one_receipt_where_the_account_sends_them_and_none_elsewhere() {
    for house in House::both().await {
        let no = house.writes(PERSON, "STOPP").await;
        queue(&house, false, no).await;
        assert!(sent(&house).await.is_empty(), "off unless somebody switched it on");
        queue(&house, true, no).await;
        assert_eq!(sent(&house).await, [WORDS]);
        let again = house.writes(PERSON, "slutt").await;
        queue(&house, true, again).await;
        assert_eq!(sent(&house).await.len(), 1, "once, however often they say no");
    }
}

#[tokio::test]
async fn only_a_certain_no_gets_a_receipt() {
    for house in House::both().await {
        for words in ["nei", "hei", "feil nummer", "START", "takk"] {
            let reply = house.writes(PERSON, words).await;
            queue(&house, true, reply).await;
        }
        assert!(sent(&house).await.is_empty());
    }
}

#[tokio::test]
async fn a_receipt_whose_no_was_lifted_meanwhile_is_not_sent() {
    for house in House::both().await {
        let no = house.writes(PERSON, "STOPP").await;
        queue(&house, true, no).await;
        let mut tx = house.db.begin().await.unwrap();
        let blind = house.ledger.vault.blind(PERSON);
        let person = contact::find(&mut tx, &blind).await.unwrap().unwrap().id;
        let reason = Private::new("she called".to_owned());
        house.ledger.opt_in(&mut tx, person, "Kari", &reason).await.unwrap();
        tx.commit().await.unwrap();
        assert!(sent(&house).await.is_empty());
    }
}

#[tokio::test]
async fn a_receipt_is_no_approach_and_starts_no_cooldown() {
    for house in House::both().await {
        let no = house.writes(PERSON, "STOPP").await;
        queue(&house, true, no).await;
        sent(&house).await;
        let mut tx = house.db.read().await.unwrap();
        let person = contact::find(&mut tx, &house.ledger.vault.blind(PERSON)).await.unwrap().unwrap();
        assert_eq!((person.opted_out, person.contacted_at), (true, None));
    }
}
