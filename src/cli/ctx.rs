//! What every command gets.

use std::path::PathBuf;

use crate::domain::lang::Lang;

/// How to speak, where the settings are, and who asks.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The settings file.
    pub config: PathBuf,
    /// The language of what people read.
    pub lang: Lang,
    /// Whether data is printed as JSON.
    pub json: bool,
    /// Who is doing this, when said.
    pub actor: Option<String>,
    /// Whether what is printed has colours.
    pub colour: bool,
}
