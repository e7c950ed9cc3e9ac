//! The notice of the day: once a slot, on whichever node, and without persons.

use std::sync::Arc;

use lykt::domain::lang::Lang;
use lykt::domain::schedule::Schedule;
use lykt::store::notice::{self, Notice};
use lykt::tasks::Away;
use lykt::tasks::daily::{Daily, run_due};

use crate::tasks::house::{CAMPAIGN, House};

fn daily() -> Daily {
    Daily {
        schedule: Schedule::parse("0 8 * * Mon-Fri").unwrap(),
        lang: Lang::Nb,
        public_url: "https://lykt.example.org".to_owned(),
    }
}

async fn notices(house: &House) -> Vec<Notice> {
    let mut tx = house.db.read().await.unwrap();
    notice::since(&mut tx, 0).await.unwrap()
}

#[tokio::test]
async fn the_first_start_waits_for_the_next_slot_and_each_slot_runs_once() {
    for house in House::both().await {
        assert!(!run_due(&house.tasks, &house.db, &daily()).await.unwrap());
        house.at("2026-12-04T07:59:00");
        assert!(!run_due(&house.tasks, &house.db, &daily()).await.unwrap());
        house.at("2026-12-04T08:00:00");
        assert!(run_due(&house.tasks, &house.db, &daily()).await.unwrap());
        assert!(!run_due(&house.tasks, &house.db, &daily()).await.unwrap());
        let told = notices(&house).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].subject, "Lykt: ingen samtaler i dag");
    }
}

#[tokio::test]
async fn after_a_closed_month_there_is_one_notice() {
    for house in House::both().await {
        run_due(&house.tasks, &house.db, &daily()).await.unwrap();
        house.at("2027-01-10T12:00:00");
        assert!(run_due(&house.tasks, &house.db, &daily()).await.unwrap());
        assert!(!run_due(&house.tasks, &house.db, &daily()).await.unwrap());
        assert_eq!(notices(&house).await.len(), 1);
    }
}

#[tokio::test]
async fn the_notice_counts_what_the_list_shows_and_names_nobody() {
    for house in House::both().await {
        run_due(&house.tasks, &house.db, &daily()).await.unwrap();
        let people = [house.person().await, house.person().await, house.person().await];
        house.answers(&people[2], false).await;
        house.at("2026-12-08T08:00:00");
        assert!(run_due(&house.tasks, &house.db, &daily()).await.unwrap());
        assert_eq!(house.listed().await.len(), 2, "the day's list is made before the first hour for calls");
        house.at("2026-12-09T08:00:00");
        assert!(run_due(&house.tasks, &house.db, &daily()).await.unwrap());
        let told = notices(&house).await;
        assert_eq!(told[0].subject, "Lykt: 2 samtaler i dag");
        assert!(
            told[1].body.contains("hvorav 2 er forfalt") && told[1].body.contains("Uleste svar: 1"),
            "{}",
            told[1].body
        );
        for person in &people {
            for secret in [&person.number, &person.number[3..], &person.contact.to_string(), CAMPAIGN] {
                assert!(told.iter().all(|notice| !notice.body.contains(secret) && !notice.subject.contains(secret)));
            }
        }
    }
}

#[tokio::test]
async fn the_notice_says_who_stands_in_for_whom_as_long_as_they_are_away() {
    for house in House::both().await {
        run_due(&house.tasks, &house.db, &daily()).await.unwrap();
        let mut tx = house.db.begin().await.unwrap();
        let day = |written: &str| written.parse().unwrap();
        let away = Away { who: "Kim", substitute: "Amanda", from: day("2026-12-04"), until: day("2026-12-07") };
        house.tasks.go_away(&mut tx, &away, None).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        for (at, told) in [("2026-12-04", true), ("2026-12-07", true), ("2026-12-08", false)] {
            house.at(&format!("{at}T08:00:00"));
            assert!(run_due(&house.tasks, &house.db, &daily()).await.unwrap());
            let body = notices(&house).await.pop().unwrap().body;
            let line = "Amanda er stedfortreder for Kim, borte til man. 7. desember.";
            assert_eq!(body.contains(line), told, "{at}: {body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_write_one_notice() {
    for house in House::both().await {
        run_due(&house.tasks, &house.db, &daily()).await.unwrap();
        let house = Arc::new(house);
        for day in ["2026-12-04", "2026-12-07", "2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11"] {
            house.at(&format!("{day}T08:00:00"));
            let run = || {
                let house = house.clone();
                tokio::spawn(async move { run_due(&house.tasks, &house.db, &daily()).await.unwrap() })
            };
            let (one, other) = (run(), run());
            assert!(one.await.unwrap() ^ other.await.unwrap(), "{day}");
        }
        assert_eq!(notices(&house).await.len(), 6);
    }
}
