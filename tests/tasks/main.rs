//! Call tasks on both databases, with a clock that stands until it is moved.

#![cfg(test)]

mod cap;
mod claims;
mod daily;
mod due;
mod house;
mod link;
mod mail;
mod outcomes;
mod terminal;
mod undo;

#[expect(dead_code, reason = "no test here pulls the plug of its server")]
#[path = "../support/postgres.rs"]
mod postgres;
