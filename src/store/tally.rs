//! Counts that stay when the rows they came from are erased.

use std::collections::BTreeMap;

use super::db::{DbError, Tx, sql};

/// What was counted; names nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// The campaign, or nothing.
    pub campaign: String,
    /// The month, as in `2026-12`.
    pub month: String,
    /// As in `message:delivered`, `reply:thanks` or `task:done:talked`.
    pub what: String,
    /// The version of the message, or nothing.
    pub variant: String,
    /// The language, or nothing.
    pub language: String,
}

/// Adds to the counts.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, counts: BTreeMap<Counted, i64>) -> Result<(), DbError> {
    let rows = counts.into_iter().map(|(counted, n)| {
        let Counted { campaign, month, what, variant, language } = counted;
        vec![campaign.into(), month.into(), what.into(), variant.into(), language.into(), n.into()]
    });
    let head = "insert into tally (campaign, month, what, variant, language, n)";
    let more = "on conflict (campaign, month, what, variant, language) do update set n = tally.n + excluded.n";
    tx.insert(head, rows.collect(), more).await.map(drop)
}

/// The counts of a campaign, summed over months: what, version, language, how many.
///
/// # Errors
/// As the database has it.
pub async fn of_campaign(tx: &mut Tx, campaign: &str) -> Result<Vec<(String, String, String, i64)>, DbError> {
    let query = sql(
        "select what, variant, language, cast(sum(n) as bigint) from tally where campaign = $1 group by what, variant, language",
    );
    let rows = tx.all(query.bind(campaign)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.int(3)?))).collect()
}

/// The counts of a year: campaign, what, which month from 0, how many.
///
/// # Errors
/// As the database has it.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<(String, String, usize, i64)>, DbError> {
    let query =
        sql("select campaign, what, month, cast(sum(n) as bigint) from tally where month >= $1 and month <= $2 \
         group by campaign, what, month");
    let rows = tx.all(query.bind(format!("{year}-01")).bind(format!("{year}-12"))).await?;
    let month =
        |word: String| word.get(5..).and_then(|month| month.parse::<usize>().ok()).unwrap_or(1).clamp(1, 12) - 1;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, month(row.get(2)?), row.int(3)?))).collect()
}
