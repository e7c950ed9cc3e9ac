//! Every point at which the machine can fail the program: each write and sync to the disk, each call to a socket, each
//! COMMIT to PostgreSQL, each step of a migration; enumerated, not drawn.
//!
//! A small library of C (`shim/`) stands between the real program and the system; the product knows nothing of it. What
//! there is to enumerate is counted in a run without a fault. In CI one point of six meets one of its faults, chosen by
//! `LYKT_SEED`; with `LYKT_POINTS=all` each point meets every one.
#![cfg(test)]

mod check;
mod commits;
mod dump;
mod full;
mod house;
mod migrate;
mod old;
mod people;
mod points;
#[expect(dead_code, reason = "the fixture serves other tests too")]
#[path = "../support/postgres.rs"]
mod postgres;
mod proxy;
mod run;
mod shim;

/// What chooses the points and their faults; none when each point meets every fault.
fn seed() -> Option<u64> {
    if std::env::var("LYKT_POINTS").is_ok_and(|said| said == "all") {
        return None;
    }
    let drawn = || {
        let mut seed = [0; 2];
        getrandom::fill(&mut seed).unwrap();
        u64::from(u16::from_le_bytes(seed))
    };
    Some(std::env::var("LYKT_SEED").ok().map_or_else(drawn, |said| said.parse().expect("LYKT_SEED is a number")))
}

fn seed_word(seed: Option<u64>) -> String {
    seed.map_or_else(
        || "every fault at each".to_owned(),
        |seed| format!("one point of {} by LYKT_SEED={seed}", points::ONE_OF),
    )
}

/// Says how it went. Straight to the terminal or the log: the test runner keeps what is printed in tests that pass.
fn say(line: &str) {
    use std::io::Write;
    writeln!(std::io::stderr(), "power: {line}").unwrap();
}
