//! The service as systemd is told to run it: closed as far as a program can be that talks to the world.

use std::process::Command;

/// Ten times what `systemd-analyze security` may say at most.
const MOST: &str = "15";

fn score(unit: &str, most: &str) -> (bool, String) {
    let unit = format!("{}/deploy/{unit}", env!("CARGO_MANIFEST_DIR"));
    let threshold = format!("--threshold={most}");
    let out = Command::new("systemd-analyze").args(["security", "--offline=true", &threshold, &unit]).output();
    let out = out.expect("systemd-analyze is here; `tests/run` installs it");
    (out.status.success(), String::from_utf8_lossy(&out.stdout).lines().last().unwrap_or_default().to_owned())
}

#[test]
fn the_service_is_closed_as_far_as_it_can_be() {
    let (closed, said) = score("lykt.service", MOST);
    assert!(closed, "{said}");
    assert!(!score("lykt.service", "1").0, "the measure can fail");
}
