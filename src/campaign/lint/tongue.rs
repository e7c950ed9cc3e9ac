//! The words that the linter knows, a language each: `config/lint/`, and the organisation's own on top.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::finding::{Finding, Weight};
use super::written::Written;
use crate::domain::gather::Gather;
use crate::domain::language;
use crate::text;

/// The files of `config/lint/`, compiled in.
macro_rules! files {
    ($($code:literal)*) => {
        [$(($code, include_str!(concat!("../../../config/lint/", $code, ".toml")))),*]
    };
}

const FILES: &[(&str, &str)] = &files!(
    "bg" "da" "de" "en" "es" "fi" "fr" "hu" "it" "lt" "nb" "nl" "nn" "pl" "pt" "ro" "ru" "sv" "th" "tr" "uk"
);

/// Languages so near each other that a few words do not tell them apart.
const NEAR: [&[&str]; 3] = [&["nb", "nn", "da", "sv"], &["ru", "uk", "bg"], &["es", "pt", "it"]];

/// What is known of one language. Phrases are written as `config/lint/en.toml` shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Tongue {
    /// The words that stand in most of its sentences: by these the language of a text is told.
    common: String,
    /// What an offer is called: free, doctor, lawyer.
    offer: String,
    /// Words that exclude, each with a gentler one.
    excludes: BTreeMap<String, String>,
    /// Words that tell whoever stands beside what the message is about.
    reveals: String,
    /// Words of the lists above that this organisation finds right.
    remove: String,
}

/// The words of all languages. Empty ones know nothing and find nothing.
#[derive(Clone, Debug, Default)]
pub struct Words(BTreeMap<String, Tongue>);

/// The organisation's own words cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// No TOML, or keys that are not known.
    #[error("{0}")]
    Unreadable(String),
    /// A section that is no language.
    #[error("`{0}` is no language: write its code, as in [nb] or [en]")]
    Language(String),
}

impl Words {
    /// The words that come with Lykt.
    pub fn ours() -> Self {
        static OURS: OnceLock<Words> = OnceLock::new();
        let read = || {
            let tongue = |text: &str| toml::from_str(text).unwrap_or_default();
            Self(FILES.iter().map(|(code, text)| ((*code).to_owned(), tongue(text))).gather())
        };
        OURS.get_or_init(read).clone()
    }

    /// The same with the organisation's own on top: a file with a section for each language.
    ///
    /// # Errors
    /// When it is no such file; nothing of it counts then.
    pub fn with(mut self, own: &str) -> Result<Self, WordsError> {
        let own: BTreeMap<String, Tongue> =
            toml::from_str(own).map_err(|error| WordsError::Unreadable(error.to_string()))?;
        own.into_iter().try_for_each(|(written, own)| self.add(&written, own))?;
        Ok(self)
    }

    /// The same with the organisation's own of one language on top, written as a file of `config/lint/` is.
    ///
    /// # Errors
    /// When it is no such file, or no language.
    pub fn with_language(mut self, written: &str, own: &str) -> Result<Self, WordsError> {
        let own = toml::from_str(own).map_err(|error| WordsError::Unreadable(error.to_string()))?;
        self.add(written, own)?;
        Ok(self)
    }

    fn add(&mut self, written: &str, own: Tongue) -> Result<(), WordsError> {
        let code = language::parse(written).ok_or_else(|| WordsError::Language(written.to_owned()))?;
        self.0.entry(code).or_default().add(own);
        Ok(())
    }

    /// The words of a language; of none that is known, those of the language that the text seems to be in.
    pub(super) fn tongue(&self, language: Option<&str>, written: &Written<'_>) -> Option<(&str, &Tongue)> {
        let of = |code: &str| self.0.get_key_value(code).map(|(code, tongue)| (code.as_str(), tongue));
        match language.and_then(language::parse) {
            Some(code) => {
                let primary = code.split('-').next().unwrap_or_default();
                of(&code).or_else(|| of(primary))
            }
            None => of(self.guess(written)?),
        }
    }

    /// The language whose common words a text has most of, when it has at least two.
    fn guess(&self, written: &Written<'_>) -> Option<&str> {
        let counted = self.0.iter().map(|(code, tongue)| (tongue.common_in(written), code.as_str()));
        // Of two that fit as well, Norwegian before Danish.
        let best = counted.max_by_key(|(count, code)| (*count, *code == "nb"))?;
        (best.0 >= 2).then_some(best.1)
    }
}

impl Tongue {
    fn add(&mut self, own: Tongue) {
        let gone: Vec<&str> = phrases(&own.remove).collect();
        let keep = |list: &str, more: &str| {
            let kept = phrases(list).filter(|phrase| !gone.contains(phrase)).chain(phrases(more));
            kept.collect::<Vec<_>>().join("|")
        };
        self.offer = keep(&self.offer, &own.offer);
        self.reveals = keep(&self.reveals, &own.reveals);
        let excludes = std::mem::take(&mut self.excludes).into_iter();
        self.excludes = excludes.map(|(words, gentler)| (keep(&words, ""), gentler)).chain(own.excludes).gather();
    }

