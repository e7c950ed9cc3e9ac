//! The heart, in process: outbox, ledger and the moves of messages, on both databases, with a clock that stands until
//! it is moved and a gateway that fails on demand.

#![cfg(test)]

mod alarms;
mod brake;
mod by_hand;
mod calls;
mod clocks;
mod crash;
mod doubts;
mod faults;
mod given;
mod hand_over;
mod hold;
mod hours;
mod house;
mod life;
mod linked;
mod noes;
mod once;
mod polling;
mod rates;
mod receipts;
mod reconcile;
mod refusals;
mod repeat;
mod whatsapp;

#[expect(dead_code, reason = "no test here needs what it wrote to survive a power cut of the machine")]
#[path = "../support/postgres.rs"]
mod postgres;

use lykt::fake_gateway as fault_gateway;
