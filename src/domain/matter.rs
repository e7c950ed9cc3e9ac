//! What may need two persons, besides a plan: a closed list.

use super::lang::Text;
use super::role::Role;
use crate::{text, words};

words! {
    /// One kind of what may need two persons.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Matter {
        /// Everything about a person is written out.
        Export = "export",
        /// A person's no is lifted.
        Lift = "lift",
        /// A key is taken out of the key file.
        Retire = "retire",
        /// The quarantine after a restore is ended.
        Restore = "restore",
    }

    /// All of them.
    pub const ALL;
    /// The word in settings, the database and JSON.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

impl Matter {
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
