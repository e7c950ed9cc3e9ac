//! The market: counts that are corrected and never lost, gaps that are seen, and tallies that name nobody.

mod pages;
mod program;

use std::path::Path;

use lykt::market::{Count, Figure, Market, whole, year};
use lykt::settings::Settings;
use lykt::store::market;

use crate::tasks::house::House;

const PLATFORMS: &str = r#"
[[platform]]
name = "x"
title = "X"
audience.nb = "mest kvinner"
audience.en = "mostly women"
profile = "Lykten"
owner = "Kari"
review = 2027-06-01

[[platform]]
name = "y"
title = "Y & <b>"
"#;

const QUESTIONS: &str = r#"
[[question]]
name = "where"
text.nb = "Hvor annonserer du?"
text.en = "Where do you advertise?"
answers = { x = "X", street = { nb = "på gata", en = "on the street" } }
"#;

/// Writes the files of a market into a folder with settings.
fn furnish(folder: &Path) {
    for (name, text) in [("platforms/a.toml", PLATFORMS), ("questions/a.toml", QUESTIONS)] {
        let file = folder.join("campaigns").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
}

fn market_of(house: &House, folder: &Path) -> Market {
    std::fs::write(folder.join("lykt.toml"), "[organisation]\nname = \"Lykten\"\n").unwrap();
    furnish(folder);
    Market::of(house.tasks.ledger.clone(), &Settings::load(&folder.join("lykt.toml")).unwrap())
}

fn count(ads: i64, women: Option<i64>) -> Count {
    let (ads, women) = (ads.to_string(), women.map(|n| n.to_string()).unwrap_or_default());
    Count::parse(|figure| match figure {
        Figure::Ads => Some(ads.as_str()),
        Figure::Women => Some(women.as_str()),
        _ => None,
    })
    .unwrap()
}

#[tokio::test]
async fn a_correction_replaces_a_count_and_both_stay_with_who_and_when() {
    for house in House::both().await {
        let folder = tempfile::tempdir().unwrap();
        let market = market_of(&house, folder.path());
        let week = market.this_week();
        let mut tx = house.db.begin().await.unwrap();
        assert!(market.count(&mut tx, "x", week, &count(100, Some(80)), "Kari").await.unwrap());
        assert!(!market.count(&mut tx, "x", week, &count(100, Some(80)), "Ola").await.unwrap(), "it says the same");
        house.clock.advance_ms(60_000);
        assert!(market.count(&mut tx, "x", week, &count(110, None), "Ola").await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = house.db.read().await.unwrap();
        let stands = market::standing(&mut tx, Some("x")).await.unwrap();
        assert_eq!((stands.len(), stands[0].ads, stands[0].women, stands[0].by.as_str()), (1, 110, None, "Ola"));
        let all = market::history(&mut tx, "x", week).await.unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.ads, one.by.as_str(), one.replaced_at.is_some())).collect();
        assert_eq!(told, [(110, "Ola", false), (100, "Kari", true)]);
    }
}

#[tokio::test]
async fn weeks_that_nobody_counted_are_gaps_and_a_year_says_how_many_were_counted() {
    for house in House::both().await {
        let folder = tempfile::tempdir().unwrap();
        let market = market_of(&house, folder.path());
        let mut tx = house.db.begin().await.unwrap();
        for (week, ads) in [("2025-W52", 50), ("2026-W45", 100), ("2026-W48", 140)] {
            let week = lykt::domain::week::Week::parse(week).unwrap();
            market.count(&mut tx, "x", week, &count(ads, None), "Kari").await.unwrap();
        }
        let stands = market::standing(&mut tx, Some("x")).await.unwrap();
        let weeks = whole(&stands[1..], market.this_week());
        let counted: Vec<_> = weeks.iter().map(|week| (week.week.to_string(), week.count.is_some())).collect();
        let expected = [("2026-W45", true), ("2026-W46", false), ("2026-W47", false), ("2026-W48", true)];
        assert_eq!(counted, expected.map(|(week, seen)| (week.to_owned(), seen)));
        let (platforms, _) = year(&mut tx, 2026).await.unwrap();
        let x = &platforms["x"];
        assert_eq!((x.counted, x.weeks, x.ads, x.means[&Figure::Ads]), (2, 53, Some((100, 140)), 120.0));
        assert!(!x.means.contains_key(&Figure::Women), "what was never counted has no mean");
    }
}

#[tokio::test]
async fn answers_are_tallied_and_taken_back_and_never_fall_below_none() {
    for house in House::both().await {
        let folder = tempfile::tempdir().unwrap();
        let market = market_of(&house, folder.path());
        let mut tx = house.db.begin().await.unwrap();
        for _ in 0..3 {
            assert!(market.tally(&mut tx, "where", "street", 1).await.unwrap());
        }
        assert!(market.tally(&mut tx, "where", "street", -1).await.unwrap());
        assert!(!market.tally(&mut tx, "where", "x", -1).await.unwrap());
        assert!(!market.tally(&mut tx, "where", "nowhere", 1).await.unwrap(), "there is no such answer");
        let all = market::tallies(&mut tx, None).await.unwrap();
        assert_eq!(all[&("where".to_owned(), "street".to_owned())], 2);
        let (_, of_year) = year(&mut tx, 2026).await.unwrap();
        assert_eq!(of_year[&("where".to_owned(), "street".to_owned())], 2);
    }
}
