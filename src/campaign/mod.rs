//! A campaign file becomes a checked campaign.

pub mod file;
//! From files to a checked campaign. Must not know what happened with anybody before: that is the ledger's.

pub mod list;
