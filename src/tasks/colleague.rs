//! Hands everything of one colleague to another: open tasks, answers they had taken on, their contacts.
//!
//! History and notes belong to the contact and stay where they are. A peer sees no inbox, so answers that would go to one
//! are free for all staff. What a routine's file says stays there.

use std::collections::BTreeSet;

use super::Tasks;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::{ContactId, TaskId};
use crate::domain::lang::Text;
use crate::domain::role::Role;
use crate::store::keeping::{self, Kept};
use crate::store::user::{self, User};
use crate::store::{DbError, Tx};
use crate::text;

/// What somebody has in hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InHand {
    /// Tasks that are not done.
    pub tasks: Vec<TaskId>,
    /// How many answers they have taken on that nobody has read.
    pub answers: usize,
    /// Their contacts: those of the tasks and answers, those that they were given, and a peer's own.
    pub contacts: BTreeSet<ContactId>,
    /// Those of them that are there only for an answer.
    for_answers: BTreeSet<ContactId>,
}

impl InHand {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.answers == 0 && self.contacts.is_empty()
    }
}

/// From whom to whom, as names that were checked.
#[derive(Clone, Debug)]
pub struct Passing {
    /// Who has it.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// Whether who gets it is a peer.
    pub to_peer: bool,
    from_user: Option<User>,
    to_user: Option<User>,
}

/// Why nothing is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotHanded {
    /// One name was not given.
    NoName,
    /// Both are the same person.
    Same,
    /// Nobody of this name works with contacts, or the door is closed to them.
    Nobody,
}

impl NotHanded {
    /// In words.
    pub fn explain(self) -> Text {
        match self {
            NotHanded::NoName => text!(
                "Say from whom and to whom: two names, as they stand under Users.",
                "Si fra hvem og til hvem: to navn, slik de står under Brukere."
            ),
            NotHanded::Same => text!("They are the same person: choose another.", "De er samme person: velg en annen."),
            NotHanded::Nobody => text!(
                "Nobody with this name can take it over: choose a coordinator, staff or a peer whose door is open.",
                "Ingen med dette navnet kan ta over: velg en koordinator, en ansatt eller en likeperson som kan logge inn."
            ),
        }
    }
}

impl Tasks {
    /// From whom to whom. Where nobody is a user yet, any two names will do.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn passing(&self, tx: &mut Tx, from: &str, to: &str) -> Result<Result<Passing, NotHanded>, DbError> {
        let (from, to) = (from.trim(), to.trim());
        if from.is_empty() || to.is_empty() {
            return Ok(Err(NotHanded::NoName));
        }
        let users = user::all(tx).await?;
        let named = |name: &str| users.iter().find(|user| user.name.to_lowercase() == name.to_lowercase()).cloned();
        let (from_user, to_user) = (named(from), named(to));
        let works = |user: &User| !matches!(user.role, Role::Admin | Role::Auditor) && user.disabled_at.is_none();
        if !to_user.as_ref().map_or(users.is_empty(), works) {
            return Ok(Err(NotHanded::Nobody));
        }
        let name = |user: &Option<User>, written: &str| user.as_ref().map_or(written.to_owned(), |u| u.name.clone());
        let (from, to) = (name(&from_user, from), name(&to_user, to));
        if from == to {
            return Ok(Err(NotHanded::Same));
        }
        let to_peer = to_user.as_ref().is_some_and(|user| user.role == Role::Peer);
        Ok(Ok(Passing { from, to, to_peer, from_user, to_user }))
    }

    /// What somebody has in hand.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn in_hand(&self, tx: &mut Tx, who: &str) -> Result<InHand, DbError> {
        let leases = self.leases(tx).await?;
        in_hand(tx, who, leases).await
    }

    /// What would move: a peer gets no contact for an answer alone, for they have no inbox.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn would_move(&self, tx: &mut Tx, passing: &Passing) -> Result<InHand, DbError> {
        let mut all = self.in_hand(tx, &passing.from).await?;
        if passing.to_peer {
            all.contacts.retain(|id| !all.for_answers.contains(id));
        }
        Ok(all)
    }

    /// Hands all of it over, in one transaction; what it was.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn hand_all_over(&self, tx: &mut Tx, passing: &Passing) -> Result<InHand, DbError> {
        let Passing { from, to, to_peer, .. } = passing;
        let all = self.would_move(tx, passing).await?;
        let now = self.ledger.clock.now_ms();
        // Contacts first: in that order everybody locks who says no.
        let contacts: Vec<_> = all.contacts.iter().copied().collect();
        let kept = Kept { by: to.clone(), before: from.clone(), since: now };
        keeping::pass_contacts(tx, &contacts, &kept).await?;
        keeping::pass_tasks(tx, &all.tasks, from, to).await?;
        keeping::pass_answers(tx, from, (!to_peer).then_some(to.as_str()), now).await?;
        keeping::free_routines(tx, from).await?;
        let many = i64::try_from(all.tasks.len() + all.answers + contacts.len()).ok();
        let on = |user: &Option<User>| user.as_ref().map_or(On::Nothing, |user| On::User(user.id));
        let book = self.ledger.book();
        book.note_many(tx, Act::WorkHandedOver, on(&passing.from_user), many).await?;
        book.note_many(tx, Act::WorkReceived, on(&passing.to_user), many).await?;
        Ok(all)
    }
}

/// What somebody has in hand; `leases` bounds the steady time until which what they took is theirs.
///
/// # Errors
/// As the database has it.
pub async fn in_hand(tx: &mut Tx, who: &str, leases: (i64, i64)) -> Result<InHand, DbError> {
    let tasks = keeping::tasks(tx, who, leases).await?;
    let answers = keeping::answers(tx, who).await?;
    let mut contacts: BTreeSet<ContactId> = tasks.iter().map(|(_, contact)| *contact).collect();
    contacts.extend(keeping::kept(tx, who).await?);
    let role = user::named(tx, &who.to_lowercase()).await?.map(|user| user.role);
    // A peer's contacts are those they know; the contacts of staff are everybody's.
    if role == Some(Role::Peer) {
        contacts.extend(keeping::met(tx, who).await?);
    }
    let for_answers: BTreeSet<_> = answers.iter().copied().filter(|id| !contacts.contains(id)).collect();
    contacts.extend(&for_answers);
    let tasks = tasks.into_iter().map(|(id, _)| id).collect();
    Ok(InHand { tasks, answers: answers.len(), contacts, for_answers })
}
