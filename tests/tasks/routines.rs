//! Routines: each slot a task once, on whichever node; what was missed is seen, and does not pile up.

use std::path::PathBuf;

use jiff::Timestamp;
use lykt::domain::debrief::Day;
use lykt::domain::holidays::Holidays;
use lykt::domain::role::Role;
use lykt::domain::task::TaskState;
use lykt::store::{Db, routine, sql};
use lykt::tasks::routine::{NoRoutine, Routines};

use crate::tasks::house::{DAY, HOUR, House};
use crate::tasks::slots::walked;

const LOG_IN: &str = r#"
[[routine]]
name = "log-in"
title.nb = "Logg inn på X"
title.en = "Log in on X"
cron = "0 10 * * *"
owner = "Kari"
substitute = "Ola"
platform = "x"
"#;

/// A folder of campaigns with this file of routines.
struct Files(tempfile::TempDir);

impl Files {
    fn new(routines: &str) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.write(routines);
        files
    }

    fn write(&self, routines: &str) {
        std::fs::write(self.path().join("routines.toml"), routines).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    fn routines(&self, house: &House) -> Routines {
        Routines::in_folder(self.path(), house.tasks.ledger.clone(), Holidays::Norway)
    }
}

const DEBRIEF: &str = r#"
[[routine]]
name = "debrief"
title = "How was the day?"
cron = "30 15 * * Mon-Fri"
owner = "Kari"
substitute = "Ola"
debrief = true
"#;

/// Every task of a routine, oldest first: its slot and how it stands.
async fn tasks(db: &Db, name: &str) -> Vec<(String, String)> {
    let mut tx = db.read().await.unwrap();
    let query = sql("select slot, state from routine_task where routine = $1 order by slot").bind(name);
    let rows = tx.all(query).await.unwrap();
    let at = |ms| Timestamp::from_millisecond(ms).unwrap().to_string();
    rows.iter().map(|row| (at(row.int(0).unwrap()), row.get(1).unwrap())).collect()
}

fn task(at: &str, state: &str) -> (String, String) {
    (at.to_owned(), state.to_owned())
}

#[tokio::test]
async fn slots_that_came_while_the_house_was_closed_are_missed_and_only_the_newest_opens() {
    for house in House::both().await {
        let files = Files::new(LOG_IN);
        let routines = files.routines(&house);
        assert_eq!(routines.step(&house.db).await.unwrap(), 0, "slots count from when the routine was first seen");
        house.at("2026-12-04T10:00:00");
        assert_eq!(routines.step(&house.db).await.unwrap(), 1);
        house.at("2026-12-07T12:00:00");
        let again = files.routines(&house);
        assert_eq!(again.step(&house.db).await.unwrap(), 3);
        assert_eq!(again.step(&house.db).await.unwrap(), 0);
        let expected = [
            task("2026-12-04T09:00:00Z", "lapsed"),
            task("2026-12-05T09:00:00Z", "lapsed"),
            task("2026-12-06T09:00:00Z", "lapsed"),
            task("2026-12-07T09:00:00Z", "open"),
        ];
        assert_eq!(tasks(&house.db, "log-in").await, expected);
        let mut tx = house.db.read().await.unwrap();
        let standing = routines.standing(&mut tx).await.unwrap();
        assert_eq!((standing[0].past.missed, standing[0].past.done.clone()), (3, None));
    }
}

