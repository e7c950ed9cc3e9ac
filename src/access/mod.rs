//! Who may come in: users and their roles, passwords and second factors, sessions, tokens.
//!
//! Knows no page and no route; says who somebody is, never what is shown to them.

use crate::domain::id::UserId;
use crate::domain::lang::Lang;
use crate::domain::private::Private;
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

/// An attempt to sign in.
pub struct Attempt {
    /// The user's name.
    pub name: String,
    /// The password.
    pub password: Private,
    /// The code of the second factor.
    pub code: Option<String>,
    /// The cookie of a device that signed in before.
    pub device: Option<String>,
    /// Where it comes from.
    pub from: Option<std::net::IpAddr>,
}

/// What came of it.
pub enum SignIn {
    /// Come in.
    Welcome {
        /// The session's cookie.
        cookie: Private,
        /// The device's cookie.
        device: Private,
        /// Who it is.
        visitor: Visitor,
    },
    /// The password is right; the second factor has to be set up first.
    Enrol {
        /// The secret, base 32.
        secret: Private,
        /// The same as an `otpauth:` address.
        url: Private,
    },
    /// No.
    Wrong,
    /// Not yet.
    Later {
        /// How long to wait.
        seconds: u64,
    },
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

    /// Lets somebody in.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn sign_in(&self, _: Attempt) -> Result<SignIn, DbError> {
        Ok(SignIn::Wrong)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn sign_out(&self, _: &str) -> Result<(), DbError> {
        Ok(())
    }

    /// Keeps a language.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn set_lang(&self, _: UserId, _: Lang) -> Result<(), DbError> {
        Ok(())
    }
}
