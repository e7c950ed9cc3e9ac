//! A text as it is written and as it will be read: its words with their places, its variables, and how far a reader has
//! come at each place.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::campaign::template::{SERVICE, Template};
use crate::domain::gather::Gather;

/// Stands for what braces will bring: no letter, no space, and in the alphabet of SMS.
const MASK: &str = "/";

/// What may stand between the words of a phrase.
const JOINTS: [char; 4] = [' ', '-', '\'', '’'];

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

/// A text and what can be seen in it.
pub(super) struct Written<'a> {
    /// As it was written.
    pub source: &'a str,
    /// The same length, with [`MASK`] in place of everything between braces.
    pub said: String,
    /// Its words.
    pub words: Vec<Word>,
    /// The variables it names.
    pub variables: Vec<String>,
    /// As it is read with the longest values, and with the shortest; `None` when it cannot be filled in.
    pub longest: Option<String>,
    /// See `longest`.
    pub shortest: Option<String>,
    holes: Vec<Hole>,
}

/// A word and its place.
pub(super) struct Word {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// In lower case and without accents.
    pub folded: String,
}

/// What stands between one pair of braces.
struct Hole {
    at: Range<usize>,
    longest: usize,
}

impl<'a> Written<'a> {
    pub fn read(source: &'a str, values: &BTreeMap<String, Values>) -> Self {
        let template = Template::new(source).ok();
        let variables: Vec<String> =
            template.as_ref().map(|template| template.variables().iter().cloned().collect()).unwrap_or_default();
        let value = |name: &str| values.get(name).cloned().unwrap_or_else(|| made_up(name));
        let render = |pick: fn(Values) -> String| {
            let given: BTreeMap<String, String> =
                variables.iter().map(|name| (name.clone(), pick(value(name)))).gather();
            template.as_ref()?.render(&given).ok()
        };
        let (longest, shortest) = (render(|values| values.longest), render(|values| values.shortest));
        // What is no template is read as it stands.
        let holes = if template.is_some() { holes(source, &variables, &value) } else { Vec::new() };
        let said = masked(source, &holes);
        let words = words(&said);
        Self { source, said, words, variables, longest, shortest, holes }
    }

    /// How many characters have been read before a place.
    pub fn read_before(&self, at: usize) -> usize {
        let before: Vec<&Hole> = self.holes.iter().filter(|hole| hole.at.end <= at).collect();
        let hidden: usize = before.iter().map(|hole| self.source[hole.at.clone()].chars().count()).sum();
        let brought: usize = before.iter().map(|hole| hole.longest).sum();
        (self.source[..at].chars().count() - hidden + brought).saturating_sub(self.indent())
    }

    fn indent(&self) -> usize {
        self.source.chars().take_while(|c| c.is_whitespace()).count()
    }

    /// Whether a variable is named, or a part of it.
    pub fn names(&self, variable: &str) -> bool {
        self.variables.iter().any(|name| name.split('.').next() == Some(variable))
    }

    /// The whole text as a place.
    pub fn whole(&self) -> Range<usize> {
        0..self.source.len()
    }

    /// Where a phrase stands first: words with spaces or hyphens between them, `*` for any beginning or end of a word. In
    /// writings without spaces it is found inside.
    pub fn find(&self, phrase: &str) -> Option<Range<usize>> {
        if phrase.chars().any(is_unspaced) {
            return self.said.find(phrase).map(|at| at..at + phrase.len());
        }
        let phrase = folded(phrase);
        let wanted: Vec<&str> = phrase.split(JOINTS).collect();
        (0..self.words.len()).find_map(|first| {
            let words = self.words.get(first..first + wanted.len())?;
            let alike = words.iter().zip(&wanted).all(|(word, wanted)| fits(&word.folded, wanted));
            let close = words.windows(2).all(|pair| {
                let between = &self.said[pair[0].at.end..pair[1].at.start];
                between.chars().all(|c| c.is_whitespace() || JOINTS.contains(&c))
            });
            (alike && close).then(|| words[0].at.start..words[wanted.len() - 1].at.end)
        })
    }

    /// The words at a place as they were written.
    pub fn at(&self, at: &Range<usize>) -> &str {
        self.source.get(at.clone()).unwrap_or_default()
    }
}

/// A word in the form in which words are compared: lower case, without accents.
pub(super) fn folded(word: &str) -> String {
    let plain = word.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    plain.flat_map(char::to_lowercase).nfc().collect()
}

