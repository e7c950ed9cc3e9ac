//! Counts of ads and tallies of answers. Names nobody who advertises or answers.

use std::collections::BTreeMap;

use super::db::{DbError, Row, Tx, sql};
use crate::clock::new_id;
use crate::domain::week::Week;

/// A count as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The platform's name.
    pub platform: String,
    /// The week.
    pub week: Week,
    /// All ads.
    pub ads: i64,
    /// Of them by women.
    pub women: Option<i64>,
    /// By men.
    pub men: Option<i64>,
    /// By trans persons.
    pub trans: Option<i64>,
    /// By others, or unknown.
    pub other: Option<i64>,
    /// Not there the week before.
    pub fresh: Option<i64>,
    /// There the week before, and not now.
    pub gone: Option<i64>,
    /// Who counted.
    pub by: String,
    /// When, civil.
    pub at: i64,
    /// When another count took its place, civil.
    pub replaced_at: Option<i64>,
}

const COLUMNS: &str = "select platform, week, ads, women, men, trans, other, fresh, gone, counted_by, counted_at, replaced_at from market_count";

fn read(row: &Row) -> Result<Counted, DbError> {
    Ok(Counted {
        platform: row.get(0)?,
        week: row.word(1, "week", Week::parse)?,
        ads: row.int(2)?,
        women: row.get(3)?,
        men: row.get(4)?,
        trans: row.get(5)?,
        other: row.get(6)?,
        fresh: row.get(7)?,
        gone: row.get(8)?,
        by: row.get(9)?,
        at: row.int(10)?,
        replaced_at: row.get(11)?,
    })
}

/// Writes a count down; one of the same platform and week is replaced, and stays.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, new: &Counted) -> Result<(), DbError> {
    let week = new.week.monday().to_string();
    let replace =
        sql("update market_count set replaced_at = $1 where platform = $2 and week = $3 and replaced_at is null");
    tx.run(replace.bind(new.at).bind(&new.platform).bind(&week)).await?;
    let id: uuid::Uuid = new_id();
    let row = vec![
        super::db::Arg::Uuid(Some(id)),
        (&new.platform).into(),
        (&week).into(),
        new.ads.into(),
        new.women.into(),
        new.men.into(),
        new.trans.into(),
        new.other.into(),
        new.fresh.into(),
        new.gone.into(),
        (&new.by).into(),
        new.at.into(),
    ];
    let head = "insert into market_count (id, platform, week, ads, women, men, trans, other, fresh, gone, counted_by, counted_at)";
    tx.insert(head, vec![row], "").await.map(drop)
}

/// The counts that stand, by platform and week; of one platform when it is named.
///
/// # Errors
/// As the database has it.
pub async fn standing(tx: &mut Tx, platform: Option<&str>) -> Result<Vec<Counted>, DbError> {
    let query = match platform {
        Some(name) => sql(COLUMNS).push(" where replaced_at is null and platform = $1 order by week").bind(name),
        None => sql(COLUMNS).push(" where replaced_at is null order by platform, week"),
    };
    tx.all(query).await?.iter().map(read).collect()
}

/// Every count of a platform and a week, the newest first.
///
/// # Errors
/// As the database has it.
pub async fn history(tx: &mut Tx, platform: &str, week: Week) -> Result<Vec<Counted>, DbError> {
    let query = sql(COLUMNS).push(" where platform = $1 and week = $2 order by counted_at desc, id desc");
    tx.all(query.bind(platform).bind(week.monday().to_string())).await?.iter().map(read).collect()
}

/// Adds to the tally of an answer in a week, or takes away; false when less would be left than nothing.
///
/// # Errors
/// As the database has it.
pub async fn tally(tx: &mut Tx, question: &str, answer: &str, week: Week, n: i64) -> Result<bool, DbError> {
    let week = week.monday().to_string();
    let first = sql(
        "insert into question_tally (question, answer, week, n) values ($1, $2, $3, 0) on conflict (question, answer, week) do nothing",
    );
    tx.run(first.bind(question).bind(answer).bind(&week)).await?;
    let add =
        sql("update question_tally set n = n + $1 where question = $2 and answer = $3 and week = $4 and n + $1 >= 0");
    Ok(tx.run(add.bind(n).bind(question).bind(answer).bind(&week)).await? == 1)
}

/// How often each answer was given, by question and answer, in weeks from one Monday to before another.
///
/// # Errors
/// As the database has it.
pub async fn tallies(tx: &mut Tx, weeks: Option<(Week, Week)>) -> Result<BTreeMap<(String, String), i64>, DbError> {
    let query = match weeks {
        Some((from, to)) => sql("select question, answer, cast(sum(n) as bigint) from question_tally where week >= $1 and week < $2 group by question, answer")
            .bind(from.monday().to_string())
            .bind(to.monday().to_string()),
        None => sql("select question, answer, cast(sum(n) as bigint) from question_tally group by question, answer"),
    };
    tx.all(query).await?.iter().map(|row| Ok(((row.get(0)?, row.get(1)?), row.int(2)?))).collect()
}
