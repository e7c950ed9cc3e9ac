//! The live folder: what is edited while campaigns run, looked at by hand with a clock that stands, and by the real
//! program with the system's own announcements.

pub mod desk;
mod difference;
mod guard;
mod program;
mod reader;
mod storm;

use crate::journey::house;
