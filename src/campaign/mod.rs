//! From files to a checked campaign: its schema, mistakes that point at the line, templates and their languages.
//!
//! Knows nothing of contacts, the ledger or what was sent before.

pub mod file;
pub mod language;
pub mod media;
pub mod template;
//! From files to a checked campaign. Must not know what happened with anybody before: that is the ledger's.

pub mod list;
