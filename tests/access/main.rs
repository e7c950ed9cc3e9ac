//! Coming in: passwords, codes, sessions and what slows down whoever guesses; on both databases.

#![cfg(test)]

mod house;
mod sessions;
mod sign_in;
mod terminal;
mod tokens;
mod users;

#[expect(dead_code, reason = "no test here pulls the plug of its server")]
#[path = "../support/postgres.rs"]
mod postgres;
