//! The whole drill (fault 18): send, back up, send more and hear a no, lose the database, restore. Nothing is sent, the no
//! holds, and nobody who was written to after the backup is written to again.

use std::sync::Arc;

use lykt::domain::decision::Decision;
use lykt::domain::private::Private;
use lykt::gateway::Accounts;
use lykt::ledger::NoSource;
use lykt::ledger::quarantine::Why;
use lykt::store::{contact, sql};
use lykt::witness::{confirm, unfinished};
use serde_json::json;

use crate::keep::house::{House, MINUTE, SECOND, number};
use crate::keep::witnessed::{back_up, held, lose_and_restore, settings, start, start_as, why};

const OURS: &str = "+447700900999";

#[tokio::test]
async fn after_a_restore_nothing_is_sent_until_what_was_lost_is_known_and_a_person_said_so() {
    for mut house in House::both().await {
        let folder = tempfile::tempdir().unwrap();
        let first = start(&house).await;
        let plan = house.campaign("vinter", json!({ "rate": "60/min" })).await;
        let people = house.queue("vinter", plan, 0..10).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        while house.sends() < 3 {
            house.clock().advance_ms(SECOND);
            house.drain(&mut outbox).await;
        }
        first.witness.step(&house.db).await.unwrap();
        let backup = back_up(&house, folder.path()).await;

        // Three more are sent; one of those who got it says no, and two who wait say no by telephone and by message.
        house.clock().advance_ms(MINUTE);
        while house.sends() < 6 {
            house.clock().advance_ms(SECOND);
            house.drain(&mut outbox).await;
        }
        let sent: Vec<String> = house.gateway.counts().into_keys().collect();
        let waiting: Vec<_> = people.iter().filter(|person| !sent.contains(&person.number)).cloned().collect();
        let (called, wrote) = (&waiting[0], &waiting[1]);
        let mut tx = house.db.begin().await.unwrap();
        house.ledger.opt_out(&mut tx, called.contact, NoSource::Call, None).await.unwrap();
        tx.commit().await.unwrap();
        first.witness.step(&house.db).await.unwrap();
        house.gateway.hears(&wrote.number, OURS, "STOPP");
        house.gateway.hears(&sent[0], OURS, "Hvem er dette?");
        // Another system of ours, or a person by hand, wrote to somebody with another text.
        house.gateway.takes(OURS, &waiting[2].number, "noe annet");
        drop((outbox, first));

        lose_and_restore(&mut house, &backup, folder.path()).await;
        assert_eq!(why(&house).await, Some(Why::Restored));
        let again = start(&house).await;
        assert_eq!(why(&house).await, Some(Why::Restored));
        let mut outbox = house.outbox().await;
        for _ in 0..5 {
            house.clock().advance_ms(10 * SECOND);
            house.drain(&mut outbox).await;
        }
        assert_eq!(house.sends(), 6, "nothing is sent in quarantine");
        let accounts = Arc::new(Accounts::open(&settings(&house), house.clock()).unwrap());
        let left = async |house: &House| {
            let mut tx = house.db.read().await.unwrap();
            let held = lykt::ledger::quarantine::get(&mut tx).await.unwrap().unwrap();
            unfinished(&mut tx, &held, &accounts, false).await.unwrap()
        };
        assert_eq!(left(&house).await, ["noes", crate::keep::house::ACCOUNT]);
        again.mender.step().await.unwrap();
        again.webhooks.poll(crate::keep::house::ACCOUNT).await.unwrap();
        assert_eq!(left(&house).await, Vec::<String>::new());
        let fetched = held(&house).await.unwrap();
        assert_eq!(fetched.noes, Some(1), "the no by telephone was kept apart");
        assert_eq!(fetched.sent.values().sum::<u64>(), 4, "three of the campaign and one by hand");
        // Once is enough.
        again.mender.step().await.unwrap();
        assert_eq!(held(&house).await.unwrap(), fetched);
        house.drain(&mut outbox).await;
        assert_eq!(house.sends(), 6);

        let by = ("Kari", "looked at the inbox and at the provider's console");
        confirm(&house.db, &house.ledger, &fetched, &[], by).await.unwrap();
        assert_eq!(why(&house).await, None);
        for _ in 0..20 {
            house.clock().advance_ms(SECOND);
            house.drain(&mut outbox).await;
        }
        // Nobody twice (`sends` looks), and the rest: ten, without two noes and the one who was written to by hand.
        assert_eq!(house.sends(), 7);
        let states = house.states("vinter", 10).await;
        assert_eq!(states["withdrawn"], 3, "{states:?}");
        assert_eq!(house.reason(called).await.as_deref(), Some("opted_out"));
        assert_eq!(house.reason(wrote).await.as_deref(), Some("opted_out"));
        assert_eq!(house.reason(&waiting[2]).await.as_deref(), Some("cooldown"));
        assert!(house.check(called).await.reasons.contains(&Decision::OptedOut));
        // The answer that came meanwhile holds its person.
        let asked = people.iter().find(|person| person.number == sent[0]).unwrap();
        assert!(house.check(asked).await.reasons.contains(&Decision::Held));
    }
}

