//! A plan as it was made: what it counts, what it is to its campaign, and whether it is kept.

use std::collections::BTreeMap;

use super::told::Told;
use crate::domain::decision::Decision;
use crate::store::Chunks;
use crate::store::campaign::Plan;

/// A dry run, and where its rows went.
#[derive(Debug)]
pub struct Planned {
    /// The plan with its counts and hash.
    pub plan: Plan,
    /// Reason to count; adds up with `eligible` to `targets`.
    pub left_out: BTreeMap<Decision, i64>,
    /// What it is to its campaign.
    pub kind: Kind,
    /// Whether it was kept, so that it can be approved.
    pub kept: bool,
    /// How many of the eligible have a message that waits, and would be written anew.
    pub rewritten: i64,
    /// What partners said, or why they said nothing.
    pub partners: Vec<Told>,
    /// Messages that wait and would be withdrawn, by reason.
    pub withdrawn: BTreeMap<Decision, i64>,
    /// Asking the ledger took this long, in milliseconds.
    pub ask_ms: i64,
    /// What writing took.
    pub chunks: Chunks,
}

/// Whether a plan's rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Kept when there is something to approve.
    Yes,
    /// Only looked at: nothing changes.
    No,
}

/// What a plan is to its campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first one, or one for a campaign that has finished. For one that was cancelled it is only a look.
    Fresh,
    /// The campaign lives, and says what it said: only newcomers join. While it runs, other services change nothing for
    /// those who were planned.
    Supplement,
    /// The campaign lives, and would say something else: what waits is written anew, or withdrawn.
    Change,
}
