//! One person at a time holds a call. Whoever takes it has the contact's row locked, so that no no slips in between.

use super::Tasks;
use super::approach::Approach;
use super::refusal::Refusal;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::decision::Decision;
use crate::domain::id::TaskId;
use crate::domain::moment;
use crate::store::task::{self, Task, TaskState};
use crate::store::{Db, DbError, Tx, contact, list};

/// So many free tasks are tried before there is none.
const TRIED: i64 = 1_000;

/// A task that a person holds.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The task, as it stands now.
    pub task: Task,
    /// How long it stays with the person, real milliseconds.
    pub lease_ms: i64,
}

impl Tasks {
    /// Takes a task for a person, or holds it longer. Refused when the contact may not be called, or not now, or
    /// somebody else holds it.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn claim(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<Claim, Refusal>, DbError> {
        let Some(task) = self.lock(tx, id).await? else { return Ok(Err(Refusal::Unknown)) };
        if !matches!(task.state, TaskState::Open | TaskState::Claimed) {
            return Ok(Err(Refusal::Closed(task.state)));
        }
        if let Some(owner) = task.owner.clone()
            && !self.is_meant_for(tx, Some(&owner), who).await?
        {
            return Ok(Err(Refusal::MeantFor(owner)));
        }
        if let Err(refusal) = self.may_call(tx, &task).await? {
            return Ok(Err(refusal));
        }
        // The time is read under the lock: a claim that waited here must not take an earlier time for a stale lease.
        let leases = self.leases(tx).await?;
        if let Err(refusal) = self.may_take(tx, &task, who, leases).await? {
            return Ok(Err(refusal));
        }
        let until = leases.0.saturating_add(self.lease_ms);
        if !task::claim(tx, id, who, until, leases).await? {
            return Ok(Err(Refusal::Taken(task.claimed_by.unwrap_or_default())));
        }
        // Who holds it longer has taken it before.
        if !(is_held(&task, leases) && task.claimed_by.as_deref() == Some(who)) {
            self.ledger.book().note(tx, Act::TaskTaken, On::Task(id)).await?;
        }
        let claimed = task::find(tx, id).await?.ok_or(DbError::Unknown("task"))?;
        Ok(Ok(Claim { task: claimed, lease_ms: self.lease_ms }))
    }

    /// Takes the first free task of the day's list, each try in a transaction of its own; what is meant for this person
    /// first.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn next(&self, db: &Db, who: &str) -> Result<Result<Claim, Refusal>, DbError> {
        self.next_of(db, who, true).await
    }

    /// The same; without the pool only of what is meant for this person.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn next_of(&self, db: &Db, who: &str, pool: bool) -> Result<Result<Claim, Refusal>, DbError> {
        let now = self.ledger.clock.now();
        let mut tx = db.read().await?;
        let leases = self.leases(&mut tx).await?;
        let whose = self.whose(&mut tx, who).await?;
        let soonest = list::soonest(&mut tx, &whose, pool, leases).await?;
        let calls = self.hours.are_open(now);
        let free = list::next(&mut tx, &whose, pool, calls, leases, now.as_millisecond(), TRIED).await?;
        drop(tx);
        let Some(soonest) = soonest else { return Ok(Err(Refusal::NothingFree)) };
        let possible = self.hours.next_open(moment::at(soonest).max(now));
        if free.is_empty() && possible > now {
            return Ok(Err(Refusal::NotNow(possible)));
        }
        for id in free {
            let mut tx = db.begin().await?;
            match self.claim(&mut tx, id, who).await? {
                Ok(claim) => {
                    tx.commit().await?;
                    return Ok(Ok(claim));
                }
                Err(enough @ Refusal::Enough { .. }) => return Ok(Err(enough)),
                Err(_) => {}
            }
        }
        Ok(Err(Refusal::NothingFree))
    }

    /// Gives a task back, free for others.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn release(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<(), Refusal>, DbError> {
        let Some(task) = self.lock(tx, id).await? else { return Ok(Err(Refusal::Unknown)) };
        if task::release(tx, id, who).await? {
            self.ledger.book().note(tx, Act::TaskReleased, On::Task(id)).await?;
            return Ok(Ok(()));
        }
        if task.state == TaskState::Open && task.owner.as_deref() == Some(who) {
            list::mean_for(tx, id, None).await?;
            self.ledger.book().note(tx, Act::TaskReleased, On::Task(id)).await?;
            return Ok(Ok(()));
        }
        let over = !matches!(task.state, TaskState::Open | TaskState::Claimed);
        Ok(Err(if over { Refusal::Closed(task.state) } else { Refusal::NotHeld }))
    }

    /// Whether this person holds a task, and may still call: what must be so before a number is shown.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn holds(&self, tx: &mut Tx, id: TaskId, who: &str) -> Result<Result<Task, Refusal>, DbError> {
        let Some(task) = self.lock(tx, id).await? else { return Ok(Err(Refusal::Unknown)) };
        let leases = self.leases(tx).await?;
        if !is_held(&task, leases) || task.claimed_by.as_deref() != Some(who) {
            return Ok(Err(Refusal::NotHeld));
        }
        Ok(self.may_call(tx, &task).await?.map(|()| task))
    }

    /// The steady times between which a lease is one: after now, and no further away than two leases, else it stems
    /// from before a reboot.
    pub(super) async fn leases(&self, tx: &mut Tx) -> Result<(i64, i64), DbError> {
        let now = tx.steady_ms(&self.ledger.clock).await?;
        Ok((now, now.saturating_add(self.lease_ms.saturating_mul(2))))
    }

    /// The task, with its contact's row locked first: in that order everybody locks who says no.
    pub(super) async fn lock(&self, tx: &mut Tx, id: TaskId) -> Result<Option<Task>, DbError> {
        loop {
            let Some(found) = task::find(tx, id).await? else { return Ok(None) };
            contact::lock(tx, found.contact).await?;
            // While we waited for the row, the task may have gone to another with whom its person was linked.
            match task::get(tx, id).await? {
                Some(task) if task.contact != found.contact => {}
                task => return Ok(task),
            }
        }
    }

    /// The rules of a task, read anew: a no, an unread answer, left out, for calls the hours, and the task's own times.
    async fn may_call(&self, tx: &mut Tx, task: &Task) -> Result<Result<(), Refusal>, DbError> {
        let Some(contact) = contact::get(tx, task.contact).await? else { return Ok(Err(Refusal::Unknown)) };
        let blinds = contact::blinds(tx, contact.id).await?;
        if contact.opted_out || !contact::noes(tx, &blinds).await?.is_empty() {
            return Ok(Err(Refusal::Contact(Decision::OptedOut)));
        }
        if contact.unread > 0 {
            return Ok(Err(Refusal::Contact(Decision::Held)));
        }
        if let Some(left_out) = &contact.left_out {
            let reason = Decision::parse(left_out).unwrap_or(Decision::NotInGroup);
            return Ok(Err(Refusal::Contact(reason)));
        }
        match self.may_open(tx, task, &contact).await? {
            Ok(()) => {}
            Err(Approach::Paused) => return Ok(Err(Refusal::Paused)),
            Err(Approach::Not(reason)) => return Ok(Err(Refusal::Contact(reason))),
        }
        let now = self.ledger.clock.now();
        if task.lapses_at <= now.as_millisecond() {
            return Ok(Err(Refusal::Closed(TaskState::Lapsed)));
        }
        let due = moment::at(task.due_at).max(now);
        let possible = if task.is_by_hand() { due } else { self.hours.next_open(due) };
        Ok(if possible > now { Err(Refusal::NotNow(possible)) } else { Ok(()) })
    }
}

/// Whether somebody holds a task, with the steady times between which a lease is one.
pub(super) fn is_held(task: &Task, leases: (i64, i64)) -> bool {
    let lease = task.lease_until.is_some_and(|until| until > leases.0 && until <= leases.1);
    task.state == TaskState::Claimed && lease
}
