//! Backup, restore and the witness; several nodes on one database.
#![cfg(test)]

mod drill;
mod file;
#[path = "../outbox/given.rs"]
mod given;
#[expect(dead_code, unused_imports, reason = "the house serves other tests too")]
#[path = "../outbox/house.rs"]
mod house;
#[expect(dead_code, reason = "the installation serves other tests too")]
#[path = "../journey/house.rs"]
mod installed;
mod nodes;
#[expect(dead_code, reason = "the fixture serves other tests too")]
#[path = "../support/postgres.rs"]
mod postgres;
mod program;
mod witnessed;

use lykt::fake_gateway as fault_gateway;
