//! Small facts about the installation itself, and slots of schedules that run once.

use super::db::{DbError, Tx, sql};

/// A fact, if it was ever noted.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, key: &'static str) -> Result<Option<String>, DbError> {
    tx.maybe(sql("select value from meta where key = $1").bind(key)).await?.map(|row| row.get(0)).transpose()
}

/// Notes a fact, over an older one.
///
/// # Errors
/// As the database has it.
pub async fn set(tx: &mut Tx, key: &'static str, value: &str) -> Result<(), DbError> {
    let query =
        sql("insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value");
    tx.run(query.bind(key).bind(value)).await.map(drop)
}

/// The next fence: a number that only grows, drawn by each start of a daemon.
///
/// # Errors
/// As the database has it.
pub async fn next_fence(tx: &mut Tx) -> Result<i64, DbError> {
    let query = sql(
        "insert into meta (key, value) values ('fence', '1') on conflict (key) do update set value = cast(cast(meta.value as bigint) + 1 as text)",
    );
    tx.run(query).await?;
    get(tx, "fence").await?.and_then(|value| value.parse().ok()).ok_or(DbError::Unknown("fence"))
}

/// Takes a slot of a schedule; false when it has run already, on whichever node.
///
/// # Errors
/// As the database has it.
pub async fn take_slot(tx: &mut Tx, schedule: &str, at: i64) -> Result<bool, DbError> {
    let query = sql("insert into slot (schedule, at) values ($1, $2) on conflict (schedule, at) do nothing");
    Ok(tx.run(query.bind(schedule).bind(at)).await? == 1)
}

/// When a schedule last ran, as its civil slot.
///
/// # Errors
/// As the database has it.
pub async fn last_slot(tx: &mut Tx, schedule: &str) -> Result<Option<i64>, DbError> {
    let query = sql("select max(at) from slot where schedule = $1");
    tx.maybe(query.bind(schedule)).await?.map_or(Ok(None), |row| row.get(0))
}

/// When the next of a rate may go, in microseconds of its clock; the row is locked until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn bucket(tx: &mut Tx, key: &str) -> Result<i64, DbError> {
    let lock = tx.lock_clause(" for update");
    let query = || sql("select next_us from bucket where key = $1").push(lock).bind(key);
    if let Some(row) = tx.maybe(query()).await? {
        return row.int(0);
    }
    // Two nodes that both find none must not both begin with a burst: there has to be a row to lock.
    let first = sql("insert into bucket (key, next_us) values ($1, 0) on conflict (key) do nothing");
    tx.run(first.bind(key)).await?;
    tx.maybe(query()).await?.map_or(Ok(0), |row| row.int(0))
}

/// Notes when the next of a rate may go.
///
/// # Errors
/// As the database has it.
pub async fn set_bucket(tx: &mut Tx, key: &str, next_us: i64) -> Result<(), DbError> {
    let query = sql(
        "insert into bucket (key, next_us) values ($1, $2) on conflict (key) do update set next_us = excluded.next_us",
    );
    tx.run(query.bind(key).bind(next_us)).await.map(drop)
}
