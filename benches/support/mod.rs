//! What the figures share: a house with people in its outbox, a fake gateway in a process of its own, and measuring.
//!
//! Every figure is a ratio against the bare operation in the same run, on the same machine under the same load.

pub mod gateway;
pub mod house;
pub mod measure;
#[expect(dead_code, reason = "figures take a server of their own, and not a copy of a template")]
#[path = "../../tests/support/postgres.rs"]
pub mod postgres;
