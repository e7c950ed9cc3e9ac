//! Counts that must be nought: how often a promise was broken. For the demo, `doctor` and the tests.

use super::db::{DbError, Sql, Tx, sql};

/// People who got a message of a campaign more than once: tries that the provider took, beyond the first.
///
/// # Errors
/// As the database has it.
pub async fn twice(tx: &mut Tx, campaign: &str) -> Result<i64, DbError> {
    let query = sql("select count(*) from (select m.contact_id from message m join attempt a on a.message_id = m.id \
         where m.campaign = $1 and a.provider_id is not null group by m.contact_id having count(*) > 1) as twice");
    count(tx, query.bind(campaign)).await
}

/// Messages of a campaign that began, and calls that were made, after their person's no and before anybody lifted it.
///
/// # Errors
/// As the database has it.
pub async fn after_no(tx: &mut Tx, campaign: &str) -> Result<i64, DbError> {
    let query = sql(
        "select (select count(*) from attempt a join message m on m.id = a.message_id join touch t on t.contact_id = m.contact_id \
         where m.campaign = $1 and t.kind = 'opt_out' and a.began_at > t.at \
         and not exists (select 1 from touch i where i.contact_id = t.contact_id and i.kind = 'opt_in' and i.at >= t.at and i.at <= a.began_at)) + \
         (select count(*) from touch c join touch t on t.contact_id = c.contact_id \
         where c.campaign = $1 and c.kind = 'call' and t.kind = 'opt_out' and c.at > t.at \
         and not exists (select 1 from touch i where i.contact_id = t.contact_id and i.kind = 'opt_in' and i.at >= t.at and i.at <= c.at))",
    );
    count(tx, query.bind(campaign)).await
}

/// Messages of a campaign that began less than `cooldown_ms` after an earlier contact of another kind or campaign.
///
/// # Errors
/// As the database has it.
pub async fn in_cooldown(tx: &mut Tx, campaign: &str, cooldown_ms: i64) -> Result<i64, DbError> {
    let query = sql(
        "select count(*) from attempt a join message m on m.id = a.message_id join touch t on t.contact_id = m.contact_id \
         where m.campaign = $1 and t.counts = true and (t.campaign is null or t.campaign <> $1) and t.at < a.began_at \
         and t.at > a.began_at - $2",
    );
    count(tx, query.bind(campaign).bind(cooldown_ms)).await
}

async fn count(tx: &mut Tx, query: Sql) -> Result<i64, DbError> {
    tx.maybe(query).await?.map_or(Ok(0), |row| row.int(0))
}
