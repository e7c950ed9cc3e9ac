//! Several nodes on one database: both send, each person once, within one rate; schedules run once; a rolling restart
//! loses nothing.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use lykt::store::{Db, sql};

use crate::fault_gateway::FaultGateway;
use crate::keep::house::House as Inside;
use crate::keep::installed::{Daemon, House, list, wait};
use crate::keep::witnessed::new_postgres;

const PEOPLE: usize = 240;
/// What both nodes together may send in a second.
const RATE: i64 = 30;

/// Two installations with the same keys, files and database.
async fn two(gateway: &FaultGateway) -> (House, House, String) {
    let url = new_postgres().await;
    let (csv, _) = list(PEOPLE);
    let (one, two) = (House::new(gateway, &csv, "100/s", Some(&url)), House::new(gateway, &csv, "100/s", Some(&url)));
    fs::copy(one.root().join("lykt.keys"), two.root().join("lykt.keys")).unwrap();
    for (house, name) in [(&one, "one"), (&two, "two")] {
        let text = fs::read_to_string(house.root().join("lykt.toml")).unwrap();
        // A minute of the house in a second, so that a schedule of minutes has something to do.
        let text =
            text.replace("1440 minutes", "24 minutes").replace("rate = \"1000/s\"", &format!("rate = \"{RATE}/s\""));
        house.write("lykt.toml", &format!("{text}[node]\nname = \"{name}\"\n[tasks]\ndaily = \"* * * * *\"\n"));
    }
    (one, two, url)
}

fn nodes(house: &House) -> Vec<(String, String, String)> {
    let told = house.json(&["status", "--nodes"]);
    let of = |node: &serde_json::Value, key: &str| node[key].as_str().unwrap().to_owned();
    told.as_array().unwrap().iter().map(|node| (of(node, "name"), of(node, "state"), of(node, "role"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_share_the_work_and_a_rolling_restart_loses_nothing() {
    let gateway = FaultGateway::start().await;
    let (one, two, url) = two(&gateway).await;
    let (first, second) = (one.serve(), two.serve());
    let running = |name: &str| (name.to_owned(), "running".to_owned(), "active".to_owned());
    assert_eq!(nodes(&one), [running("one"), running("two")]);
    assert_eq!(one.approve(), PEOPLE as i64);
    wait("a third is sent", || gateway.counts().len() > PEOPLE / 3);
    first.terminate();
    assert_eq!(nodes(&two)[0].1, "stopped");
    let first = one.serve();
    wait("two thirds are sent", || gateway.counts().len() > PEOPLE * 2 / 3);
    second.terminate();
    let second: Daemon = two.serve();
    wait("all are sent", || gateway.counts().len() == PEOPLE);
    wait("all is settled", || one.count("accepted") == PEOPLE as i64);
    drop((first, second));

    assert!(gateway.counts().values().all(|n| *n == 1), "nobody gets it twice");
    let times: Vec<i64> = gateway.accepts().iter().map(|accept| accept.at_ms).collect();
    let span = times.iter().max().unwrap() - times.iter().min().unwrap();
    let at_least = (PEOPLE as i64 - RATE) * 1_000 / RATE;
    assert!(span >= at_least, "{PEOPLE} in {span} ms is faster than both may be together");
    let db = Db::open(&url).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let fences: BTreeSet<i64> = tx
        .all(sql("select distinct fence from message"))
        .await
        .unwrap()
        .iter()
        .map(|row| row.int(0).unwrap())
        .collect();
    assert!(fences.len() >= 2, "both nodes sent: {fences:?}");
    let count = async |tx: &mut lykt::store::Tx, query: &'static str| {
        tx.maybe(sql(query)).await.unwrap().unwrap().int(0).unwrap()
    };
    let slots = count(&mut tx, "select count(*) from slot where schedule = 'tasks.daily'").await;
    let told = count(&mut tx, "select count(*) from notice").await;
    assert!(slots > 4, "{slots} slots");
    assert_eq!(told, slots - 1, "each slot ran once, but for the first, from which they count");
    println!("{PEOPLE} people, two nodes, {RATE}/s: {span} ms, {} starts sent, {told} slots once", fences.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passive_node_takes_in_webhooks_and_sends_nothing() {
    let gateway = FaultGateway::start().await;
    let (one, two, _) = two(&gateway).await;
    let text = fs::read_to_string(one.root().join("lykt.toml")).unwrap();
    one.write("lykt.toml", &text.replace("name = \"one\"", "name = \"one\"\nsends = false"));
    let passive = one.serve();
    assert_eq!(nodes(&one), [("one".to_owned(), "running".to_owned(), "passive".to_owned())]);
    one.approve();
    let number = list(PEOPLE).1[0].clone();
    let answer = gateway.reply(&one.hooks(), "twilio-oslo", &number, "+4759440000", "STOPP").await;
    assert_eq!(answer, 200);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(gateway.requests(), 0, "a passive node sends nothing");
    let active = two.serve();
    wait("the others are sent", || gateway.counts().len() == PEOPLE - 1);
    assert!(!gateway.counts().contains_key(&number), "the no was heard");
    drop((passive, active));
}

#[tokio::test]
async fn who_waits_is_woken_when_another_makes_something_to_do() {
    let house = Inside::on_postgres().await;
    let mut ear = house.db.ear().await.unwrap().unwrap();
    let plan = house.campaign("vinter", serde_json::json!({})).await;
    ear.heard().await.unwrap();
    house.queue("vinter", plan, 0..1).await;
    tokio::time::timeout(Duration::from_secs(60), ear.heard()).await.unwrap().unwrap();
    assert!(Inside::on_sqlite().await.db.ear().await.unwrap().is_none());
}
