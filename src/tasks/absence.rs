//! Somebody is away: what is meant for them is on their substitute's list as well, and comes back by itself.

use jiff::civil::Date;

use super::Tasks;
use crate::audit::On;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::id::one_meant;
use crate::domain::lang::Text;
use crate::domain::role::Role;
use crate::store::absence::{self, Absence};
use crate::store::user::{self, User};
use crate::store::{DbError, Tx};
use crate::text;

/// Who is away, as somebody writes it.
#[derive(Clone, Debug)]
pub struct Away<'a> {
    /// Who is away.
    pub who: &'a str,
    /// Who stands in.
    pub substitute: &'a str,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

/// Why it is not written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAway {
    /// A name was not given.
    NoName,
    /// Nobody stands in for themselves.
    Same,
    /// Nobody of this name works with contacts, or they are a peer, or their door is closed.
    Nobody(String),
    /// It ends before it begins, or is over.
    Days,
    /// They are away then already.
    Twice,
    /// Who would stand in is away themselves.
    AwayToo(String),
    /// They stand in for somebody then.
    StandsIn(String),
}

impl NotAway {
    /// In words.
    pub fn explain(&self) -> Text {
        match self {
            NotAway::NoName => {
                text!("Say who is away, and who stands in.", "Si hvem som er borte, og hvem som er stedfortreder.")
            }
            NotAway::Same => text!("Choose somebody else to stand in.", "Velg en annen som stedfortreder."),
            NotAway::Nobody(name) => text!(
                "{name} can neither be away nor stand in here: choose staff or coordinators whose door is open. The work of a peer is handed over.",
                "{name} kan verken være borte eller være stedfortreder her: velg ansatte eller koordinatorer som kan logge inn. Arbeidet til en likeperson overlates."
            ),
            NotAway::Days => text!(
                "The last day is before the first, or over: look at the days again.",
                "Siste dag er før den første, eller over: se på dagene en gang til."
            ),
            NotAway::Twice => text!(
                "They are away on some of these days already: end that absence first.",
                "De er borte noen av disse dagene allerede: avslutt det fraværet først."
            ),
            NotAway::AwayToo(name) => text!(
                "{name} is away themselves on some of these days: choose somebody else.",
                "{name} er selv borte noen av disse dagene: velg en annen."
            ),
            NotAway::StandsIn(name) => text!(
                "They stand in for {name} on some of these days: find another substitute for {name} first.",
                "De er stedfortreder for {name} noen av disse dagene: finn først en annen stedfortreder for {name}."
            ),
        }
    }
}

impl Tasks {
    /// The absences that last or are to come.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn absences(&self, tx: &mut Tx) -> Result<Vec<Absence>, DbError> {
        absence::since(tx, self.ledger.clock.today()).await
    }

    /// For whom somebody stands in today.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn stands_in_for(&self, tx: &mut Tx, who: &str) -> Result<Vec<Absence>, DbError> {
        absence::stood_in_for(tx, who, self.ledger.clock.today()).await
    }

    /// Whose tasks are on somebody's list: their own, and those of whom they stand in for.
    ///
    /// # Errors
    /// As the database has it.
    pub(super) async fn whose(&self, tx: &mut Tx, who: &str) -> Result<Vec<String>, DbError> {
        let others = self.stands_in_for(tx, who).await?;
        Ok(std::iter::once(who.to_owned()).chain(others.into_iter().map(|away| away.who)).collect())
    }

    /// Whether a task is meant for somebody, or for one they stand in for, or for anybody.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn is_meant_for(&self, tx: &mut Tx, owner: Option<&str>, who: &str) -> Result<bool, DbError> {
        let Some(owner) = owner.filter(|owner| *owner != who) else { return Ok(true) };
        Ok(self.whose(tx, who).await?.iter().any(|name| name == owner))
    }

    /// Writes down that somebody is away. Where nobody is a user yet, any two names will do.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn go_away(
        &self,
        tx: &mut Tx,
        away: &Away<'_>,
        by: Option<&str>,
    ) -> Result<Result<Absence, NotAway>, DbError> {
        let (who, substitute) = (away.who.trim(), away.substitute.trim());
        if who.is_empty() || substitute.is_empty() {
            return Ok(Err(NotAway::NoName));
        }
        let users = user::all(tx).await?;
        let (who, substitute) = match (named(&users, who), named(&users, substitute)) {
            (Ok(who), Ok(substitute)) => (who, substitute),
            (Err(no), _) | (_, Err(no)) => return Ok(Err(no)),
        };
        if who == substitute {
            return Ok(Err(NotAway::Same));
        }
        if away.until < away.from || away.until < self.ledger.clock.today() {
            return Ok(Err(NotAway::Days));
        }
        let meets = |other: &Absence| other.from <= away.until && away.from <= other.until;
        for other in self.absences(tx).await?.into_iter().filter(meets) {
            if other.who == who {
                return Ok(Err(NotAway::Twice));
            }
            if other.who == substitute {
                return Ok(Err(NotAway::AwayToo(substitute)));
            }
            if other.substitute == who {
                return Ok(Err(NotAway::StandsIn(other.who)));
            }
        }
        let (id, at) = (new_id(), self.ledger.clock.now_ms());
        let by = by.map(str::to_owned);
        let new = Absence { id, who, substitute, from: away.from, until: away.until, by, at };
        absence::add(tx, &new).await?;
        self.ledger.book().note(tx, Act::AbsenceNoted, On::Nothing).await?;
        Ok(Ok(new))
    }

    /// Ends an absence, or takes it back, by its id or a part of it; how many fit when it is not one. `only` may be whose
    /// it must be.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn come_back(
        &self,
        tx: &mut Tx,
        written: &str,
        only: Option<&str>,
    ) -> Result<Result<Absence, usize>, DbError> {
        let all = self.absences(tx).await?.into_iter().filter(|one| only.is_none_or(|who| one.who == who));
        let one = match one_meant(written, all, |one| one.id.0) {
            Ok(one) => one,
            Err(n) => return Ok(Err(n)),
        };
        absence::remove(tx, one.id).await?;
        self.ledger.book().note(tx, Act::AbsenceEnded, On::Nothing).await?;
        Ok(Ok(one))
    }
}

/// The name as the user has it.
fn named(users: &[User], written: &str) -> Result<String, NotAway> {
    if users.is_empty() {
        return Ok(written.to_owned());
    }
    let works = |user: &&User| matches!(user.role, Role::Staff | Role::Coordinator) && user.disabled_at.is_none();
    let is = |user: &&User| user.name.to_lowercase() == written.to_lowercase();
    let found = users.iter().filter(is).find(works).map(|user| user.name.clone());
    found.ok_or_else(|| NotAway::Nobody(written.to_owned()))
}
