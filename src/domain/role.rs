//! What a person who works here may do: one role each.

use super::lang::Text;
use crate::text;

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Users and the state of the house; sees no contact.
    Admin,
    /// Campaigns, lists, answers and everything that staff do.
    Coordinator,
    /// Today's tasks, answers, exact look-up; no lists and no export.
    Staff,
    /// From the community: own tasks and own contacts.
    Peer,
    /// Who did and read what, and whether the record of it is whole; no contact, no campaign, no list.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 5] = [Role::Admin, Role::Coordinator, Role::Staff, Role::Peer, Role::Auditor];

    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Coordinator => "coordinator",
            Role::Staff => "staff",
            Role::Peer => "peer",
            Role::Auditor => "auditor",
        }
    }

    /// Reads the word; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|role| role.as_str() == word)
    }

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
