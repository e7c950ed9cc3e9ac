//! What a check knows of the accounts that send.

use crate::domain::channel::Channel;

/// What a check knows of an account in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFacts {
    /// Its name.
    pub name: String,
    /// What it sends.
    pub channels: Vec<Channel>,
    /// Whether people can answer what it sends.
    pub takes_replies: bool,
    /// What becomes of a picture that it sends.
    pub pictures: Pictures,
    /// Whether its provider knows a template by an id for each language, and not by its name.
    pub template_ids: bool,
}

/// What becomes of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// The person sees it.
    Shown,
    /// The person gets a link to it.
    Linked,
    /// The account sends none.
    Refused,
}
