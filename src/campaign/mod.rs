//! From files to a checked campaign. Must not know what happened with anybody before: that is the ledger's.

pub mod file;
pub mod language;
pub mod list;
pub mod media;
pub mod template;
