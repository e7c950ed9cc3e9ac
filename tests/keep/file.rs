//! The file itself: from either database into the other, whole or not at all, and nothing readable in it.

use std::fs;

use lykt::backup::{self, BackupError};
use lykt::store::Db;
use lykt::store::db::copy;
use lykt::store::message::find;
use serde_json::json;

use crate::keep::house::House;
use crate::keep::witnessed::{back_up, new_postgres, restore};

/// Every row of every table that a backup has, as text that can be compared.
async fn rows(db: &Db) -> Vec<(String, u64)> {
    let mut tx = db.snapshot().await.unwrap();
    let mut all = Vec::new();
    for table in copy::tables(&mut tx).await.unwrap() {
        if !["meta", "node", "session"].contains(&table.name.as_str()) {
            all.push((table.name.clone(), copy::count(&mut tx, &table).await.unwrap()));
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn a_house_moves_from_one_database_to_the_other_and_back() {
    let folder = tempfile::tempdir().unwrap();
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        // More than a page of rows.
        let people = house.queue("vinter", plan, 0..900).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let file = back_up(&house, folder.path()).await;
        let there = [
            new_postgres().await,
            format!("sqlite:{}", folder.path().join(format!("{}.db", house.db.is_shared())).display()),
        ];
        for url in there {
            restore(&house, &file, &url).await;
            let other = Db::open(&url).await.unwrap();
            assert_eq!(rows(&other).await, rows(&house.db).await);
            for person in [&people[0], &people[899]] {
                let mut tx = other.read().await.unwrap();
                let (one, two) = (house.message(person).await, find(&mut tx, person.message).await.unwrap().unwrap());
                assert_eq!((one.state, one.attempt, one.state_at), (two.state, two.attempt, two.state_at));
                let answer = house.ledger.check(&mut tx, &person.number.clone().into()).await.unwrap();
                assert_eq!(house.check(person).await, answer, "the address is found by its index");
            }
        }
        fs::remove_file(file).unwrap();
    }
}

#[tokio::test]
async fn two_backups_to_one_file_are_one_backup() {
    let folder = tempfile::tempdir().unwrap();
    for house in House::both().await {
        house.one().await;
        let file = folder.path().join("one.lyktbackup");
        let part = folder.path().join("one.lyktbackup.part");
        let write = async || backup::write(&house.db, &house.ledger.vault, house.clock(), &file, &mut |_, _| {}).await;
        let other = fs::File::create(&part).unwrap();
        other.lock().unwrap();
        assert!(matches!(write().await, Err(BackupError::Busy(path)) if path == file));
        assert!(part.exists() && !file.exists(), "what another writes is left alone");
        drop(other);
        let both = tokio::join!(write(), write());
        let refused = [both.0, both.1].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(matches!(refused[..], [BackupError::Busy(_) | BackupError::Exists(_)]), "{refused:?}");
        assert!(backup::look(&house.ledger.vault, &file).is_ok() && !part.exists());
        fs::remove_file(&file).unwrap();
    }
}

#[tokio::test]
async fn a_backup_is_noise_without_its_keys_and_leaves_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::on_sqlite().await;
    house.one().await;
    fs::write(folder.path().join("one.lyktbackup.part"), "left by a crash").unwrap();
    let file = back_up(&house, folder.path()).await;
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["one.lyktbackup"]);
    let bytes = fs::read(&file).unwrap();
    for word in ["vinter", "contact", "sqlite", "447700900", "message"] {
        assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word} is readable");
    }
    let other = House::on_sqlite().await;
    assert!(matches!(backup::look(&other.ledger.vault, &file), Err(BackupError::Io { .. })), "another key file");
    for (what, changed) in [
        ("cut", bytes[..bytes.len() - 1].to_vec()),
        ("longer", [&bytes[..], &[0]].concat()),
        ("changed", bytes.iter().enumerate().map(|(at, byte)| if at == 500 { byte ^ 1 } else { *byte }).collect()),
        ("empty", Vec::new()),
    ] {
        fs::write(&file, changed).unwrap();
        assert!(backup::look(&house.ledger.vault, &file).is_err(), "{what}");
    }
    let again = backup::write(&house.db, &house.ledger.vault, house.clock(), &file, &mut |_, _| {}).await;
    assert!(matches!(again, Err(BackupError::Exists(_))), "never over another file");
}
