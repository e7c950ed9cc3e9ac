//! From files to a checked campaign: its schema, mistakes that point at the line, its list, templates and their languages.
//!
//! Must not know what happened with anybody before: that is the ledger's.

pub mod beside;
pub mod difference;
pub mod directory;
pub mod file;
pub mod folder;
pub mod house;
pub mod lint;
pub mod list;
pub mod lists;
pub mod media;
pub mod old_list;
pub mod reading;
pub mod ready;
pub mod stamp;
pub mod template;
mod values;
mod way_out;
