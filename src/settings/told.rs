//! What the settings say, and who says it: the defaults, the file over them, the environment over both. Knows no setting.

use std::io;
use std::path::{Path, PathBuf};

use config::{Config, File, FileFormat, Map, Value};

use super::environment::{self, Variable, table, that_said};
use super::error::SettingsError;
use super::line;
use super::mistake::{Mistake, step};
use crate::domain::lang::Text;
use crate::text;

const DEFAULTS: &str = include_str!("../../config/default.toml");

/// A settings file, and the variables over it.
pub(super) struct Told {
    /// The file.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
    /// The variables.
    pub variables: Vec<Variable>,
}

impl Told {
    /// Reads the file, and looks into the environment.
    ///
    /// # Errors
    /// When there is no file, or it cannot be read.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        if !path.is_file() {
            return Err(SettingsError::Missing(path.to_owned()));
        }
        let wrong = |e: io::Error| SettingsError::Wrong { path: path.to_owned(), line: None, reason: unread(&e) };
        let text = std::fs::read_to_string(path).map_err(wrong)?;
        Ok(Self { path: path.to_owned(), text, variables: environment::variables() })
    }

    /// All that is said, one over the other.
    ///
    /// # Errors
    /// When the file is no TOML, or a variable is unclear.
    pub fn all(&self) -> Result<Map<String, Value>, Mistake> {
        let file = |text: &str| File::from_str(text, FileFormat::Toml);
        let written = Config::builder().add_source(file(DEFAULTS)).add_source(file(&self.text)).build()?;
        let mut all = Config::builder().add_source(written.clone());
        let written = written.cache.into_table()?;
        for variable in &self.variables {
            let key = variable.key(&written)?;
            let value = variable.value(&key);
            all = all.set_override(key, value).map_err(|_| {
                variable.mistake(text!("this is no name of a setting", "dette er ikke navnet på en innstilling"))
            })?;
        }
        Ok(all.build()?.cache.into_table()?)
    }

    /// A mistake, with the line of the file or the variable that has it.
    pub fn placed(&self, mistake: Mistake) -> SettingsError {
        let Mistake { key, reason, variable } = mistake;
        let variable = variable.or_else(|| that_said(value(&self.all().ok()?, &key)?).map(str::to_owned));
        match variable {
            Some(name) => SettingsError::Variable { name, reason },
            None => SettingsError::Wrong { path: self.path.clone(), line: line::of(&self.text, &key), reason },
        }
    }
}

/// Why a file is not read.
fn unread(error: &io::Error) -> Text {
    match error.kind() {
        io::ErrorKind::InvalidData => text!(
            "the file is not UTF-8; save it as UTF-8 in your editor",
            "filen er ikke UTF-8; lagre den som UTF-8 i redigeringsprogrammet"
        ),
        _ => text!(
            "the file cannot be read: {error}; let the user who runs lykt read it",
            "filen kan ikke leses: {error}; la brukeren som kjører lykt lese den"
        ),
    }
}

/// What stands at a key; where it is not there, the section that should have it.
fn value<'t>(told: &'t Map<String, Value>, key: &str) -> Option<&'t Value> {
    let (found, rest) = step(told.iter().map(|(name, value)| (name.as_str(), value)), key)?;
    table(found).and_then(|told| value(told, rest)).or(Some(found))
}
