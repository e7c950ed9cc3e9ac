//! A file that is not the one it was: copied, put in another's place, or taken away while it is used.

use std::fs;

use lykt::ledger::quarantine::Why;
use lykt::ledger::{NoSource, trust};
use lykt::outbox::Outbox;
use lykt::store::{Db, DbError};
use lykt::witness;

use crate::fault_gateway::FaultGateway;
use crate::keep::house::{DAY, House, number};
use crate::keep::installed::{self, list, wait};
use crate::keep::witnessed::{held, settings, start, why};

async fn says_no(house: &House) -> Result<(), DbError> {
    let mut tx = house.db.begin().await?;
    let person = house.ledger.contact(&mut tx, &lykt::domain::private::Private::new(number(1))).await?;
    house.ledger.opt_out(&mut tx, person.id, NoSource::ByHand, Some("Kari")).await?;
    tx.commit().await
}

/// A campaign of five people, of whom some have got their message; how many.
async fn half_sent(house: &House) -> (Outbox, usize) {
    let plan = house.campaign("vinter", serde_json::json!({ "rate": "60/min" })).await;
    house.queue("vinter", plan, 0..5).await;
    let mut outbox = house.outbox().await;
    house.drain(&mut outbox).await;
    let sent = house.sends();
    assert!((1..5).contains(&sent), "{sent}");
    (outbox, sent)
}

#[tokio::test]
async fn a_copy_on_the_same_machine_is_held_until_a_person_says_that_the_original_is_off() {
    let mut house = House::on_sqlite().await;
    drop(start(&house).await);
    house.db.close().await;
    let folder = house.settings("http://127.0.0.1:1", "1/s", "").path("".as_ref());
    house.db = Db::open(&format!("sqlite:{}", folder.join("lykt.db").display())).await.unwrap();
    drop(start(&house).await);
    assert_eq!(why(&house).await, None, "the same file at the next start");
    house.db.close().await;
    fs::copy(folder.join("lykt.db"), folder.join("copy.db")).unwrap();
    house.db = Db::open(&format!("sqlite:{}", folder.join("copy.db").display())).await.unwrap();
    drop(start(&house).await);
    assert_eq!(why(&house).await, Some(Why::Elsewhere));
}

/// As a standby does that takes over before it has heard of the last commits.
#[tokio::test]
async fn a_database_that_has_lost_the_last_try_alone_sends_nothing_more() {
    for house in House::both().await {
        let _first = start(&house).await;
        let (mut outbox, sent) = half_sent(&house).await;
        let mut tx = house.db.begin().await.unwrap();
        for lost in [
            "delete from touch",
            "delete from attempt",
            "update contact set contacted_at = null",
            "update message set state = 'queued', attempt = 0, fence = 0, deadline = 0",
        ] {
            tx.run(lykt::store::sql(lost).whole()).await.unwrap();
        }
        tx.commit().await.unwrap();
        for _ in 0..5 {
            house.clock().advance_ms(60_000);
            house.drain(&mut outbox).await;
        }
        assert_eq!(house.sends(), sent, "nobody gets it twice");
        let ends = held(&house).await.unwrap();
        assert_eq!(ends.why, Why::Behind);
        witness::confirm(&house.db, &house.ledger, &ends, &[], ("Kari", "looked")).await.unwrap();
        house.clock().advance_ms(60_000);
        house.drain(&mut outbox).await;
        assert_eq!(why(&house).await, None, "a person ends it once");
    }
}

