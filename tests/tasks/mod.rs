//! Call tasks on both databases, with a clock that stands until it is moved.

mod absence;
mod cap;
mod claims;
mod daily;
mod due;
pub mod house;
mod link;
mod mail;
mod outcomes;
mod routines;
mod slots;
mod terminal;
mod undo;
