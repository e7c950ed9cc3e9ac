//! What the gateway refuses, drops or throttles, and what a person may not do.

use std::time::Duration;

use crate::fault_gateway::{Fault, FaultGateway};
use crate::journey::house::{House, list, wait};

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_gateway_ends_in_its_state() {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(12);
    let house = House::new(&gateway, &csv, "1000/s", None);
    let faults = [
        Fault::AcceptThenDrop,
        Fault::AcceptThen500,
        Fault::Say("text/html", "<html>".to_owned()),
        Fault::Redirect("http://127.0.0.1:9/elsewhere".to_owned()),
        Fault::Refuse(21211),
        Fault::Refuse(21610),
        Fault::Throttle(Some(86_400)),
    ];
    for (number, fault) in numbers.iter().zip(faults) {
        gateway.fail_for(number, Some(fault));
    }
    house.approve();
    let daemon = house.serve();
    wait("everything has ended", || house.count("queued") == 1 && house.count("submitting") == 0);
    assert_eq!(house.count("in_doubt"), 4);
    assert_eq!(house.count("failed"), 2);
    assert_eq!(house.count("accepted"), 5);
    assert_eq!(house.json(&["contact", "check", &numbers[5]])["reasons"][0], "opted_out", "21610 is a no");
    assert_eq!(house.json(&["contact", "check", &numbers[4]])["may_approach"], true, "a number that was never reached");

    let doubts = house.json(&["doubt", "list"]);
    assert_eq!(doubts.as_array().unwrap().len(), 4);
    let id = doubts[0]["id"].as_str().unwrap();
    assert_eq!(house.lykt(&["doubt", "accept", id]).status.code(), Some(2), "who, and how do they know?");
    let last = id.get(id.len() - 4..).unwrap();
    let decided = house.lykt(&["doubt", "accept", last, "--as", "Kari", "--reason", "she showed it to me"]);
    assert!(decided.status.success(), "{}", String::from_utf8_lossy(&decided.stderr));
    assert_eq!(house.count("in_doubt"), 3);
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_pauses_the_account_and_nobody_is_lost() {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(6);
    let house = House::new(&gateway, &csv, "1/s", None);
    gateway.fail_next(Fault::Unauthorised);
    let eligible = house.approve();
    let daemon = house.serve();
    wait("the account is paused", || house.json(&["gateway", "list"])[0]["paused"].is_string());
    assert_eq!(house.count("queued"), eligible);
    assert_eq!(gateway.accepts().len(), 0);
    assert!(house.lykt(&["gateway", "test"]).status.success());
    wait("it goes on", || house.count("accepted") == numbers.len() as i64);
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_takes_effect_and_resume_goes_on_where_it_was() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(8);
    let house = House::new(&gateway, &csv, "4/s", None);
    house.approve();
    let daemon = house.serve();
    wait("some are sent", || gateway.accepts().len() >= 2);
    assert!(house.lykt(&["pause", "vinter"]).status.success());
    std::thread::sleep(Duration::from_millis(300));
    let sent = gateway.accepts().len();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(gateway.accepts().len(), sent, "nothing begins while paused");
    assert!(house.lykt(&["resume", "vinter"]).status.success());
    wait("all are sent", || gateway.accepts().len() == 8);
    assert!(gateway.counts().values().all(|n| *n == 1));
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_bound_to_file_list_and_number_of_people() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(5);
    let house = House::new(&gateway, &csv, "1/s", None);
    assert_eq!(house.lykt(&["approve", "vinter", "--people", "5"]).status.code(), Some(3), "no plan yet");
    house.json(&["plan", "vinter"]);
    assert_eq!(house.lykt(&["approve", "vinter"]).status.code(), Some(2), "no terminal to ask at");
    assert_eq!(house.lykt(&["approve", "vinter", "--people", "4"]).status.code(), Some(3));
    house.write("campaigns/lists/vinter.csv", &format!("{csv}92000000;nb\n"));
    assert_eq!(house.lykt(&["approve", "vinter", "--people", "5"]).status.code(), Some(3), "the list has changed");
    let first = house.json(&["plan", "vinter"]);
    assert_eq!(first["hash"], house.json(&["plan", "vinter"])["hash"], "same input, same plan");
    assert!(house.lykt(&["approve", "vinter", "--people", "6"]).status.success());
    assert_eq!(house.lykt(&["approve", "vinter", "--people", "6"]).status.code(), Some(3), "once is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_same_file_refuses_to_start() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(3);
    let house = House::new(&gateway, &csv, "1/s", None);
    let daemon = house.serve();
    let second = house.lykt(&["serve"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another lykt serve"));
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_does_not_belong_is_refused_and_harms_nothing() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(3);
    let house = House::new(&gateway, &csv, "1/s", None);
    house.approve();
    let keys = house.root().join("lykt.keys");
    let right = std::fs::read_to_string(&keys).unwrap();
    for line in ["seal.1 = ", "index = "] {
        let at = right.find(line).unwrap() + line.len();
        let other = if right[at..].starts_with('A') { "B" } else { "A" };
        let wrong = format!("{}{other}{}", &right[..at], &right[at + 1..]);
        std::fs::write(&keys, wrong).unwrap();
        assert_eq!(house.lykt(&["serve"]).status.code(), Some(1), "{line}");
    }
    std::fs::write(&keys, right).unwrap();
    assert_eq!(house.count("queued"), 3);
}
