//! Where a task stands.

use crate::domain::lang::Text;
use crate::{text, words};

words! {
    /// Where a task stands.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum TaskState {
        /// Not due yet.
        Planned = "planned",
        /// On the list, free to take.
        Open = "open",
        /// A person holds it.
        Claimed = "claimed",
        /// Done, with an outcome.
        Done = "done",
        /// Not needed any more; a reason says why.
        Dropped = "dropped",
        /// Nobody got to it in time.
        Lapsed = "lapsed",
    }

    /// All states, in the order of a life.
    pub const ALL;
    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

impl TaskState {
    /// The word for a person, of many.
    pub fn text(self) -> Text {
        match self {
            TaskState::Planned => text!("planned", "planlagt"),
            TaskState::Open => text!("open", "åpne"),
            TaskState::Claimed => text!("taken", "tatt"),
            TaskState::Done => text!("done", "gjort"),
            TaskState::Dropped => text!("called off", "avlyst"),
            TaskState::Lapsed => text!("not done in time", "ikke gjort i tide"),
        }
    }

    /// Whether somebody may still have to do it.
    pub fn is_open(self) -> bool {
        matches!(self, TaskState::Planned | TaskState::Open | TaskState::Claimed)
    }
}
