//! Whether somebody on the panel understood a version: a closed list of words.

use super::lang::Text;
use crate::text;

/// Whether it was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Understood {
    /// All of it.
    Yes,
    /// Some of it.
    Partly,
    /// Not, or as something else.
    No,
}

impl Understood {
    /// All words, in the order in which they are shown.
    pub const ALL: [Understood; 3] = [Understood::Yes, Understood::Partly, Understood::No];

    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Understood::Yes => "yes",
            Understood::Partly => "partly",
            Understood::No => "no",
        }
    }

    /// Reads the word; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|understood| understood.as_str() == word)
    }

    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Understood::Yes => text!("understood", "forstått"),
            Understood::Partly => text!("partly", "delvis"),
            Understood::No => text!("not understood", "ikke forstått"),
        }
    }
}
