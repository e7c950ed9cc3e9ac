//! The linter: what a message could say better. Judges words, signs and length; never a person, and never the list.
//!
//! Pure: it gets a text as it is written, with what its variables will bring, and knows no file, settings or provider. It
//! would rather keep still than be wrong: what it says should be worth a coordinator's minute.

mod braces;
mod length;
mod named;
mod reading;
mod shouting;
mod signs;
mod tongue;
mod wording;
mod written;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::lang::Text;

pub(in crate::campaign) use named::links_to;
pub use reading::{Readability, readability};
pub use tongue::{Words, WordsError};
use written::Written;

/// How much of a message a phone's list of messages shows, in characters: about two lines.
const PREVIEW: usize = 70;
/// How much of it a locked phone shows to whoever stands beside: about four lines.
const LOCK_SCREEN: usize = 150;

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

/// What a variable brings: the shortest and the longest that can be expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    /// The shortest.
    pub shortest: String,
    /// The longest.
    pub longest: String,
}

impl Values {
    /// The same value for everybody.
    pub fn always(value: &str) -> Self {
        Self { shortest: value.to_owned(), longest: value.to_owned() }
    }
}

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

/// A text as it is read by whoever gets the longest values; `None` when it cannot be filled in.
pub fn longest(text: &str, house: &House) -> Option<String> {
    Written::read(text, &house.values).longest
}

/// Where a name says what the service is for, by the words of a language.
pub fn reveals(name: &str, language: &str, house: &House) -> Option<Range<usize>> {
    let written = Written::read(name, &BTreeMap::new());
    let (_, tongue) = house.words.tongue(Some(language), &written)?;
    tongue.reveals().filter_map(|word| written.find(word)).min_by_key(|at| (at.start, Reverse(at.end)))
}

/// Looks at one text in a language, or in none that is known.
pub fn lint(text: &str, language: Option<&str>, house: &House) -> Vec<Finding> {
    let written = Written::read(text, &house.values);
    let tongue = house.words.tongue(language, &written);
    let mut found = Vec::new();
    signs::judge(&written, &mut found);
    braces::judge(&written, house, &mut found);
    length::judge(&written, &mut found);
    shouting::judge(&written, house, &mut found);
    reading::judge(&written, tongue.map(|(code, _)| code), &mut found);
    named::judge(&written, house, &mut found);
    if let Some((code, tongue)) = tongue {
        wording::judge(&written, tongue, &mut found);
        tongue::other(language, code, &written, &house.words, &mut found);
    }
    found.sort_by_key(|finding| (std::cmp::Reverse(finding.weight), finding.at.start));
    found
}

#[cfg(test)]
mod tests;
