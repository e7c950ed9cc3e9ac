//! Variants with a sender and a picture of their own: each message is from who the variant names, and carries their picture.

use lykt::domain::verdict::Understood;
use lykt::plan::approve::Refusal;
use lykt::plan::verdict::{Said, add, versions};
use lykt::store::message::Letter;
use serde_json::json;

use crate::plan::house::{House, definition, list};

#[tokio::test]
async fn each_variant_is_from_its_own_sender_and_carries_its_own_picture() {
    for house in House::both().await {
        house.write_list(&list(0..12));
        let image = |name: &str| json!({ "path": format!("media/{name}.png"), "hash": name });
        let text = json!({ "nb": "Hei, dette er {{ sender }}", "en": "Hi, this is {{ sender }}" });
        let planned = house
            .plan(json!({ "image": image("pictograms"), "variants": [
                { "name": "plain", "weight": 1, "texts": text },
                { "name": "noor", "weight": 1, "texts": text, "sender": "Noor", "image": image("noor") },
            ] }))
            .await;
        let letters = house.letters(planned.plan.id).await;
        assert_eq!(letters.len(), 12);
        let from = |sender: &str, media: &str| {
            let is = |letter: &&Letter| letter.text.ends_with(sender) && letter.media.as_deref() == Some(media);
            letters.iter().filter(is).count()
        };
        assert_eq!((from("Amanda", "pictograms.png"), from("Noor", "noor.png")), (6, 6));
    }
}

#[tokio::test]
async fn another_sender_of_one_variant_voids_the_plan() {
    let house = House::on_sqlite().await;
    house.write_list(&list(0..3));
    let from = |sender: &str| json!({ "variants": [{ "name": "a", "weight": 1, "texts": { "nb": "Hei fra {{ sender }}" }, "sender": sender }] });
    house.plan(from("Noor")).await;
    assert_eq!(house.say_yes(from("Amal"), 3).await.map(drop), Err(Refusal::FileChanged));
    assert_eq!(house.say_yes(from("Noor"), 3).await.map(drop), Ok(()));
}

#[tokio::test]
async fn a_verdict_counts_for_one_sender_and_one_picture() {
    let house = House::on_sqlite().await;
    let with = |sender: &str, hash: &str| {
        let image = json!({ "path": "media/a.png", "hash": hash });
        let text = json!({ "nb": "Hei fra {{ sender }}" });
        definition(
            json!({ "variants": [{ "name": "a", "weight": 1, "texts": text, "sender": sender, "image": image }] }),
        )
    };
    let mut tx = house.db.begin().await.unwrap();
    let said = Said { variant: None, language: None, understood: Understood::Yes, means: None };
    add(&mut tx, &house.ledger, &with("Noor", "00"), said, None).await.unwrap().unwrap();
    for (sender, hash, counts) in [("Noor", "00", (1, 0)), ("Amal", "00", (0, 1)), ("Noor", "01", (0, 1))] {
        let seen = &versions(&mut tx, &house.ledger, &with(sender, hash)).await.unwrap()[0];
        assert_eq!((seen.understood(), seen.earlier), counts, "{sender} {hash}");
    }
}
