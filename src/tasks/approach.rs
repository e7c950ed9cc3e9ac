//! Campaigns of calls and by hand: the message is the task, and ends when the task does.

use super::Tasks;
use crate::domain::campaign::CampaignState;
use crate::domain::channel::Channel;
use crate::domain::decision::Decision;
use crate::domain::message::MessageState;
use crate::domain::outcome::Outcome;
use crate::store::contact::Contact;
use crate::store::message::{self, Message};
use crate::store::outcome::Ended;
use crate::store::task::{Task, TaskState};
use crate::store::{Db, DbError, Tx, calling, campaign, outcome};

/// Rows a transaction moves, so that none lasts long.
const CHUNK: i64 = 100;

impl Tasks {
    /// The message of a campaign of calls or by hand, when a task is its approach.
    pub(super) async fn approach(&self, tx: &mut Tx, task: &Task) -> Result<Option<Message>, DbError> {
        let Some(id) = task.message else { return Ok(None) };
        Ok(message::find(tx, id).await?.filter(|message| is_by_people(&message.channel)))
    }

    /// Why the first call of an approach must not be made, though the person may be called: the campaign pauses, or
    /// somebody else was in touch meanwhile.
    pub(super) async fn may_open(
        &self,
        tx: &mut Tx,
        task: &Task,
        contact: &Contact,
    ) -> Result<Result<(), Approach>, DbError> {
        let Some(message) = self.approach(tx, task).await? else { return Ok(Ok(())) };
        let state = campaign::get(tx, &message.campaign).await?.map(|campaign| campaign.state);
        if state == Some(CampaignState::Paused) {
            return Ok(Err(Approach::Paused));
        }
        if !self.has_begun(tx, task).await? && self.ledger.is_too_soon(contact) {
            return Ok(Err(Approach::Not(Decision::Cooldown)));
        }
        Ok(Ok(()))
    }

    /// Whether somebody answered a call of this task: then the approach has begun, and what follows belongs to it.
    async fn has_begun(&self, tx: &mut Tx, task: &Task) -> Result<bool, DbError> {
        Ok(outcome::of_task(tx, task.id).await?.iter().any(|ended| ended.outcome.was_answered()))
    }

    /// Ends the approach with its task: reached when the person answered any of the calls. A task that nobody needed
    /// any more takes its message back with the same reason.
    pub(super) async fn close(&self, tx: &mut Tx, task: &Task, why: &str) -> Result<bool, DbError> {
        let Some(message) = self.approach(tx, task).await? else { return Ok(false) };
        let calls = outcome::of_task(tx, task.id).await?;
        let last = calls.last().map(|ended| ended.outcome);
        let (to, reason) = if let Some(outcome) = last.filter(|_| task.is_by_hand()) {
            by_hand(outcome)
        } else if calls.iter().any(|ended: &Ended| ended.outcome.reached()) {
            (MessageState::Delivered, None)
        } else if calls.is_empty() && task.state == TaskState::Dropped {
            (MessageState::Withdrawn, Some(why))
        } else {
            (MessageState::Undelivered, Some(why))
        };
        calling::end(tx, task.contact, &message.campaign).await?;
        message::move_state(tx, &message, to, reason, self.ledger.clock.now_ms()).await
    }

    /// Opens an approach again whose end was a mistake; false when another one has begun meanwhile.
    pub(super) async fn reopen(&self, tx: &mut Tx, task: &Task) -> Result<bool, DbError> {
        let Some(message) = self.approach(tx, task).await? else { return Ok(true) };
        if !calling::resume(tx, task.contact, &message.campaign).await? {
            return Ok(false);
        }
        let now = self.ledger.clock.now_ms();
        message::move_state(tx, &message, MessageState::Accepted, None, now).await
    }

    /// Ends the approaches whose tasks were dropped or lapsed; how many.
    pub(super) async fn close_all(&self, db: &Db) -> Result<u64, DbError> {
        let mut closed = 0;
        loop {
            let mut tx = db.begin().await?;
            let over = calling::over(&mut tx, CHUNK).await?;
            for id in &over {
                let Some(task) = self.lock(&mut tx, *id).await? else { continue };
                let why = match task.state {
                    TaskState::Dropped => task.reason.clone().unwrap_or_default(),
                    TaskState::Lapsed => TaskState::Lapsed.as_str().to_owned(),
                    _ => continue,
                };
                closed += u64::from(self.close(&mut tx, &task, &why).await?);
            }
            tx.commit().await?;
            if over.len() < CHUNK as usize {
                return Ok(closed);
            }
        }
    }
}

/// Whether a task of this channel is the approach itself.
pub(super) fn is_by_people(channel: &str) -> bool {
    Channel::parse(channel).is_some_and(Channel::is_by_people)
}

/// Where a message by hand ends, and why. Who asked not to be written to, was not.
fn by_hand(outcome: Outcome) -> (MessageState, Option<&'static str>) {
    match outcome {
        Outcome::Sent => (MessageState::Sent, None),
        Outcome::OptOut => (MessageState::Withdrawn, Some(Decision::OptedOut.as_str())),
        _ => (MessageState::Failed, Some(Outcome::CouldNot.as_str())),
    }
}

/// What stands in the way of a first call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approach {
    /// The campaign pauses.
    Paused,
    /// The contact may not be approached.
    Not(Decision),
}
