//! Showing a number to who is about to call it: written down before it is seen.

use super::Tasks;
use super::claim::Claim;
use super::refusal::Refusal;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::TaskId;
use crate::store::task::Task;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, colleague};

impl Tasks {
    /// Notes that a person who holds a task sees its number.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn reveal(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<Task, Refusal>, DbError> {
        let task = match self.holds(tx, id, who).await? {
            Ok(task) => task,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.note_reveal(tx, &task, who).await?;
        Ok(Ok(task))
    }

    /// Takes a task and shows its number in one.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn take(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<Claim, Refusal>, DbError> {
        let claim = self.claim(tx, id, who).await?;
        if let Ok(claim) = &claim {
            self.note_reveal(tx, &claim.task, who).await?;
        }
        Ok(claim)
    }

    /// Whether a person has been shown a contact's number today.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn was_shown(&self, tx: &mut Tx, task: &Task, who: &str) -> Result<bool, DbError> {
        let today = self.hours.day_began(self.ledger.clock.now()).as_millisecond();
        colleague::saw_number(tx, who, task.contact, today).await
    }

    async fn note_reveal(&self, tx: &mut Tx, task: &Task, who: &str) -> Result<(), DbError> {
        let mut noted = Touch::new(TouchKind::Revealed, self.ledger.clock.now_ms());
        noted.actor = Some(who.to_owned());
        noted.detail = Some("call".to_owned());
        self.ledger.register(tx, task.contact, &noted).await?;
        self.ledger.book().note(tx, Act::NumberShown, On::Contact(task.contact)).await
    }
}
