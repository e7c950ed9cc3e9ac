//! Whether somebody on the panel understood a version: a closed list of words.

use super::lang::Text;
use crate::{text, words};

words! {
    /// Whether it was understood.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Understood {
        /// All of it.
        Yes = "yes",
        /// Some of it.
        Partly = "partly",
        /// Not, or as something else.
        No = "no",
    }

    /// All words, in the order in which they are shown.
    pub const ALL;
    /// The word in the database and in JSON.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

impl Understood {
    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Understood::Yes => text!("understood", "forstått"),
            Understood::Partly => text!("partly", "delvis"),
            Understood::No => text!("not understood", "ikke forstått"),
        }
    }
}
