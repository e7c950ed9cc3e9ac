//! All phrases of all languages, read once from the word files, and where they stand in a reply. Knows no rule.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::pattern::{Literal, Pattern};
use super::words::Word;
use crate::domain::reply::ReplyKind;

macro_rules! files {
    ($($language:literal)*) => {
        [$(($language, include_str!(concat!("../../../config/words/", $language, ".toml")))),*]
    };
}

/// The word files. When two languages share a word, the first is named; `zxx` is what is no language: signs.
const FILES: &[(&str, &str)] = &files! {
    "en" "nb" "nn" "zxx" "sv" "da" "es" "pt" "fr" "de" "it" "nl"
    "ru" "uk" "bg" "mk" "sr" "pl" "cs" "sk" "lt" "lv" "hu" "ro"
    "tr" "el" "fi" "et" "th" "zh" "vi" "ar" "fa" "ku" "sq" "sw"
    "so" "tl" "ti" "am" "hi" "ur" "ne" "pcm"
};

/// All phrases; parsed at the first reply.
pub static BOOK: LazyLock<Book> =
    LazyLock::new(|| Book::parse(FILES).expect("the compiled-in word files are checked by a test"));

/// What a no does to the reply in which it stands.
pub const NO: Role = Role::Tells(ReplyKind::OptOut);

/// What a phrase does to the reply in which it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Changes nothing: politeness, greetings, who is this.
    Filler,
    /// Makes a question a demand: "can you".
    Request,
    /// Begins a new clause: "and".
    Joiner,
    /// Makes a word of refusal harmless: "bus stop".
    Harmless,
    /// Turns a demand that follows into its opposite: "do not" before "delete my number".
    Negator,
    /// Makes a demand less than final: "before ten", "on WhatsApp instead".
    Limit,
    /// Asks for another way of contact, which makes a no before or after it less than final: "don't call, write".
    Instead,
    /// Asks for a word after it, so that a no that ends in it is about that word: "my".
    Open,
    /// Somebody or something else than us, which a no may be about: "the police".
    Others,
    /// Our messages, our list, a person's number with us.
    Messages,
    /// Stands in our own messages, which a reply may quote.
    Ours,
    /// Tells the kind of the reply.
    Tells(ReplyKind),
}

/// Where in a reply a phrase tells something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Only when nothing else is said.
    Alone,
    /// When nothing else is said; less sure at the beginning of a clause.
    Start,
    /// Anywhere.
    Inside,
}

/// A phrase with what it does.
#[derive(Debug)]
pub struct Phrase {
    /// Its words.
    pub pattern: Pattern,
    /// What it does.
    pub role: Role,
    /// Where it does it.
    pub place: Place,
    /// Its language, an index into the word files.
    pub language: usize,
}

/// A place in a reply where one or more phrases stand.
#[derive(Debug)]
pub struct Found {
    /// The first word.
    pub start: usize,
    /// One past the last word.
    pub end: usize,
    /// What they do.
    pub role: Role,
    /// Where they do it.
    pub place: Place,
    /// The phrases, in the order of the files.
    pub phrases: Vec<usize>,
}

/// Every phrase of every language, found by its first word.
#[derive(Debug)]
pub struct Book {
    /// The phrases.
    pub phrases: Vec<Phrase>,
    exact: HashMap<String, Vec<usize>>,
    squeezed: HashMap<String, Vec<usize>>,
    stems: HashMap<char, Vec<usize>>,
    named: Vec<usize>,
    /// For each word, a bit for each language that has it.
    vocabulary: HashMap<String, u64>,
}

type Meanings = BTreeMap<String, String>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    name: String,
    accents_matter: bool,
    filler: Meanings,
    request: Meanings,
    joiner: Meanings,
    harmless: Meanings,
    negator: Meanings,
    limit: Meanings,
    instead: Meanings,
    open: Meanings,
    others: Meanings,
    messages: Meanings,
    ours: Meanings,
    opt_out: Places,
    suspected: Places,
    help: Places,
    wrong_number: Places,
    not_in_group: Places,
    start: Places,
    thanks: Places,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Places {
    alone: Meanings,
    start: Meanings,
    inside: Meanings,
}