#[tokio::test]
async fn what_a_gateway_without_a_list_may_have_sent_counts_as_sent() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..3).await;
        let now = house.clock().now_ms();
        let mut tx = house.db.begin().await.unwrap();
        let held = lykt::ledger::quarantine::Quarantine::new(Why::Restored, now - MINUTE, now);
        let held = lykt::ledger::quarantine::begin(&mut tx, held).await.unwrap();
        tx.commit().await.unwrap();
        let silent = vec![crate::keep::house::ACCOUNT.to_owned()];
        // On another node somebody was entered at the moment when their no was brought back.
        let mut tx = house.db.begin().await.unwrap();
        let person = Private::new(number(90));
        let person = house.ledger.contact(&mut tx, &person).await.unwrap().id;
        house.ledger.opt_out(&mut tx, person, NoSource::Reply, None).await.unwrap();
        tx.run(sql("update contact set opted_out = false where id = $1").bind(person)).await.unwrap();
        tx.commit().await.unwrap();
        let done = confirm(&house.db, &house.ledger, &held, &silent, ("Kari", "no list")).await.unwrap();
        let mut tx = house.db.read().await.unwrap();
        assert!(contact::get(&mut tx, person).await.unwrap().unwrap().opted_out);
        drop(tx);
        assert_eq!(done.left[0].people, 3);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!(house.sends(), 0);
        for person in &people {
            assert_eq!(house.reason(person).await.as_deref(), Some("in_doubt"));
            assert_eq!(house.check(person).await.reasons, [Decision::Cooldown]);
        }
    }
}

#[tokio::test]
async fn a_database_that_is_older_than_its_witness_is_noticed_at_the_start_and_while_it_runs() {
    for mut house in House::both().await {
        let folder = tempfile::tempdir().unwrap();
        let first = start(&house).await;
        let person = house.one().await;
        let backup = back_up(&house, folder.path()).await;
        first.witness.step(&house.db).await.unwrap();
        assert_eq!(why(&house).await, None);
        // Somebody puts the file back by hand, without telling: no mark of ours in it.
        lose_and_restore(&mut house, &backup, folder.path()).await;
        let unmark = async |house: &House| {
            let mut tx = house.db.begin().await.unwrap();
            lykt::store::meta::set(&mut tx, "quarantine", "").await.unwrap();
            tx.commit().await.unwrap();
        };
        unmark(&house).await;
        // The daemon that ran all the while.
        first.witness.step(&house.db).await.unwrap();
        assert_eq!(why(&house).await, Some(Why::Behind));
        unmark(&house).await;
        // And one that starts: the numbers are above all that was seen, so the mark is what counts from here on.
        let again = start(&house).await;
        assert_eq!(why(&house).await, house.db.file().map(|_| Why::Elsewhere), "another file may be a copy, besides");
        unmark(&house).await;
        assert!(again.fence > first.fence);
        let mut tx = house.db.begin().await.unwrap();
        lykt::store::meta::set(&mut tx, "witness.n", "1").await.unwrap();
        tx.commit().await.unwrap();
        let third = start(&house).await;
        assert_eq!(why(&house).await, Some(Why::Behind));
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!((house.sends(), house.state(&person).await), (0, "queued"));
        assert!(third.fence > again.fence);
    }
}

