//! What a person at the service sends, on both databases, with a clock that stands and a gateway that fails on demand.

#![cfg(test)]

mod answers;
mod desk;
mod faults;
mod house;

#[expect(dead_code, unused_imports, reason = "nobody calls back over HTTP here: receipts are handed to the settler")]
#[path = "../support/fault_gateway.rs"]
mod fault_gateway;
#[expect(dead_code, reason = "no test here needs what it wrote to survive a power cut of the machine")]
#[path = "../support/postgres.rs"]
mod postgres;
mod receipts;
