//! Webhooks as providers send them, over real connections, on both databases.

#![cfg(test)]

mod answers;
mod house;
mod limits;
#[path = "../support/postgres.rs"]
mod postgres;
mod stored;
mod wire;
