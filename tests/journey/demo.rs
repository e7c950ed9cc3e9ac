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
}
