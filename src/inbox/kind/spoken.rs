//! Tells the language of a reply, when its words leave no doubt.

use super::fold;
use super::phrases::{Book, Found};
use super::words::Word;

/// A single word is short below this; too many languages have it.
const LONG: usize = 5;

/// The code of the language that more of the words are in than in any other.
pub fn spoken(book: &Book, words: &[Word], found: &[Found]) -> Option<&'static str> {
    let counts: Vec<usize> = (0..book.languages()).map(|language| covered(book, language, found).count()).collect();
    let most = *counts.iter().max()?;
    let mut languages = (0..counts.len()).filter(|language| counts[*language] == most);
    let language = languages.next().filter(|first| languages.all(|other| is_same(book, *first, other)))?;
    let plain = match most {
        0 => false,
        1 => covered(book, language, found).all(|at| is_telling(book, language, &words[at])),
        _ => true,
    };
    (plain && most * 3 >= words.len() * 2).then(|| book.code(language)).flatten()
}

/// The words that phrases of a language stand on.
pub fn covered<'a>(book: &'a Book, language: usize, found: &'a [Found]) -> impl Iterator<Item = usize> + 'a {
    let theirs = move |found: &&Found| found.phrases.iter().any(|id| book.phrases[*id].language == language);
    found
        .iter()
        .filter(theirs)
        .scan(0, |far, found| {
            let fresh = (*far).max(found.start)..found.end;
            *far = (*far).max(found.end);
            Some(fresh)
        })
        .flatten()
}

/// Norwegian is written in two ways, and what is Pidgin and English alike is English.
fn is_same(book: &Book, language: usize, other: usize) -> bool {
    let pair = (book.code(language), book.code(other));
    pair == (Some("nb"), Some("nn")) || pair == (Some("en"), Some("pcm"))
}

/// Whether one word alone tells its language.
fn is_telling(book: &Book, language: usize, word: &Word) -> bool {
    let long = word.lower.chars().count() >= LONG || word.lower.chars().all(fold::is_unspaced);
    long && book.is_only_in(language, word)
}
