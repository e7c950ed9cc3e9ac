//! What a person at the service must do: call tasks, one for each follow-up of a message.

use std::collections::BTreeMap;

use super::db::{Arg, DbError, Row, Sql, Tx, sql};
use super::message::Message;
use crate::clock::new_id;
use crate::domain::channel::Channel;
use crate::domain::id::{ContactId, MessageId, TaskId};
use crate::domain::outcome::MANUAL;
pub use crate::domain::task::TaskState;

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// `call`, or `manual` when a person writes the message elsewhere.
    pub kind: String,
    /// Whom it is about.
    pub contact: ContactId,
    /// The campaign it follows.
    pub campaign: Option<String>,
    /// The message it follows.
    pub message: Option<MessageId>,
    /// Which of the campaign's follow-ups, from 0.
    pub step: i64,
    /// Where it stands.
    pub state: TaskState,
    /// Why it was dropped.
    pub reason: Option<String>,
    /// When it falls due, civil.
    pub due_at: i64,
    /// When it lapses, civil.
    pub lapses_at: i64,
    /// Tries left.
    pub attempts_left: i64,
    /// Who holds it.
    pub claimed_by: Option<String>,
    /// Until when, steady.
    pub lease_until: Option<i64>,
    /// How the last try ended.
    pub outcome: Option<String>,
    /// The contact's language.
    pub language: Option<String>,
    /// When it was made, civil: when the message went out.
    pub made_at: i64,
    /// When the message's first try began, civil: an answer since then may be one to the message.
    pub since: i64,
    /// Whom it is meant for; others do not take it.
    pub owner: Option<String>,
}

impl Task {
    /// Whether a person writes the message elsewhere, and calls nobody.
    pub fn is_by_hand(&self) -> bool {
        self.kind == MANUAL
    }
}

pub(super) const COLUMNS: &str = "select t.id, t.kind, t.contact_id, t.campaign, t.message_id, t.step, t.state, t.reason, t.due_at, t.lapses_at, t.attempts_left, t.claimed_by, t.lease_until, t.outcome, t.language, t.made_at, coalesce((select min(a.began_at) from attempt a where a.message_id = t.message_id), t.made_at), t.owner from task t";

pub(super) fn read(row: &Row) -> Result<Task, DbError> {
    Ok(Task {
        id: row.id(0)?,
        kind: row.get(1)?,
        contact: row.id(2)?,
        campaign: row.get(3)?,
        message: row.get::<Option<uuid::Uuid>>(4)?.map(MessageId),
        step: row.int(5)?,
        state: row.word(6, "task state", TaskState::parse)?,
        reason: row.get(7)?,
        due_at: row.int(8)?,
        lapses_at: row.int(9)?,
        attempts_left: row.int(10)?,
        claimed_by: row.get(11)?,
        lease_until: row.get(12)?,
        outcome: row.get(13)?,
        language: row.get(14)?,
        made_at: row.int(15)?,
        since: row.int(16)?,
        owner: row.get(17)?,
    })
}

/// A task to be made when a message went out, or may have.
#[derive(Clone, Copy, Debug)]
pub struct NewTask<'a> {
    /// The message it follows; what staff send themselves is done by hand, and all else is a call.
    pub message: &'a Message,
    /// Which of the campaign's follow-ups, from 0.
    pub step: i64,
    /// When it falls due, civil.
    pub due_at: i64,
    /// When it lapses, civil.
    pub lapses_at: i64,
    /// Tries.
    pub attempts: i64,
}

/// Plans a task; a message has each follow-up once. One that was dropped because the message had reached nobody is
/// planned again.
///
/// # Errors
/// As the database has it.
pub async fn plan(tx: &mut Tx, new: NewTask<'_>, now_ms: i64) -> Result<(), DbError> {
    tx.run_all(planned(&[new], now_ms).into_iter().collect()).await.map(drop)
}

