//! The promises under fire: the real program is killed, stopped and cut off again and again, on SQLite and as three nodes on
//! one PostgreSQL; afterwards a checker compares what the gateway took with what the program says of itself.
//!
//! `LYKT_SEED` repeats the choices of a run (not the moments at which the machine's own scheduling lets them fall), and
//! `LYKT_CYCLES` says how many cycles there are.

mod check;
mod dice;
mod house;
mod nodes;
mod people;
mod proxy;
mod sqlite;

/// Says how a run went. Straight to the terminal or the log: the test runner keeps what is printed in tests that pass.
fn say(line: &str) {
    crate::support::say(&format!("fire: {line}"));
}
