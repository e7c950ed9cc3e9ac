//! Who may come in: users and their roles, passwords and second factors, sessions, tokens.
//!
//! Knows no page and no route; says who somebody is, never what is shown to them.

use crate::domain::id::UserId;
use crate::domain::lang::Lang;
use crate::domain::role::Role;
use crate::ledger::Ledger;
use crate::store::{Db, DbError};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The person.
    pub user: UserId,
    /// The name that stands in the ledger.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language they chose, if they did.
    pub lang: Option<Lang>,
}

/// The door of the house. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    db: Db,
    ledger: Ledger,
}

impl Access {
    /// The door of this house.
    pub fn new(db: Db, ledger: Ledger) -> Self {
        Self { db, ledger }
    }

    /// Who comes with this session's cookie; `None` when it is no session, or one that has ended.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn visitor(&self, cookie: &str) -> Result<Option<Visitor>, DbError> {
        let _blind = self.ledger.vault.keyed(b"session", cookie.as_bytes());
        self.db.read().await.map(|_| None)
    }
}
