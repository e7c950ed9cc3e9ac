//! The heart, in process: outbox, ledger and the moves of messages, on both databases, with a clock that stands until
//! it is moved and a gateway that fails on demand.

mod ahead;
mod alarms;
mod brake;
mod by_hand;
mod calls;
mod capped;
mod clocks;
mod crash;
mod doubts;
mod faults;
mod given;
mod hand_over;
mod hold;
mod hours;
pub mod house;
mod life;
mod linked;
mod noes;
mod once;
mod parted;
mod polling;
mod rates;
mod receipts;
mod reconcile;
mod refusals;
mod repeat;
mod together;
mod waits;
mod whatsapp;
