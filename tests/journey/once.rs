//! Each person exactly once, on both databases.

use std::time::Duration;

use crate::fault_gateway::{Fault, FaultGateway};
use crate::journey::house::{House, list, wait};
use crate::support::postgres;

async fn everybody_once(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(1_364);
    assert!(csv.lines().count() > 1_500);
    let house = House::new(&gateway, &csv, "1000/s", database);
    // One has said no, one was called yesterday by hand.
    for args in [&["contact", "opt-out", &numbers[1]][..], &["contact", "touch", &numbers[2], "--kind", "message"][..]]
    {
        assert!(house.lykt(args).status.success(), "{args:?}");
    }
    gateway.send_receipts(house.hooks(), Duration::from_millis(5), &["sent", "delivered"]);
    let eligible = house.approve();
    assert_eq!(eligible, numbers.len() as i64 - 2);
    let daemon = house.serve();
    wait("all are delivered", || house.count("delivered") == eligible);
    assert!(daemon.terminate() < Duration::from_secs(10));

    let counts = gateway.counts();
    assert_eq!(counts.len() as i64, eligible);
    assert!(counts.values().all(|n| *n == 1), "nobody gets it twice");
    assert!(!counts.contains_key(&numbers[1]) && !counts.contains_key(&numbers[2]));
    let again = house.json(&["plan", "vinter"]);
    assert_eq!(again["eligible"], 0, "planned again: nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messy_list_reaches_each_person_once_on_sqlite() {
    everybody_once(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messy_list_reaches_each_person_once_on_postgresql() {
    let url = postgres::empty().await;
    everybody_once(Some(&url)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_stops_nothing() {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(40);
    let house = House::new(&gateway, &csv, "1000/s", None);
    // Each doubt is a warning in the log.
    for doubtful in numbers.iter().step_by(3) {
        gateway.fail_for(doubtful, Some(Fault::AcceptThenDrop));
    }
    let eligible = house.approve();
    let (reader, writer) = std::io::pipe().unwrap();
    let daemon = house.serve_into(writer);
    drop(reader);
    wait("all have begun", || house.count("accepted") + house.count("in_doubt") == eligible);
    assert!(house.count("in_doubt") > 3);
    assert!(daemon.terminate() < Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_goes_ends_the_daemon_in_order() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(40);
    let house = House::new(&gateway, &csv, "1000/s", None);
    house.approve();
    // A test that was started with nohup hands that on.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    if ignored.and_then(|signals| u64::from_str_radix(signals, 16).ok()).is_some_and(|signals| signals & 1 == 0) {
        assert!(house.serve().hang_up() < Duration::from_secs(10));
    }
}