/// The same step is planned for messages of one campaign: the first says when. None is planned of a campaign that was
/// cancelled.
pub fn planned(all: &[NewTask<'_>], now_ms: i64) -> Option<Sql> {
    let first = all.first()?;
    let rows = all.iter().map(|NewTask { message: m, .. }| {
        let kind = if m.channel == Channel::Manual.as_str() { MANUAL } else { "call" };
        let id: TaskId = new_id();
        [id.into(), m.contact.into(), m.id.into(), Arg::from(&m.language), Arg::from(&m.variant), kind.into()]
    });
    let query = sql("insert into task (state, campaign, step, due_at, lapses_at, attempts_left, made_at, id, contact_id, message_id, language, variant, kind) \
         select 'planned', $1, $2, $3, $4, $5, $6, v.column1, v.column2, v.column3, v.column4, v.column5, v.column6 from ")
        .bind(&first.message.campaign)
        .bind(first.step)
        .bind(first.due_at)
        .bind(first.lapses_at)
        .bind(first.attempts)
        .bind(now_ms)
        .values(rows)
        .push(" where v.column1 is not null and not exists (select 1 from campaign c where c.state = 'cancelled' and c.name = ")
        .list([&first.message.campaign])
        .push(") on conflict (message_id, step) do update set state = 'planned', reason = null, done_at = null, \
         claimed_by = null, due_at = excluded.due_at, lapses_at = excluded.lapses_at, made_at = excluded.made_at \
         where task.state = 'dropped' and task.reason = 'not_reached'");
    Some(query)
}

/// The ids of tasks, newest first; only those nobody has done yet unless `all`.
///
/// # Errors
/// As the database has it.
pub async fn ids(tx: &mut Tx, all: bool) -> Result<Vec<TaskId>, DbError> {
    let query = sql("select id from task where ").push(if all {
        "1 = 1 order by id desc"
    } else {
        "state in ('planned', 'open', 'claimed') order by id desc"
    });
    tx.all(query).await?.iter().map(|row| row.id(0)).collect()
}

/// A task by its id, as it stands.
///
/// # Errors
/// As the database has it.
pub async fn find(tx: &mut Tx, id: TaskId) -> Result<Option<Task>, DbError> {
    tx.maybe(sql(COLUMNS).push(" where t.id = $1").bind(id)).await?.as_ref().map(read).transpose()
}

/// The tasks of a contact, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn of_contact(tx: &mut Tx, contact: ContactId) -> Result<Vec<Task>, DbError> {
    tx.all(sql(COLUMNS).push(" where t.contact_id = $1 order by t.id").bind(contact)).await?.iter().map(read).collect()
}

/// A task by its id, locked on PostgreSQL until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, id: TaskId) -> Result<Option<Task>, DbError> {
    let lock = tx.lock_clause(" for update");
    tx.maybe(sql(COLUMNS).push(" where t.id = $1").push(lock).bind(id)).await?.as_ref().map(read).transpose()
}

/// Moves a task by compare-and-set on its state; false when it stood elsewhere by now.
///
/// # Errors
/// As the database has it.
pub async fn move_state(
    tx: &mut Tx,
    task: &Task,
    to: TaskState,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<bool, DbError> {
    let query = sql("update task set state = $1, reason = $2, done_at = $3 where id = $4 and state = $5")
        .bind(to.as_str())
        .bind(reason)
        .bind(matches!(to, TaskState::Done | TaskState::Dropped | TaskState::Lapsed).then_some(now_ms))
        .bind(task.id)
        .bind(task.state.as_str());
    Ok(tx.run(query).await? == 1)
}

/// Takes a task until a steady time, if it is free, ours already, or its lease is outside these steady times: it ran
/// out, or stems from before a reboot.
///
/// # Errors
/// As the database has it.
pub async fn claim(tx: &mut Tx, id: TaskId, by: &str, until: i64, leases: (i64, i64)) -> Result<bool, DbError> {
    let query = sql("update task set state = 'claimed', claimed_by = $1, lease_until = $2 where id = $3 and \
         (state = 'open' or (state = 'claimed' and (claimed_by = $1 or lease_until <= $4 or lease_until > $5)))");
    Ok(tx.run(query.bind(by).bind(until).bind(id).bind(leases.0).bind(leases.1)).await? == 1)
}

/// Gives a task back, for anybody to take; false when this person does not hold it.
///
/// # Errors
/// As the database has it.
pub async fn release(tx: &mut Tx, id: TaskId, by: &str) -> Result<bool, DbError> {
    let query = sql(
        "update task set state = 'open', claimed_by = null, lease_until = null, owner = null where id = $1 and state = 'claimed' and claimed_by = $2",
    );
    Ok(tx.run(query.bind(id).bind(by)).await? == 1)
}

/// Ends a task with an outcome; false when this person does not hold it. A task that was dropped or lapsed while the
/// call was under way ends the same.
///
/// # Errors
/// As the database has it.
pub async fn done(tx: &mut Tx, id: TaskId, by: &str, outcome: &str, now_ms: i64) -> Result<bool, DbError> {
    let query = sql(
        "update task set state = 'done', outcome = $1, done_by = $2, done_at = $3, attempts_left = attempts_left - 1 where id = $4 and claimed_by = $2 and state in ('claimed', 'dropped', 'lapsed')",
    );
    Ok(tx.run(query.bind(outcome).bind(by).bind(now_ms).bind(id)).await? == 1)
}

/// When a task that was put off comes back, and how often it may still be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// When it falls due, civil.
    pub due_at: i64,
    /// When it lapses, civil.
    pub lapses_at: i64,
    /// Tries left.
    pub attempts_left: i64,
}

