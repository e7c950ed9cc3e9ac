//! Takes back how a call ended: a new entry in the ledger that names the old one, and what it had led to is undone.
//!
//! Only as long as nothing else happened with the person: then the old outcome was the ground for something.

use super::Tasks;
use super::claim::is_held;
use super::outcome::Outcome;
use super::refusal::Refusal;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::decision::Decision;
use crate::domain::id::TaskId;
use crate::domain::message::MessageState;
use crate::domain::moment::APART_MS;
use crate::domain::private::Private;
use crate::domain::span::DAY_MS;
use crate::store::outcome::Ended;
use crate::store::task::{self, Task};
use crate::store::touch::{self, Touch, TouchKind};
use crate::store::{DbError, Tx, contact, credit, message, outcome};

/// How long a mistake can be taken back, civil milliseconds.
const LONGEST_MS: i64 = DAY_MS;

/// What was taken back.
#[derive(Clone, Debug)]
pub struct Undone {
    /// The task, as it stands now.
    pub task: Task,
    /// The outcome that does not count any more.
    pub outcome: Outcome,
    /// Whether a no was lifted with it.
    pub lifted: bool,
    /// Other calls that are planned again.
    pub planned: u64,
}

impl Tasks {
    /// Takes back the newest outcome of a task. Who had registered it holds the task again; else it is free.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn undo(
        &self,
        tx: &mut Tx,
        id: TaskId,
        who: &str,
        reason: Option<&Private>,
    ) -> Result<Result<Undone, Refusal>, DbError> {
        let Some(task) = self.lock(tx, id).await? else { return Ok(Err(Refusal::Unknown)) };
        let Some(ended) = outcome::of_task(tx, id).await?.pop() else { return Ok(Err(Refusal::NothingToUndo)) };
        let leases = self.leases(tx).await?;
        if is_held(&task, leases) && task.claimed_by.as_deref() != Some(who) {
            return Ok(Err(Refusal::Taken(task.claimed_by.unwrap_or_default())));
        }
        if !self.is_fresh(tx, &task, &ended).await? {
            return Ok(Err(Refusal::TooLate));
        }
        if ended.led_to.no && ended.actor != who {
            return Ok(Err(Refusal::AnothersNo(ended.actor)));
        }
        if ended.led_to.no && reason.is_none() {
            return Ok(Err(Refusal::NeedsReason));
        }
        if !self.reopen(tx, &task).await? {
            return Ok(Err(Refusal::TooLate));
        }
        self.note_undo(tx, &task, &ended, who, reason).await?;
        self.lift(tx, &task, &ended, who, reason).await?;
        touch::uncount_entry(tx, task.contact, ended.touch).await?;
        let again = (who == ended.actor).then(|| (who, leases.0.saturating_add(self.lease_ms)));
        outcome::restore(tx, &ended, again).await?;
        let planned = outcome::restore_dropped(tx, &ended.led_to).await?;
        outcome::take_back(tx, ended.id, self.ledger.clock.now_ms()).await?;
        self.count_heavy(tx, &task, &ended, -1).await?;
        let planned = planned - self.drop_cancelled(tx, &task).await?;
        self.ledger.book().note(tx, Act::OutcomeUndone, On::Task(id)).await?;
        let task = task::find(tx, id).await?.ok_or(DbError::Unknown("task"))?;
        Ok(Ok(Undone { task, outcome: ended.outcome, lifted: ended.led_to.no, planned }))
    }

    /// Drops again what came back of campaigns that were cancelled meanwhile: how many besides the task. Who holds that may
    /// still tell how its call went.
    async fn drop_cancelled(&self, tx: &mut Tx, task: &Task) -> Result<u64, DbError> {
        let (mut others, why) = (0, Decision::Cancelled.as_str());
        for id in task::left_with(tx, task.contact).await? {
            task::drop_all(tx, &[id], why, self.ledger.clock.now_ms()).await?;
            let dropped = task::find(tx, id).await?.ok_or(DbError::Unknown("task"))?;
            self.close(tx, &dropped, why).await?;
            others += u64::from(id != task.id);
        }
        Ok(others)
    }

    /// Whether a day has not passed, and nothing has happened or begun with the person since.
    async fn is_fresh(&self, tx: &mut Tx, task: &Task, ended: &Ended) -> Result<bool, DbError> {
        let age = self.ledger.clock.now_ms() - ended.at;
        // Ids are in the order of the clocks of nodes, which may differ: what the person said just before may have come after.
        let said_since = (ended.led_to.no && tx.is_shared()).then_some(ended.at - APART_MS);
        if !(0..=LONGEST_MS).contains(&age) || touch::any_after(tx, task.contact, ended.id, said_since).await? {
            return Ok(false);
        }
        let open = message::open_of(tx, "", &[task.contact]).await?;
        Ok(!open.iter().any(|open| matches!(open.state, MessageState::Submitting | MessageState::InDoubt)))
    }

    async fn note_undo(
        &self,
        tx: &mut Tx,
        task: &Task,
        ended: &Ended,
        who: &str,
        reason: Option<&Private>,
    ) -> Result<(), DbError> {
        let mut entry = Touch::new(TouchKind::TakenBack, self.ledger.clock.now_ms());
        entry.channel = Some(self.way(tx, task).await?);
        entry.campaign = task.campaign.clone();
        entry.actor = Some(who.to_owned());
        entry.detail = Some(ended.outcome.as_str().to_owned());
        entry.note = reason.cloned();
        entry.takes_back = Some(ended.touch);
        self.ledger.register(tx, task.contact, &entry).await
    }

    /// Takes the marks off the contact that the outcome had made; a no only with the reason for it.
    async fn lift(
        &self,
        tx: &mut Tx,
        task: &Task,
        ended: &Ended,
        who: &str,
        reason: Option<&Private>,
    ) -> Result<(), DbError> {
        let was = &ended.led_to;
        let left_out = contact::get(tx, task.contact).await?.and_then(|contact| contact.left_out);
        if let (true, Some(reason)) = (was.no, reason) {
            credit::forget_no(tx, task.contact, ended.touch).await?;
            self.ledger.opt_in(tx, task.contact, who, reason).await?;
            contact::leave_out(tx, task.contact, left_out.as_deref()).await?;
        }
        if let Some(before) = &was.left_out {
            contact::leave_out(tx, task.contact, before.word.as_deref()).await?;
        }
        if let Some(before) = &was.contact_language {
            contact::set_language(tx, task.contact, before.word.as_deref()).await?;
        }
        Ok(())
    }
}
