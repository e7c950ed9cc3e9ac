//! A person's decision on a message of which nobody knows whether it went out.

use super::Settler;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::MessageId;
use crate::domain::lang::Text;
use crate::domain::message::MessageState;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{Db, DbError, listing, message};
use crate::{text, words};

words! {
    /// What somebody knows of it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Decision {
        /// It went out: somebody saw it.
        Accept = "accept",
        /// It did not go out: send it after all.
        Requeue = "requeue",
        /// Nobody will ever know: counts as contacted.
        Abandon = "abandon",
    }

    /// All decisions.
    pub const ALL;
    /// The word of the command and of the form.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It is done.
    Done,
    /// There is no such message.
    Unknown,
    /// The message is not in doubt any more.
    NotInDoubt(MessageState),
    /// The provider is asked about it at this moment, which may be what sends it: nobody sends it anew meanwhile.
    BeingAsked,
}

impl Decision {
    /// Where the message stands afterwards.
    pub fn to(self) -> MessageState {
        match self {
            Decision::Accept => MessageState::Accepted,
            Decision::Requeue => MessageState::Queued,
            Decision::Abandon => MessageState::Abandoned,
        }
    }

    /// What it means, told when it is done.
    pub fn told(self) -> Text {
        match self {
            Decision::Accept => text!("It counts as sent.", "Den regnes som sendt."),
            Decision::Requeue => text!(
                "It waits for its turn again; everything is checked first.",
                "Den venter på tur igjen; alt sjekkes først."
            ),
            Decision::Abandon => {
                text!("It counts as contacted; nothing follows.", "Den regnes som kontaktet; ingenting følger.")
            }
        }
    }
}

/// Carries out a decision, and keeps who made it and why with the contact.
///
/// # Errors
/// As the database has it.
pub async fn decide(
    db: &Db,
    ledger: &Ledger,
    settler: &Settler,
    id: MessageId,
    decision: Decision,
    (actor, reason): (&str, &str),
) -> Result<Decided, DbError> {
    let mut tx = db.begin().await?;
    let Some(m) = message::get(&mut tx, id).await? else { return Ok(Decided::Unknown) };
    if m.state != MessageState::InDoubt {
        return Ok(Decided::NotInDoubt(m.state));
    }
    if decision == Decision::Requeue {
        let steady = tx.steady_ms(&ledger.clock).await?;
        if listing::is_repeated(&mut tx, m.id, m.attempt, steady).await? {
            return Ok(Decided::BeingAsked);
        }
    }
    match decision {
        Decision::Accept => settler.accept(&mut tx, &m).await?,
        Decision::Requeue => settler.requeue(&mut tx, &m).await.map(drop)?,
        Decision::Abandon => settler.abandon(&mut tx, &m).await.map(drop)?,
    }
    let mut note = Touch::new(TouchKind::Note, ledger.clock.now_ms());
    note.actor = Some(actor.to_owned());
    note.detail = Some(format!("doubt_{}", decision.to().as_str()));
    note.message_id = Some(m.id);
    note.note = Some(Private::new(reason.to_owned()));
    ledger.register(&mut tx, m.contact, &note).await?;
    ledger.book().note(&mut tx, Act::DoubtSettled, On::Message(m.id)).await?;
    tx.commit().await?;
    Ok(Decided::Done)
}
