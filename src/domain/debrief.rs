//! How a day was for somebody who works here: a closed list of words.

use super::lang::Text;
use crate::{text, words};

words! {
    /// How it was.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Day {
        /// Fine.
        Fine = "fine",
        /// It weighs on them.
        Heavy = "heavy",
    }

    /// Both, in the order in which they are shown.
    pub const ALL;
    /// The word that a form sends, and the column of its sum.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

impl Day {
    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Day::Fine => text!("Fine", "Greit"),
            Day::Heavy => text!("Heavy", "Tungt"),
        }
    }
}
