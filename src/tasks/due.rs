//! Opens the tasks whose day has come, and drops those that are not needed any more.

use super::Tasks;
use super::approach::Approach;
use super::definition::follow_up;
use super::outcome::Outcome;
use crate::campaign::file::Unless;
use crate::domain::decision::Decision;
use crate::domain::message::MessageState;
use crate::store::task::{self, Task, TaskState};
use crate::store::touch::{self, TouchKind};
use crate::store::{Db, DbError, Tx, contact, due, reply};

/// Rows a transaction moves, so that none lasts long.
const CHUNK: i64 = 100;

/// What a step moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Tasks that are on the list now.
    pub opened: u64,
    /// Tasks that are not needed any more.
    pub dropped: u64,
    /// Tasks nobody got to in time.
    pub lapsed: u64,
    /// Messages of campaigns of calls that ended with their task.
    pub closed: u64,
}

impl Tasks {
    /// Opens what falls due by the end of the local day, drops what is not needed any more and lets go of what came
    /// too late. A held contact's task waits until the answer is read, or lapses.
    ///
    /// # Errors
    /// As the database has it; what was moved before stays moved.
    pub async fn step(&self, db: &Db) -> Result<Moved, DbError> {
        let mut moved = Moved::default();
        let mut tx = db.read().await?;
        let stirs = due::any_stirs(&mut tx, self.tonight(), self.ledger.clock.now_ms()).await?;
        drop(tx);
        if !stirs {
            return Ok(moved);
        }
        self.lapse(db, &mut moved).await?;
        self.open_due(db, &mut moved).await?;
        self.drop_answered(db, &mut moved).await?;
        moved.closed = self.close_all(db).await?;
        Ok(moved)
    }

    /// The end of the local day: what falls due before it is on the day's list.
    fn tonight(&self) -> i64 {
        self.hours.day_ends(self.ledger.clock.now()).as_millisecond()
    }

    async fn lapse(&self, db: &Db, moved: &mut Moved) -> Result<(), DbError> {
        loop {
            let mut tx = db.begin().await?;
            let leases = self.leases(&mut tx).await?;
            let lapsed = due::lapse(&mut tx, self.ledger.clock.now_ms(), leases, CHUNK).await?;
            tx.commit().await?;
            moved.lapsed += lapsed;
            if lapsed < CHUNK.unsigned_abs() {
                return Ok(());
            }
        }
    }

    async fn open_due(&self, db: &Db, moved: &mut Moved) -> Result<(), DbError> {
        loop {
            let mut tx = db.begin().await?;
            let due = due::due(&mut tx, self.tonight(), CHUNK).await?;
            for task in &due {
                let needless = self.needless(&mut tx, task).await?;
                let to = if needless.is_some() { TaskState::Dropped } else { TaskState::Open };
                if self.shift(&mut tx, task, to, needless).await? {
                    moved.dropped += u64::from(needless.is_some());
                    moved.opened += u64::from(needless.is_none());
                }
            }
            tx.commit().await?;
            if due.len() < CHUNK as usize {
                return Ok(());
            }
        }
    }

    async fn drop_answered(&self, db: &Db, moved: &mut Moved) -> Result<(), DbError> {
        let mut after = None;
        loop {
            let mut tx = db.begin().await?;
            let open = due::with_news(&mut tx, after, CHUNK).await?;
            for task in &open {
                let needless = self.needless(&mut tx, task).await?;
                if needless.is_some() && self.shift(&mut tx, task, TaskState::Dropped, needless).await? {
                    moved.dropped += 1;
                }
            }
            tx.commit().await?;
            after = open.last().map(|task| task.id);
            if open.len() < CHUNK as usize {
                return Ok(());
            }
        }
    }

    async fn shift(&self, tx: &mut Tx, task: &Task, to: TaskState, why: Option<&str>) -> Result<bool, DbError> {
        task::move_state(tx, task, to, why, self.ledger.clock.now_ms()).await
    }

    /// Why a call is not needed any more, or must not be made. The contact's row is only read: whoever says no locks
    /// it, and drops what was opened meanwhile.
    async fn needless(&self, tx: &mut Tx, task: &Task) -> Result<Option<&'static str>, DbError> {
        let Some(contact) = contact::get(tx, task.contact).await? else { return Ok(Some("erased")) };
        if contact.opted_out {
            return Ok(Some(Decision::OptedOut.as_str()));
        }
        if let Some(left_out) = &contact.left_out {
            return Ok(Some(Decision::parse(left_out).unwrap_or(Decision::NotInGroup).as_str()));
        }
        if task.outcome.as_deref() == Some(Outcome::WantsVisit.as_str())
            && touch::since(tx, task.contact, TouchKind::Visit, task.since).await?
        {
            return Ok(Some("visited"));
        }
        if let Err(Approach::Not(reason)) = self.may_open(tx, task, &contact).await? {
            return Ok(Some(reason.as_str()));
        }
        let Some((message, definition)) = self.definitions.of_task(tx, task).await? else { return Ok(None) };
        if !may_have_reached(message.state) {
            return Ok(Some("not_reached"));
        }
        let Some(follow_up) = follow_up(&definition, task) else { return Ok(None) };
        let unless = &follow_up.unless;
        if unless.contains(&Unless::Replied) && reply::since(tx, task.contact, task.since).await? {
            return Ok(Some("replied"));
        }
        let visited = unless.contains(&Unless::Visited);
        if visited && touch::since(tx, task.contact, TouchKind::Visit, task.since).await? {
            return Ok(Some("visited"));
        }
        Ok(None)
    }
}

/// Whether a message may have come to a person; if not, there is nothing to follow.
fn may_have_reached(state: MessageState) -> bool {
    use MessageState::{Failed, Queued, Submitting, Withdrawn};
    !matches!(state, Queued | Submitting | Withdrawn | Failed)
}
