//! The live folder: what is edited while campaigns run, looked at by hand with a clock that stands, and by the real
//! program with the system's own announcements.

#![cfg(test)]

mod desk;
mod difference;
mod guard;
#[expect(dead_code, reason = "the house serves other tests too")]
#[path = "../journey/house.rs"]
mod house;
#[expect(dead_code, reason = "the fixture serves other tests too")]
#[path = "../support/postgres.rs"]
mod postgres;
mod program;
mod reader;
mod storm;

use lykt::fake_gateway as fault_gateway;
