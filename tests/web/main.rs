//! The pages, through HTTP: who may see what, and what a page does.
#![cfg(test)]

mod audit;
mod by_hand;
mod call;
mod campaigns;
mod check;
mod described;
mod desk;
mod doors;
mod doubts;
#[expect(dead_code, reason = "these pages need only a part of the house of tasks")]
#[path = "../tasks/house.rs"]
mod house;
mod inbox;
mod lists;
mod peer;
mod plan;
#[expect(dead_code, reason = "no test here pulls the plug of its server")]
#[path = "../support/postgres.rs"]
mod postgres;
mod report;
mod staff;
mod today;
mod trial;
mod users;
