//! What can be wrong with a cell, in one closed list.

use super::PhoneNumber;
use crate::domain::lang::Text;
use crate::text;

/// Why a cell gave no number, or less than it seems to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The kind of problem.
    pub code: ProblemCode,
    /// A number that a person may choose to put there; never used by itself.
    pub suggestion: Option<PhoneNumber>,
}

/// The kinds of problem; the words stand in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemCode {
    /// Nothing is written.
    Empty,
    /// There is text, and no number in it.
    NoNumber,
    /// Digits that are no valid number.
    NotValid,
    /// Letters that look like digits.
    LooksLike,
    /// A spreadsheet turned the number into a figure (`9.0E7`, `90000000.0`).
    SpreadsheetNumber,
    /// There may be a number, but it can be read in more than one way.
    Unsure,
    /// More than one number where one is wanted.
    Several,
    /// So much text that the file must be broken.
    TooLong,
}

impl ProblemCode {
    /// All codes.
    pub const ALL: [ProblemCode; 8] = [
        ProblemCode::Empty,
        ProblemCode::NoNumber,
        ProblemCode::NotValid,
        ProblemCode::LooksLike,
        ProblemCode::SpreadsheetNumber,
        ProblemCode::Unsure,
        ProblemCode::Several,
        ProblemCode::TooLong,
    ];

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ProblemCode::Empty => "empty",
            ProblemCode::NoNumber => "no_number",
            ProblemCode::NotValid => "not_valid",
            ProblemCode::LooksLike => "looks_like",
            ProblemCode::SpreadsheetNumber => "spreadsheet_number",
            ProblemCode::Unsure => "unsure",
            ProblemCode::Several => "several",
            ProblemCode::TooLong => "too_long",
        }
    }

    /// What it means, and what to do.
    pub fn text(self) -> Text {
        match self {
            ProblemCode::Empty => text!("nothing is written here", "her står det ingenting"),
            ProblemCode::NoNumber => text!("no phone number in the text", "ingen telefonnumre i teksten"),
            ProblemCode::NotValid => {
                text!("not a valid number; check the digits", "ikke et gyldig nummer; se over sifrene")
            }
            ProblemCode::LooksLike => {
                text!("letters in place of digits; write the digits", "bokstaver der det skal stå sifre; skriv sifrene")
            }
            ProblemCode::SpreadsheetNumber => text!(
                "changed by a spreadsheet; make the column text and write it anew",
                "endret av et regneark; gjør kolonnen til tekst og skriv det på nytt"
            ),
            ProblemCode::Unsure => text!(
                "can be read in more than one way; write it alone, with its country code",
                "kan leses på flere måter; skriv nummeret alene, med landkode"
            ),
            ProblemCode::Several => text!("more than one number; give one", "flere enn ett nummer; oppgi ett"),
            ProblemCode::TooLong => {
                text!(
                    "far too much text for a number; is a quote missing?",
                    "altfor mye tekst; mangler et anførselstegn?"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_own_word_and_two_sentences() {
        let words: std::collections::HashSet<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), ProblemCode::ALL.len());
        for code in ProblemCode::ALL {
            assert_ne!(code.text().en, code.text().nb);
        }
    }
}
