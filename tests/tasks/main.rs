//! Call tasks on both databases, with a clock that stands until it is moved.

#![cfg(test)]

mod claims;
mod daily;
mod due;
mod house;
mod mail;
mod outcomes;
mod terminal;

#[expect(dead_code, reason = "no test here pulls the plug of its server")]
#[path = "../support/postgres.rs"]
mod postgres;
