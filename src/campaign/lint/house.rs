//! Whoever sends, as far as the linter must know.

use std::collections::BTreeMap;

use super::tongue::Words;
use super::written::Values;

/// What is known of whoever sends.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// The words that the linter knows, with the organisation's own.
    pub words: Words,
    /// The organisation's name.
    pub organisation: Option<String>,
    /// A page that says who they are; `None` when that is not known, empty when there is none.
    pub about_url: Option<String>,
    /// The names that accounts send under, by account; numbers are none.
    pub senders: BTreeMap<String, String>,
    /// What variables bring, by name; for others something plausible is made up.
    pub values: BTreeMap<String, Values>,
}
