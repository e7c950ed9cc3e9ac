//! The demo: the whole life of a campaign, told and kept.

use std::process::Command;

use serde_json::Value;

use crate::journey::house::binary;

#[test]
fn the_demo_keeps_its_promises_and_can_be_run_again() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let out = Command::new(binary()).args(["demo", "--json"]).current_dir(folder.path()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let events: Vec<Value> = out
            .stdout
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        let of = |name: &str| events.iter().find(|event| event["event"] == name).unwrap_or_else(|| panic!("no {name}"));
        let plan = &of("plan")["data"];
        let left_out: i64 = plan["left_out"].as_object().unwrap().values().map(|n| n.as_i64().unwrap()).sum();
        assert_eq!(plan["targets"].as_i64().unwrap(), plan["eligible"].as_i64().unwrap() + left_out);
        for why in ["invalid", "duplicate", "filtered", "opted_out", "cooldown", "wrong_type"] {
            assert!(plan["left_out"][why].as_i64().unwrap_or(0) > 0, "the plan shows {why}: {plan}");
        }
        for (promise, broken) in of("promises")["data"].as_object().unwrap() {
            assert_eq!(broken.as_i64(), Some(0), "{promise}");
        }
        let status = &of("status")["data"];
        assert!(status["replies"]["opt_out"].as_i64().unwrap() > 0 && status["tasks"]["done"].as_i64().unwrap() > 0);
        assert!(of("call_list")["data"]["calls"].as_i64().unwrap() > 0);
        of("notice");
    }
    let status = Command::new(binary())
        .args(["status", "vinter"])
        .current_dir(folder.path().join("lykt-demo"))
        .output()
        .unwrap();
    assert!(status.status.success(), "the folder it leaves behind works");
    let mut today = Command::new(binary());
    let today = today.args(["tasks", "today", "--json"]).current_dir(folder.path().join("lykt-demo")).output().unwrap();
    let today: Value = serde_json::from_slice(&today.stdout).unwrap();
    assert!(!today.as_array().unwrap().is_empty(), "the day stands, and its calls wait for whoever looks further");
}

/// The vaccine offer of the practice: 273 came, about 70 % after a message.
#[test]
fn a_year_of_the_vaccine_offer_goes_from_the_list_to_the_report_of_the_year() {
    let folder = tempfile::tempdir().unwrap();
    let out = Command::new(binary()).args(["demo", "--year", "--json"]).current_dir(folder.path()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let lines = String::from_utf8(out.stdout).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| lines.iter().find(|line| line["event"] == name).unwrap_or_else(|| panic!("no {name}"));
    for (promise, broken) in of("promises")["data"].as_object().unwrap() {
        assert_eq!(broken.as_i64(), Some(0), "{promise}");
    }
    let report = lines.iter().find(|line| line["campaign"] == "vaksine").unwrap();
    let first = &report["outcomes"]["each"][0];
    assert_eq!((&first["name"], &first["count"], &first["goal"]), (&"first_dose".into(), &273.into(), &200.into()));
    let share = &first["after_message"];
    assert_eq!((&share["count"], &share["of"]), (&191.into(), &273.into()), "{first}");
    let (low, high) = (share["low"].as_f64().unwrap(), share["high"].as_f64().unwrap());
    assert!((0.63..0.66).contains(&low) && (0.74..0.77).contains(&high), "{share}");
    assert!(first["late"].as_i64().unwrap() > 50, "many come after the campaign's last day: {first}");
    assert!(report["outcomes"]["messages_per_result"].as_f64().is_some_and(|each| each > 0.5), "{report}");
    assert!(report["outcomes"]["minutes_per_result"].as_f64().is_some(), "{report}");
    let year = &lines.iter().find(|line| line["year"] == 2026).unwrap()["tables"];
    let row = |name: &str| year["year"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
    let both = first["count"].as_i64().unwrap() + report["outcomes"]["each"][1]["count"].as_i64().unwrap();
    assert_eq!(row("outcomes")["total"].as_i64(), Some(both));
    assert_eq!(row("approached")["total"], report["total"]["sent"]);
    assert!(row("answered")["total"].as_i64().unwrap() > 20 && row("calls")["total"].as_i64().unwrap() > 20);
    for args in [["report", "vaksine"], ["report", "--year=2026"], ["outcome", "list"]] {
        let mut asked = Command::new(binary());
        let asked = asked.args(args).args(if args[0] == "outcome" { &["vaksine"][..] } else { &[] });
        let told = asked.current_dir(folder.path().join("lykt-demo")).output().unwrap();
        assert!(told.status.success(), "the folder it leaves behind works: {told:?}");
    }
}
