//! Words and rules of outreach, pure: no I/O, no clock, no randomness. Knows no other room.

pub mod channel;
pub mod inert;
pub mod lang;
pub mod parts;
pub mod phone;
pub mod private;
pub mod reply;
