//! Whether a note reads like a health record: such things belong in a journal and not here. Warns, and forbids nothing.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

const LANGUAGES: [&str; 2] = [include_str!("../../config/health/nb.toml"), include_str!("../../config/health/en.toml")];

/// A phrase in folded words; a word may be open at either end.
struct Phrase(Vec<Word>);

struct Word {
    text: String,
    before: bool,
    after: bool,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let tables = LANGUAGES.iter().filter_map(|text| text.parse::<toml::Table>().ok());
    let lists = tables.flat_map(|table| table.into_iter().filter_map(|(_, list)| list.as_str().map(str::to_owned)));
    lists.flat_map(|list| list.split('|').map(Phrase::read).collect::<Vec<_>>()).collect()
});

/// The first words in a note by which it reads like a health record, as they were written.
pub fn reads_like_record(note: &str) -> Option<String> {
    let note: String = note.chars().take(20_000).nfkc().collect();
    let words: Vec<(&str, String)> = words(&note).map(|word| (word, word.to_lowercase())).collect();
    for at in 0..words.len() {
        let rest = words.get(at..).unwrap_or_default();
        let fits = |phrase: &&Phrase| phrase.fits(rest);
        if let Some(phrase) = PHRASES.iter().find(fits) {
            let said: Vec<_> = rest.iter().take(phrase.0.len()).map(|(word, _)| *word).collect();
            return Some(said.join(" "));
        }
        if let Some((word, _)) = rest.first().filter(|(word, _)| is_code(word)) {
            return Some((*word).to_owned());
        }
    }
    None
}

/// Words with their inner dots and dashes; a dot at the end belongs to an abbreviation of three letters.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let whole = text.split(|c: char| !(c.is_alphanumeric() || "-.+".contains(c)));
    whole
        .map(|word| {
            let bare = word.trim_matches(['-', '.', '+']);
            let short = bare.chars().count() == 3 && word.trim_start_matches(['-', '.']).len() == bare.len() + 1;
            if short && word.ends_with('.') { word.trim_start_matches(['-', '.']) } else { bare }
        })
        .filter(|word| !word.is_empty())
}

/// A code of the ICD: a capital, two digits, and perhaps a dot and one or two more.
fn is_code(word: &str) -> bool {
    let (head, tail) = word.split_once('.').unwrap_or((word, "0"));
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let Some((letter, number)) = head.split_at_checked(1) else { return false };
    letter.bytes().all(|b| b.is_ascii_uppercase()) && number.len() == 2 && digits(number, 2) && digits(tail, 2)
}

impl Phrase {
    fn read(written: &str) -> Self {
        let word = |word: &str| Word {
            text: word.trim_matches('*').to_owned(),
            before: word.starts_with('*'),
            after: word.ends_with('*'),
        };
        Self(written.split_whitespace().map(word).collect())
    }

    fn fits(&self, words: &[(&str, String)]) -> bool {
        let pairs = self.0.iter().zip(words);
        !self.0.is_empty() && self.0.len() <= words.len() && pairs.into_iter().all(|(word, (_, said))| word.is(said))
    }
}

impl Word {
    fn is(&self, said: &str) -> bool {
        let plain = said.trim_end_matches('.');
        match (self.before, self.after) {
            (false, false) => said == self.text || plain == self.text,
            (false, true) => said.starts_with(&self.text),
            (true, false) => plain.ends_with(&self.text),
            (true, true) => said.contains(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagnoses_medicines_findings_and_codes_are_seen_in_both_languages() {
        for (note, word) in [
            ("Hun er gravid i tredje måned", "gravid"),
            ("testet positivt i går", "testet positivt"),
            ("HIV pos.", "HIV"),
            ("svaret var pos. sa hun", "pos."),
            ("fikk resepten på mandag", "resepten"),
            ("she asked about PrEP", "PrEP"),
            ("viral load is low", "viral load"),
            ("Z11.4 og F32", "Z11.4"),
        ] {
            assert_eq!(reads_like_record(note).as_deref(), Some(word), "{note}");
        }
    }

    #[test]
    fn what_an_outreach_worker_writes_every_day_is_no_record() {
        for note in [
            "Snakket lenge. Vil ha besøk på torsdag kl. 14, ring først.",
            "Positiv samtale! Kjenner tilbudet fra før.",
            "Takk, trenger ingenting nå. Sier det videre til venner.",
            "prefers Instagram, mornings. Lives in Oslo, bus 37.",
            "Ønsker vaksine og kondomer, advokat om oppholdstillatelse",
            "",
        ] {
            assert_eq!(reads_like_record(note), None, "{note}");
        }
    }
}