/// An older file is copied over the database in place: the file is the same one, and SQLite's log shows pages of today.
#[tokio::test]
async fn an_older_file_that_is_copied_over_the_one_in_use_stops_everything_and_the_next_start_is_held() {
    for is_stopped in [true, false] {
        let mut house = House::on_sqlite().await;
        let file = house.settings("http://127.0.0.1:1", "1/s", "").path("lykt.db".as_ref());
        let first = start(&house).await;
        let older = fs::read(&file).unwrap();
        house.clock().advance_ms(61_000);
        first.witness.step(&house.db).await.unwrap();
        // The log has what came after.
        says_no(&house).await.unwrap();
        first.witness.step(&house.db).await.unwrap();
        fs::write(&file, &older).unwrap();
        if is_stopped {
            let refused = says_no(&house).await.unwrap_err();
            assert!(refused.to_string().contains("copied an older file over it"), "{refused}");
            assert!(first.witness.step(&house.db).await.is_err());
            assert!(first.witness.stop(&house.db).await.is_err());
            // Copies the log into the file, which has the newest number from it then.
            house.db.close().await;
        }
        drop(first);
        house.db = Db::open(&format!("sqlite:{}", file.display())).await.unwrap();
        witness::look(&house.db, &house.ledger, &settings(&house)).await.unwrap();
        assert_eq!(why(&house).await, Some(Why::Behind), "also for commands");
        let ends = held(&house).await.unwrap();
        witness::confirm(&house.db, &house.ledger, &ends, &[], ("Kari", "looked")).await.unwrap();
        witness::look(&house.db, &house.ledger, &settings(&house)).await.unwrap();
        drop(start(&house).await);
        assert_eq!(why(&house).await, None, "a person ends it once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_it_twice_when_an_older_file_is_copied_over_the_database_of_a_daemon() {
    let gateway = FaultGateway::start().await;
    let house = installed::House::new(&gateway, &list(60).0, "100/s", None);
    house.approve();
    let daemon = house.serve();
    wait("some are sent", || gateway.accepts().len() > 3);
    daemon.terminate();
    let file = house.root().join("lykt.db");
    let older = fs::read(&file).unwrap();
    let daemon = house.serve();
    wait("all are sent", || gateway.counts().len() == 60);
    daemon.terminate();
    let mut daemon = house.serve();
    fs::write(&file, older).unwrap();
    wait("it ends", || daemon.has_ended());
    let daemon = house.serve();
    let held = || String::from_utf8_lossy(&house.lykt(&["status", "vinter"]).stdout).contains("quarantine");
    wait("it is in quarantine", held);
    drop(daemon);
    assert!(gateway.counts().values().all(|n| *n == 1), "somebody got it twice");
}

#[tokio::test]
async fn who_asks_a_database_that_lacks_what_the_house_has_seen_gets_no_yes_from_it() {
    for mut house in House::both().await {
        let first = start(&house).await;
        says_no(&house).await.unwrap();
        first.witness.step(&house.db).await.unwrap();
        witness::look(&house.db, &house.ledger, &settings(&house)).await.unwrap();
        assert!(held(&house).await.is_none(), "the right one is never behind");
        let folder = tempfile::tempdir().unwrap();
        let url = match house.db.is_shared() {
            true => crate::keep::witnessed::new_postgres().await,
            false => format!("sqlite:{}", folder.path().join("Lykt.db").display()),
        };
        house.db = Db::open(&url).await.unwrap();
        witness::look(&house.db, &house.ledger, &settings(&house)).await.unwrap();
        assert_eq!(why(&house).await, Some(Why::Behind));
    }
}

#[tokio::test]
async fn nothing_is_written_to_a_file_that_was_moved_replaced_or_deleted() {
    for (ending, replaced) in [("", false), ("", true), ("-wal", false), ("-shm", true)] {
        let house = House::on_sqlite().await;
        says_no(&house).await.unwrap();
        says_no(&house).await.unwrap();
        let folder = house.settings("http://127.0.0.1:1", "1/s", "").path("".as_ref());
        let file = folder.join(format!("lykt.db{ending}"));
        let moved = folder.join("moved");
        fs::rename(&file, &moved).unwrap();
        if replaced {
            fs::copy(&moved, &file).unwrap();
        }
        let refused = says_no(&house).await.unwrap_err();
        assert!(matches!(refused, DbError::Away(_)), "{refused}");
        assert!(refused.to_string().contains("is not the file that was opened"), "{refused}");
        fs::rename(&moved, &file).unwrap();
        says_no(&house).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_makes_no_database_where_a_witness_says_that_there_was_one() {
    let gateway = FaultGateway::start().await;
    let (csv, people) = list(3);
    let house = installed::House::new(&gateway, &csv, "100/s", None);
    let no = house.lykt(&["contact", "opt-out", &people[0], "--as", "Kari"]);
    assert!(no.status.success(), "{no:?}");
    house.serve().terminate();
    fs::rename(house.root().join("lykt.db"), house.root().join("away.db")).unwrap();
    for command in [&["contact", "check", &people[0]][..], &["plan", "vinter"], &["inbox", "list"]] {
        let asked = house.lykt(command);
        assert_eq!(asked.status.code(), Some(1), "{command:?}");
        assert!(String::from_utf8_lossy(&asked.stderr).contains("there was one"), "{asked:?}");
    }
    assert!(!house.root().join("lykt.db").exists(), "none is made");
    let daemon = house.serve();
    wait("the no is brought back", || {
        let asked = house.lykt(&["contact", "check", &people[0]]);
        String::from_utf8_lossy(&asked.stdout).contains("does not want contact")
    });
    drop(daemon);
}

#[tokio::test]
async fn what_comes_in_while_the_clock_is_set_back_is_not_too_old_when_it_is_right_again() {
    for house in House::both().await {
        let mut tx = house.db.begin().await.unwrap();
        assert!(trust::note(&mut tx, house.clock()).await.unwrap());
        tx.commit().await.unwrap();
        house.clock().advance_ms(-800 * DAY);
        says_no(&house).await.unwrap();
        let mut tx = house.db.read().await.unwrap();
        let row = tx.maybe(lykt::store::sql("select min(at) from touch")).await.unwrap().unwrap();
        assert_eq!(row.int(0).unwrap(), house.clock().now_ms() + 800 * DAY);
    }
}

#[tokio::test]
async fn a_database_that_goes_back_under_the_daemon_stops_the_very_next_message() {
    for house in House::both().await {
        let first = start(&house).await;
        let (mut outbox, sent) = half_sent(&house).await;
        // As if yesterday's had been put in its place, before the witness looks again.
        let mut tx = house.db.begin().await.unwrap();
        lykt::store::meta::set(&mut tx, trust::WITNESS, "0").await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..5 {
            house.clock().advance_ms(60_000);
            house.drain(&mut outbox).await;
        }
        assert_eq!(house.sends(), sent, "nothing is sent");
        first.witness.step(&house.db).await.unwrap();
        assert_eq!(why(&house).await, Some(Why::Behind));
    }
}
