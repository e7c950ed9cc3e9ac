//! Small facts about the installation itself, and slots of schedules that run once.

use std::collections::HashMap;

use super::db::{DbError, Sql, Tx, sql};

/// A fact, if it was ever noted.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, key: &'static str) -> Result<Option<String>, DbError> {
    tx.maybe(sql("select value from meta where key = $1").bind(key)).await?.map(|row| row.get(0)).transpose()
}

/// Several facts at once, each if it was ever noted.
///
/// # Errors
/// As the database has it.
pub async fn get_each<const N: usize>(tx: &mut Tx, keys: [&'static str; N]) -> Result<[Option<String>; N], DbError> {
    let rows = tx.all(sql("select key, value from meta where key in (").list(keys).push(")")).await?;
    let noted = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<HashMap<String, _>, DbError>>();
    let mut noted = noted?;
    Ok(keys.map(|key| noted.remove(key)))
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

/// Notes a fact that stands for good; the fact that stands, which may be another's who noted one at the same moment.
///
/// # Errors
/// As the database has it.
pub async fn set_once(tx: &mut Tx, key: &'static str, value: &str) -> Result<String, DbError> {
    let query = sql("insert into meta (key, value) values ($1, $2) on conflict (key) do nothing");
    tx.run(query.bind(key).bind(value)).await?;
    get(tx, key).await?.ok_or(DbError::Unknown("fact"))
}

/// The next fence: a number that only grows, drawn by each start of a daemon.
///
/// # Errors
/// As the database has it.
pub async fn next_fence(tx: &mut Tx) -> Result<i64, DbError> {
    grow(tx, "fence").await
}

/// The next value of a number that only grows.
///
/// # Errors
/// As the database has it.
pub async fn grow(tx: &mut Tx, key: &'static str) -> Result<i64, DbError> {
    let query = sql(
        "insert into meta (key, value) values ($1, '1') on conflict (key) do update set value = cast(cast(meta.value as bigint) + 1 as text)",
    );
    tx.run(query.bind(key)).await?;
    number(tx, key).await?.ok_or(DbError::Unknown("number"))
}

/// A number that only grows, where it stands.
///
/// # Errors
/// As the database has it.
pub async fn number(tx: &mut Tx, key: &'static str) -> Result<Option<i64>, DbError> {
    Ok(get(tx, key).await?.and_then(|value| value.parse().ok()))
}

/// Moves a number that only grows to at least this value.
///
/// # Errors
/// As the database has it.
pub async fn raise(tx: &mut Tx, key: &'static str, least: i64) -> Result<(), DbError> {
    match number(tx, key).await? {
        Some(is) if is >= least => Ok(()),
        _ => set(tx, key, &least.to_string()).await,
    }
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

/// When the next of some rates may go, in microseconds of their clocks; the rows are locked until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn buckets<const N: usize>(tx: &mut Tx, keys: [&str; N]) -> Result<[i64; N], DbError> {
    let lock = tx.lock_clause(" for update");
    let query = || sql("select key, next_us from bucket where key in (").list(keys).push(") order by key").push(lock);
    let mut rows = tx.all(query()).await?;
    if rows.len() < keys.len() {
        // Two nodes that both find none must not both begin with a burst: there has to be a row to lock.
        let first = keys.map(|key| vec![key.into(), 0.into()]);
        tx.insert("insert into bucket (key, next_us)", first.into(), "on conflict (key) do nothing").await?;
        rows = tx.all(query()).await?;
    }
    let mut found = [0; N];
    for row in &rows {
        let key: String = row.get(0)?;
        for (place, _) in keys.iter().enumerate().filter(|(_, wanted)| **wanted == key) {
            found[place] = row.int(1)?;
        }
    }
    Ok(found)
}

/// The next of some rates may go at these times.
pub fn set_buckets<const N: usize>(next: [(&str, i64); N]) -> Sql {
    let rows = next.map(|(key, next_us)| [key.into(), next_us.into()]);
    sql("insert into bucket (key, next_us) values ")
        .rows(rows)
        .push(" on conflict (key) do update set next_us = excluded.next_us")
}
