//! What another system may do with its token: a closed list.

/// A scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Ask whether somebody may be approached.
    ContactsCheck,
    /// Register what happened elsewhere.
    TouchesWrite,
    /// See the day's list.
    TasksRead,
    /// Take calls and say how they went.
    TasksWrite,
    /// See campaigns and their progress.
    CampaignsRead,
    /// Read the figures for monitoring.
    MetricsRead,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 6] = [
        Scope::ContactsCheck,
        Scope::TouchesWrite,
        Scope::TasksRead,
        Scope::TasksWrite,
        Scope::CampaignsRead,
        Scope::MetricsRead,
    ];

    /// The word in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::ContactsCheck => "contacts:check",
            Scope::TouchesWrite => "touches:write",
            Scope::TasksRead => "tasks:read",
            Scope::TasksWrite => "tasks:write",
            Scope::CampaignsRead => "campaigns:read",
            Scope::MetricsRead => "metrics:read",
        }
    }

    /// Reads the word; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        Scope::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}
