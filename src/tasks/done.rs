//! Registers how a call ended. What happened is never refused, as long as the person held the task.

use jiff::Timestamp;

use super::Tasks;
use super::outcome::{Next, Outcome, next};
use super::refusal::Refusal;
use crate::domain::decision::Decision;
use crate::domain::id::TaskId;
use crate::domain::private::Private;
use crate::ledger::NoSource;
use crate::store::task::{self, Task, TaskState};
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx};

/// A call that ended, as the person tells it.
#[derive(Clone, Debug)]
pub struct Registered {
    /// How it ended.
    pub outcome: Outcome,
    /// When they asked to be called, for [`Outcome::CallLater`].
    pub at: Option<Timestamp>,
    /// What was said; sealed.
    pub note: Option<Private>,
}

/// What became of the task.
#[derive(Clone, Debug)]
pub struct Done {
    /// The task as it was before.
    pub task: Task,
    /// How the call ended.
    pub outcome: Outcome,
    /// What follows.
    pub next: Next,
}

impl Tasks {
    /// Ends a task that this person holds: an entry in the ledger, and what the outcome leads to.
    ///
    /// A task that was dropped or lapsed while the call was under way takes the outcome too, and does not come back.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn done(
        &self,
        tx: &mut Tx,
        id: TaskId,
        who: &str,
        call: &Registered,
    ) -> Result<Result<Done, Refusal>, DbError> {
        let Some(task) = self.lock(tx, id).await? else { return Ok(Err(Refusal::Unknown)) };
        let now = self.ledger.clock.now();
        let next = match task.state {
            TaskState::Claimed => next(call.outcome, task.attempts_left, task.lapses_at, now, call.at, &self.hours),
            _ => Ok(Next::Done),
        };
        let next = match next {
            Ok(next) => next,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let word = call.outcome.as_str();
        let held = match next {
            Next::Again(again) => task::put_off(tx, id, who, word, again).await?,
            Next::Done | Next::NoMore => task::done(tx, id, who, word, now.as_millisecond()).await?,
        };
        if !held {
            let over = task.state == TaskState::Done;
            return Ok(Err(if over { Refusal::Closed(task.state) } else { Refusal::NotHeld }));
        }
        self.note_call(tx, &task, who, call).await?;
        self.follow(tx, &task, who, call.outcome).await?;
        Ok(Ok(Done { task, outcome: call.outcome, next }))
    }

    /// The entry names no message: taking a message out of the cooldown must not take the call out with it.
    async fn note_call(&self, tx: &mut Tx, task: &Task, who: &str, call: &Registered) -> Result<(), DbError> {
        let mut entry = Touch::new(TouchKind::Call, self.ledger.clock.now_ms());
        entry.channel = Some("phone".to_owned());
        entry.campaign = task.campaign.clone();
        entry.actor = Some(who.to_owned());
        entry.detail = Some(call.outcome.as_str().to_owned());
        entry.counts = call.outcome.was_answered();
        entry.note = call.note.clone();
        self.ledger.register(tx, task.contact, &entry).await
    }

    async fn follow(&self, tx: &mut Tx, task: &Task, who: &str, outcome: Outcome) -> Result<(), DbError> {
        match (outcome, task.message) {
            (Outcome::OptOut, _) => self.ledger.opt_out(tx, task.contact, NoSource::Call, Some(who)).await.map(drop),
            (Outcome::WrongNumber, _) => self.ledger.leave_out(tx, task.contact, Decision::WrongNumber).await,
            (Outcome::Thanks, Some(message)) => {
                task::drop_message(tx, message, outcome.as_str(), self.ledger.clock.now_ms()).await.map(drop)
            }
            _ => Ok(()),
        }
    }
}
