//! Adding people who work here, and changing who they are. Every change ends all their sessions with it.

use super::password::{self, Weak};
use super::{Access, folded};
use crate::audit::On;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::domain::role::Role;
use crate::store::user::{self, By};
use crate::store::{DbError, Tx, recovery, session};
use crate::text;

pub use crate::store::user::User;

/// Names are never longer.
pub(super) const LONGEST_NAME: usize = 80;

/// Somebody was added, or has a new password.
#[derive(Clone, Debug)]
pub struct Added {
    /// Who.
    pub user: User,
    /// The password that was drawn: to be shown once.
    pub drawn: Option<Private>,
}

/// Why a user is not added or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody has this name.
    Unknown,
    /// Somebody has this name.
    Taken,
    /// This can be nobody's name.
    NoName,
    /// They have no second factor yet, for which recovery codes would stand in.
    NoFactor,
    /// This can be nobody's password.
    Weak(Weak),
}

impl Refusal {
    /// What a person reads when it is about a token.
    pub fn of_a_token(self) -> Text {
        match self {
            Refusal::Taken => text!(
                "there is, or was, a token with this name: take another",
                "det finnes eller fantes et token med dette navnet: ta et annet"
            ),
            other => other.text(),
        }
    }

    /// What a person reads.
    pub fn text(self) -> Text {
        match self {
            Refusal::Unknown => {
                text!(
                    "there is no such user: see `lykt user list`",
                    "det finnes ingen slik bruker: se `lykt user list`"
                )
            }
            Refusal::Taken => {
                text!("there is a user with this name already", "det finnes alt en bruker med dette navnet")
            }
            Refusal::NoName => text!(
                "a name has 1 to {LONGEST_NAME} characters, on one line",
                "et navn har 1 til {LONGEST_NAME} tegn, på én linje"
            ),
            Refusal::NoFactor => text!(
                "they have not set up codes in an app yet: recovery codes come with that",
                "de har ikke satt opp koder i en app ennå: gjenopprettingskodene følger med det"
            ),
            Refusal::Weak(weak) => weak.text(),
        }
    }
}

/// What becomes of a user.
enum Change {
    Role(Role),
    Password(Private),
    ResetFactor,
    Disable,
    Enable,
}

impl Change {
    fn act(&self) -> Act {
        match self {
            Change::Role(_) => Act::UserRole,
            Change::Password(_) => Act::UserPassword,
            Change::ResetFactor => Act::UserFactor,
            Change::Disable => Act::UserDisabled,
            Change::Enable => Act::UserEnabled,
        }
    }
}

impl Access {
    /// Everybody, by name.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn users(&self) -> Result<Vec<User>, DbError> {
        user::all(&mut self.db.read().await?).await
    }

    /// Adds somebody, with this password or one that is drawn.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn add(
        &self,
        name: &str,
        role: Role,
        password: Option<Private>,
        actor: Option<&str>,
    ) -> Result<Result<Added, Refusal>, DbError> {
        let name = name.trim();
        if !is_name(name) {
            return Ok(Err(Refusal::NoName));
        }
        let (password, drawn) = match self.chosen(name, password)? {
            Ok(chosen) => chosen,
            Err(weak) => return Ok(Err(Refusal::Weak(weak))),
        };
        let by = self.by(actor);
        let user = User {
            id: new_id(),
            name: name.to_owned(),
            role,
            lang: None,
            password: self.hasher.hash(&password).await?,
            factor: None,
            factor_confirmed: false,
            made_at: by.at,
            disabled_at: None,
        };
        let mut tx = self.db.begin().await?;
        if !user::add(&mut tx, &user, &folded(name), by).await? {
            return Ok(Err(Refusal::Taken));
        }
        self.ledger.book().note(&mut tx, Act::UserAdded, On::User(user.id)).await?;
        tx.commit().await?;
        Ok(Ok(Added { user, drawn }))
    }

    /// Gives somebody another role.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn set_role(
        &self,
        name: &str,
        role: Role,
        actor: Option<&str>,
    ) -> Result<Result<User, Refusal>, DbError> {
        self.change(name, Change::Role(role), actor).await
    }

    /// Gives somebody another password: this one, or one that is drawn.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn set_password(
        &self,
        name: &str,
        password: Option<Private>,
        actor: Option<&str>,
    ) -> Result<Result<Added, Refusal>, DbError> {
        let (password, drawn) = match self.chosen(name, password)? {
            Ok(chosen) => chosen,
            Err(weak) => return Ok(Err(Refusal::Weak(weak))),
        };
        let hash = self.hasher.hash(&password).await?;
        let changed = self.change(name, Change::Password(hash), actor).await?;
        Ok(changed.map(|user| Added { user, drawn }))
    }

    /// Forgets somebody's second factor: they set up another when they next sign in.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn reset_factor(&self, name: &str, actor: Option<&str>) -> Result<Result<User, Refusal>, DbError> {
        self.change(name, Change::ResetFactor, actor).await
    }

    /// Closes the door to somebody.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn disable(&self, name: &str, actor: Option<&str>) -> Result<Result<User, Refusal>, DbError> {
        self.change(name, Change::Disable, actor).await
    }

    /// Opens it again.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn enable(&self, name: &str, actor: Option<&str>) -> Result<Result<User, Refusal>, DbError> {
        self.change(name, Change::Enable, actor).await
    }

    async fn change(&self, name: &str, what: Change, actor: Option<&str>) -> Result<Result<User, Refusal>, DbError> {
        let by = self.by(actor);
        let mut tx = self.db.begin().await?;
        let Some(found) = user::named(&mut tx, &folded(name)).await? else { return Ok(Err(Refusal::Unknown)) };
        let act = what.act();
        changed(&mut tx, &found, what, by).await?;
        session::end_all(&mut tx, found.id).await?;
        let now = user::get(&mut tx, found.id).await?.ok_or(DbError::Unknown("user"))?;
        self.ledger.book().note(&mut tx, act, On::User(found.id)).await?;
        tx.commit().await?;
        Ok(Ok(now))
    }

    /// The password that was given, when it may be one, or one that is drawn, which is given back twice.
    fn chosen(&self, name: &str, given: Option<Private>) -> Result<Result<(Private, Option<Private>), Weak>, DbError> {
        let Some(given) = given else {
            let drawn = password::draw()?;
            return Ok(Ok((drawn.clone(), Some(drawn))));
        };
        Ok(password::check(given.expose(), &[name, &self.organisation]).map(|()| (given, None)))
    }

    fn by<'a>(&self, actor: Option<&'a str>) -> By<'a> {
        By { actor, at: self.ledger.clock.now_ms() }
    }
}

async fn changed(tx: &mut Tx, user: &User, what: Change, by: By<'_>) -> Result<(), DbError> {
    match what {
        Change::Role(role) => user::set_role(tx, user.id, role, by).await,
        Change::Password(hash) => user::set_password(tx, user.id, &hash, by).await,
        Change::ResetFactor => {
            recovery::forget(tx, user.id).await?;
            user::reset_factor(tx, user.id, by).await
        }
        Change::Disable => user::set_disabled(tx, user.id, Some(by.at), by).await,
        Change::Enable => user::set_disabled(tx, user.id, None, by).await,
    }
}

/// Whether this can be a name, which stands in tables and in the ledger.
pub(super) fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.chars().count()) && inert(name) == name
}
