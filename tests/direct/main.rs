//! What a person at the service sends, on both databases, with a clock that stands and a gateway that fails on demand.

#![cfg(test)]

mod answers;
mod desk;
mod faults;
mod house;
mod receipts;

#[expect(dead_code, reason = "no test here needs what it wrote to survive a power cut of the machine")]
#[path = "../support/postgres.rs"]
mod postgres;

use lykt::fake_gateway as fault_gateway;
