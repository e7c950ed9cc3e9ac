//! Answers come in: a no takes effect at once, and any unread answer holds its person.

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{House, list, wait};
use crate::support::postgres;

async fn a_no_takes_effect(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(20);
    let house = House::new(&gateway, &csv, "1/s", database);
    let eligible = house.approve();
    let daemon = house.serve();
    let hooks = house.hooks();
    let last = numbers.last().unwrap();
    let stop = gateway.reply(&hooks, "twilio-oslo", last, "+4759440000", "Stopp, vær så snill").await;
    assert!(stop.is_success(), "2xx once the no is committed");
    let wondering = gateway.reply(&hooks, "twilio-oslo", &numbers[18], "+4759440000", "Hvem er dette?").await;
    assert!(wondering.is_success());
    wait("the others are sent", || house.count("accepted") == eligible - 2);
    assert_eq!(house.count("withdrawn"), 1);
    assert_eq!(house.count("queued"), 1, "an unread answer holds its person");
    assert!(!gateway.counts().contains_key(last));

    let check = house.json(&["contact", "check", last]);
    assert_eq!(check["may_approach"], false);
    assert_eq!(check["reasons"][0], "opted_out");
    let unread = house.json(&["inbox", "list"]);
    let held = unread.as_array().unwrap().iter().find(|answer| answer["kind"] == "other").unwrap();
    let read = house.lykt(&["inbox", "read", held["id"].as_str().unwrap(), "--as", "Amanda"]);
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    wait("the held one goes on once read", || house.count("accepted") == eligible - 1);
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_stops_and_an_answer_holds_on_sqlite() {
    a_no_takes_effect(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_stops_and_an_answer_holds_on_postgresql() {
    let url = postgres::empty().await;
    a_no_takes_effect(Some(&url)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_stop_a_thousand_times_is_one_answer() {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(3);
    let house = House::new(&gateway, &csv, "1/min", None);
    house.approve();
    let daemon = house.serve();
    let hooks = house.hooks();
    let mut told = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let (gateway, hooks, number) = (gateway.clone(), hooks.clone(), numbers[2].clone());
        told.spawn(async move {
            gateway
                .reply_as(&hooks, "twilio-oslo", &format!("SM{}", "a".repeat(32)), &number, "+4759440000", "STOPP")
                .await
        });
    }
    while let Some(status) = told.join_next().await {
        assert!(status.unwrap().is_success());
    }
    assert_eq!(house.json(&["inbox", "list"]).as_array().unwrap().len(), 1);
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_webhook_is_refused_and_leaves_nothing() {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(3);
    let house = House::new(&gateway, &csv, "1/min", None);
    let daemon = house.serve();
    let elsewhere = crate::fault_gateway::Hooks { public: "https://other.example.org".to_owned(), ..house.hooks() };
    let told = gateway.reply(&elsewhere, "twilio-oslo", &numbers[0], "+4759440000", "STOPP").await;
    assert_eq!(told.as_u16(), 403);
    assert_eq!(house.json(&["inbox", "list"]).as_array().unwrap().len(), 0);
    assert_eq!(house.json(&["contact", "check", &numbers[0]])["may_approach"], true);
    drop(daemon);
}
