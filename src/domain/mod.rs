//! Words and rules of outreach, pure: no I/O, no clock, no randomness. Knows no other room.

pub mod alarm;
pub mod calls;
pub mod campaign;
pub mod channel;
pub mod cooldown;
pub mod decision;
pub mod handle;
pub mod holidays;
pub mod id;
pub mod inert;
pub mod lang;
pub mod message;
pub mod messaging_limit;
pub mod outcome;
pub mod parts;
pub mod phone;
pub mod private;
pub mod rate;
pub mod reply;
pub mod role;
pub mod schedule;
pub mod scope;
pub mod span;
pub mod task;
pub mod template;
pub mod window;
