//! The linter: what a message could say better. Judges words, signs and length; never a person, and never the list.
//!
//! Pure: it gets a text as it is written, with what its variables will bring, and knows no file, settings or provider. It
//! would rather keep still than be wrong: what it says should be worth a coordinator's minute.

mod braces;
mod finding;
mod house;
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

pub use finding::{Finding, Weight};
pub use house::House;
pub(in crate::campaign) use named::links_to;
pub use reading::{Readability, readability};
pub use tongue::{Words, WordsError};
pub use written::Values;
use written::Written;

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
