//! Every sealed column: which version of the key its rows are sealed with, and those that wait for a newer one.
//!
//! The version is the first byte of what is sealed. What is empty is a text that is gone.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::db::{Arg, DbError, Tx, sql};
use super::target;
use crate::domain::id::PlanId;
use crate::vault::{Place, Vault};

/// A column that is sealed under its row's id.
#[derive(Debug)]
pub struct Column {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    count: &'static str,
    stale: &'static str,
    replace: &'static str,
}

macro_rules! column {
    ($table:literal, $column:literal) => {
        Column {
            table: $table,
            column: $column,
            count: concat!(
                "select substr(",
                $column,
                ", 1, 1), count(*) from ",
                $table,
                " where ",
                $column,
                " is not null and length(",
                $column,
                ") > 0 group by 1"
            ),
            stale: concat!(
                "select id, ",
                $column,
                " from ",
                $table,
                " where ",
                $column,
                " is not null and length(",
                $column,
                ") > 0 and substr(",
                $column,
                ", 1, 1) <> $1 and id > $2 order by id limit $3"
            ),
            replace: concat!("update ", $table, " set ", $column, " = $1 where id = $2 and ", $column, " = $3"),
        }
    };
}

/// All of them but the rows of plans, whose row has no id.
pub const COLUMNS: [Column; 12] = [
    column!("address", "sealed"),
    column!("touch", "sealed"),
    column!("reply", "sealed"),
    column!("message", "sealed"),
    column!("direct", "sealed"),
    column!("plan", "sealed"),
    column!("hook", "sealed"),
    column!("app_user", "factor"),
    column!("partner_question", "sealed"),
    column!("partner_terms", "sealed"),
    column!("verdict", "sealed"),
    column!("second", "why"),
];

/// The table of the rows of plans, sealed under plan and number.
pub const TARGET: &str = "target";

/// How many rows of a table are sealed with each version of the key.
pub type Versions = BTreeMap<u8, i64>;

/// The versions that each table's rows are sealed with.
///
/// # Errors
/// As the database has it.
pub async fn versions(tx: &mut Tx) -> Result<BTreeMap<&'static str, Versions>, DbError> {
    const OF_TARGET: &str = "select substr(sealed, 1, 1), count(*) from target where sealed is not null group by 1";
    let mut all = BTreeMap::new();
    for (table, count) in COLUMNS.iter().map(|column| (column.table, column.count)).chain([(TARGET, OF_TARGET)]) {
        let mut versions = Versions::new();
        for row in tx.all(sql(count).whole()).await? {
            let version: Vec<u8> = row.get(0)?;
            versions.insert(version.first().copied().unwrap_or_default(), row.int(1)?);
        }
        all.insert(table, versions);
    }
    Ok(all)
}

/// Seals the next rows of a column with the newest key: those behind `after`, at most so many. The last one's id, while
/// there are more. A row that changed meanwhile was sealed anew by whoever changed it.
///
/// # Errors
/// As the database has it, and when a row does not open.
pub async fn reseal(
    tx: &mut Tx,
    vault: &Vault,
    column: &Column,
    after: Uuid,
    limit: i64,
) -> Result<Option<Uuid>, DbError> {
    let stale = sql(column.stale).bind(vec![vault.newest()]).bind(Arg::Uuid(Some(after))).bind(limit);
    let mut last = None;
    for row in tx.all(stale).await? {
        let (id, sealed): (Uuid, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let place = Place { table: column.table, column: column.column, row: id.as_bytes() };
        let anew = vault.seal(place, &vault.open(place, &sealed)?)?;
        tx.run(sql(column.replace).bind(anew).bind(Arg::Uuid(Some(id))).bind(sealed)).await?;
        last = Some(id);
    }
    Ok(last)
}

/// The same for the rows of plans.
///
/// # Errors
/// As the database has it, and when a row does not open.
pub async fn reseal_targets(
    tx: &mut Tx,
    vault: &Vault,
    after: (PlanId, i64),
    limit: i64,
) -> Result<Option<(PlanId, i64)>, DbError> {
    let stale = sql("select plan_id, n, sealed from target where sealed is not null and substr(sealed, 1, 1) <> $1 \
         and (plan_id, n) > ($2, $3) order by plan_id, n limit $4");
    let stale = stale.bind(vec![vault.newest()]).bind(after.0).bind(after.1).bind(limit);
    let mut last = None;
    for row in tx.all(stale).await? {
        let (plan, n, sealed): (PlanId, i64, Vec<u8>) = (row.id(0)?, row.int(1)?, row.get(2)?);
        let key = target::row(plan, n);
        let place = Place { table: TARGET, column: "sealed", row: &key };
        let anew = vault.seal(place, &vault.open(place, &sealed)?)?;
        let replace = sql("update target set sealed = $1 where plan_id = $2 and n = $3 and sealed = $4");
        tx.run(replace.bind(anew).bind(plan).bind(n).bind(sealed)).await?;
        last = Some((plan, n));
    }
    Ok(last)
}
