//! From files to a checked campaign: its schema, mistakes that point at the line, templates and their languages.
//!
//! Knows nothing of contacts, the ledger or what was sent before.

pub mod file;
pub mod language;
pub mod media;
pub mod template;
