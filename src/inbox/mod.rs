//! The way in: what people answered, what it means, and what follows from it. Knows neither the web nor tasks.

pub mod answer;
pub mod conversation;
pub mod kind;
mod person;
pub mod ready;
mod receipt;
mod receive;
mod sender;

pub use person::{reached, same};
pub use receipt::Receipts;
pub use receive::{kept_id, lock, read, receive};
