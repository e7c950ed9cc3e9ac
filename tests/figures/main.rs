//! `lykt doctor` and `lykt report`: the program as people run it, and figures on both databases.

#![cfg(test)]

mod doctor;
mod folder;
mod ledger;
mod pages;
#[expect(dead_code, reason = "no test here pulls the plug of its server")]
#[path = "../support/postgres.rs"]
mod postgres;
mod report;
