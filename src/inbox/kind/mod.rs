//! Tells what kind of answer a reply is, from its words alone. Pure and quick whatever comes in; knows no contact and
//! no database. The rules are in [`decide`], the words in `config/words/`.

mod decide;
mod fold;
mod pattern;
mod phrases;
mod words;

use std::fmt;

use crate::domain::reply::ReplyKind;

/// What a reply was understood as.
#[derive(Clone, PartialEq, Eq)]
pub struct Reading {
    /// The kind of answer.
    pub kind: ReplyKind,
    /// The phrase that told it, as its word file spells it.
    pub phrase: Option<String>,
    /// The language of that phrase.
    pub language: Option<String>,
}

impl fmt::Debug for Reading {
    /// Without the phrase, which is a piece of what a person wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("kind", &self.kind).field("language", &self.language).finish_non_exhaustive()
    }
}

/// Reads a reply and tells its kind.
pub fn classify(text: &str) -> Reading {
    let book = &*phrases::BOOK;
    let mut words = words::read(text).joined();
    words.list.retain(|word| book.knows(word) || !word.lower.chars().all(fold::is_emoji));
    decide::decide(book, &words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line a reply: the kinds that are right for it, parted by `|`, a tab, the reply.
    const REPLIES: &str = include_str!("../../../tests/data/replies.tsv");
    /// The same for the languages of Asia and Africa, and Albanian.
    const OTHER_SCRIPTS: &str = include_str!("../../../tests/data/replies-other-scripts.tsv");

    #[test]
    fn every_reply_of_the_table_is_understood() {
        let mut wrong = Vec::new();
        for line in REPLIES.lines().chain(OTHER_SCRIPTS.lines()).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (kinds, text) = line.split_once('\t').expect("a tab between kinds and text");
            let text = text.replace("\\n", "\n");
            let reading = classify(&text);
            if !kinds.split('|').any(|kind| kind == reading.kind.as_str()) {
                wrong.push(format!("{kinds}: {text:?} was {} {:?} {:?}", reading.kind.as_str(), reading.phrase, reading.language));
            }
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
}
