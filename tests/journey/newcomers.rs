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

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_keeps_its_variant_its_text_and_its_sender() {
    const NOOR: &str = "[[message.variant]]\nname = \"noor\"\nweight = 1\nsender = \"Noor\"\n\
        text.nb = \"Hei fra {{ sender }}. Gratis lege. Svar STOPP for å slippe flere.\"\n\n[window]";
    let gateway = FaultGateway::start().await;
    let numbers = list(30).1;
    let csv =
        |people: usize| numbers[..people].iter().fold("telefon;språk\n".to_owned(), |csv, n| format!("{csv}{n};nb\n"));
    let house = House::new(&gateway, &csv(12), "1000/s", None);
    let closed = CAMPAIGN.replace("RATE", "1000/s").replace("09:00", "18:00").replace("[window]", NOOR);
    house.write("campaigns/vinter.toml", &closed);
    let planned = house.lykt(&["plan", "vinter", "--targets", "--json"]);
    let promised: Vec<String> = String::from_utf8(planned.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["variant"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(promised.iter().filter(|variant| *variant == "noor").count(), 6, "{promised:?}");
    house.json(&["approve", "vinter", "--people", "12"]);
    let daemon = house.serve();
    wait("all of them wait", || house.count("queued") == 12);

    house.write("campaigns/vinter.toml", &closed.replace("weight = 1", "weight = 9"));
    house.write("campaigns/lists/vinter.csv", &csv(20));
    wait("the changed file is held", || house.json(&["status", "vinter"])["state"] == "paused");
    daemon.kill();
    let look = house.json(&["plan", "vinter"]);
    assert_eq!((&look["rewritten"], &look["newcomers"]), (&12.into(), &8.into()), "{look}");
    house.json(&["approve", "vinter", "--people", "20"]);
    house.write("campaigns/lists/vinter.csv", &csv(30));
    assert_eq!(house.json(&["plan", "vinter"])["kind"], "supplement");
    house.json(&["approve", "vinter", "--people", "10"]);
    assert_eq!(gateway.accepts().len(), 0, "the window is closed");

    let settings = std::fs::read_to_string(house.root().join("lykt.toml")).unwrap();
    house.write("lykt.toml", &settings.replace("2026-12-01T12:00:00", "2026-12-01T18:30:00"));
    let daemon = house.serve();
    wait("all are sent", || house.count("accepted") == 30);
    let accepts = gateway.accepts();
    let text_of = |number: &String| accepts.iter().find(|accept| accept.to == *number).unwrap().body.as_str();
    for (number, variant) in numbers.iter().zip(&promised) {
        let says = if variant == "noor" { "Hei fra Noor. Gratis lege." } else { "Hei! Dette er Amanda fra Lykten." };
        assert!(text_of(number).starts_with(says), "{variant}: {}", text_of(number));
    }
    let noor = numbers[12..].iter().filter(|number| text_of(number).contains("Noor")).count();
    assert!(noor >= 14, "the new weights count for newcomers: {noor} of 18");
    drop(daemon);
}
