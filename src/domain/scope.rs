//! What another system may do with its token: a closed list.

use crate::words;

words! {
    /// A scope.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Scope {
        /// Ask whether somebody may be approached.
        ContactsCheck = "contacts:check",
        /// Register what happened elsewhere.
        TouchesWrite = "touches:write",
        /// See the day's list.
        TasksRead = "tasks:read",
        /// Take calls and say how they went.
        TasksWrite = "tasks:write",
        /// See campaigns and their progress.
        CampaignsRead = "campaigns:read",
        /// Read the figures for monitoring.
        MetricsRead = "metrics:read",
    }

    /// All of them.
    pub const ALL;
    /// The word in the database and on the command line.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}
