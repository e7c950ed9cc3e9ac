//! The main job from outside: the real program, a Twilio-shaped gateway on loopback, both databases.
#![cfg(test)]

mod calls;
mod deaf;
mod demo;
mod fallback;
mod house;
mod keys;
mod leaks;
mod limit;
mod newcomers;
mod once;
#[expect(dead_code, reason = "the fixture serves other tests too")]
#[path = "../support/postgres.rs"]
mod postgres;
mod provider;
mod refusals;
mod replies;
mod service;
mod twilio_whatsapp;
mod whatsapp;

use lykt::fake_gateway as fault_gateway;
