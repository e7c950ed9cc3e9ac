//! Every point at which the machine can fail the program: each write and sync to the disk, each call to a socket, each
//! COMMIT to PostgreSQL, each step of a migration; enumerated, not drawn.
//!
//! A small library of C (`shim/`) stands between the real program and the system; the product knows nothing of it. What
//! there is to enumerate is counted in a run without a fault. In CI one point of six meets one of its faults, chosen by
//! `LYKT_SEED`; with `LYKT_POINTS=all` each point meets every one.

mod check;
mod choice;
mod commits;
mod dump;
mod full;
mod house;
mod migrate;
mod old;
mod people;
mod points;
mod proxy;
mod run;
mod shim;

/// Says how it went. Straight to the terminal or the log: the test runner keeps what is printed in tests that pass.
fn say(line: &str) {
    crate::support::say(&format!("power: {line}"));
}
