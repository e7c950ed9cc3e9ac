//! Where a task stands.

use crate::domain::lang::Text;
use crate::text;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskState {
    /// Not due yet.
    Planned,
    /// On the list, free to take.
    Open,
    /// A person holds it.
    Claimed,
    /// Done, with an outcome.
    Done,
    /// Not needed any more; a reason says why.
    Dropped,
    /// Nobody got to it in time.
    Lapsed,
}

impl TaskState {
    /// All states, in the order of a life.
    pub const ALL: [TaskState; 6] = [
        TaskState::Planned,
        TaskState::Open,
        TaskState::Claimed,
        TaskState::Done,
        TaskState::Dropped,
        TaskState::Lapsed,
    ];

    /// The word in the database and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            TaskState::Planned => "planned",
            TaskState::Open => "open",
            TaskState::Claimed => "claimed",
            TaskState::Done => "done",
            TaskState::Dropped => "dropped",
            TaskState::Lapsed => "lapsed",
        }
    }

    /// Reads the word back; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

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
