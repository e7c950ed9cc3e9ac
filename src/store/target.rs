//! What a plan decided, a row for each number of each row of the list.

use std::collections::BTreeSet;

use super::blind::Blind;
use super::db::{DbError, Row, Tx, sql};
use crate::domain::decision::Decision;
use crate::domain::id::PlanId;

/// What a plan decided for one number of one row.
#[derive(Clone, Debug)]
pub struct Target {
    /// Counts from 0 through the plan.
    pub n: i64,
    /// The row's line in the list; the header is line 1.
    pub line: i64,
    /// The decision.
    pub decision: Decision,
    /// The first day on which it may be approached again.
    pub again_at: Option<String>,
    /// The channel it would go by.
    pub channel: Option<String>,
    /// The version of the message.
    pub variant: Option<String>,
    /// The language of the message.
    pub language: Option<String>,
    /// The address's blind index.
    pub blind: Option<Blind>,
    /// The message as it would go out, sealed under plan and `n`.
    pub sealed: Option<Vec<u8>>,
}

const TARGET: &str =
    "select n, line, decision, again_at, channel, variant, language, blind, sealed from target where plan_id = $1";

fn read(row: &Row) -> Result<Target, DbError> {
    Ok(Target {
        n: row.int(0)?,
        line: row.int(1)?,
        decision: row.word(2, "decision", Decision::parse)?,
        again_at: row.get(3)?,
        channel: row.get(4)?,
        variant: row.get(5)?,
        language: row.get(6)?,
        blind: row.get::<Option<Vec<u8>>>(7)?.and_then(|blind| blind.try_into().ok()),
        sealed: row.get(8)?,
    })
}

/// Writes a plan's rows, a chunk of them; the plan must have begun.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, plan: PlanId, targets: Vec<Target>) -> Result<(), DbError> {
    let rows = targets.into_iter().map(|target| {
        vec![
            plan.into(),
            target.n.into(),
            target.line.into(),
            target.decision.as_str().into(),
            target.again_at.into(),
            target.channel.into(),
            target.variant.into(),
            target.language.into(),
            target.blind.into(),
            target.sealed.into(),
        ]
    });
    let head = "insert into target (plan_id, n, line, decision, again_at, channel, variant, language, blind, sealed)";
    tx.insert(head, rows.collect(), "").await.map(drop)
}

/// A plan's rows from number `from`, in order, at most `limit`; only the eligible ones when asked.
///
/// # Errors
/// As the database has it.
pub async fn page(tx: &mut Tx, plan: PlanId, from: i64, limit: i64, eligible: bool) -> Result<Vec<Target>, DbError> {
    let query = sql(TARGET)
        .push(" and n >= $2")
        .push(if eligible { " and decision = 'eligible'" } else { "" })
        .push(" order by n limit $3");
    let query = query.bind(plan).bind(from).bind(limit);
    tx.all(query).await?.iter().map(read).collect()
}

/// The versions that a plan sends: variant and language.
///
/// # Errors
/// As the database has it.
pub async fn versions(tx: &mut Tx, plan: PlanId) -> Result<BTreeSet<(String, String)>, DbError> {
    let query = sql("select distinct variant, language from target where plan_id = $1 and decision = 'eligible' \
         and variant is not null and language is not null");
    tx.all(query.bind(plan)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A plan's rows with one decision, those after number `after`, in order, at most `limit`.
///
/// # Errors
/// As the database has it.
pub async fn decided(
    tx: &mut Tx,
    plan: PlanId,
    decision: Decision,
    after: i64,
    limit: i64,
) -> Result<Vec<Target>, DbError> {
    // The word stands in the text where it can, so that the index of those who are left out is used.
    let query = sql(TARGET)
        .push(" and decision = $2 and n > $3")
        .push(if decision == Decision::Eligible { "" } else { " and decision <> 'eligible'" })
        .push(" order by n limit $4");
    let query = query.bind(plan).bind(decision.as_str()).bind(after).bind(limit);
    tx.all(query).await?.iter().map(read).collect()
}

/// A plan's rows of these numbers, in order.
///
/// # Errors
/// As the database has it.
pub async fn numbered(tx: &mut Tx, plan: PlanId, numbers: &[i64]) -> Result<Vec<Target>, DbError> {
    let query = sql(TARGET).push(" and n in (").bind(plan).list(numbers.iter().copied()).push(") order by n");
    tx.all(query).await?.iter().map(read).collect()
}

/// Removes rows of a plan, so many at most; how many it was.
///
/// # Errors
/// As the database has it.
pub async fn remove(tx: &mut Tx, plan: PlanId, rows: i64) -> Result<u64, DbError> {
    let query = sql(
        "delete from target where plan_id = $1 and n in (select n from target where plan_id = $1 order by n limit $2)",
    );
    tx.run(query.bind(plan).bind(rows)).await
}

/// Where a target's message is sealed: under its plan and number.
pub fn row(plan: PlanId, n: i64) -> Vec<u8> {
    [plan.0.as_bytes().as_slice(), &n.to_be_bytes()].concat()
}
