//! What people do with a routine's task: take it, give it back, say that it is done, or that it was not.

use jiff::SignedDuration;

use super::Routines;
use super::list::is_of;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::{TaskId, meant};
use crate::domain::lang::Text;
use crate::domain::role::Role;
use crate::store::routine::{self, RoutineTask};
use crate::store::{DbError, Tx};
use crate::{text, words};

/// How long a person may take back what they said.
const UNDO: SignedDuration = SignedDuration::from_hours(24);

words! {
    /// Why nothing was done.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum NoRoutine {
        /// There is no such task, or not for this person.
        Unknown = "unknown",
        /// Somebody else has it.
        Taken = "taken",
        /// It is over.
        Over = "over",
        /// This person does not hold it.
        NotHeld = "not_held",
    }

    /// Its word in JSON.
    pub fn as_str;
}

impl NoRoutine {
    /// In words.
    pub fn explain(self) -> Text {
        match self {
            NoRoutine::Unknown => text!("there is no such task", "oppgaven finnes ikke"),
            NoRoutine::Taken => text!("somebody else has taken it", "noen andre har tatt den"),
            NoRoutine::Over => text!("it is done already, or not needed", "den er gjort alt, eller trengs ikke"),
            NoRoutine::NotHeld => text!(
                "you have not taken it, or said so more than a day ago",
                "du har ikke tatt den, eller sa det for mer enn et døgn siden"
            ),
        }
    }
}

impl Routines {
    /// Whether there is such a task, and this person may do something with it.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn may(&self, tx: &mut Tx, id: TaskId, who: &str, role: Role) -> Result<bool, DbError> {
        let Some(task) = routine::get(tx, id).await? else { return Ok(false) };
        let theirs = || self.all().iter().any(|r| r.name == task.routine && is_of(r, who));
        Ok(role != Role::Peer || theirs())
    }

    /// Takes a task.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn claim(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<RoutineTask, NoRoutine>, DbError> {
        let taken = routine::claim(tx, id, who).await?;
        self.told(tx, id, taken, Act::TaskTaken, NoRoutine::Taken).await
    }

    /// Gives a task back.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn release(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<RoutineTask, NoRoutine>, DbError> {
        let given = routine::release(tx, id, who).await?;
        self.told(tx, id, given, Act::TaskReleased, NoRoutine::NotHeld).await
    }

    /// Says that it is done, by whoever did it; also late.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn done(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<RoutineTask, NoRoutine>, DbError> {
        let done = routine::done(tx, id, who, self.ledger.clock.now_ms()).await?;
        self.told(tx, id, done, Act::RoutineDone, NoRoutine::Over).await
    }

    /// Takes back, within a day, that it was done.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn undo(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<RoutineTask, NoRoutine>, DbError> {
        let since = (self.ledger.clock.now() - UNDO).as_millisecond();
        let undone = routine::undo(tx, id, who, since).await?;
        self.told(tx, id, undone, Act::RoutineUndone, NoRoutine::NotHeld).await
    }

    /// Finds a task by its id, or by at least four digits of one end of it; done ones for as long as that can be undone.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn find(&self, tx: &mut Tx, written: &str) -> Result<Vec<TaskId>, DbError> {
        let ids = routine::ids(tx, (self.ledger.clock.now() - UNDO).as_millisecond()).await?;
        Ok(meant(written, ids, |id| id.0))
    }

    async fn told(
        &self,
        tx: &mut Tx,
        id: TaskId,
        did: bool,
        act: Act,
        else_why: NoRoutine,
    ) -> Result<Result<RoutineTask, NoRoutine>, DbError> {
        let Some(task) = routine::get(tx, id).await? else { return Ok(Err(NoRoutine::Unknown)) };
        if !did {
            let over = task.claimed_by.is_none() && else_why == NoRoutine::Taken;
            return Ok(Err(if over { NoRoutine::Over } else { else_why }));
        }
        self.ledger.book().note(tx, act, On::Task(id)).await?;
        Ok(Ok(task))
    }
}
