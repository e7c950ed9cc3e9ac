//! A stand-in for the checked campaign: what call tasks read of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::span::Span;

/// The checked campaign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Definition {
    /// Who writes.
    pub sender: String,
    /// What follows each message.
    pub follow_ups: Vec<FollowUp>,
}

/// What follows a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FollowUp {
    /// When it falls due.
    pub after: Span,
    /// How long it may take.
    pub within: Span,
    /// What makes it needless.
    pub unless: Vec<Unless>,
    /// Tries.
    pub attempts: u32,
    /// What to say, by language.
    pub script: BTreeMap<String, String>,
}

/// What makes a follow-up needless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unless {
    /// An answer.
    Replied,
    /// A visit.
    Visited,
}
