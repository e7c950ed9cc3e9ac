//! What has come since a look: answers, and people who came. Found by ids, which are drawn in order: a row that was written
//! while another waited, or on a node whose clock is behind, may be missed.

use uuid::Uuid;

use super::db::{Arg, DbError, Tx, sql};

/// The newest answer and the newest entry of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Newest {
    reply: Uuid,
    touch: Uuid,
}

/// Which they are now.
///
/// # Errors
/// As the database has it.
pub async fn newest(tx: &mut Tx) -> Result<Newest, DbError> {
    let reply = last(tx, "select id from reply order by id desc limit 1").await?;
    Ok(Newest { reply, touch: last(tx, "select id from touch order by id desc limit 1").await? })
}

async fn last(tx: &mut Tx, query: &'static str) -> Result<Uuid, DbError> {
    tx.maybe(sql(query)).await?.map_or(Ok(Uuid::nil()), |row| row.get(0))
}

/// Whether somebody has answered or come since these.
///
/// # Errors
/// As the database has it.
pub async fn any_since(tx: &mut Tx, seen: Newest) -> Result<bool, DbError> {
    let answers = sql("select 1 from reply where id > $1 limit 1").bind(Arg::Uuid(Some(seen.reply)));
    let visits = sql("select 1 from touch where id > $1 and kind = 'visit' limit 1").bind(Arg::Uuid(Some(seen.touch)));
    for query in [answers, visits] {
        if tx.maybe(query).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
