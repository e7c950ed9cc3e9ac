//! Alarms: each stands once, from when it was first seen until nobody has seen it for a while.

use super::db::{DbError, Row, Tx, sql};
use crate::domain::alarm::Alarm;

/// One alarm as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is wrong.
    pub alarm: Alarm,
    /// The account, campaign or node; empty for the whole house.
    pub subject: String,
    /// Since when.
    pub since: i64,
    /// When a node last saw it.
    pub seen_at: i64,
    /// When somebody was told.
    pub told_at: Option<i64>,
}

/// Notes that something is wrong now. What stands already stands on, since it began.
///
/// # Errors
/// As the database has it.
pub async fn see(tx: &mut Tx, alarm: Alarm, subject: &str, now_ms: i64) -> Result<(), DbError> {
    let query = sql("insert into alarm (kind, subject, since, seen_at) values ($1, $2, $3, $3) \
         on conflict (kind, subject) do update set seen_at = excluded.seen_at");
    tx.run(query.bind(alarm.as_str()).bind(subject).bind(now_ms)).await.map(drop)
}

/// Every alarm, the oldest first.
///
/// # Errors
/// As the database has it.
pub async fn all(tx: &mut Tx) -> Result<Vec<Standing>, DbError> {
    let query = sql("select kind, subject, since, seen_at, told_at from alarm order by since, kind, subject");
    tx.all(query).await?.iter().map(read).collect()
}

/// Notes that somebody is told; false when another node told them.
///
/// # Errors
/// As the database has it.
pub async fn tell(tx: &mut Tx, standing: &Standing, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("update alarm set told_at = $1 where kind = $2 and subject = $3 and told_at is null");
    Ok(tx.run(query.bind(now_ms).bind(standing.alarm.as_str()).bind(&standing.subject)).await? == 1)
}

/// Forgets one that is over; false when it was seen again, or another node did.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, standing: &Standing) -> Result<bool, DbError> {
    let query = sql("delete from alarm where kind = $1 and subject = $2 and seen_at = $3");
    let query = query.bind(standing.alarm.as_str()).bind(&standing.subject).bind(standing.seen_at);
    Ok(tx.run(query).await? == 1)
}

fn read(row: &Row) -> Result<Standing, DbError> {
    Ok(Standing {
        alarm: row.word(0, "alarm", Alarm::parse)?,
        subject: row.get(1)?,
        since: row.int(2)?,
        seen_at: row.int(3)?,
        told_at: row.get(4)?,
    })
}