impl File {
    fn sections(self) -> Vec<(Role, Place, Meanings)> {
        let mut sections = vec![
            (Role::Filler, Place::Inside, self.filler),
            (Role::Request, Place::Inside, self.request),
            (Role::Joiner, Place::Inside, self.joiner),
            (Role::Harmless, Place::Inside, self.harmless),
            (Role::Negator, Place::Inside, self.negator),
            (Role::Limit, Place::Inside, self.limit),
            (Role::Instead, Place::Inside, self.instead),
            (Role::Open, Place::Inside, self.open),
            (Role::Others, Place::Inside, self.others),
            (Role::Messages, Place::Inside, self.messages),
            (Role::Ours, Place::Inside, self.ours),
        ];
        for (kind, places) in [
            (ReplyKind::OptOut, self.opt_out),
            (ReplyKind::Suspected, self.suspected),
            (ReplyKind::Help, self.help),
            (ReplyKind::WrongNumber, self.wrong_number),
            (ReplyKind::NotInGroup, self.not_in_group),
            (ReplyKind::Start, self.start),
            (ReplyKind::Thanks, self.thanks),
        ] {
            sections.push((Role::Tells(kind), Place::Alone, places.alone));
            sections.push((Role::Tells(kind), Place::Start, places.start));
            sections.push((Role::Tells(kind), Place::Inside, places.inside));
        }
        sections
    }
}

impl Book {
    /// Reads word files; the error names the file and what is wrong with it.
    fn parse(files: &[(&str, &str)]) -> Result<Book, String> {
        let mut book = Book {
            phrases: Vec::new(),
            exact: HashMap::new(),
            squeezed: HashMap::new(),
            stems: HashMap::new(),
            named: Vec::new(),
            vocabulary: HashMap::new(),
        };
        let mut mistakes = Vec::new();
        for (language, (code, text)) in files.iter().enumerate() {
            let file: File = toml::from_str(text).map_err(|error| format!("{code}.toml: {error}"))?;
            if file.name.is_empty() {
                return Err(format!("{code}.toml: say the language's name"));
            }
            let tones = file.accents_matter;
            for (role, place, phrases) in file.sections() {
                for (phrase, meaning) in phrases {
                    if meaning.trim().is_empty() {
                        mistakes.push(format!("{code}.toml: say what `{phrase}` means"));
                    }
                    match Pattern::parse(&phrase, tones) {
                        Ok(pattern) => book.add(Phrase { pattern, role, place, language }),
                        Err(mistake) => mistakes.push(format!("{code}.toml: {mistake}")),
                    }
                }
            }
        }
        if mistakes.is_empty() { Ok(book) } else { Err(mistakes.join("\n")) }
    }

    fn add(&mut self, phrase: Phrase) {
        let id = self.phrases.len();
        for literal in phrase.pattern.beginnings() {
            let list = match literal {
                Literal::Exact(spelling) => {
                    if let Some(other) = &spelling.spelled_out {
                        self.exact.entry(other.clone()).or_default().push(id);
                    }
                    self.squeezed.entry(spelling.squeezed.clone()).or_default().push(id);
                    self.exact.entry(spelling.plain.clone()).or_default()
                }
                Literal::Stem(stem) => self.stems.entry(stem.chars().next().unwrap_or_default()).or_default(),
                Literal::Name => &mut self.named,
            };
            list.push(id);
        }
        for spelling in phrase.pattern.spellings() {
            *self.vocabulary.entry(spelling.plain.clone()).or_default() |= 1 << phrase.language;
        }
        self.phrases.push(phrase);
    }

    /// Whether a phrase may begin with this word.
    pub fn knows(&self, word: &Word) -> bool {
        self.beginning_with(word).next().is_some()
    }

    fn beginning_with<'a>(&'a self, word: &'a Word) -> impl Iterator<Item = usize> + 'a {
        let exact = word.readings.iter().filter_map(|reading| self.exact.get(reading));
        let squeezed = word.squeezed.iter().filter_map(|reading| self.squeezed.get(reading));
        let stems = word.readings.iter().filter_map(|reading| self.stems.get(&reading.chars().next()?));
        let named = word.named.then_some(&self.named);
        exact.chain(squeezed).chain(stems).chain(named).flatten().copied()
    }

