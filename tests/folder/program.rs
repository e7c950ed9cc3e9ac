//! The real program with the system's own announcements.

use std::fs;

use crate::fault_gateway::FaultGateway;
use crate::folder::house::{House, list, wait};

fn is(house: &House, key: &str, word: &str) -> bool {
    house.json(&["status", "vinter"])[key] == word
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_sees_an_edit_pauses_and_goes_on_when_told() {
    let gateway = FaultGateway::start().await;
    let house = House::new(&gateway, &list(200).0, "20/s", None);
    house.approve();
    let daemon = house.serve();
    wait("some are sent", || gateway.accepts().len() > 3);
    let file = house.root().join("campaigns/vinter.toml");
    let approved = fs::read_to_string(&file).unwrap();
    house.write("campaigns/vinter.toml", &approved.replace("basis = ", "bases = "));
    wait("it is paused", || is(&house, "state", "paused"));
    let log = || fs::read_to_string(house.root().join("serve.log")).unwrap();
    wait("the mistake is in the log", || log().contains("vinter.toml:4:1"));
    let sent = gateway.accepts().len();
    assert!(sent < 200, "it was paused in the middle");

    house.write("campaigns/.new", &approved);
    fs::rename(house.root().join("campaigns/.new"), &file).unwrap();
    assert!(house.lykt(&["resume", "vinter"]).status.success());
    wait("it goes on", || gateway.accepts().len() > sent + 3);
    fs::remove_file(&file).unwrap();
    wait("it is paused again", || is(&house, "reason", "file_removed"));
    drop(daemon);
    assert!(gateway.counts().values().all(|n| *n == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_before_the_start_is_held_before_the_first_send() {
    let gateway = FaultGateway::start().await;
    let house = House::new(&gateway, &list(50).0, "1000/s", None);
    house.approve();
    let approved = fs::read_to_string(house.root().join("campaigns/vinter.toml")).unwrap();
    house.write("campaigns/vinter.toml", &approved.replace("Gratis", "Billig"));
    let daemon = house.serve();
    wait("it is paused", || is(&house, "state", "paused"));
    drop(daemon);
    assert_eq!(gateway.requests(), 0);
}
