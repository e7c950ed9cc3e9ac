//! The pages, through HTTP: who may see what, and what a page does.
#![cfg(test)]

mod call;
mod check;
mod doors;
#[expect(dead_code, reason = "these pages need only a part of the house of tasks")]
#[path = "../tasks/house.rs"]
mod house;
mod peer;
#[expect(dead_code, reason = "no test here pulls the plug of its server")]
#[path = "../support/postgres.rs"]
mod postgres;
mod staff;
mod today;
