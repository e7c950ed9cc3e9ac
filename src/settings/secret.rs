//! A reference to a secret: a file, or a systemd credential. Never the secret itself.

use std::path::PathBuf;

use config::Value;
use serde::{Deserialize, Deserializer, de};

use super::Settings;
use crate::domain::private::Private;

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// In a file that its owner alone should read.
    File(PathBuf),
    /// In the folder that systemd names in `CREDENTIALS_DIRECTORY`.
    Credential(String),
}

impl Secret {
    /// Reads the secret; a final line break is not part of it.
    ///
    /// # Errors
    /// A sentence that names the file, never its content.
    pub fn read(&self, settings: &Settings) -> Result<Private, String> {
        let path = match self {
            Secret::File(path) => settings.path(path),
            Secret::Credential(name) => std::env::var_os("CREDENTIALS_DIRECTORY")
                .map(|folder| PathBuf::from(folder).join(name))
                .ok_or_else(|| format!("the credential {name} needs systemd's CREDENTIALS_DIRECTORY"))?,
        };
        let text = std::fs::read_to_string(&path).map_err(|e| format!("the secret {}: {e}", path.display()))?;
        // Notepad begins a file with a mark that nobody sees.
        match text.trim_start_matches('\u{feff}').trim() {
            "" => Err(format!("the secret {} is empty", path.display())),
            several if several.contains(['\n', '\r']) => {
                Err(format!("the secret {} has several lines; leave the one that is the secret", path.display()))
            }
            secret => Ok(Private::new(secret.to_owned())),
        }
    }
}

/// What is wrong with a name that is none.
pub(super) const NO_CREDENTIAL: &str =
    "a credential is a file in systemd's folder; write its name alone, as \"twilio-token\"";

/// Whether it is a name, and leads nowhere else.
pub(super) fn is_credential(name: &str) -> bool {
    !name.contains('/') && !["", ".", ".."].contains(&name)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    file: Option<PathBuf>,
    credential: Option<String>,
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // An error must not repeat what stands there: it may be the secret.
        match Written::deserialize(Value::deserialize(from)?) {
            Ok(Written { file: Some(file), credential: None }) => Ok(Secret::File(file)),
            Ok(Written { file: None, credential: Some(name) }) if is_credential(&name) => Ok(Secret::Credential(name)),
            Ok(Written { file: None, credential: Some(_) }) => Err(de::Error::custom(NO_CREDENTIAL)),
            Ok(Written { file: Some(_), credential: Some(_) }) => {
                Err(de::Error::custom("a secret stands in one place; write `file` or `credential`, and not both"))
            }
            _ => Err(de::Error::custom(
                "a secret never stands in the settings; write { file = \"..\" } or { credential = \"..\" }",
            )),
        }
    }
}
