//! An account that was checked: what requests and webhooks need to know of it.

use std::collections::BTreeMap;

use crate::domain::private::Private;

/// An account that was checked.
#[derive(Clone)]
pub(super) struct Ready {
    pub name: String,
    pub from: Option<String>,
    pub words: BTreeMap<String, Private<String>>,
    pub base_url: String,
    pub may_go_anywhere: bool,
    pub hooks_url: String,
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Ready {
    /// What the settings gave under a name.
    pub fn word(&self, name: &str) -> Option<String> {
        self.words.get(name).map(|word| word.expose().clone())
    }
}
