//! What a person who works here may do: one role each.

use super::lang::Text;
use crate::{text, words};

words! {
    /// A role.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Role {
        /// Users and the state of the house; sees no contact.
        Admin = "admin",
        /// Campaigns, lists, answers and everything that staff do.
        Coordinator = "coordinator",
        /// Today's tasks, answers, exact look-up; no lists and no export.
        Staff = "staff",
        /// From the community: own tasks and own contacts.
        Peer = "peer",
        /// Who did and read what, and whether the record of it is whole; no contact, no campaign, no list.
        Auditor = "auditor",
    }

    /// All of them.
    pub const ALL;
    /// The word in the database and in JSON.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

impl Role {
    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Role::Admin => text!("administrator", "administrator"),
            Role::Coordinator => text!("coordinator", "koordinator"),
            Role::Staff => text!("staff", "ansatt"),
            Role::Peer => text!("peer", "likeperson"),
            Role::Auditor => text!("auditor", "revisor"),
        }
    }
}
