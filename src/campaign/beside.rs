//! The languages of a version beside each other, and what one lacks that another has. Pure.

use std::collections::BTreeSet;

use super::file::{Definition, Variant};
use super::lint::{Readability, readability};
use super::template::Template;
use super::way_out::{WayOut, judge};
use crate::domain::gather::Gather;
use crate::domain::lang::Text;
use crate::text;

/// A version in its languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The variant.
    pub variant: String,
    /// Its languages: the organisation's own first, written or not.
    pub tongues: Vec<Tongue>,
}

/// A version in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tongue {
    /// The language.
    pub language: String,
    /// The text as the file has it; `None` when it is not written.
    pub text: Option<String>,
    /// How hard it is to read, where that can be counted.
    pub reading: Option<Readability>,
    /// What others have and this has not.
    pub lacks: Vec<Text>,
}

/// The versions of a campaign, each in its languages and in those of the organisation.
pub fn beside(definition: &Definition, ours: &[String]) -> Vec<Beside> {
    let one = |variant: &Variant| {
        let others = variant.texts.keys().filter(|code| !ours.contains(code));
        let tongue = |language: &String| Tongue {
            language: language.clone(),
            text: variant.texts.get(language).cloned(),
            reading: variant.texts.get(language).and_then(|text| readability(text)),
            lacks: lacks(variant, language),
        };
        Beside { variant: variant.name.clone(), tongues: ours.iter().chain(others).map(tongue).collect() }
    };
    definition.variants.iter().map(one).collect()
}

fn lacks(variant: &Variant, language: &str) -> Vec<Text> {
    let Some(text) = variant.texts.get(language) else { return Vec::new() };
    let others = || variant.texts.iter().filter(|(code, _)| *code != language).map(|(_, text)| text.as_str());
    let missing = |of: fn(&str) -> BTreeSet<String>| {
        let own = of(text);
        let all: BTreeSet<String> = others().flat_map(of).filter(|found| !own.contains(found)).gather();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    let mut lacks = Vec::new();
    let (places, numbers) = (missing(places), missing(numbers));
    if !places.is_empty() {
        lacks.push(text!("{places}", "{places}"));
    }
    if !numbers.is_empty() {
        lacks.push(text!("the numbers {numbers}", "tallene {numbers}"));
    }
    if judge(text) == WayOut::None && others().any(|other| judge(other) != WayOut::None) {
        lacks.push(text!("a way to say no", "en måte å si nei på"));
    }
    lacks
}

/// The places that a text fills in.
fn places(text: &str) -> BTreeSet<String> {
    let named = Template::new(text).map(|template| template.variables().clone()).unwrap_or_default();
    named.into_iter().map(|name| format!("{{{{ {name} }}}}")).gather()
}

/// Times, addresses, telephone numbers: what a translation takes over as it is.
fn numbers(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(str::to_owned).gather()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn variant(texts: &[(&str, &str)]) -> Variant {
        Variant {
            name: "personal".to_owned(),
            weight: 1,
            texts: texts
                .iter()
                .map(|(code, text)| ((*code).to_owned(), (*text).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            sender: None,
            image: None,
            template: None,
        }
    }

    fn told(variant: &Variant, language: &str) -> Vec<String> {
        lacks(variant, language).into_iter().map(|lacks| lacks.en).collect()
    }

    #[test]
    fn what_one_translation_has_and_another_lacks_is_named() {
        let of = variant(&[
            ("nb", "Hei fra {{ sender }}! Gratis test tirsdag 12-15. Svar STOPP for å slippe flere."),
            ("en", "Hi from {{ sender }}! Free test Tuesday 12-16."),
            ("th", "{{ sender }} {{ services }} 12-15 ตอบ STOP"),
        ]);
        assert_eq!(told(&of, "nb"), ["{{ services }}", "the numbers 16"]);
        assert_eq!(told(&of, "en"), ["{{ services }}", "the numbers 15", "a way to say no"]);
        assert_eq!(told(&of, "th"), ["the numbers 16"]);
        assert!(told(&of, "pl").is_empty(), "what is not written lacks nothing but itself");
    }
}
