//! Backup, restore and the witness; several nodes on one database.

mod copies;
mod drill;
mod file;
mod nodes;
mod program;
mod standby;
mod witnessed;

use crate::journey::house as installed;
use crate::outbox::house;
