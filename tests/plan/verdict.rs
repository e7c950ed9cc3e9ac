//! What the panel made of a version stands with the campaign, and an approval may need it.

use lykt::domain::verdict::Understood::{self, No, Partly, Yes};
use lykt::plan::approve::Refusal;
use lykt::plan::trial::NoTrial;
use lykt::plan::verdict::{self, Said, Version};
use lykt::retention::{self, Keep};
use serde_json::{Value, json};

use crate::plan::house::{House, definition, other_text};

const TWO: &str = "telefon;språk;sted\n070-174 06 05;nb;Oslo\n070-174 06 06;nb;Oslo\n";

impl House {
    async fn said(&self, other: Value, language: &str, understood: Understood, means: &str) -> Result<(), NoTrial> {
        let said = Said { variant: None, language: Some(language), understood, means: Some(means) };
        let mut tx = self.db.begin().await.unwrap();
        let added = verdict::add(&mut tx, &self.ledger, &definition(other), said, Some("Kari")).await.unwrap();
        tx.commit().await.unwrap();
        added.map(drop)
    }

    async fn versions(&self, other: Value) -> Vec<Version> {
        let mut tx = self.db.read().await.unwrap();
        verdict::versions(&mut tx, &self.ledger, &definition(other)).await.unwrap()
    }
}

fn swedish() -> Value {
    json!({ "columns": { "phone": "telefon", "language": "språk" } })
}

#[tokio::test]
async fn a_verdict_is_of_what_was_seen_and_of_no_later_text() {
    for house in House::both().await {
        for (understood, means) in [(Yes, "gratis lege"), (Yes, ""), (Partly, "noe om en advokat"), (No, "reklame")] {
            house.said(json!({}), "nb", understood, means).await.unwrap();
        }
        let versions = house.versions(json!({})).await;
        let told: Vec<_> = versions.iter().map(|one| (one.language.as_str(), one.text().en)).collect();
        assert_eq!(told, [("en", "not tried".to_owned()), ("nb", "2 understood, 1 partly, 1 not".to_owned())]);
        let means: Vec<_> = versions[1].verdicts.iter().filter_map(|one| one.means.as_ref()).collect();
        assert!(means.len() == 3 && means.iter().any(|means| means.expose() == "noe om en advokat"));
        // Another text, another picture or another sender: nobody has seen that.
        for other in [
            json!({ "variants": [{ "name": "a", "weight": 1, "texts": { "nb": "Heisann fra {{ sender }}" } }] }),
            json!({ "image": { "path": "a.png", "hash": "00" } }),
            json!({ "sender": "Kim" }),
        ] {
            let versions = house.versions(other).await;
            let nb = versions.iter().find(|one| one.language == "nb").unwrap();
            assert_eq!((nb.total(), nb.earlier, nb.text().nb.as_str()), (0, 4, "ikke prøvd (4 om en tidligere tekst)"));
        }
        assert_eq!(house.said(json!({}), "th", Yes, "").await, Err(NoTrial::NoLanguage("en, nb".to_owned())));
        assert_eq!(house.said(json!({}), "nb", Yes, &"å".repeat(1_001)).await, Err(NoTrial::TooLong { most: 1_000 }));
    }
}

#[tokio::test]
async fn an_approval_may_need_that_the_panel_understood_what_is_sent() {
    for house in House::both().await {
        house.write_list(&TWO.replace("070-174 06", "+46 70 174 06"));
        let people = house.plan(swedish()).await.plan.eligible;
        assert_eq!(people, 2);
        let yes = async |needed| house.say_yes_if_understood(swedish(), people, needed).await.map(drop);
        // Only Norwegian is sent, so nobody need have read the English.
        let few = |n| Err(Refusal::NotTried { needed: 2, versions: vec![("a".to_owned(), "nb".to_owned(), n)] });
        assert_eq!(yes(2).await, few(0));
        house.said(swedish(), "nb", Yes, "").await.unwrap();
        house.said(swedish(), "nb", No, "").await.unwrap();
        house.said(other_text(), "nb", Yes, "").await.unwrap();
        assert_eq!(yes(2).await, few(1));
        house.said(swedish(), "nb", Yes, "").await.unwrap();
        assert_eq!(yes(2).await, Ok(()));
    }
}

#[tokio::test]
async fn a_verdict_is_taken_back_and_its_words_are_forgotten_before_it_is() {
    for house in House::both().await {
        house.said(json!({}), "nb", Yes, "gratis lege").await.unwrap();
        house.said(json!({}), "nb", No, "reklame").await.unwrap();
        let id = house.versions(json!({})).await[1].verdicts[0].id;
        let mut tx = house.db.begin().await.unwrap();
        let back = verdict::take_back(&mut tx, &house.ledger, "other", &id.short()).await.unwrap();
        assert_eq!(back, Err(0), "it is no other campaign's");
        let back = verdict::take_back(&mut tx, &house.ledger, "vinter", &id.short()).await.unwrap();
        assert_eq!(back, Ok(id));
        tx.commit().await.unwrap();
        let keep = ["12 months", "90 days", "7 days"].map(|span| span.parse().unwrap());
        let keep = Keep { entries: keep[0], texts: keep[1], webhooks: keep[2] };
        let after = async |days: i64| {
            house.ledger.clock.advance_ms(24 * 3_600_000 * days);
            retention::erase(&house.db, &house.ledger, keep).await.unwrap();
            let versions = house.versions(json!({})).await;
            versions[1].verdicts.iter().map(|one| one.means.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(after(80).await, [true]);
        assert_eq!(after(20).await, [false]);
        assert_eq!(after(300).await, [false; 0]);
    }
}
