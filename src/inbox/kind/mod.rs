//! Tells what kind of answer a reply is, from its words alone. Pure and quick whatever comes in; knows no contact and
//! no database. The rules are in `decide`, the words in `config/words/`.

mod about;
mod decide;
mod fold;
mod mask;
mod pattern;
mod phrases;
mod spoken;
mod words;

use std::fmt;
use std::sync::LazyLock;

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
    /// The language of the whole reply, when its words leave no doubt.
    pub spoken: Option<String>,
}

impl fmt::Debug for Reading {
    /// Without the phrase, which is a piece of what a person wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("kind", &self.kind).field("language", &self.language).finish_non_exhaustive()
    }
}

/// Reads the compiled-in words, which takes a while the first time: nobody should have to wait for that in a transaction.
pub fn learn() {
    LazyLock::force(&phrases::BOOK);
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
    use proptest::prelude::*;

    use super::*;

    /// A line a reply: the kinds that are right for it, parted by `|`, a tab, the reply.
    const REPLIES: &str = include_str!("../../../tests/data/replies.tsv");
    /// The same for the languages of Asia and Africa, and Albanian.
    const OTHER_SCRIPTS: &str = include_str!("../../../tests/data/replies-other-scripts.tsv");

    #[test]
    fn every_reply_of_the_table_is_understood() {
        let mut wrong = Vec::new();
        for line in
            REPLIES.lines().chain(OTHER_SCRIPTS.lines()).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (kinds, text) = line.split_once('\t').expect("a tab between kinds and text");
            let text = text.replace("\\n", "\n");
            let reading = classify(&text);
            if !kinds.split('|').any(|kind| kind == reading.kind.as_str()) {
                wrong.push(format!(
                    "{kinds}: {text:?} was {} {:?} {:?}",
                    reading.kind.as_str(),
                    reading.phrase,
                    reading.language
                ));
            }
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn the_simulators_noes_are_noes_and_nobody_elses_words_are() {
        let refuses = |kind| (kind == ReplyKind::OptOut, kind == ReplyKind::Suspected);
        let behaviour = crate::gateway::simulator::Behaviour::compiled_in().unwrap();
        let wrong: Vec<String> = behaviour
            .sentences()
            .filter(|sentence| refuses(classify(sentence.text).kind) != refuses(sentence.kind))
            .map(|sentence| format!("{:?}: {} {:?}", sentence.kind, sentence.text, classify(sentence.text).phrase))
            .collect();
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn a_language_is_told_only_when_the_words_leave_no_doubt() {
        let spoken = |text: &str| classify(text).spoken;
        for (code, text) in [
            ("nb", "ikke kontakt meg igjen"),
            ("en", "I need a doctor"),
            ("ro", "nu mă mai sunați"),
            ("ru", "перестаньте мне писать"),
            ("zh", "不要再发了"),
            ("es", "necesito ayuda por favor"),
        ] {
            assert_eq!(spoken(text).as_deref(), Some(code), "{text}");
        }
        for text in ["ja", "da", "no", "stop", "STOPP", "ok", "nei", "нет", "info", "doctor", "🛑", "xyzzy", ""] {
            assert_eq!(spoken(text), None, "{text}");
        }
    }

    #[test]
    fn decoration_and_length_cost_nothing() {
        let marks = format!("STOP{}", "\u{301}".repeat(50_000));
        assert_eq!(classify(&marks).kind, ReplyKind::OptOut);
        assert_eq!(classify(&"stop ".repeat(600_000)).kind, ReplyKind::OptOut);
        classify(&"do not stop sending me, i do not want ".repeat(80_000));
        classify(&"ikke vil ha flere ".repeat(160_000));
        classify(&"停".repeat(1_000_000));
    }

    #[test]
    fn markup_and_directions_are_text_like_any_other() {
        assert_eq!(classify("\u{202e}STOP\u{202c}").kind, ReplyKind::OptOut);
        assert_eq!(classify("<script>alert(1)</script>").kind, ReplyKind::Other);
        assert_eq!(classify("").kind, ReplyKind::Other);
        assert_eq!(classify("\u{fffd}\0\n").kind, ReplyKind::Other);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            classify(&text);
        }

        #[test]
        fn what_surrounds_a_stop_word_does_not_save_it(before in "[ .!\"*_~\\u{200b}\\n-]{0,6}", after in "[ .!\"*_~\\u{200b}\\n-]{0,6}") {
            prop_assert_eq!(classify(&format!("{before}Stopp{after}")).kind, ReplyKind::OptOut);
        }
    }
}
