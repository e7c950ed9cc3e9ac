//! What a person at the service sends, on both databases, with a clock that stands and a gateway that fails on demand.

mod answers;
mod desk;
mod erasing;
mod faults;
mod house;
mod meanwhile;
mod receipts;
mod standby;