#[tokio::test]
async fn ten_years_of_odd_nights_on_two_nodes_lose_no_slot_and_have_none_twice() {
    for house in House::both().await {
        let files = Files::new(&LOG_IN.replace("0 10 * * *", "30 2 * * *"));
        let nodes = [files.routines(&house), files.routines(&house)];
        let begun = house.clock.now_ms();
        nodes[0].step(&house.db).await.unwrap();
        // Now and then the house is closed for days, now and then it looks several times a night.
        let (mut dice, mut made) = (7_u64, 0);
        let end = "2036-12-01T00:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        while house.clock.now_ms() < end {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let hours = match dice >> 61 {
                0 => 1,
                1..=4 => 20 + i64::try_from(dice >> 40 & 15).unwrap(),
                _ => 24 * 7 + i64::try_from(dice >> 40 & 31).unwrap(),
            };
            house.clock.advance_ms(hours * HOUR);
            let (a, b) = tokio::join!(nodes[0].step(&house.db), nodes[1].step(&house.db));
            made += a.unwrap() + b.unwrap();
        }
        let now = house.clock.now_ms();
        let expected: Vec<String> = walked(2026..2037, |m| (m.hour, m.minute) == (2, 30))
            .into_iter()
            .filter(|minute| (begun + 1..=now).contains(&(minute * 60_000)))
            .map(|minute| Timestamp::from_second(minute * 60).unwrap().to_string())
            .collect();
        let found: Vec<String> = tasks(&house.db, "log-in").await.into_iter().map(|(slot, _)| slot).collect();
        assert_eq!(found.len(), expected.len());
        assert_eq!(found, expected);
        assert_eq!(made, expected.len() as u64);
        let mut tx = house.db.read().await.unwrap();
        assert!(routine::open(&mut tx).await.unwrap().len() <= 1, "they pile up");
    }
}

#[tokio::test]
async fn a_task_that_waits_too_long_is_missed() {
    for house in House::both().await {
        let files = Files::new(&LOG_IN.replace("owner", "within = \"2 hours\"\nowner"));
        let routines = files.routines(&house);
        routines.step(&house.db).await.unwrap();
        house.at("2026-12-04T11:59:00");
        routines.step(&house.db).await.unwrap();
        assert_eq!(tasks(&house.db, "log-in").await, [task("2026-12-04T09:00:00Z", "open")]);
        house.at("2026-12-04T12:00:00");
        routines.step(&house.db).await.unwrap();
        assert_eq!(tasks(&house.db, "log-in").await, [task("2026-12-04T09:00:00Z", "lapsed")]);
    }
}

#[tokio::test]
async fn a_task_is_taken_once_done_by_anybody_and_taken_back_by_who_did_it() {
    for house in House::both().await {
        let files = Files::new(LOG_IN);
        let routines = files.routines(&house);
        routines.step(&house.db).await.unwrap();
        house.at("2026-12-04T10:00:00");
        routines.step(&house.db).await.unwrap();
        let mut tx = house.db.begin().await.unwrap();
        let duty = routines.open(&mut tx).await.unwrap().pop().unwrap();
        let id = duty.task.id;
        assert!(duty.is_of("ola") && duty.is_of("Kari") && !duty.is_of("Anne"));
        assert!(!routines.may(&mut tx, id, "Anne", Role::Peer).await.unwrap(), "a peer does what is theirs");
        assert!(routines.claim(&mut tx, id, "Ola").await.unwrap().is_ok());
        assert_eq!(routines.claim(&mut tx, id, "Kari").await.unwrap(), Err(NoRoutine::Taken));
        assert_eq!(routines.release(&mut tx, id, "Kari").await.unwrap(), Err(NoRoutine::NotHeld));
        let done = routines.done(&mut tx, id, "Kari").await.unwrap().unwrap();
        assert_eq!((done.state, done.done_by.as_deref()), (TaskState::Done, Some("Kari")));
        assert_eq!(routines.done(&mut tx, id, "Ola").await.unwrap(), Err(NoRoutine::Over));
        assert_eq!(routines.undo(&mut tx, id, "Ola").await.unwrap(), Err(NoRoutine::NotHeld));
        tx.commit().await.unwrap();
        house.clock.advance_ms(HOUR);
        let mut tx = house.db.begin().await.unwrap();
        assert_eq!(routines.undo(&mut tx, id, "Kari").await.unwrap().unwrap().state, TaskState::Open);
    }
}

