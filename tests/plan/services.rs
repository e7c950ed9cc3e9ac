//! Services in messages: the nearest one, a variant without for who has none, and never an empty place.

use lykt::domain::decision::Decision;
use serde_json::json;

use crate::plan::house::{House, number};

const SERVICES: &str = r#"
[[service]]
name = "olafia"
title = "Olafia"
kind = "sti_test"
where = ["Oslo"]
text.nb = "gratis test på Olafia"
checked = 2026-10-01
"#;

/// A list of people in these places.
fn list(places: &[&str]) -> String {
    let rows: String = places.iter().enumerate().map(|(n, place)| format!("{};nb;{place}\n", number(n))).collect();
    format!("telefon;språk;sted\n{rows}")
}

const WITH: &str = "Hei! {{ services.sti_test }}. {{ sender }}";

#[tokio::test]
async fn who_has_no_service_near_gets_a_variant_without_it_and_nobody_an_empty_place() {
    for house in House::both().await {
        house.write_beside("services/a.toml", SERVICES);
        house.write_list(&list(&["oslo kommune", "Alta", "", "Herøy"]));
        let variants = json!({ "variants": [
            { "name": "with", "weight": 100, "texts": { "nb": WITH } },
            { "name": "without", "weight": 1, "texts": { "nb": "Hei fra {{ sender }}" } },
        ] });
        let planned = house.plan(variants).await;
        assert_eq!(planned.plan.eligible, 4);
        let mut texts = house.texts(planned.plan.id).await;
        texts.sort();
        assert_eq!(texts[..3], ["Hei fra Amanda", "Hei fra Amanda", "Hei fra Amanda"].map(str::to_owned));
        assert!(texts[3] == "Hei! gratis test på Olafia. Amanda" || texts[3] == "Hei fra Amanda", "{texts:?}");
    }
}

#[tokio::test]
async fn without_such_a_variant_who_has_no_service_near_is_left_out() {
    for house in House::both().await {
        house.write_beside("services/a.toml", SERVICES);
        house.write_list(&list(&["Oslo", "Alta", ""]));
        let planned = house.plan(json!({ "variants": [{ "name": "a", "weight": 1, "texts": { "nb": WITH } }] })).await;
        assert_eq!(planned.plan.eligible, 1);
        assert_eq!(planned.left_out[&Decision::MissingField], 2);
        assert_eq!(house.texts(planned.plan.id).await, ["Hei! gratis test på Olafia. Amanda"]);
    }
}

#[tokio::test]
async fn the_place_is_kept_sealed_with_the_letter_only_where_there_are_services() {
    for house in House::both().await {
        house.write_list(&list(&["Oslo"]));
        let planned = house.plan(json!({})).await;
        assert_eq!(house.letters(planned.plan.id).await[0].region, None);
        house.write_beside("services/a.toml", SERVICES);
        let planned = house.plan(json!({})).await;
        assert_eq!(house.letters(planned.plan.id).await[0].region.as_deref(), Some("Oslo"));
    }
}
