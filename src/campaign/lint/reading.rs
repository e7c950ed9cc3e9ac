//! Readability: LIX, the share of long words and the length of sentences, as one number that people in the north know.

use super::finding::{Finding, Weight};
use super::written::Written;
use crate::domain::lang::Text;
use crate::text;

/// Fewer words than this say nothing of how hard a text is.
const FEWEST: usize = 12;
/// A sentence of more words than this is lost on the way.
const LONG_SENTENCE: usize = 25;
/// A word of more letters than this is long.
const LONG_WORD: usize = 6;
/// Languages whose plain words are long: their number stands ten above what the same text has elsewhere.
const LONG_WORDS: [&str; 14] = ["de", "fi", "et", "hu", "ru", "uk", "bg", "pl", "lt", "lv", "tr", "el", "sr", "mk"];

/// How hard a text is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readability {
    /// LIX.
    pub lix: usize,
    /// The words of the longest sentence.
    pub longest_sentence: usize,
}

impl Readability {
    /// The number in words.
    pub fn in_words(&self) -> Text {
        match self.lix {
            0..=29 => text!("very easy", "svært lett"),
            30..=39 => text!("easy", "lett"),
            40..=49 => text!("medium", "middels"),
            50..=59 => text!("hard", "vanskelig"),
            _ => text!("very hard", "svært vanskelig"),
        }
    }
}

/// Counts; `None` for a text that is too short, or in a writing whose words cannot be counted so.
pub fn readability(text: &str) -> Option<Readability> {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let counted =
        |c: char| matches!(c, 'A'..='z' | '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}');
    if letters.clone().filter(|c| counted(*c)).count() * 10 < letters.count() * 9 {
        return None;
    }
    let sentences: Vec<Vec<&str>> = sentences(text);
    let words: Vec<&&str> = sentences.iter().flatten().collect();
    if words.len() < FEWEST {
        return None;
    }
    let long = words.iter().filter(|word| word.chars().filter(|c| c.is_alphanumeric()).count() > LONG_WORD).count();
    let lix = words.len() / sentences.len() + 100 * long / words.len();
    Some(Readability { lix, longest_sentence: sentences.iter().map(Vec::len).max().unwrap_or(0) })
}

/// The words of each sentence. A link is no word, and its full stops end nothing.
fn sentences(text: &str) -> Vec<Vec<&str>> {
    let mut sentences = vec![Vec::new()];
    for line in text.lines() {
        for word in line.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let is_link = bare.contains("://") || bare.contains('.') && bare.contains(char::is_alphabetic);
            if !is_link
                && !bare.is_empty()
                && let Some(sentence) = sentences.last_mut()
            {
                sentence.push(bare);
            }
            if word.ends_with(['.', '!', '?', ':', ';']) {
                sentences.push(Vec::new());
            }
        }
        sentences.push(Vec::new());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

pub(super) fn judge(written: &Written<'_>, language: Option<&str>, found: &mut Vec<Finding>) {
    let Some(read) = written.longest.as_deref().and_then(readability) else { return };
    let Readability { lix, longest_sentence } = read;
    let allowed = if language.is_some_and(|code| LONG_WORDS.contains(&code)) { 10 } else { 0 };
    let Text { en, nb } = read.in_words();
    if lix >= 50 + allowed {
        let weight = if lix >= 60 + allowed { Weight::Warning } else { Weight::Note };
        found.push(Finding {
            code: "hard_to_read",
            weight,
            at: written.whole(),
            text: text!("this is {en} to read (LIX {lix})", "dette er {nb} å lese (LIX {lix})"),
            help: text!(
                "use shorter words and shorter sentences; below 40 most people read it with ease",
                "bruk kortere ord og kortere setninger; under 40 leser de fleste det lett"
            ),
            suggestion: None,
        });
    }
    if longest_sentence > LONG_SENTENCE {
        found.push(Finding {
            code: "long_sentence",
            weight: Weight::Note,
            at: written.whole(),
            text: text!("one sentence has {longest_sentence} words", "én setning har {longest_sentence} ord"),
            help: text!("make it two", "gjør den til to"),
            suggestion: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_words_a_sentence_plus_the_share_of_long_words() {
        // Two sentences of six words; three of twelve words are longer than six letters.
        let read = readability("Vi har gratis vaksine og advokat. Svar stopp for å slippe meldinger.").unwrap();
        assert_eq!((read.lix, read.longest_sentence), (6 + 100 * 3 / 12, 6));
        assert_eq!(read.in_words().nb, "lett");
    }

    #[test]
    fn a_link_is_no_word_and_ends_no_sentence() {
        let with =
            readability("Vi har gratis vaksine og advokat på lykten.example nå. Svar stopp for å slippe meldinger.");
        assert_eq!(with.unwrap().longest_sentence, 8);
    }

    #[test]
    fn of_a_short_text_or_one_without_spaces_nothing_is_said() {
        assert_eq!(readability("Gratis vaksine."), None);
        assert_eq!(readability(&"มีวัคซีน แพทย์ และทนายความฟรี ".repeat(10)), None);
    }
}
