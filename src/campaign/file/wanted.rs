//! An outcome that a campaign wants, as it is stored. Knows nothing of who came.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::lang::Lang;

/// An outcome that a campaign wants.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Its name in commands, files and counts.
    pub name: String,
    /// Language code to what people call it.
    #[serde(rename = "title")]
    pub titles: BTreeMap<String, String>,
    /// How many the campaign is to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<u32>,
    /// The word that the message carries, and that people say when they come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Wanted {
    /// What people call it, in the language they read, else in the first that there is.
    pub fn title(&self, lang: Lang) -> &str {
        let own = match lang {
            Lang::En => "en",
            Lang::Nb => "nb",
        };
        self.titles.get(own).or_else(|| self.titles.values().next()).unwrap_or(&self.name)
    }

    /// Whether somebody means this outcome: its name, or what it is called in any language.
    pub fn is_called(&self, written: &str) -> bool {
        let written = written.trim().to_lowercase();
        self.name == written || self.titles.values().any(|title| title.trim().to_lowercase() == written)
    }

    /// Whether this is the word that the message carried.
    pub fn is_code(&self, said: &str) -> bool {
        self.code.as_ref().is_some_and(|code| code.to_lowercase() == said.trim().to_lowercase())
    }
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The outcomes that the text of a campaign file names, as far as they can be read: when nothing else says so any more.
pub fn wanted(text: &str) -> Vec<Wanted> {
    let table = text.parse::<toml::Table>().unwrap_or_default();
    let all = table.get("outcome").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    all.into_iter().filter_map(|one| one.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_known_by_its_name_its_title_and_its_word() {
        let file = "[[outcome]]\nname = \"first_dose\"\ntitle.nb = \"Første dose\"\ncode = \"LYKT\"\n";
        let wanted = &wanted(file)[0];
        assert!(wanted.is_called("first_dose") && wanted.is_called(" FØRSTE dose ") && !wanted.is_called("dose"));
        assert!(wanted.is_code("lykt") && !wanted.is_code(""));
        assert!(super::wanted("no = [toml").is_empty());
    }
}