/// Whether words of this writing stand without spaces between them.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{9fff}')
}

fn fits(word: &str, wanted: &str) -> bool {
    match (wanted.strip_prefix('*'), wanted.strip_suffix('*')) {
        (Some(inner), Some(_)) => word.contains(inner.trim_end_matches('*')),
        (Some(end), None) => word.ends_with(end),
        (None, Some(start)) => word.starts_with(start),
        (None, None) => word == wanted,
    }
}

/// A value for a variable of which nothing is known: a short and a long word of a name's length.
fn made_up(name: &str) -> Values {
    let (shortest, longest) = match name {
        "sender" => ("Ida", "Maria Teresa"),
        "organisation" => ("Lykten", "Our organisation"),
        _ if name.starts_with(SERVICE) => ("Lykten, Oslo", "Olafiaklinikken, Trondheimsveien 2, Oslo"),
        "services" => ("doctor", "doctor, lawyer, someone to talk to"),
        _ => ("Oslo", "Nordre Follo"),
    };
    Values { shortest: shortest.to_owned(), longest: longest.to_owned() }
}

fn holes(text: &str, variables: &[String], value: &impl Fn(&str) -> Values) -> Vec<Hole> {
    let mut holes = Vec::new();
    let mut from = 0;
    while let Some((start, end)) = next(text, from) {
        let inside = text[start + 2..end].trim_start_matches(['-', '+', ' ']);
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let name = &inside[..inside.find(|c| !is_part(c)).unwrap_or(inside.len())];
        let brings = text[start..].starts_with("{{") && variables.iter().any(|known| known == name);
        let longest = if brings { value(name).longest.chars().count() } else { 0 };
        let end = (end + 2).min(text.len());
        holes.push(Hole { at: start..end, longest });
        from = end;
    }
    holes
}

/// Where the next braces open, and where they close again.
fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let pairs = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let opened = pairs.iter().filter_map(|(open, close)| Some((from + text[from..].find(open)?, *close)));
    let (start, close) = opened.min_by_key(|(start, _)| *start)?;
    Some((start, text[start + 2..].find(close).map_or(text.len(), |n| start + 2 + n)))
}

fn masked(text: &str, holes: &[Hole]) -> String {
    let mut said = text.to_owned();
    for hole in holes {
        said.replace_range(hole.at.clone(), &MASK.repeat(hole.at.len()));
    }
    said
}

fn words(said: &str) -> Vec<Word> {
    let is_part = |c: char| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in said.char_indices().chain([(said.len(), ' ')]) {
        match (start, is_part(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push(Word { at: from..at, folded: folded(&said[from..at]) });
                start = None;
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Written<'_> {
        Written::read(text, &BTreeMap::from([("region".to_owned(), Values::always("Oslo"))]))
    }

    #[test]
    fn what_braces_bring_counts_and_what_stands_in_them_does_not() {
        let text = "Vi er i {{ region }}{% if region %} nå{% endif %}: gratis";
        let written = read(text);
        let gratis = written.find("gratis").unwrap();
        assert_eq!(written.at(&gratis), "gratis");
        assert_eq!(written.read_before(gratis.start), "Vi er i Oslo nå: ".chars().count());
        assert_eq!(written.find("region"), None);
        assert_eq!(written.find("if"), None);
    }

    #[test]
    fn a_phrase_is_found_across_accents_hyphens_and_compounds() {
        let written = read("Trygg HPV-vaksine på Legekontoret. SELGER  sex? มีแพทย์ฟรี");
        for (phrase, found) in [
            ("vaksine", Some("vaksine")),
            ("lege*", Some("Legekontoret")),
            ("*kontoret", Some("Legekontoret")),
            ("hpv vaksine", Some("HPV-vaksine")),
            ("selger sex", Some("SELGER  sex")),
            ("แพทย์", Some("แพทย์")),
            ("sex trygg", None),
            ("lege", None),
            ("legekontoret selger", None),
        ] {
            assert_eq!(written.find(phrase).map(|at| written.at(&at).to_owned()).as_deref(), found, "{phrase}");
        }
    }

    #[test]
    fn what_is_no_template_is_read_as_it_stands() {
        let written = read("Hei {{ dette er {ikke} lukket");
        assert!(written.find("lukket").is_some() && written.longest.is_none());
    }
}
