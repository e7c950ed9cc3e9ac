//! The main job from outside: the real program, a Twilio-shaped gateway on loopback, both databases.
#![cfg(test)]

#[path = "../support/fault_gateway.rs"]
mod fault_gateway;
mod demo;
mod house;
mod kills;
mod leaks;
mod once;
#[path = "../support/postgres.rs"]
mod postgres;
mod refusals;
mod replies;
