//! A reference to a secret: a file, or a systemd credential. Never the secret itself.

use std::path::PathBuf;

use config::Value;
use serde::{Deserialize, Deserializer};

use super::Settings;
use super::mistake::wrong;
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::text;

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
    pub fn read(&self, settings: &Settings) -> Result<Private, Text> {
        let path = match self {
            Secret::File(path) => settings.path(path),
            Secret::Credential(name) => std::env::var_os("CREDENTIALS_DIRECTORY")
                .map(|folder| PathBuf::from(folder).join(name))
                .ok_or_else(|| {
                    text!(
                        "the credential {name} needs systemd's CREDENTIALS_DIRECTORY",
                        "hemmeligheten {name} trenger CREDENTIALS_DIRECTORY fra systemd"
                    )
                })?,
        };
        let shown = path.display();
        let text = std::fs::read_to_string(&path)
            .map_err(|e| text!("the secret {shown}: {e}", "hemmeligheten {shown}: {e}"))?;
        // Notepad begins a file with a mark that nobody sees.
        match text.trim_start_matches('\u{feff}').trim() {
            "" => Err(text!("the secret {shown} is empty", "hemmeligheten {shown} er tom")),
            several if several.contains(['\n', '\r']) => Err(text!(
                "the secret {shown} has several lines; leave the one that is the secret",
                "hemmeligheten {shown} har flere linjer; la den som er hemmeligheten stå igjen"
            )),
            secret => Ok(Private::new(secret.to_owned())),
        }
    }
}

/// What is wrong with a name that is none.
pub(super) fn no_credential() -> Text {
    text!(
        "a credential is a file in systemd's folder; write its name alone, as \"twilio-token\"",
        "en credential er en fil i mappen til systemd; skriv bare navnet, som \"twilio-token\""
    )
}

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
            Ok(Written { file: None, credential: Some(_) }) => Err(wrong(no_credential())),
            Ok(Written { file: Some(_), credential: Some(_) }) => Err(wrong(text!(
                "a secret stands in one place; write `file` or `credential`, and not both",
                "en hemmelighet står på ett sted; skriv `file` eller `credential`, og ikke begge"
            ))),
            _ => Err(wrong(text!(
                "a secret never stands in the settings; write {{ file = \"..\" }} or {{ credential = \"..\" }}",
                "en hemmelighet står aldri i innstillingene; skriv {{ file = \"..\" }} eller {{ credential = \"..\" }}"
            ))),
        }
    }
}
