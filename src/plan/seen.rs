//! What can be seen of a plan while it is made.

use crate::store::target::Target;

/// One thing that is seen.
#[derive(Debug)]
pub enum Seen<'a> {
    /// How far a stage has come.
    Stage {
        /// Which one.
        stage: Stage,
        /// How much of it is done,
        done: u64,
        /// and how much there is.
        of: u64,
    },
    /// A target with its decision, in the order of the list.
    Target(&'a Target),
}

/// The stages of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reads the list, in bytes.
    Read,
    /// Asks the ledger, in numbers.
    Ask,
    /// Asks partners, in numbers.
    Partners,
    /// Writes the letters, in targets.
    Write,
}
