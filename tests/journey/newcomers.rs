//! A campaign that lives gets new people, and says something else: from outside, with the daemon at work.

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{CAMPAIGN, House, list, wait};

#[tokio::test(flavor = "multi_thread")]
async fn newcomers_join_a_running_campaign_and_nobody_gets_it_twice() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(40);
    let house = House::new(&gateway, &csv, "1000/s", None);
    let first = house.approve();
    let daemon = house.serve();
    wait("the first are accepted", || house.count("accepted") == first);

    let (csv, numbers) = list(90);
    house.write("campaigns/lists/vinter.csv", &csv);
    let before = house.json(&["status", "vinter"]);
    let look = house.json(&["plan", "vinter"]);
    assert_eq!(house.json(&["status", "vinter"]), before, "only a look");
    assert_eq!((look["kind"].as_str(), look["eligible"].as_i64()), (Some("supplement"), Some(50)));
    assert_eq!(house.lykt(&["approve", "vinter", "--people", "90"]).status.code(), Some(3));

    daemon.kill();
    house.json(&["approve", "vinter", "--people", "50"]);
    let daemon = house.serve();
    wait("all are accepted", || house.count("accepted") == 90);
    let counts = gateway.counts();
    assert!(numbers.iter().all(|number| counts[number] == 1), "each exactly once");
    assert_eq!(house.json(&["status", "vinter"])["state"], "running");
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_text_reaches_those_who_still_wait() {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(12);
    let house = House::new(&gateway, &csv, "4/s", None);
    house.approve();
    let daemon = house.serve();
    wait("some are sent", || gateway.accepts().len() >= 2);
    assert!(house.lykt(&["pause", "vinter"]).status.success());
    wait("nothing is under way", || house.count("submitting") == 0);
    let sent = gateway.accepts().len();
    let other = CAMPAIGN.replace("RATE", "4/s").replace("lege og advokat", "vaksine").replace("doctor", "vaccine");
    house.write("campaigns/vinter.toml", &other);

    let look = house.json(&["plan", "vinter"]);
    let waiting = (12 - sent) as i64;
    assert_eq!((look["kind"].as_str(), look["rewritten"].as_i64()), (Some("change"), Some(waiting)));
    house.json(&["approve", "vinter", "--people", &waiting.to_string()]);
    wait("all are sent", || gateway.accepts().len() == 12);
    let accepts = gateway.accepts();
    assert!(accepts[sent..].iter().all(|accept| accept.body.contains("vaksine") || accept.body.contains("vaccine")));
    assert!(numbers.iter().all(|number| gateway.counts()[number] == 1), "each exactly once");
    drop(daemon);
}
