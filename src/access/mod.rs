//! Who may come in: users and their roles, passwords and second factors, sessions, tokens.
//!
//! Knows no page and no route; says who somebody is, never what is shown to them.

mod factor;
mod own;
mod password;
mod recovery;
mod session;
mod sign_in;
mod slow;
mod token;
mod users;

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::id::UserId;
use crate::domain::lang::Lang;
use crate::domain::role::Role;
use crate::ledger::Ledger;
use crate::settings::Settings;
use crate::store::{Db, DbError, user};
pub use own::Own;
use password::Hasher;
pub use password::Weak;
pub use recovery::Recovery;
use session::Sessions;
pub use session::draw;
pub use sign_in::{Attempt, SignIn};
use slow::Slow;
pub use token::{Bearer, Token};
pub use users::{Added, Refusal, User};

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

/// The door of the house. Cheap to clone; clones count failures together.
#[derive(Clone)]
pub struct Access {
    db: Db,
    ledger: Ledger,
    hasher: Hasher,
    slow: Arc<Mutex<Slow>>,
    organisation: String,
    sessions: Sessions,
}

impl Access {
    /// The door of this house, with these settings. Authenticator apps show the organisation's name, and no password is
    /// like it.
    pub fn new(db: Db, ledger: Ledger, settings: &Settings) -> Self {
        let hasher = Hasher::new(ledger.vault.clone());
        let organisation = match settings.organisation.name.trim() {
            "" => "Lykt",
            name => name,
        };
        let sessions = Sessions { idle: settings.access.idle, longest: settings.access.longest };
        Self { db, ledger, hasher, slow: Arc::default(), organisation: organisation.to_owned(), sessions }
    }

    /// Notes the language somebody chose.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn set_lang(&self, user: UserId, lang: Lang) -> Result<(), DbError> {
        let word = match lang {
            Lang::En => "en",
            Lang::Nb => "nb",
        };
        let mut tx = self.db.begin().await?;
        user::set_lang(&mut tx, user, word).await?;
        tx.commit().await
    }

    /// What is counted against whom; a panic elsewhere spoils no count.
    fn slow(&self) -> std::sync::MutexGuard<'_, Slow> {
        self.slow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name as it is looked up.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}
