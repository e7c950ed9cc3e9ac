//! Whether an outcome came after a message of ours: a closed list of words.

use super::lang::Text;
use crate::{text, words};

words! {
    /// Whether an outcome came after a message.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Heard {
        /// After a message of the campaign.
        Yes = "yes",
        /// After a message of another campaign, which came last.
        Other = "other",
        /// After none.
        No = "no",
        /// Nobody asked.
        Unknown = "unknown",
    }

    /// All words, in the order in which they are shown.
    pub const ALL;
    /// The word in the database and in JSON.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

impl Heard {
    /// What somebody answered to "did you hear of it by our message?", in either language; nothing is unknown.
    pub fn answered(word: &str) -> Option<Self> {
        match word.trim().to_lowercase().as_str() {
            "yes" | "y" | "ja" | "j" | "1" | "x" | "true" => Some(Heard::Yes),
            "no" | "n" | "nei" | "0" | "false" => Some(Heard::No),
            "" | "unknown" | "ukjent" | "vet ikke" | "?" | "-" => Some(Heard::Unknown),
            _ => None,
        }
    }

    /// The same in a word, where there is little room.
    pub fn word(self) -> Text {
        match self {
            Heard::Yes => text!("after", "etter"),
            Heard::Other => text!("other", "annen"),
            Heard::No => text!("none", "ingen"),
            Heard::Unknown => text!("unknown", "ukjent"),
        }
    }

    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Heard::Yes => text!("after our message", "etter meldingen vår"),
            Heard::Other => text!("after a message of another campaign", "etter melding fra en annen kampanje"),
            Heard::No => text!("without a message", "uten melding"),
            Heard::Unknown => text!("not known", "ikke kjent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_in_both_languages() {
        assert_eq!(Heard::answered(" Ja "), Some(Heard::Yes));
        assert_eq!(Heard::answered("nei"), Some(Heard::No));
        assert_eq!(Heard::answered(""), Some(Heard::Unknown));
        assert_eq!(Heard::answered("kanskje"), None);
    }
}
