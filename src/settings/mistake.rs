//! A mistake in the settings, with the key where it stands. Knows no setting.

use config::ConfigError;
use serde::de;

use super::parser;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::text;

/// Stands between the two languages while serde carries a sentence: its errors have room for one string.
const BETWEEN: char = '\u{1f}';

/// What is wrong with a key; who said it is looked for later.
#[derive(Debug)]
pub(super) struct Mistake {
    /// The key, with dots; a setting that is missing has its own all the same.
    pub key: String,
    /// What is wrong, and what to write instead.
    pub reason: Text,
    /// The variable that has it, where that is known already.
    pub variable: Option<String>,
}

impl Mistake {
    /// A mistake at a key.
    pub fn at(key: impl Into<String>, reason: Text) -> Self {
        Self { key: key.into(), reason, variable: None }
    }

    /// The same, below another key.
    pub fn under(self, above: &str) -> Self {
        let key = if self.key.is_empty() { above.to_owned() } else { format!("{above}.{}", self.key) };
        Self { key, ..self }
    }
}

/// What is wrong with a value, as an error of serde's that keeps both languages.
pub(super) fn wrong<E: de::Error>(reason: Text) -> E {
    E::custom(format!("{}{BETWEEN}{}", inert(&reason.en), inert(&reason.nb)))
}

impl From<ConfigError> for Mistake {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::At { error, key: Some(above), .. } => Self::from(*error).under(&above),
            ConfigError::NotFound(key) => {
                let last = key.rsplit('.').next().unwrap_or_default();
                Self::at(&key, text!("`{last}` is missing", "`{last}` mangler"))
            }
            ConfigError::Type { unexpected, expected, key, .. } => {
                Self::at(key.unwrap_or_default(), parser::wrong_type(&unexpected.to_string(), expected))
            }
            ConfigError::FileParse { cause, .. } => {
                let toml = cause.downcast_ref::<toml::de::Error>().map(|error| error.message().trim().to_owned());
                Self::at("", parser::no_toml(&toml.unwrap_or_else(|| cause.to_string())))
            }
            other => {
                let said = other.to_string();
                if let Some((en, nb)) = said.split_once(BETWEEN) {
                    return Self::at("", Text { en: en.to_owned(), nb: nb.to_owned() });
                }
                let unknown = said.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
                Self::at(unknown.unwrap_or_default(), parser::told(&said))
            }
        }
    }
}

/// The entry that leads to a key, and the rest of the key below it. A name may have dots: the longest that fits.
pub(super) fn step<'n, 'k, V>(entries: impl Iterator<Item = (&'n str, V)>, key: &'k str) -> Option<(V, &'k str)> {
    let below = |name: &str| {
        let rest = key.strip_prefix(name)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix(['.', '[']) }
    };
    let fitting = entries.filter_map(|(name, value)| Some((name.len(), value, below(name)?)));
    fitting.max_by_key(|(length, ..)| *length).map(|(_, value, rest)| (value, rest))
}