#[tokio::test]
async fn a_witness_that_is_gone_damaged_or_another_house_s_is_noticed() {
    for house in House::both().await {
        let file = settings(&house).path(&settings(&house).witness.file);
        drop(start(&house).await);
        drop(start(&house).await);
        assert_eq!(why(&house).await, None, "a restart is no restore");
        let clear = async || {
            let mut tx = house.db.begin().await.unwrap();
            lykt::store::meta::set(&mut tx, "quarantine", "").await.unwrap();
            tx.commit().await.unwrap();
        };
        let good = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        drop(start(&house).await);
        assert_eq!(why(&house).await, Some(Why::NoWitness));
        clear().await;
        std::fs::write(&file, good.replace("\"n\":", "\"n\":1")).unwrap();
        drop(start(&house).await);
        assert_eq!(why(&house).await, Some(Why::NoWitness));
        clear().await;
        drop(start(&house).await);
        let mut tx = house.db.begin().await.unwrap();
        lykt::store::meta::set(&mut tx, "installation", "another").await.unwrap();
        tx.commit().await.unwrap();
        drop(start(&house).await);
        assert_eq!(why(&house).await, Some(Why::Foreign));
    }
}

#[tokio::test]
async fn a_no_that_somebody_lifted_is_not_brought_back_unless_it_was_said_again() {
    let house = House::on_sqlite().await;
    let first = start(&house).await;
    let plan = house.campaign("vinter", json!({})).await;
    let people = house.queue("vinter", plan, 0..2).await;
    let mut tx = house.db.begin().await.unwrap();
    for person in &people {
        house.ledger.opt_out(&mut tx, person.contact, NoSource::Reply, None).await.unwrap();
    }
    tx.commit().await.unwrap();
    first.witness.step(&house.db).await.unwrap();
    let mut tx = house.db.begin().await.unwrap();
    house.ledger.opt_in(&mut tx, people[0].contact, "Kari", &"ringte selv".to_owned().into()).await.unwrap();
    tx.commit().await.unwrap();
    house.clock().advance_ms(MINUTE);
    first.witness.step(&house.db).await.unwrap();
    let kept = || {
        let settings = settings(&house);
        let text = std::fs::read_to_string(lykt::witness::noes_beside(&settings.path(&settings.witness.file))).unwrap();
        assert!(!text.contains(&number(0)[1..]), "no number in it");
        ["reply", "lifted"].map(|word| text.lines().filter(|line| line.contains(&format!(" {word} "))).count())
    };
    assert_eq!(kept(), [2, 1]);

    // Whoever says no once more means it, also while the lifting is fresh.
    let mut tx = house.db.begin().await.unwrap();
    house.ledger.opt_out(&mut tx, people[0].contact, NoSource::Reply, None).await.unwrap();
    tx.commit().await.unwrap();
    for _ in 0..3 {
        house.clock().advance_ms(MINUTE);
        first.witness.step(&house.db).await.unwrap();
    }
    assert_eq!(kept(), [3, 1]);
}

#[tokio::test]
async fn noes_that_somebody_takes_away_while_the_daemon_runs_are_written_again() {
    for house in House::both().await {
        let settings = settings(&house);
        let path = lykt::witness::noes_beside(&settings.path(&settings.witness.file));
        let start = start_as(&house, settings).await;
        for n in 0..3 {
            says_no(&house, n).await;
            start.witness.step(&house.db).await.unwrap();
        }
        let lines = || std::fs::read_to_string(&path).map_or(0, |text| text.lines().count());
        assert_eq!(lines(), 3);
        std::fs::remove_file(&path).unwrap();
        start.witness.step(&house.db).await.unwrap();
        assert_eq!(lines(), 3, "gone");
        std::fs::write(&path, "").unwrap();
        says_no(&house, 3).await;
        start.witness.step(&house.db).await.unwrap();
        assert_eq!(lines(), 4, "emptied, with a no since");
    }
}

async fn says_no(house: &House, n: u32) {
    let mut tx = house.db.begin().await.unwrap();
    let contact = house.ledger.contact(&mut tx, &lykt::domain::private::Private::new(number(n))).await.unwrap().id;
    house.ledger.opt_out(&mut tx, contact, NoSource::ByHand, None).await.unwrap();
    tx.commit().await.unwrap();
}
