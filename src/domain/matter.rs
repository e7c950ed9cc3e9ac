//! What may need two persons, besides a plan: a closed list.

use super::lang::Text;
use super::role::Role;
use crate::text;

/// One kind of what may need two persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matter {
    /// Everything about a person is written out.
    Export,
    /// A person's no is lifted.
    Lift,
    /// A key is taken out of the key file.
    Retire,
    /// The quarantine after a restore is ended.
    Restore,
}

impl Matter {
    /// All of them.
    pub const ALL: [Matter; 4] = [Matter::Export, Matter::Lift, Matter::Retire, Matter::Restore];

    /// The word in settings, the database and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Matter::Export => "export",
            Matter::Lift => "lift",
            Matter::Retire => "retire",
            Matter::Restore => "restore",
        }
    }

    /// Reads the word; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        Matter::ALL.into_iter().find(|matter| matter.as_str() == word)
    }

    /// Who may be the second person.
    pub fn agrees(self) -> Role {
        match self {
            Matter::Export | Matter::Lift => Role::Coordinator,
            Matter::Retire | Matter::Restore => Role::Admin,
        }
    }

    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Matter::Export => text!("write out all about a person", "skrive ut alt om en person"),
            Matter::Lift => text!("lift a no", "oppheve et nei"),
            Matter::Retire => text!("retire a key", "ta bort en nøkkel"),
            Matter::Restore => {
                text!("end the quarantine after a restore", "avslutte karantenen etter en gjenoppretting")
            }
        }
    }
}
