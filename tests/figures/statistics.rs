//! Intervals and comparisons against a reference, on a thousand simulated campaigns: statsmodels and scipy.

use std::io::Write;
use std::process::{Command, Stdio};

use lykt::report::interval::{Z95, difference, wilson, z_shared};
use lykt::report::{Best, Figures, best};
use serde_json::{Value, json};

const CAMPAIGNS: u64 = 1_000;

/// A small generator of our own: the same campaigns every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// How many of `n` answer, when each does with this chance in ten thousand.
    fn answers(&mut self, n: u64, chance: u64) -> i64 {
        (0..n).filter(|_| self.below(10_000) < chance).count() as i64
    }
}

/// A campaign of two or three versions, of small and large numbers; three of four times they are equally good.
fn campaign(dice: &mut Dice, of: u64) -> Value {
    let equal = !of.is_multiple_of(4);
    let versions = if of % 4 == 3 { 3 } else { 2 };
    let common = 300 + dice.below(4_000);
    let mut figures = Vec::new();
    let mut told = Vec::new();
    for version in 0..versions {
        let chance = if equal { common } else { 300 + dice.below(4_000) };
        let n = 30 + dice.below(470);
        let k = dice.answers(n, chance);
        let n = n as i64;
        let interval = wilson(k, n, Z95);
        told.push(json!({ "k": k, "n": n, "p": chance as f64 / 10_000.0, "low": interval.low, "high": interval.high }));
        figures.push((format!("v{version}"), Figures { answered: k, sent: n, ..Figures::default() }));
    }
    let pair = |n: usize| (figures[n].1.answered, figures[n].1.sent);
    let gap = difference(pair(0), pair(1), Z95);
    let claimed = matches!(best(&figures), Best::Named(_));
    json!({
        "equal": equal, "claimed": claimed, "variants": told, "z": z_shared(versions * (versions - 1) / 2),
        "difference": { "low": gap.low, "high": gap.high },
    })
}

#[test]
fn intervals_are_those_of_the_reference_and_hold_what_they_promise() {
    let Some(python) = std::env::var_os("LYKT_STATISTICS") else {
        eprintln!("LYKT_STATISTICS is not set: intervals are not compared with statsmodels; tests/run installs it");
        return;
    };
    let mut dice = Dice(20_261_126);
    let campaigns: Vec<Value> = (0..CAMPAIGNS).map(|of| campaign(&mut dice, of)).collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/figures/reference.py");
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python runs");
    child.stdin.take().unwrap().write_all(Value::from(campaigns).to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    let found: Value = serde_json::from_slice(&out.stdout).unwrap();
    eprintln!("against statsmodels: {found}");
    for (what, most) in [("wilson", 1e-9), ("difference", 1e-9), ("shared", 1e-3)] {
        assert!(found["apart"][what].as_f64().unwrap() < most, "{what}: {found}");
    }
    for what in ["wilson", "difference"] {
        let held = found["coverage"][what].as_f64().unwrap();
        assert!((0.93..0.975).contains(&held), "{what} is to hold 95 of 100: {found}");
    }
    assert_eq!(found["equal"], 750);
    assert!(found["false_claims"].as_f64().unwrap() < 0.05, "a lead where there is none: {found}");
}
