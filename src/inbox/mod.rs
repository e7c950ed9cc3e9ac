//! The way in: what people answered, and what it means. Must not know web, tasks or the command line.

pub mod kind;
