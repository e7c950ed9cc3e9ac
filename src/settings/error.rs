//! Why settings cannot be used, and where it stands.

use std::path::PathBuf;

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such file.
    #[error("there is no settings file {}: run `lykt init DIR` to make one, or name it with --config", .0.display())]
    Missing(PathBuf),
    /// A key is unknown, of the wrong type, or missing.
    #[error("{}{}: {reason}", path.display(), line.map(|n| format!(", line {n}")).unwrap_or_default())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, where it can be told.
        line: Option<usize>,
        /// What is wrong, with the key.
        reason: String,
    },
    /// The same, in the environment.
    #[error("{name} in the environment: {reason}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong.
        reason: String,
    },
}
