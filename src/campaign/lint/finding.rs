//! What the linter found in a text.

use std::ops::Range;

use crate::domain::lang::Text;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know.
    Note,
    /// Worth changing.
    Warning,
}

/// Something that a text could say better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its word in JSON; never translated.
    pub code: &'static str,
    /// How much it matters.
    pub weight: Weight,
    /// Where it stands, in bytes of the text; the whole text when it is about all of it.
    pub at: Range<usize>,
    /// What could be better.
    pub text: Text,
    /// What to write instead.
    pub help: Text,
    /// What to write in that very place, when that is certain.
    pub suggestion: Option<String>,
}