/// Puts a task off: it comes back on its new day, free to take. False when this person does not hold it.
///
/// # Errors
/// As the database has it.
pub async fn put_off(tx: &mut Tx, id: TaskId, by: &str, outcome: &str, again: Again) -> Result<bool, DbError> {
    let query = sql(
        "update task set state = 'planned', outcome = $1, due_at = $2, lapses_at = $3, attempts_left = $4, claimed_by = null, lease_until = null where id = $5 and state = 'claimed' and claimed_by = $6",
    );
    let query = query.bind(outcome).bind(again.due_at).bind(again.lapses_at).bind(again.attempts_left);
    Ok(tx.run(query.bind(id).bind(by)).await? == 1)
}

/// Drops the tasks of a contact that nobody has done, on all channels; claimed ones too.
///
/// # Errors
/// As the database has it.
pub async fn drop_contact(tx: &mut Tx, contact: ContactId, why: &str, now_ms: i64) -> Result<u64, DbError> {
    let query = sql(
        "update task set state = 'dropped', reason = $1, done_at = $2 where contact_id = $3 and state in ('planned', 'open', 'claimed')",
    );
    tx.run(query.bind(why).bind(now_ms).bind(contact)).await
}

/// Drops the tasks that follow a message which provably reached nobody, or a campaign that was cancelled.
///
/// # Errors
/// As the database has it.
pub async fn drop_message(tx: &mut Tx, message: MessageId, why: &str, now_ms: i64) -> Result<u64, DbError> {
    let query = sql(
        "update task set state = 'dropped', reason = $1, done_at = $2 where message_id = $3 and state in ('planned', 'open', 'claimed')",
    );
    tx.run(query.bind(why).bind(now_ms).bind(message)).await
}

/// Removes the tasks of a message that did not go out after all; they are planned anew when it does.
///
/// # Errors
/// As the database has it.
pub async fn forget_message(tx: &mut Tx, message: MessageId) -> Result<u64, DbError> {
    tx.run(sql("delete from task where message_id = $1 and state in ('planned', 'open', 'dropped')").bind(message))
        .await
}

/// Tasks that a cancelled campaign still has, so many at most.
///
/// # Errors
/// As the database has it.
pub async fn left_of_cancelled(tx: &mut Tx, campaign: &str, rows: i64) -> Result<Vec<TaskId>, DbError> {
    let query = sql("select t.id from task t join campaign c on c.name = t.campaign where t.campaign = $1 \
         and t.state in ('planned', 'open', 'claimed') and c.state = 'cancelled' limit $2");
    tx.all(query.bind(campaign).bind(rows)).await?.iter().map(|row| row.id(0)).collect()
}

/// A person's tasks that are left of cancelled campaigns.
///
/// # Errors
/// As the database has it.
pub async fn left_with(tx: &mut Tx, contact: ContactId) -> Result<Vec<TaskId>, DbError> {
    let query = sql("select t.id from task t join campaign c on c.name = t.campaign where t.contact_id = $1 \
         and t.state in ('planned', 'open', 'claimed') and c.state = 'cancelled' order by t.id");
    tx.all(query.bind(contact)).await?.iter().map(|row| row.id(0)).collect()
}

/// Drops tasks that nobody has done.
///
/// # Errors
/// As the database has it.
pub async fn drop_all(tx: &mut Tx, ids: &[TaskId], why: &str, now_ms: i64) -> Result<u64, DbError> {
    // Asked for the states that are not over, SQLite would look through all of them instead of finding these.
    let query = sql("update task set state = 'dropped', reason = $1, done_at = $2 \
         where state not in ('done', 'dropped', 'lapsed') and id in (");
    tx.run(query.bind(why).bind(now_ms).list(ids.iter().copied()).push(")")).await
}

/// Whether a campaign has calls that are still to be made.
///
/// # Errors
/// As the database has it.
pub async fn any_open(tx: &mut Tx, campaign: &str) -> Result<bool, DbError> {
    let query = sql("select 1 from task where campaign = $1 and state in ('planned', 'open', 'claimed') limit 1");
    Ok(tx.maybe(query.bind(campaign)).await?.is_some())
}

/// Tasks of a campaign by state.
///
/// # Errors
/// As the database has it.
pub async fn counts(tx: &mut Tx, campaign: &str) -> Result<BTreeMap<TaskState, i64>, DbError> {
    let rows =
        tx.all(sql("select state, count(*) from task where campaign = $1 group by state").bind(campaign)).await?;
    rows.iter().map(|row| Ok((row.word(0, "task state", TaskState::parse)?, row.int(1)?))).collect()
}
