//! Nobody makes more calls a day than the house allows, whatever they try at once.

use std::sync::Arc;

use lykt::domain::id::TaskId;
use lykt::tasks::outcome::Outcome;
use lykt::tasks::{Refusal, Registered};

use crate::tasks::house::House;

/// A house that allows so many calls a person and day, with open calls on Tuesday at noon.
async fn open(mut house: House, cap: u32, calls: usize) -> (House, Vec<TaskId>) {
    house.tasks.calls_a_day = cap;
    let mut ids = Vec::new();
    for _ in 0..calls {
        let person = house.person().await;
        ids.push(house.call(&person).await.id);
    }
    house.at("2026-12-08T12:00:00");
    house.tasks.step(&house.db).await.unwrap();
    (house, ids)
}

async fn claim(house: &House, id: TaskId, who: &str) -> Result<(), Refusal> {
    let mut tx = house.db.begin().await.unwrap();
    let claimed = house.tasks.claim(&mut tx, id, who).await.unwrap();
    tx.commit().await.unwrap();
    claimed.map(drop)
}

async fn done(house: &House, id: TaskId, who: &str) {
    let mut tx = house.db.begin().await.unwrap();
    house.tasks.done(&mut tx, id, who, &Registered::new(Outcome::Talked)).await.unwrap().unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn made_and_held_calls_count_for_one_person_and_one_day() {
    for house in House::both().await {
        let (house, ids) = open(house, 2, 4).await;
        assert_eq!(claim(&house, ids[0], "Kari").await, Ok(()));
        done(&house, ids[0], "Kari").await;
        assert_eq!(claim(&house, ids[1], "Kari").await, Ok(()));
        let morning = house.clock.zone().to_timestamp("2026-12-09T09:00:00".parse().unwrap()).unwrap();
        let enough = Refusal::Enough { calls: 2, again: morning };
        assert_eq!(claim(&house, ids[2], "Kari").await, Err(enough.clone()));
        assert_eq!(house.tasks.next(&house.db, "Kari").await.unwrap().unwrap_err(), enough);
        assert_eq!(claim(&house, ids[1], "Kari").await, Ok(()), "who holds a call may hold it longer");
        assert_eq!(claim(&house, ids[2], "Ola").await, Ok(()), "another person's day");

        let mut tx = house.db.begin().await.unwrap();
        house.tasks.release(&mut tx, ids[1], "Kari").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(&house, ids[3], "Kari").await, Ok(()), "a call that was given back is no call");
        done(&house, ids[3], "Kari").await;
        house.at("2026-12-09T09:00:00");
        assert_eq!(claim(&house, ids[1], "Kari").await, Ok(()), "another day");
    }
}

#[tokio::test]
async fn a_name_is_one_person_however_it_is_spelt() {
    for house in House::both().await {
        let (house, ids) = open(house, 2, 4).await;
        assert_eq!(claim(&house, ids[0], "Åse").await, Ok(()));
        done(&house, ids[0], "Åse").await;
        assert_eq!(claim(&house, ids[1], "åse ").await, Ok(()));
        for spelt in ["ÅSE", "Åse", " åse"] {
            let refused = claim(&house, ids[2], spelt).await;
            assert!(matches!(refused, Err(Refusal::Enough { calls: 2, .. })), "{spelt}: {refused:?}");
        }
        assert_eq!(claim(&house, ids[2], "Åsne").await, Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_claims_at_once_on_the_last_call_of_a_day_one_is_refused() {
    for house in House::both().await {
        let (house, ids) = open(house, 1, 200).await;
        let house = Arc::new(house);
        for (round, pair) in ids.chunks(2).enumerate() {
            let who = format!("Kari {round}");
            let race = |id: TaskId| {
                let (house, who) = (house.clone(), who.clone());
                tokio::spawn(async move { claim(&house, id, &who).await })
            };
            let (one, other) = (race(pair[0]), race(pair[1]));
            let won = [one.await.unwrap(), other.await.unwrap()];
            assert_eq!(won.iter().filter(|claimed| claimed.is_ok()).count(), 1, "{won:?}");
            let refused = won.iter().filter(|claimed| matches!(claimed, Err(Refusal::Enough { .. }))).count();
            assert_eq!(refused, 1, "{won:?}");
        }
    }
}
