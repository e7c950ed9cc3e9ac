//! What a check of a file found.

use super::definition::Definition;
use super::mistake::{Mistake, Severity};
use crate::campaign::list::Facts;

/// What a check found.
#[derive(Debug)]
pub struct Checked {
    /// The campaign, when there is no error.
    pub definition: Option<Definition>,
    /// All mistakes, in the order of the file.
    pub mistakes: Vec<Mistake>,
    /// The text of the file, as far as it can be shown.
    pub source: String,
    /// SHA-256 of the file's bytes, in hex; empty when they were not read.
    pub file_hash: String,
    /// SHA-256 of the list's bytes, in hex; empty when they were not read.
    pub list_hash: String,
    /// The list and the picture that the file names, by their paths from the folder, whether they are there or not.
    pub beside: Vec<String>,
    /// What is known of the list; `None` when it cannot be used.
    pub list_facts: Option<Facts>,
}

impl Checked {
    /// How many mistakes are errors.
    pub fn errors(&self) -> usize {
        self.mistakes.iter().filter(|mistake| mistake.severity == Severity::Error).count()
    }

    /// How many mistakes are warnings.
    pub fn warnings(&self) -> usize {
        self.mistakes.iter().filter(|mistake| mistake.severity == Severity::Warning).count()
    }

    /// How many are only notes.
    pub fn notes(&self) -> usize {
        self.mistakes.len() - self.errors() - self.warnings()
    }

    /// The line and the column (in characters), both from 1, at which a mistake stands.
    pub fn position(&self, mistake: &Mistake) -> (usize, usize) {
        let at = mistake.span.start.min(self.source.len());
        let before = self.source.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[start..].trim_start_matches('\u{feff}').chars().count() + 1)
    }
}
