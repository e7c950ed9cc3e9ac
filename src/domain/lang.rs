//! What a person reads, in both languages of the house: English and Norwegian bokmål.

use std::fmt;

/// A language of the user interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// English, the default.
    #[default]
    En,
    /// Norwegian bokmål.
    Nb,
}

impl Lang {
    /// Reads a language tag or a POSIX locale (`nb_NO.UTF-8`, `no`, `en-GB`); `None` when it is neither language.
    pub fn parse(tag: &str) -> Option<Lang> {
        let primary = tag.split(['_', '-', '.', '@']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "nb" | "no" | "nn" => Some(Lang::Nb),
            "en" => Some(Lang::En),
            _ => None,
        }
    }
}

/// A sentence in both languages, made with [`text!`](crate::text).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// In English.
    pub en: String,
    /// In Norwegian bokmål.
    pub nb: String,
}

impl Text {
    /// The sentence in one language.
    pub fn pick(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Nb => &self.nb,
        }
    }
}

/// A count with its noun, or with all that changes with it: of one, and of several.
pub fn number_of(n: impl fmt::Display, en: [&str; 2], nb: [&str; 2]) -> Text {
    let n = n.to_string();
    let several = usize::from(n != "1");
    Text { en: format!("{n} {}", en[several]), nb: format!("{n} {}", nb[several]) }
}

/// Formats a sentence in both languages: `text!("{n} rows", "{n} rader")` is a [`Text`](crate::domain::lang::Text).
#[macro_export]
macro_rules! text {
    ($en:literal, $nb:literal $(, $($arg:tt)*)?) => {
        $crate::domain::lang::Text { en: format!($en $(, $($arg)*)?), nb: format!($nb $(, $($arg)*)?) }
    };
}

/// Formats a sentence in one language: `say!(lang, "{n} rows", "{n} rader")` is a `String`.
#[macro_export]
macro_rules! say {
    ($lang:expr, $en:literal, $nb:literal $(, $($arg:tt)*)?) => {
        match $lang {
            $crate::domain::lang::Lang::En => format!($en $(, $($arg)*)?),
            $crate::domain::lang::Lang::Nb => format!($nb $(, $($arg)*)?),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posix_locale_is_understood() {
        assert_eq!(Lang::parse("nb_NO.UTF-8"), Some(Lang::Nb));
        assert_eq!(Lang::parse("en-GB"), Some(Lang::En));
        assert_eq!(Lang::parse("C"), None);
    }

    #[test]
    fn one_is_not_several() {
        let rows = |n| number_of(n, ["row", "rows"], ["rad", "rader"]);
        let said = |n, lang| rows(n).pick(lang).to_owned();
        assert_eq!([0, 1, 21].map(|n| said(n, Lang::En)), ["0 rows", "1 row", "21 rows"]);
        assert_eq!([0, 1, 21].map(|n| said(n, Lang::Nb)), ["0 rader", "1 rad", "21 rader"]);
    }

    #[test]
    fn a_sentence_is_formatted_in_the_language_asked_for() {
        let rows = 3;
        assert_eq!(say!(Lang::Nb, "{rows} rows", "{rows} rader"), "3 rader");
        assert_eq!(text!("{rows} rows", "{rows} rader").pick(Lang::En), "3 rows");
    }
}
