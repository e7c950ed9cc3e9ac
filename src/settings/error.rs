//! Why settings cannot be used, and where it stands.

use std::path::PathBuf;

use crate::domain::lang::Text;
use crate::text;

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum SettingsError {
    /// There is no such file.
    Missing(PathBuf),
    /// A key is unknown, of the wrong type, or missing.
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, where it can be told.
        line: Option<usize>,
        /// What is wrong, and what to write instead.
        reason: Text,
    },
    /// The same, in the environment.
    Variable {
        /// The variable.
        name: String,
        /// What is wrong.
        reason: Text,
    },
}

impl SettingsError {
    /// What is wrong, where it stands, and what to do.
    pub fn text(&self) -> Text {
        match self {
            Self::Missing(path) => {
                let path = path.display();
                text!(
                    "there is no settings file {path}: run `lykt init DIR` to make one, or name it with --config",
                    "det finnes ingen innstillingsfil {path}: kjør `lykt init MAPPE` for å lage en, eller oppgi den med --config"
                )
            }
            Self::Wrong { path, line: Some(line), reason: Text { en, nb } } => {
                let path = path.display();
                text!("{path}, line {line}: {en}", "{path}, linje {line}: {nb}")
            }
            Self::Wrong { path, line: None, reason: Text { en, nb } } => {
                let path = path.display();
                text!("{path}: {en}", "{path}: {nb}")
            }
            Self::Variable { name, reason: Text { en, nb } } => {
                text!("{name} in the environment: {en}", "{name} i miljøet: {nb}")
            }
        }
    }
}