    /// Every phrase that stands in a reply, once for each place and role.
    pub fn find(&self, words: &[Word]) -> Vec<Found> {
        let mut all = Vec::new();
        for start in 0..words.len() {
            let mut here: Vec<Found> = Vec::new();
            let mut ids: Vec<usize> = self.beginning_with(&words[start]).collect();
            ids.sort_unstable();
            ids.dedup();
            for id in ids {
                let Phrase { pattern, role, place, .. } = &self.phrases[id];
                let Some(end) = pattern.end(&words[start..]).map(|length| start + length) else { continue };
                match here.iter_mut().find(|found| (found.end, found.role, found.place) == (end, *role, *place)) {
                    Some(found) => found.phrases.push(id),
                    None => here.push(Found { start, end, role: *role, place: *place, phrases: vec![id] }),
                }
            }
            all.append(&mut here);
        }
        all
    }

    /// The code of a phrase's language; signs have none.
    pub fn language(&self, id: usize) -> Option<&'static str> {
        self.code(self.phrases[id].language)
    }

    /// How many languages there are, signs among them.
    pub fn languages(&self) -> usize {
        FILES.len()
    }

    /// The code of a language by its number; signs have none.
    pub fn code(&self, language: usize) -> Option<&'static str> {
        Some(FILES[language].0).filter(|code| *code != "zxx")
    }

    /// Whether no phrase of another language has this word.
    pub fn is_only_in(&self, language: usize, word: &Word) -> bool {
        let others = |reading: &String| self.vocabulary.get(reading).is_some_and(|has| has & !(1 << language) != 0);
        !word.readings.iter().any(others)
    }

    /// Whether a language has phrases in both.
    pub fn share_language(&self, these: &[usize], those: &[usize]) -> bool {
        let language = |id: &usize| self.phrases[*id].language;
        these.iter().any(|this| those.iter().any(|that| language(this) == language(that)))
    }

    /// Every single word in a role, with its phrase.
    pub fn single_words(&self, role: Role) -> impl Iterator<Item = (usize, &str)> {
        let phrases = self.phrases.iter().enumerate().filter(move |(_, phrase)| phrase.role == role);
        phrases.flat_map(|(id, phrase)| phrase.pattern.single_words().into_iter().map(move |word| (id, word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_file_is_in_order() {
        let book = Book::parse(FILES).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        for (language, (code, _)) in FILES.iter().enumerate() {
            let says_no =
                |phrase: &Phrase| phrase.language == language && phrase.role == Role::Tells(ReplyKind::OptOut);
            assert!(book.phrases.iter().any(says_no), "{code} has no word of refusal");
        }
    }

    #[test]
    fn no_refusal_can_do_without_its_negator() {
        let book = Book::parse(FILES).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let phrases = |role| book.phrases.iter().filter(move |phrase| phrase.role == role);
        for refusal in phrases(Role::Tells(ReplyKind::OptOut)) {
            let same = |negator: &&Phrase| negator.language == refusal.language;
            let negators: Vec<&Literal> =
                phrases(Role::Negator).filter(same).flat_map(|negator| negator.pattern.beginnings()).collect();
            let optional = refusal.pattern.optional_beginnings();
            assert!(!optional.iter().any(|word| negators.contains(word)), "{:?}", refusal.pattern);
        }
    }

    #[test]
    fn a_phrase_without_a_meaning_is_refused() {
        let mistake = Book::parse(&[("xx", "name = 'X'\n[filler]\n'please' = ' '")]).unwrap_err();
        assert_eq!(mistake, "xx.toml: say what `please` means");
    }

    #[test]
    fn a_broken_phrase_and_an_unknown_section_are_named() {
        assert!(
            Book::parse(&[("xx", "name = 'X'\n[filler]\n'.. a' = 'b'")]).unwrap_err().contains("`.. a` must begin")
        );
        assert!(Book::parse(&[("xx", "name = 'X'\n[fillers]")]).unwrap_err().starts_with("xx.toml: "));
    }
}