    pub fn offer(&self) -> impl Iterator<Item = &str> {
        phrases(&self.offer)
    }

    pub fn reveals(&self) -> impl Iterator<Item = &str> {
        phrases(&self.reveals)
    }

    /// Each word that excludes, with a gentler one.
    pub fn excludes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.excludes.iter().flat_map(|(words, gentler)| phrases(words).map(|word| (word, gentler.as_str())))
    }

    fn common_in(&self, written: &Written<'_>) -> usize {
        phrases(&self.common).filter(|word| written.find(word).is_some()).count()
    }
}

/// The phrases of a list, with `|` between them.
fn phrases(list: &str) -> impl Iterator<Item = &str> {
    list.split('|').map(str::trim).filter(|phrase| !phrase.is_empty())
}

/// Names a text that stands under one language and is in another.
pub(super) fn other(given: Option<&str>, code: &str, written: &Written<'_>, words: &Words, found: &mut Vec<Finding>) {
    let Some(seems) = given.and_then(|_| words.guess(written)).filter(|seems| *seems != code) else { return };
    let near = NEAR.iter().any(|group| group.contains(&seems) && group.contains(&code));
    let count = |code: &str| words.0.get(code).map_or(0, |tongue| tongue.common_in(written));
    if near || count(seems) < 4 || count(seems) < 4 * count(code) {
        return;
    }
    found.push(Finding {
        code: "other_language",
        weight: Weight::Warning,
        at: written.whole(),
        text: text!("this stands under {code} and reads like {seems}", "dette står under {code} og ligner {seems}"),
        help: text!("move it, or write it in {code}", "flytt den, eller skriv den på {code}"),
        suggestion: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_words_can_be_read_and_says_something() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/lint");
        assert_eq!(folder.read_dir().unwrap().count(), FILES.len(), "every file is in the list of files");
        for (code, text) in FILES {
            let tongue: Tongue = toml::from_str(text).unwrap_or_else(|error| panic!("{code}: {error}"));
            assert!(tongue.offer().count() > 8 && tongue.reveals().count() > 5, "{code} has few words");
            assert!(tongue.excludes().count() > 4 && phrases(&tongue.common).count() > 8, "{code} has few words");
            assert!(tongue.excludes().all(|(_, gentler)| !gentler.trim().is_empty()), "{code}");
        }
    }

    #[test]
    fn the_organisations_own_words_come_on_top_and_take_away() {
        let own = "[nb]\noffer = \"yoga\"\nremove = \"hiv|narkoman*\"\nreveals = \"lyktehuset\"\n\
                   [nb.excludes]\n\"klienter\" = \"dere\"\n";
        let words = Words::ours().with(own).unwrap();
        let nb = &words.0["nb"];
        assert!(nb.offer().any(|word| word == "yoga") && nb.offer().any(|word| word == "gratis"));
        assert!(nb.reveals().any(|word| word == "lyktehuset") && !nb.reveals().any(|word| word == "hiv"));
        assert!(nb.excludes().any(|pair| pair == ("klienter", "dere")));
        assert!(
            !nb.excludes().any(|(word, _)| word == "narkoman*") && nb.excludes().any(|(word, _)| word == "junkie*")
        );
    }

    #[test]
    fn own_words_that_cannot_be_read_say_why() {
        let why = |text: &str| Words::default().with(text).unwrap_err().to_string();
        assert!(why("[klingonsk]\noffer = \"x\"").contains("klingonsk"));
        assert!(why("[nb]\noffers = \"x\"").contains("offers"));
        assert!(why("[nb").contains("TOML"));
    }

    #[test]
    fn the_language_of_a_text_is_told_by_its_common_words() {
        let guess = |text: &str| {
            let written = Written::read(text, &BTreeMap::new());
            Words::ours().guess(&written).map(str::to_owned)
        };
        for (code, text) in [
            ("nb", "Hei! Dette er Amanda fra Lykten. Vi har gratis lege for deg. Svar STOPP for å slippe flere."),
            ("en", "Hi! This is Amanda from Lykten. We have a free doctor for you. Reply STOP to opt out."),
            ("th", "สวัสดีค่ะ ฉันชื่อ Amanda จาก Lykten มีวัคซีน HPV แพทย์ และทนายความฟรี"),
            ("ru", "Здравствуйте! Это Аманда из Lykten. У нас есть врач для вас."),
            ("de", "Hallo! Hier ist Amanda von Lykten. Wir haben eine Ärztin für dich und auch Beratung."),
        ] {
            assert_eq!(guess(text).as_deref(), Some(code), "{text}");
        }
        assert_eq!(guess("OK 12"), None);
    }
}
