//! The main job from outside: the real program, a Twilio-shaped gateway on loopback, both databases.
#![cfg(test)]

mod demo;
#[path = "../support/fault_gateway.rs"]
mod fault_gateway;
mod house;
mod kills;
mod leaks;
mod once;
#[path = "../support/postgres.rs"]
mod postgres;
mod refusals;
mod replies;
