//! A campaign of calls from its file to its outcomes: landlines too, nothing is sent, and the figures add up.

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{House, wait};
use crate::support::postgres;

const RING: &str = r#"
title = "Ringerunde"
goal = "Snakke med tre"
basis = "public task, DPIA 2026-04 section 3"
starts = 2026-12-01
ends = 2026-12-31
[targets]
list = "lists/ring.csv"
columns = { phone = "telefon", region = "sted" }
[message]
channels = ["call"]
sender = "Amanda"
script.nb = "Hei, dette er {{ sender }}. Er du i {{ region }}?"
[window]
from = "09:00"
until = "20:00"
holidays = "NO"
rate = "1000/s"
"#;

/// Two mobiles, a landline, a premium number and a double.
const LIST: &str = "telefon;sted\n+46 70 174 06 06;Oslo\n+46 70 174 06 05;Bergen\n+47 22 82 46 00;Oslo\n+47 800 12 345;Oslo\n+46 70 174 06 06;Oslo\n";

async fn from_file_to_outcome(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let house = House::new(&gateway, "telefon;språk\n", "1/s", database);
    house.write("campaigns/ring.toml", RING);
    house.write("campaigns/lists/ring.csv", LIST);
    assert!(house.lykt(&["check", "campaigns/ring.toml"]).status.success());
    let plan = house.json(&["plan", "ring"]);
    assert_eq!((&plan["targets"], &plan["eligible"]), (&5.into(), &3.into()), "{plan}");
    assert_eq!((&plan["left_out"]["wrong_type"], &plan["left_out"]["duplicate"]), (&1.into(), &1.into()), "{plan}");
    house.json(&["approve", "ring", "--people", "3"]);
    let daemon = house.serve();
    wait("the calls are on the list", || house.json(&["tasks", "today"]).as_array().unwrap().len() == 3);
    assert_eq!(house.json(&["contact", "check", "+4722824600"])["reasons"][0], "already_planned");
    let table = String::from_utf8(house.lykt(&["tasks", "today", "--lang", "nb"]).stdout).unwrap();
    assert!(table.contains("ringekampanje") && !table.contains("1740606"), "{table}");

    let mut ended = Vec::new();
    for outcome in ["talked", "not_in_service", "opt_out"] {
        let id = house.json(&["tasks", "next", "--as", "Kari"])["id"].as_str().unwrap().to_owned();
        let sheet = house.json(&["tasks", "show", &id, "--reveal", "--as", "Kari"]);
        let script = sheet["script"].as_str().unwrap();
        assert!(script.starts_with("Hei, dette er Amanda. Er du i ") && !script.contains("{{"), "{script}");
        let done = house.lykt(&["tasks", "done", &id, "--outcome", outcome, "--as", "Kari"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        ended.push((id, sheet["numbers"][0].as_str().unwrap().to_owned()));
    }
    let reasons = |n: usize| house.json(&["contact", "check", &ended[n].1])["reasons"].clone();
    assert_eq!(reasons(0), serde_json::json!(["cooldown"]));
    assert_eq!(reasons(1), serde_json::json!(["wrong_number"]), "a dead number is left out, and consumed no cooldown");
    assert_eq!(reasons(2)[0], "opted_out");

    let undo =
        |args: &[&str]| house.lykt(&[&["tasks", "undo", &ended[2].0, "--as", "Kari"], args].concat()).status.code();
    assert_eq!(undo(&[]), Some(2), "a no is not lifted without a reason");
    assert_eq!(undo(&["--reason", "pressed the wrong one"]), Some(0));
    let history = house.json(&["contact", "history", &ended[2].1]);
    let kinds: Vec<_> = history.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["revealed", "call", "opt_out", "taken_back", "opt_in"]);
    assert_eq!(history[3]["takes_back"], history[1]["id"]);
    assert!(house.lykt(&["tasks", "done", &ended[2].0, "--outcome", "thanks", "--as", "Kari"]).status.success());
    assert_eq!(undo(&["--reason", "again"]), Some(0), "as often as it takes");
    assert!(house.lykt(&["tasks", "done", &ended[2].0, "--outcome", "thanks", "--as", "Kari"]).status.success());

    wait("the campaign is finished", || house.json(&["status", "ring"])["state"] == "finished");
    let status = house.json(&["status", "ring"]);
    let of = |state: &str| status["messages"][state].as_i64().unwrap();
    assert_eq!((status["planned"].as_i64(), of("delivered"), of("undelivered")), (Some(3), 2, 1), "{status}");
    assert_eq!(status["tasks"]["done"], 3);
    assert_eq!(gateway.accepts().len(), 0, "nothing was sent");
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_of_calls_goes_from_its_file_to_its_outcomes_on_sqlite() {
    from_file_to_outcome(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_of_calls_goes_from_its_file_to_its_outcomes_on_postgresql() {
    let url = postgres::empty().await;
    from_file_to_outcome(Some(&url)).await;
}
