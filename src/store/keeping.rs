//! What one colleague has to do with, handed to another in one go: tasks, answers, contacts. Knows no role.

use super::db::{DbError, Sql, Tx, sql};
use crate::domain::id::{ContactId, TaskId};

/// From whom a contact came to who has it now, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Who has it now.
    pub by: String,
    /// Who had it before.
    pub before: String,
    /// Since when, civil.
    pub since: i64,
}

/// Contacts in one statement.
const CHUNK: usize = 500;

/// The tasks of somebody that are not done: meant for them, or in their hands just now.
///
/// # Errors
/// As the database has it.
pub async fn tasks(tx: &mut Tx, who: &str, leases: (i64, i64)) -> Result<Vec<(TaskId, ContactId)>, DbError> {
    let query = sql("select id, contact_id from task where (owner = $1 and state in ('planned', 'open', 'claimed')) \
         or (state = 'claimed' and claimed_by = $1 and lease_until > $2 and lease_until <= $3)");
    let rows = tx.all(query.bind(who).bind(leases.0).bind(leases.1)).await?;
    rows.iter().map(|row| Ok((row.id(0)?, row.id(1)?))).collect()
}

/// Means tasks for somebody else; what another colleague holds stays in their hands.
///
/// # Errors
/// As the database has it.
pub async fn pass_tasks(tx: &mut Tx, ids: &[TaskId], from: &str, to: &str) -> Result<(), DbError> {
    for chunk in ids.chunks(CHUNK) {
        // Asked for the states that are not over, SQLite would look through all of them instead of finding these.
        let query = sql("update task set owner = $1, \
             state = case when state = 'claimed' and claimed_by = $2 then 'open' else state end, \
             lease_until = case when claimed_by = $2 then null else lease_until end, \
             claimed_by = case when claimed_by = $2 then null else claimed_by end \
             where state not in ('done', 'dropped', 'lapsed') and id in (");
        tx.run(query.bind(to).bind(from).list(chunk.iter().copied()).push(")")).await?;
    }
    Ok(())
}

/// The contacts whose answers somebody has taken on and nobody has read yet, one for each answer.
///
/// # Errors
/// As the database has it.
pub async fn answers(tx: &mut Tx, who: &str) -> Result<Vec<ContactId>, DbError> {
    contacts_of(tx, sql("select contact_id from reply where read_at is null and owner = $1").bind(who)).await
}

/// Gives those answers to somebody else, or lets them go.
///
/// # Errors
/// As the database has it.
pub async fn pass_answers(tx: &mut Tx, from: &str, to: Option<&str>, now_ms: i64) -> Result<(), DbError> {
    let query = sql("update reply set owner = $1, owner_at = $2 where read_at is null and owner = $3");
    tx.run(query.bind(to).bind(now_ms).bind(from)).await.map(drop)
}

/// Frees the routines that somebody has taken and not done; how many.
///
/// # Errors
/// As the database has it.
pub async fn free_routines(tx: &mut Tx, who: &str) -> Result<u64, DbError> {
    let query =
        sql("update routine_task set state = 'open', claimed_by = null where state = 'claimed' and claimed_by = $1");
    tx.run(query.bind(who)).await
}

/// The contacts that were handed to somebody.
///
/// # Errors
/// As the database has it.
pub async fn kept(tx: &mut Tx, who: &str) -> Result<Vec<ContactId>, DbError> {
    contacts_of(tx, sql("select id from contact where keeper = $1").bind(who)).await
}

/// The contacts with whom somebody was in touch, and that nobody else was given.
///
/// # Errors
/// As the database has it.
pub async fn met(tx: &mut Tx, who: &str) -> Result<Vec<ContactId>, DbError> {
    let query = sql("select c.id from contact c where c.keeper is null and c.id in \
         (select contact_id from touch where actor = $1 union select contact_id from task where done_by = $1)");
    contacts_of(tx, query.bind(who)).await
}

async fn contacts_of(tx: &mut Tx, query: Sql) -> Result<Vec<ContactId>, DbError> {
    tx.all(query).await?.iter().map(|row| row.id(0)).collect()
}

/// Makes contacts somebody's, and notes from whom they came.
///
/// # Errors
/// As the database has it.
pub async fn pass_contacts(tx: &mut Tx, ids: &[ContactId], kept: &Kept) -> Result<(), DbError> {
    for chunk in ids.chunks(CHUNK) {
        let query = sql("update contact set keeper = $1, kept_before = $2, kept_since = $3 where id in (");
        let query = query.bind(&kept.by).bind(&kept.before).bind(kept.since);
        tx.run(query.list(chunk.iter().copied()).push(")")).await?;
    }
    Ok(())
}

/// Who was given a contact, from whom, and when.
///
/// # Errors
/// As the database has it.
pub async fn of(tx: &mut Tx, contact: ContactId) -> Result<Option<Kept>, DbError> {
    let query = sql("select keeper, kept_before, kept_since from contact where id = $1 and keeper is not null");
    let row = tx.maybe(query.bind(contact)).await?;
    row.map(|row| Ok(Kept { by: row.get(0)?, before: row.get(1)?, since: row.int(2)? })).transpose()
}
