//! What a plan is made from.

use std::path::Path;

use crate::campaign::file::Definition;
use crate::partner::Partners;

/// Addresses that the ledger is asked for at a time: one look at the database each.
pub const CHUNK: usize = 500;

/// A checked campaign with its list, and who is asked about it.
pub struct Source<'a> {
    /// The checked campaign.
    pub definition: &'a Definition,
    /// The campaign file's hash.
    pub file_hash: &'a str,
    /// The list's hash.
    pub list_hash: &'a str,
    /// The list's file.
    pub list: &'a Path,
    /// Whom partners are asked for; `None` asks nobody anew.
    pub partners: Option<&'a Partners>,
    /// How many addresses the ledger is asked for at a time; [`CHUNK`] unless a test tries others.
    pub chunk: usize,
    /// Who makes it, if they say so.
    pub by: Option<&'a str>,
}
