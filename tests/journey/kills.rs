//! `kill -9` again and again in the middle of a campaign: nobody twice, nobody lost.

use std::time::Duration;

use crate::fault_gateway::FaultGateway;
use crate::house::{House, list, wait};

const KILLS: u64 = 50;
const PEOPLE: usize = 2_000;

#[tokio::test(flavor = "multi_thread")]
async fn killed_fifty_times_it_sends_nothing_twice_and_loses_nothing() {
    let gateway = FaultGateway::start().await;
    gateway.set_latency(Duration::from_millis(20));
    gateway.set_faults("accept_then_drop=2%".parse().unwrap());
    let (csv, numbers) = list(PEOPLE);
    let house = House::new(&gateway, &csv, "120/s", None);
    gateway.send_receipts(house.hooks(), Duration::from_millis(300), &["delivered"]);
    assert_eq!(house.approve(), PEOPLE as i64);

    for kill in 0..KILLS {
        let daemon = house.serve();
        std::thread::sleep(Duration::from_millis(120 + kill * 37 % 260));
        daemon.kill();
    }
    let daemon = house.serve();
    wait(Duration::from_secs(120), "the queue is empty", || house.count("queued") + house.count("submitting") == 0);
    let accepted = gateway.counts().len() as i64;
    wait(Duration::from_secs(60), "every accepted message is known to be", || house.count("delivered") == accepted);

    let counts = gateway.counts();
    assert!(counts.values().all(|n| *n == 1), "nobody gets it twice");
    let status = house.json(&["status", "vinter"]);
    let states: i64 = status["messages"].as_object().unwrap().values().map(|n| n.as_i64().unwrap()).sum();
    assert_eq!(states, PEOPLE as i64, "the states add up: {status}");
    let doubts = status["messages"]["in_doubt"].as_i64().unwrap();
    assert_eq!(accepted + doubts, PEOPLE as i64, "nobody is lost: {status}");
    let under_way = 32 * KILLS as i64;
    assert!(doubts <= under_way, "{doubts} doubts");
    assert!(counts.keys().all(|number| numbers.contains(number)));
    println!("{KILLS} kills: {accepted} accepted once, {doubts} in doubt, 0 twice, 0 lost");
    drop(daemon);
}
