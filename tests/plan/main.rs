//! Plans of long lists, supplements, and campaigns that say something else while they live; on both databases.
#![cfg(test)]

mod by_hand;
mod change;
mod house;
#[path = "../support/postgres.rs"]
#[expect(dead_code, reason = "other test folders use the rest")]
mod postgres;
mod property;
mod reading;
mod standing;
mod supplement;
