//! A campaign's messages in figures: by state, by reason, by version. Reads only.

use std::collections::BTreeMap;

use super::db::{DbError, Tx, sql};
use super::old::{self, Table};
use super::tally;
use crate::domain::message::MessageState;

/// Messages of a campaign by state.
///
/// # Errors
/// As the database has it.
pub async fn counts(tx: &mut Tx, campaign: &str) -> Result<BTreeMap<MessageState, i64>, DbError> {
    let query = sql("select state, count(*) from message where campaign = $1 group by state");
    tx.all(query.bind(campaign))
        .await?
        .iter()
        .map(|row| Ok((row.word(0, "message state", MessageState::parse)?, row.int(1)?)))
        .collect()
}

/// Messages of a campaign by state, of those that came to it since a civil time.
///
/// # Errors
/// As the database has it.
pub async fn since(tx: &mut Tx, campaign: &str, since_ms: i64) -> Result<BTreeMap<MessageState, i64>, DbError> {
    let query = sql("select state, count(*) from message where campaign = $1 and state_at >= $2 group by state");
    let rows = tx.all(query.bind(campaign).bind(since_ms)).await?;
    rows.iter().map(|row| Ok((row.word(0, "message state", MessageState::parse)?, row.int(1)?))).collect()
}

/// One version of a campaign's message in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantCount {
    /// The version.
    pub variant: String,
    /// Messages planned with it.
    pub planned: i64,
    /// Of these, those that the provider took.
    pub sent: i64,
    /// People who got it and answered.
    pub answered: i64,
}

/// The versions of a campaign's message, by name.
///
/// # Errors
/// As the database has it.
pub async fn by_variant(tx: &mut Tx, campaign: &str) -> Result<Vec<VariantCount>, DbError> {
    let query = sql("select m.variant, count(*), \
         cast(sum(case when m.state in ('accepted', 'sent', 'delivered', 'read', 'undelivered') then 1 else 0 end) as bigint), \
         cast(sum(case when exists (select 1 from reply r where r.contact_id = m.contact_id and r.campaign = m.campaign) then 1 else 0 end) as bigint) \
         from message m where m.campaign = $1 group by m.variant order by m.variant");
    tx.all(query.bind(campaign))
        .await?
        .iter()
        .map(|row| {
            Ok(VariantCount { variant: row.get(0)?, planned: row.int(1)?, sent: row.int(2)?, answered: row.int(3)? })
        })
        .collect()
}

/// Why messages of a campaign were withdrawn, failed or are in doubt: state, reason, count.
///
/// # Errors
/// As the database has it.
pub async fn reasons(tx: &mut Tx, campaign: &str) -> Result<Vec<(MessageState, String, i64)>, DbError> {
    let query = sql(
        "select state, reason, count(*) from message where campaign = $1 and reason is not null group by state, reason order by state, reason",
    );
    tx.all(query.bind(campaign))
        .await?
        .iter()
        .map(|row| Ok((row.word(0, "message state", MessageState::parse)?, row.get(1)?, row.int(2)?)))
        .collect()
}

/// People who said no in a campaign, on whatever way.
///
/// # Errors
/// As the database has it.
pub async fn noes(tx: &mut Tx, campaign: &str) -> Result<i64, DbError> {
    let query = sql("select count(*) from touch where campaign = $1 and kind = 'opt_out' and not again");
    tx.maybe(query.bind(campaign)).await?.map_or(Ok(0), |row| row.int(0))
}

/// And those who said it since a civil time.
///
/// # Errors
/// As the database has it.
pub async fn noes_since(tx: &mut Tx, campaign: &str, since_ms: i64) -> Result<i64, DbError> {
    let query = sql("select count(*) from touch where campaign = $1 and kind = 'opt_out' and not again and at >= $2");
    tx.maybe(query.bind(campaign).bind(since_ms)).await?.map_or(Ok(0), |row| row.int(0))
}

/// Everything that is counted in a year, what stands and what is erased: campaign, what, which month from 0, how many.
///
/// # Errors
/// As the database has it.
pub async fn of_year(tx: &mut Tx, year: i16, bounds: &[i64; 13]) -> Result<Vec<(String, String, usize, i64)>, DbError> {
    let mut rows = tally::of_year(tx, year).await?;
    for table in Table::ALL {
        rows.extend(old::by_month(tx, table, bounds).await?);
    }
    Ok(rows)
}

/// How often something happened in a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// As in `message:delivered`, `reply:thanks`, `reply:thanks:again`, `task:done:talked` or `touch:visit`.
    pub what: String,
    /// The version of the message it belongs to, or nothing.
    pub variant: String,
    /// The language of that message, or nothing.
    pub language: String,
    /// How often.
    pub n: i64,
}

/// Everything that is counted of a campaign: what stands and what is erased, which add up to the same before and after.
///
/// # Errors
/// As the database has it.
pub async fn counted(tx: &mut Tx, campaign: &str) -> Result<Vec<Count>, DbError> {
    let mut rows = tally::of_campaign(tx, campaign).await?;
    for table in Table::ALL {
        rows.extend(old::standing(tx, table, campaign).await?);
    }
    Ok(rows.into_iter().map(|(what, variant, language, n)| Count { what, variant, language, n }).collect())
}
