//! How a day was for somebody who works here: a closed list of words.

use super::lang::Text;
use crate::text;

/// How it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Fine.
    Fine,
    /// It weighs on them.
    Heavy,
}

impl Day {
    /// Both, in the order in which they are shown.
    pub const ALL: [Day; 2] = [Day::Fine, Day::Heavy];

    /// The word that a form sends, and the column of its sum.
    pub fn as_str(self) -> &'static str {
        match self {
            Day::Fine => "fine",
            Day::Heavy => "heavy",
        }
    }

    /// Reads the word; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.as_str() == word)
    }

    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Day::Fine => text!("Fine", "Greit"),
            Day::Heavy => text!("Heavy", "Tungt"),
        }
    }
}
