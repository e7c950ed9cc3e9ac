//! Who is away has a substitute, on whose list their work is meanwhile.

use jiff::civil::Date;
use lykt::tasks::{Away, NotAway, Refusal};

use crate::tasks::house::House;

fn day(written: &str) -> Date {
    written.parse().unwrap()
}

impl House {
    async fn away(&self, who: &str, substitute: &str, from: &str, until: &str) -> Result<String, NotAway> {
        let away = Away { who, substitute, from: day(from), until: day(until) };
        let mut tx = self.db.begin().await.unwrap();
        let added = self.tasks.go_away(&mut tx, &away, Some("Anne")).await.unwrap();
        tx.commit().await.unwrap();
        added.map(|added| added.id.short())
    }

    /// How many tasks are on somebody's list that are meant for them.
    async fn meant_for(&self, who: &str) -> usize {
        self.tasks.day(&mut self.db.read().await.unwrap(), who, None).await.unwrap().mine.len()
    }
}

#[tokio::test]
async fn what_is_meant_for_who_is_away_is_on_the_substitutes_list_until_they_are_back() {
    for house in House::both().await {
        let person = house.person().await;
        house.at("2026-12-08T12:00:00");
        house.tasks.step(&house.db).await.unwrap();
        let task = house.call(&person).await;
        let mut tx = house.db.begin().await.unwrap();
        lykt::store::list::mean_for(&mut tx, task.id, Some("Kari")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((house.meant_for("Kari").await, house.meant_for("Ola").await), (1, 0));
        let mut tx = house.db.begin().await.unwrap();
        let refused = house.tasks.claim(&mut tx, task.id, "Ola").await.unwrap().unwrap_err();
        assert_eq!(refused, Refusal::MeantFor("Kari".to_owned()));
        drop(tx);
        house.away("Kari", "Ola", "2026-12-08", "2026-12-09").await.unwrap();
        assert_eq!((house.meant_for("Kari").await, house.meant_for("Ola").await), (1, 1));
        assert_eq!(house.meant_for("Anne").await, 0);
        // Taken, and not kept: the claim would last longer than the absence does here.
        let mut tx = house.db.begin().await.unwrap();
        assert!(house.tasks.claim(&mut tx, task.id, "Ola").await.unwrap().is_ok());
        drop(tx);
        house.at("2026-12-10T12:00:00");
        assert_eq!((house.meant_for("Kari").await, house.meant_for("Ola").await), (1, 0), "it comes back by itself");
    }
}

#[tokio::test]
async fn nobody_is_away_twice_and_nobody_stands_in_who_is_away() {
    for house in House::both().await {
        house.at("2026-12-08T12:00:00");
        let refused = async |who: &str, substitute: &str, from: &str, until: &str| {
            house.away(who, substitute, from, until).await.unwrap_err()
        };
        let id = house.away("Kari", "Ola", "2026-12-08", "2026-12-20").await.unwrap();
        assert_eq!(refused("Kari", "Anne", "2026-12-20", "2026-12-22").await, NotAway::Twice);
        assert_eq!(refused("Ola", "Anne", "2026-12-10", "2026-12-11").await, NotAway::StandsIn("Kari".to_owned()));
        assert_eq!(refused("Anne", "Kari", "2026-12-10", "2026-12-11").await, NotAway::AwayToo("Kari".to_owned()));
        assert_eq!(refused("Anne", "Anne", "2026-12-10", "2026-12-11").await, NotAway::Same);
        assert_eq!(refused("Anne", "Per", "2026-12-11", "2026-12-10").await, NotAway::Days);
        assert_eq!(refused("Anne", "Per", "2026-12-01", "2026-12-07").await, NotAway::Days);
        assert_eq!(refused("Anne", " ", "2026-12-10", "2026-12-11").await, NotAway::NoName);
        house.away("Anne", "Kari", "2026-12-21", "2026-12-22").await.unwrap();
        let back = async |only: Option<&str>| {
            let mut tx = house.db.begin().await.unwrap();
            let back = house.tasks.come_back(&mut tx, &id, only).await.unwrap();
            tx.commit().await.unwrap();
            back.map(|one| one.who)
        };
        assert_eq!(back(Some("Ola")).await, Err(0), "it is not theirs to end");
        assert_eq!(back(None).await, Ok("Kari".to_owned()));
        house.away("Ola", "Anne", "2026-12-10", "2026-12-11").await.unwrap();
    }
}
