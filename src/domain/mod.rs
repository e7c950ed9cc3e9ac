//! Words and rules of outreach, pure: no I/O, no clock, no randomness. Knows no other room.

pub mod campaign;
pub mod channel;
pub mod decision;
pub mod id;
pub mod lang;
pub mod message;
pub mod private;
pub mod reply;
