//! What holds for every list, however it is written and however the ledger is asked.

use std::collections::BTreeSet;

use lykt::domain::decision::Decision;
use lykt::plan::{CHUNK, Keep, Planned, Seen};
use proptest::prelude::*;
use serde_json::json;

use crate::plan::house::{House, definition, number};

/// A row: whose number, in which spelling, and where.
type Row = (usize, u8, bool);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..40_usize, 0..4_u8, any::<bool>()), 0..120)
}

fn written(rows: &[Row]) -> String {
    let mut list = String::from("telefon;språk;sted\n");
    for (n, spelling, oslo) in rows {
        let number = number(*n);
        let cell = match spelling {
            0 => number,
            1 => format!("tlf: {number} etter 12"),
            2 => number.replacen('+', "00", 1),
            _ => "se annonse".to_owned(),
        };
        list.push_str(&format!("{cell};nb;{}\n", if *oslo { "Oslo" } else { "Bergen" }));
    }
    list
}

fn invalid(rows: &[Row]) -> i64 {
    rows.iter().filter(|(_, spelling, _)| *spelling == 3).count() as i64
}

/// A house where some said no, have an answer unread, or are known and nothing more.
async fn house() -> House {
    let house = House::on_sqlite().await;
    for n in (0..40).step_by(3) {
        house.knows(n, n % 2 == 0, n % 5 == 0).await;
    }
    house
}

/// A plan, and the lines of its people.
async fn plan(house: &House, rows: &[Row], chunk: usize) -> (Planned, BTreeSet<usize>) {
    house.write_list(&written(rows));
    let definition = definition(json!({ "where": { "region": ["Oslo"] } }));
    let mut people = BTreeSet::new();
    let mut last = -1;
    let planned = house
        .plan_of(&definition, Keep::No, chunk, |seen| {
            if let Seen::Target(target) = seen {
                assert_eq!(target.n, last + 1, "in the order of the list");
                last = target.n;
                if target.decision == Decision::Eligible {
                    assert!(people.insert(rows[usize::try_from(target.line).unwrap() - 2].0), "nobody twice");
                }
            }
        })
        .await
        .unwrap();
    (planned, people)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_target_is_counted_once_and_the_ledger_may_be_asked_in_any_chunks(rows in rows(), chunk in 1..60_usize) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let house = house().await;
            let (planned, people) = plan(&house, &rows, CHUNK).await;
            assert_eq!(planned.plan.targets, planned.plan.eligible + planned.left_out.values().sum::<i64>());
            assert_eq!(planned.plan.targets, rows.len() as i64);
            assert_eq!(people.len() as i64, planned.plan.eligible);
            assert_eq!(planned.left_out.get(&Decision::Invalid).copied().unwrap_or(0), invalid(&rows));
            let (again, _) = plan(&house, &rows, chunk).await;
            assert_eq!(planned.plan.hash, again.plan.hash, "the same plan, however the ledger is asked");
            assert_eq!(house.count("select count(*) from campaign").await, 0, "nothing was kept");
        });
    }

    #[test]
    fn equal_rows_in_any_order_give_the_same_people(rows in rows(), seed in any::<u64>()) {
        // All live in Oslo: of equal numbers the first counts, also when the filter leaves it out.
        let rows: Vec<Row> = rows.into_iter().map(|(n, spelling, _)| (n, spelling, true)).collect();
        let mut shuffled = rows.clone();
        let mut dice = seed;
        for at in (1..shuffled.len()).rev() {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (dice >> 33) as usize % (at + 1));
        }
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let house = house().await;
            let (first, people) = plan(&house, &rows, CHUNK).await;
            let (second, same) = plan(&house, &shuffled, CHUNK).await;
            assert_eq!(people, same);
            assert_eq!(first.left_out, second.left_out);
        });
    }
}

#[tokio::test]
async fn of_equal_numbers_the_first_counts_even_when_the_filter_leaves_it_out() {
    let house = House::on_sqlite().await;
    let (planned, people) = plan(&house, &[(1, 0, false), (1, 0, true), (2, 0, true)], CHUNK).await;
    assert_eq!((planned.plan.eligible, people), (1, BTreeSet::from([2])));
    assert_eq!(planned.left_out, [(Decision::Duplicate, 1), (Decision::Filtered, 1)].into());
}
