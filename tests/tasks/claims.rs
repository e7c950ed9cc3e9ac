//! Two people never hold the same call, and nobody holds one that must not be made.

use std::sync::Arc;

use lykt::domain::decision::Decision;
use lykt::domain::id::TaskId;
use lykt::ledger::NoSource;
use lykt::store::contact;
use lykt::store::task::TaskState;
use lykt::tasks::{Claim, Refusal};

use crate::tasks::house::{DAY, House, MINUTE, Person};

/// A call that is open on Tuesday at noon.
async fn open(house: &House) -> (Person, TaskId) {
    let person = house.person().await;
    house.at("2026-12-08T12:00:00");
    house.tasks.step(&house.db).await.unwrap();
    let id = house.call(&person).await.id;
    (person, id)
}

async fn claim(house: &House, id: TaskId, who: &str) -> Result<Claim, Refusal> {
    let mut tx = house.db.begin().await.unwrap();
    let claimed = house.tasks.claim(&mut tx, id, who).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_people_who_claim_at_the_same_time_exactly_one_holds_the_call() {
    for house in House::both().await {
        let mut ids = Vec::new();
        for _ in 0..100 {
            let person = house.person().await;
            ids.push(house.call(&person).await.id);
        }
        house.at("2026-12-08T12:00:00");
        house.tasks.step(&house.db).await.unwrap();
        let house = Arc::new(house);
        for id in ids {
            let race = |who: &'static str| {
                let house = house.clone();
                tokio::spawn(async move { claim(&house, id, who).await })
            };
            let (kari, ola) = (race("Kari"), race("Ola"));
            let won = [kari.await.unwrap(), ola.await.unwrap()];
            let winners: Vec<_> = won.iter().flatten().map(|claim| claim.task.claimed_by.clone().unwrap()).collect();
            assert_eq!(winners.len(), 1, "{won:?}");
            let other = if winners[0] == "Kari" { 1 } else { 0 };
            assert_eq!(won[other].as_ref().unwrap_err(), &Refusal::Taken(winners[0].clone()));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_who_take_the_next_call_never_get_the_same() {
    for house in House::both().await {
        for _ in 0..40 {
            house.person().await;
        }
        house.at("2026-12-08T12:00:00");
        house.tasks.step(&house.db).await.unwrap();
        let house = Arc::new(house);
        let take = |who: &'static str| {
            let house = house.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                while let Ok(claim) = house.tasks.next(&house.db, who).await.unwrap() {
                    mine.push(claim.task.id);
                }
                mine
            })
        };
        let (kari, ola) = (take("Kari"), take("Ola"));
        let mut all = [kari.await.unwrap(), ola.await.unwrap()].concat();
        // Who found all taken while the other still went on may stop early; together they have them all, once.
        all.sort();
        let before = all.len();
        all.dedup();
        assert_eq!((before, all.len()), (40, 40));
        assert_eq!(house.tasks.next(&house.db, "Kari").await.unwrap().unwrap_err(), Refusal::NothingFree);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_and_a_no_at_the_same_time_leave_no_open_call() {
    for house in House::both().await {
        let mut people = Vec::new();
        for _ in 0..50 {
            people.push(house.person().await);
        }
        house.at("2026-12-08T12:00:00");
        house.tasks.step(&house.db).await.unwrap();
        let house = Arc::new(house);
        for person in people {
            let id = house.call(&person).await.id;
            let (one, other) = (house.clone(), house.clone());
            let claimed = tokio::spawn(async move { claim(&one, id, "Kari").await });
            let no = tokio::spawn(async move {
                let mut tx = other.db.begin().await.unwrap();
                other.tasks.ledger.opt_out(&mut tx, person.contact, NoSource::Reply, None).await.unwrap();
                tx.commit().await.unwrap();
            });
            no.await.unwrap();
            let claimed = claimed.await.unwrap();
            let refused = [Refusal::Closed(TaskState::Dropped), Refusal::Contact(Decision::OptedOut)];
            assert!(claimed.as_ref().map_or_else(|refusal| refused.contains(refusal), |_| true), "{claimed:?}");
            let mut tx = house.db.read().await.unwrap();
            let task = lykt::store::task::find(&mut tx, id).await.unwrap().unwrap();
            assert_eq!(task.state, TaskState::Dropped);
        }
    }
}

#[tokio::test]
async fn a_call_is_not_taken_before_its_time_in_the_evening_or_on_a_sunday() {
    for house in House::both().await {
        let (_, id) = open(&house).await;
        for (now, possible) in [
            ("2026-12-08T08:59:59", "2026-12-08T09:00:00"),
            ("2026-12-08T21:00:00", "2026-12-09T09:00:00"),
            ("2026-12-13T12:00:00", "2026-12-14T09:00:00"),
        ] {
            house.at(now);
            let refusal = claim(&house, id, "Kari").await.unwrap_err();
            let at = house.clock.zone().to_timestamp(possible.parse().unwrap()).unwrap();
            assert_eq!(refusal, Refusal::NotNow(at), "{now}");
            assert_eq!(house.tasks.next(&house.db, "Kari").await.unwrap().unwrap_err(), Refusal::NotNow(at));
        }
        house.at("2026-12-14T09:00:00");
        assert!(claim(&house, id, "Kari").await.is_ok());
    }
}

#[tokio::test]
async fn a_held_or_left_out_contact_is_not_taken() {
    for house in House::both().await {
        let (person, id) = open(&house).await;
        house.answers(&person, false).await;
        assert_eq!(claim(&house, id, "Kari").await.unwrap_err(), Refusal::Contact(Decision::Held));
        let mut tx = house.db.begin().await.unwrap();
        contact::add_unread(&mut tx, person.contact, -1).await.unwrap();
        contact::leave_out(&mut tx, person.contact, Some("wrong_number")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(&house, id, "Kari").await.unwrap_err(), Refusal::Contact(Decision::WrongNumber));
    }
}

#[tokio::test]
async fn a_no_kept_for_the_number_alone_counts() {
    for house in House::both().await {
        let (person, id) = open(&house).await;
        let mut tx = house.db.begin().await.unwrap();
        contact::add_no(&mut tx, person.contact, "2026-12-08", "reply", house.tasks.ledger.clock.now_ms())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(&house, id, "Kari").await.unwrap_err(), Refusal::Contact(Decision::OptedOut));
    }
}

#[tokio::test]
async fn a_claim_that_ran_out_is_free_again_and_an_own_one_can_be_renewed() {
    for house in House::both().await {
        let (_, id) = open(&house).await;
        assert!(claim(&house, id, "Kari").await.is_ok());
        house.clock.advance_ms(29 * MINUTE);
        assert!(claim(&house, id, "Kari").await.is_ok());
        house.clock.advance_ms(29 * MINUTE);
        let mut tx = house.db.read().await.unwrap();
        let now = tx.steady_ms(&house.clock).await.unwrap();
        let entry = house.tasks.today(&mut tx).await.unwrap().remove(0);
        drop(tx);
        // Leases run by the database's own clock where nodes share one: only the other moves with the test.
        if house.db.is_shared() {
            assert!(entry.task.lease_until.unwrap() > now);
            continue;
        }
        assert_eq!(claim(&house, id, "Ola").await.unwrap_err(), Refusal::Taken("Kari".to_owned()));
        house.clock.advance_ms(MINUTE);
        let mut tx = house.db.read().await.unwrap();
        let entry = house.tasks.today(&mut tx).await.unwrap().remove(0);
        drop(tx);
        assert_eq!((entry.task.state, entry.task.claimed_by), (TaskState::Open, None));
        assert!(claim(&house, id, "Ola").await.is_ok());
        let mut tx = house.db.begin().await.unwrap();
        assert_eq!(house.tasks.holds(&mut tx, id, "Kari").await.unwrap().unwrap_err(), Refusal::NotHeld);
    }
}

#[tokio::test]
async fn a_claim_from_before_a_reboot_is_free_again() {
    for house in House::both().await {
        let (_, id) = open(&house).await;
        // The steady clock began anew: the lease lies a hundred days ahead.
        let mut tx = house.db.begin().await.unwrap();
        let now = tx.steady_ms(&house.clock).await.unwrap();
        let until = now + 100 * DAY;
        assert!(lykt::store::task::claim(&mut tx, id, "Kari", until, (now, until)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(house.tasks.next(&house.db, "Ola").await.unwrap().unwrap().task.id, id);
    }
}

#[tokio::test]
async fn a_call_that_was_taken_and_forgotten_lapses() {
    let [house, _] = House::both().await;
    let (person, id) = open(&house).await;
    assert!(claim(&house, id, "Kari").await.is_ok());
    house.at("2026-12-15T20:50:00");
    assert!(claim(&house, id, "Kari").await.is_ok());
    house.at("2026-12-15T21:10:00");
    house.tasks.step(&house.db).await.unwrap();
    assert_eq!(house.stands(&person).await.0, "claimed", "who calls in the last minutes still registers it");
    house.at("2026-12-15T21:20:00");
    house.tasks.step(&house.db).await.unwrap();
    assert_eq!(house.stands(&person).await.0, "lapsed");
}

#[tokio::test]
async fn a_released_call_is_free_and_only_its_holder_releases_it() {
    for house in House::both().await {
        let (_, id) = open(&house).await;
        assert!(claim(&house, id, "Kari").await.is_ok());
        let mut tx = house.db.begin().await.unwrap();
        assert_eq!(house.tasks.release(&mut tx, id, "Ola").await.unwrap(), Err(Refusal::NotHeld));
        assert_eq!(house.tasks.release(&mut tx, id, "Kari").await.unwrap(), Ok(()));
        tx.commit().await.unwrap();
        assert!(claim(&house, id, "Ola").await.is_ok());
    }
}

#[tokio::test]
async fn a_task_is_found_by_the_end_of_its_id() {
    for house in House::both().await {
        let (_, id) = open(&house).await;
        let digits = id.0.simple().to_string();
        let mut tx = house.db.read().await.unwrap();
        for written in [id.to_string(), digits.clone(), digits[26..].to_uppercase(), digits[28..].to_owned()] {
            assert_eq!(house.tasks.find(&mut tx, &written).await.unwrap(), [id], "{written}");
        }
        for written in [&digits[29..], "", "zzzz", "%", "ffffffffffffff"] {
            assert!(house.tasks.find(&mut tx, written).await.unwrap().is_empty(), "{written}");
        }
    }
}
