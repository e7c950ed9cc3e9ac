//! Notices to staff, which name no person, until they are sent.

use super::db::{DbError, Row, Tx, sql};
use crate::clock::new_id;
use crate::domain::id::NoticeId;
use crate::words;

words! {
    /// By which way a notice goes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Way {
        /// By mail to staff.
        Staff = "staff",
        /// By mail to those who keep the machine.
        Operators = "operators",
        /// To the address that takes alarms.
        Webhook = "webhook",
    }

    /// The word in the database.
    pub fn as_str;
    fn parse;
}

/// A notice.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// When it was made, civil.
    pub at: i64,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// How often sending it failed.
    pub tries: i64,
    /// Where it goes.
    pub way: Way,
}

const NOTICE: &str = "select id, at, subject, body, tries, way from notice";

fn read(row: &Row) -> Result<Notice, DbError> {
    Ok(Notice {
        id: row.id(0)?,
        at: row.int(1)?,
        subject: row.get(2)?,
        body: row.get(3)?,
        tries: row.int(4)?,
        way: row.word(5, "way of a notice", Way::parse)?,
    })
}

/// Adds a notice to staff.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, subject: &str, body: &str, now_ms: i64) -> Result<NoticeId, DbError> {
    add_by(tx, Way::Staff, subject, body, now_ms).await
}

/// Adds a notice that goes by this way.
///
/// # Errors
/// As the database has it.
pub async fn add_by(tx: &mut Tx, way: Way, subject: &str, body: &str, now_ms: i64) -> Result<NoticeId, DbError> {
    let id: NoticeId = new_id();
    let row = vec![id.into(), now_ms.into(), subject.into(), body.into(), now_ms.into(), way.as_str().into()];
    tx.insert("insert into notice (id, at, subject, body, not_before, way)", vec![row], "").await?;
    Ok(id)
}

/// Whether a notice waits to be sent.
///
/// # Errors
/// As the database has it.
pub async fn waits(tx: &mut Tx, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("select 1 from notice where sent_at is null and not_before <= $1 limit 1");
    Ok(tx.maybe(query.bind(now_ms)).await?.is_some())
}

/// The oldest notice that waits to be sent, locked on PostgreSQL; one that another node has locked is passed over.
///
/// # Errors
/// As the database has it.
pub async fn next(tx: &mut Tx, now_ms: i64) -> Result<Option<Notice>, DbError> {
    let lock = tx.lock_clause(" for update skip locked");
    let query = sql(NOTICE).push(" where sent_at is null and not_before <= $1 order by at, id limit 1");
    tx.maybe(query.push(lock).bind(now_ms)).await?.as_ref().map(read).transpose()
}

/// All notices since a civil time, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn since(tx: &mut Tx, from_ms: i64) -> Result<Vec<Notice>, DbError> {
    let query = sql(NOTICE).push(" where at >= $1 order by at, id");
    tx.all(query.bind(from_ms)).await?.iter().map(read).collect()
}

/// Notes that a notice was sent.
///
/// # Errors
/// As the database has it.
pub async fn sent(tx: &mut Tx, id: NoticeId, now_ms: i64) -> Result<(), DbError> {
    tx.run(sql("update notice set sent_at = $1 where id = $2").bind(now_ms).bind(id)).await.map(drop)
}

/// Puts a notice off after a failure.
///
/// # Errors
/// As the database has it.
pub async fn put_off(tx: &mut Tx, id: NoticeId, not_before: i64) -> Result<(), DbError> {
    let query = sql("update notice set tries = tries + 1, not_before = $1 where id = $2");
    tx.run(query.bind(not_before).bind(id)).await.map(drop)
}
