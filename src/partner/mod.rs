//! Other organisations that write to the same people: whom not to approach, and nothing else about anybody.
//!
//! Who asks hides each number (an oblivious pseudorandom function, RFC 9497); who answers turns what is hidden without
//! seeing it, and adds a table of everybody it knows that can be read for the numbers that were asked about alone. So the
//! one learns of its own targets, and the other how many they are. Numbers are few, so there is a share for each day, a
//! floor of time for each number, and an alarm for whoever wants more. What is heard is kept as long as it holds.

mod answer;
mod ask;
mod book;
mod line;
pub mod oprf;
pub mod table;
mod terms;
mod word;

pub use answer::{Answering, NoAnswer};
pub use ask::{Asked, Learnt, NoHearing, question, take};
pub use book::{Book, Pair, PartnerError};
pub use line::{Partners, Silent};
pub use terms::Terms;
pub use word::Why;

/// So many numbers are asked about at a time, by line.
pub const AT_ONCE: usize = 5_000;
/// A question is never larger, in bytes: some twenty thousand numbers.
pub const LARGEST_QUESTION: usize = 1024 * 1024;
/// Nor an answer: a table of two million contacts.
pub const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// What cannot be opened, or is no word of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is nothing that this partner wrote to us, or it was changed on its way")]
pub struct Unread;
