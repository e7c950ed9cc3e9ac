//! A new key takes the place of the old one while the daemon sends, and the old one opens nothing any more.

use std::fs;

use lykt::store::Db;
use lykt::store::sealed::{COLUMNS, TARGET};
use lykt::store::sql;
use serde_json::json;

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{House, list, wait};
use crate::support::postgres;

async fn a_key_is_replaced(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(40);
    let house = House::new(&gateway, &csv, "10/s", database);
    house.approve();
    let daemon = house.serve();
    wait("some are sent", || house.count("accepted") > 3);
    let file = house.root().join("lykt.keys");
    let old = fs::read_to_string(&file).unwrap();
    assert_eq!(house.lykt(&["keys", "retire", "1"]).status.code(), Some(3), "rows are sealed with it");
    assert!(house.lykt(&["keys", "rotate"]).status.success());
    let rows = |key: usize| house.json(&["keys", "status"])[key]["rows"].as_i64().unwrap();
    wait("everything is sealed anew", || rows(0) == 0);
    assert!(rows(1) > 40, "{}", house.json(&["keys", "status"]));
    assert_eq!(house.lykt(&["keys", "retire", "2"]).status.code(), Some(3));
    let retired = house.lykt(&["keys", "retire", "1"]);
    assert!(retired.status.success(), "{}", String::from_utf8_lossy(&retired.stderr));
    assert_eq!(house.json(&["keys", "status"])[0]["use"], "seals");
    wait("all are sent", || house.count("accepted") == numbers.len() as i64);
    assert!(gateway.counts().values().all(|n| *n == 1), "nobody twice");
    drop(daemon);

    // Who has the old file and the database reads nothing; with the new one it goes on.
    let new = fs::read_to_string(&file).unwrap();
    assert!(!new.contains("seal.1") && new.contains("seal.2"));
    fs::write(&file, &old).unwrap();
    assert_eq!(house.lykt(&["contact", "check", &numbers[0]]).status.code(), Some(1));
    fs::write(&file, &new).unwrap();
    let _daemon = house.serve();
    assert_eq!(house.json(&["contact", "check", &numbers[0]])["reasons"], json!(["cooldown"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_replaced_while_messages_go_out_on_sqlite() {
    a_key_is_replaced(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_replaced_while_messages_go_out_on_postgresql() {
    let url = postgres::empty().await;
    a_key_is_replaced(Some(&url)).await;
}

/// The key by which people are found is replaced between two starts; whoever said no is left alone still.
async fn the_index_is_replaced(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(12);
    let house = House::new(&gateway, &csv, "10/s", database);
    let erased = &numbers[0];
    assert!(house.lykt(&["contact", "opt-out", &numbers[1]]).status.success());
    assert!(house.lykt(&["contact", "opt-out", erased]).status.success());
    assert!(house.lykt(&["contact", "erase", erased]).status.success());
    house.approve();
    let daemon = house.serve();
    wait("some are sent", || house.count("accepted") > 3);
    let refused = house.lykt(&["keys", "rotate", "--index"]);
    assert_eq!(refused.status.code(), Some(1), "somebody is at work: {}", String::from_utf8_lossy(&refused.stderr));
    daemon.terminate();
    let file = house.root().join("lykt.keys");
    let old = fs::read_to_string(&file).unwrap();
    let rotated = house.lykt(&["keys", "rotate", "--index"]);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    let status = house.json(&["keys", "status"]);
    assert_eq!((&status[1]["use"], &status[1]["version"]), (&json!("finds"), &json!(2)), "{status}");
    let new = fs::read_to_string(&file).unwrap();
    assert!(new.starts_with(&old) && new.contains("index.2 = "));

    // With the old file nothing is found, and nothing begins.
    fs::write(&file, &old).unwrap();
    assert_eq!(house.lykt(&["contact", "check", &numbers[1]]).status.code(), Some(1));
    fs::write(&file, &new).unwrap();
    let daemon = house.serve();
    wait("all are sent", || house.count("accepted") == numbers.len() as i64 - 2);
    assert!(gateway.counts().values().all(|n| *n == 1), "nobody twice");
    assert!(!gateway.counts().contains_key(erased) && !gateway.counts().contains_key(&numbers[1]), "nobody after a no");
    for (number, reason) in [(erased, "opted_out"), (&numbers[1], "opted_out"), (&numbers[5], "cooldown")] {
        assert_eq!(house.json(&["contact", "check", number])["reasons"], json!([reason]));
    }
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_the_index_is_replaced_and_noes_hold_on_sqlite() {
    the_index_is_replaced(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_the_index_is_replaced_and_noes_hold_on_postgresql() {
    let url = postgres::empty().await;
    the_index_is_replaced(Some(&url)).await;
}

#[tokio::test]
async fn every_sealed_column_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("lykt.db").display())).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let found = tx
        .all(sql("select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c \
             where m.type = 'table' and lower(c.type) = 'bytea' order by m.name, c.name"))
        .await
        .unwrap();
    let found = found.iter().map(|row| (row.get::<String>(0).unwrap(), row.get::<String>(1).unwrap()));
    let found: Vec<_> = found
        .filter(|(_, column)| !["blind", "digest", "hash", "from_hash", "about", "accepted"].contains(&column.as_str()))
        .collect();
    let mut known: Vec<_> = COLUMNS.iter().map(|c| (c.table.to_owned(), c.column.to_owned())).collect();
    known.push((TARGET.to_owned(), "sealed".to_owned()));
    known.sort();
    assert_eq!(found, known);
}