#[tokio::test]
async fn a_profile_that_nobody_uses_is_to_be_deleted_once() {
    let delete = "[[routine]]\nname = \"delete\"\ntitle = \"Delete X\"\nunused = \"60 days\"\nplatform = \"x\"\nowner = \"Kari\"\n";
    for house in House::both().await {
        let files = Files::new(&format!("{LOG_IN}{delete}"));
        let routines = files.routines(&house);
        routines.step(&house.db).await.unwrap();
        house.clock.advance_ms(30 * DAY);
        routines.step(&house.db).await.unwrap();
        let mut tx = house.db.begin().await.unwrap();
        let id = routines.open(&mut tx).await.unwrap()[0].task.id;
        routines.done(&mut tx, id, "Kari").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let used = house.clock.now();
        house.clock.advance_ms(40 * DAY);
        routines.step(&house.db).await.unwrap();
        assert!(tasks(&house.db, "delete").await.is_empty(), "it was used less than 60 days ago");
        house.clock.advance_ms(25 * DAY);
        for _ in 0..3 {
            routines.step(&house.db).await.unwrap();
        }
        let due = tasks(&house.db, "delete").await;
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].1, "open");
        // Used again before it was deleted: it is not needed any more.
        let mut tx = house.db.begin().await.unwrap();
        let open = routines.open(&mut tx).await.unwrap();
        let log_in = open.iter().find(|duty| duty.task.routine == "log-in").unwrap();
        routines.done(&mut tx, log_in.task.id, "Kari").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        routines.step(&house.db).await.unwrap();
        assert_eq!(tasks(&house.db, "delete").await[0].1, "dropped", "used {used}");
    }
}

#[tokio::test]
async fn a_file_with_a_mistake_counts_as_it_stood_before() {
    for house in House::both().await {
        let files = Files::new(LOG_IN);
        let routines = files.routines(&house);
        assert_eq!(routines.shelf.look().entries.len(), 1);
        files.write(&LOG_IN.replace("0 10 * * *", "0 25 * * *"));
        let found = routines.shelf.look();
        let mistakes: Vec<_> = found.mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(mistakes, ["routines.toml:6:8 bad_cron"]);
        assert_eq!(found.entries.len(), 1);
        files.write("");
        assert_eq!(routines.shelf.look().mistakes.len(), 1);
        std::fs::remove_file(files.path().join("routines.toml")).unwrap();
        assert!(routines.shelf.look().entries.is_empty(), "a team without a file has no routines");
    }
}

#[tokio::test]
async fn a_debrief_asks_each_once_a_day_and_shows_weeks_of_five_people_and_no_others() {
    for house in House::both().await {
        let files = Files::new(DEBRIEF);
        let routines = files.routines(&house);
        routines.step(&house.db).await.unwrap();
        let say = async |who: &str, was: Day| {
            let mut tx = house.db.begin().await.unwrap();
            let asked = routines.debrief(&mut tx, who).await.unwrap().is_some();
            let taken = asked && routines.answer(&mut tx, who, was).await.unwrap();
            tx.commit().await.unwrap();
            taken
        };
        house.at("2026-12-07T12:00:00");
        routines.step(&house.db).await.unwrap();
        assert!(!say("Kari", Day::Fine).await, "it comes at half past three");
        for (day, people) in [("07", 5), ("08", 2)] {
            house.at(&format!("2026-12-{day}T15:40:00"));
            routines.step(&house.db).await.unwrap();
            for n in 0..people {
                assert!(say(&format!("P{n}"), if n == 1 { Day::Heavy } else { Day::Fine }).await);
                assert!(!say(&format!(" p{n}"), Day::Heavy).await, "one person answers once a day");
            }
        }
        assert!(routines.weighed(&mut house.db.read().await.unwrap()).await.unwrap().is_empty(), "it is not over");
        // The next week four people answer, one of them every day.
        for day in ["14", "15", "16"] {
            house.at(&format!("2026-12-{day}T15:40:00"));
            routines.step(&house.db).await.unwrap();
            for n in 0..4 {
                assert!(say(&format!("P{n}"), Day::Fine).await);
            }
        }
        house.at("2026-12-29T09:00:00");
        routines.step(&house.db).await.unwrap();
        let weighed = routines.weighed(&mut house.db.read().await.unwrap()).await.unwrap();
        let told: Vec<_> = weighed.iter().map(|one| (one.week.to_string(), one.counts)).collect();
        let week = |n: i64| format!("2026-W{n}");
        assert_eq!(told, [(week(50), Some((5, 2))), (week(51), None), (week(52), None)]);
        let mut tx = house.db.read().await.unwrap();
        let left = tx.maybe(sql("select count(*) from debrief_part")).await.unwrap().unwrap();
        assert_eq!(left.int(0).unwrap(), 0, "who took part is forgotten with the week");
    }
}
