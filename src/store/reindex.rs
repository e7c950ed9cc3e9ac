//! Every stored blind index: where they stand, and all of them brought forward when their key is replaced.

use uuid::Uuid;

use super::blind::{Blind, blind};
use super::db::{Arg, DbError, Tx, sql};
use super::partner;
use crate::domain::id::PlanId;
use crate::vault::Vault;

/// Where indexes stand in rows with an id: how a page of them is read, and how one is replaced.
const BY_ID: [(&str, &str); 2] = [
    ("select id, blind from address where id > $1 order by id limit $2", "update address set blind = $1 where id = $2"),
    (
        "select id, digest from counted where digest is not null and id > $1 order by id limit $2",
        "update counted set digest = $1 where id = $2",
    ),
];
/// Rows in one question.
const PAGE: i64 = 1_000;

/// Brings every index forward to the last link of the key file; `each` hears how many are done. Everything that writes one
/// waits until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn forward(tx: &mut Tx, vault: &Vault, mut each: impl FnMut(u64)) -> Result<(), DbError> {
    let (from, to) = (vault.links(), vault.known_links());
    tx.hold_tables("address, counted, no, target").await?;
    // Partners are asked again.
    partner::forget_answers(tx).await?;
    let mut done = 0;
    for (page, replace) in BY_ID {
        let mut last = Uuid::nil();
        loop {
            let rows = tx.all(sql(page).bind(Arg::Uuid(Some(last))).bind(PAGE)).await?;
            for row in &rows {
                last = row.get(0)?;
                let anew = vault.forward(blind(row, 1)?, from, to);
                tx.run(sql(replace).bind(anew).bind(Arg::Uuid(Some(last)))).await?;
            }
            done += rows.len() as u64;
            each(done);
            if rows.is_empty() {
                break;
            }
        }
    }
    // All are read before the first changes: a new one would be met again in their order.
    for of in noes(tx).await? {
        let anew = vault.forward(of, from, to);
        tx.run(sql("update no set blind = $1 where blind = $2").bind(anew).bind(of)).await?;
        done += 1;
        each(done);
    }
    let mut last = (PlanId(Uuid::nil()), -1);
    loop {
        let page = sql("select plan_id, n, blind from target where blind is not null and (plan_id, n) > ($1, $2) \
             order by plan_id, n limit $3");
        let rows = tx.all(page.bind(last.0).bind(last.1).bind(PAGE)).await?;
        for row in &rows {
            last = (row.id(0)?, row.int(1)?);
            let anew = vault.forward(blind(row, 2)?, from, to);
            let replace = sql("update target set blind = $1 where plan_id = $2 and n = $3");
            tx.run(replace.bind(anew).bind(last.0).bind(last.1)).await?;
        }
        done += rows.len() as u64;
        each(done);
        if rows.is_empty() {
            break;
        }
    }
    Ok(())
}

async fn noes(tx: &mut Tx) -> Result<Vec<Blind>, DbError> {
    let (mut all, mut last) = (Vec::new(), Vec::new());
    loop {
        let page = sql("select blind from no where blind > $1 order by blind limit $2");
        let rows = tx.all(page.bind(last.clone()).bind(PAGE)).await?;
        let Some(row) = rows.last() else { return Ok(all) };
        last = row.get(0)?;
        for row in &rows {
            all.push(blind(row, 0)?);
        }
    }
}

/// How many there are, to say how far a replacing is.
///
/// # Errors
/// As the database has it.
pub async fn count(tx: &mut Tx) -> Result<u64, DbError> {
    let count = sql("select (select count(*) from address) + (select count(*) from counted where digest is not null) \
         + (select count(*) from no) \
         + (select count(*) from target where blind is not null)");
    let all: i64 = tx.maybe(count.whole()).await?.map_or(Ok(0), |row| row.int(0))?;
    Ok(all.unsigned_abs())
}
