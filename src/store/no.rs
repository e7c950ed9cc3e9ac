//! Noes as they are kept outside the database too: which are new, which were lifted, and one that is brought back.

use super::blind::{Blind, blind};
use super::db::{DbError, Row, Tx, sql};

/// A no: whose address, since when, and how we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct No {
    /// The keyed digest of the address.
    pub blind: Blind,
    /// The day.
    pub day: String,
    /// The source.
    pub source: String,
}

fn read(row: &Row) -> Result<No, DbError> {
    Ok(No { blind: blind(row, 0)?, day: row.get(1)?, source: row.get(2)? })
}

/// The noes of these addresses.
///
/// # Errors
/// As the database has it.
pub async fn of(tx: &mut Tx, blinds: &[Blind]) -> Result<Vec<No>, DbError> {
    let query = sql("select blind, day, source from no where blind in (").list(blinds).push(") order by day, blind");
    tx.all(query).await?.iter().map(read).collect()
}

/// The noes that were written since a civil time.
///
/// # Errors
/// As the database has it.
pub async fn since(tx: &mut Tx, from: i64) -> Result<Vec<No>, DbError> {
    let query = sql("select blind, day, source from no where at >= $1 order by at").bind(from);
    tx.all(query).await?.iter().map(read).collect()
}

/// The next noes in the order of their digests.
///
/// # Errors
/// As the database has it.
pub async fn after(tx: &mut Tx, last: &[u8], limit: i64) -> Result<Vec<No>, DbError> {
    let query = sql("select blind, day, source from no where blind > $1 order by blind limit $2");
    tx.all(query.bind(last.to_vec()).bind(limit)).await?.iter().map(read).collect()
}

/// The addresses of the contacts whose no somebody lifted since a civil time.
///
/// # Errors
/// As the database has it.
pub async fn lifted(tx: &mut Tx, from: i64) -> Result<Vec<Blind>, DbError> {
    let query = sql("select a.blind from touch t join address a on a.contact_id = t.contact_id \
         where t.at >= $1 and t.kind = 'opt_in' and not exists (select 1 from no n where n.blind = a.blind)");
    tx.all(query.bind(from)).await?.iter().map(|row| blind(row, 0)).collect()
}

/// Writes a no for an address, known or not; false when it stands.
///
/// # Errors
/// As the database has it.
pub async fn bring_back(tx: &mut Tx, no: &No, now: i64) -> Result<bool, DbError> {
    let query = sql("insert into no (blind, day, source, at) values ($1, $2, $3, $4) on conflict (blind) do nothing");
    let query = query.bind(no.blind).bind(&no.day).bind(&no.source).bind(now);
    Ok(tx.run(query).await? == 1)
}

/// How many addresses have a no of each month of a year that still stands, the months from 0.
///
/// # Errors
/// As the database has it.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<[i64; 12], DbError> {
    let query = sql("select substr(day, 6, 2), count(*) from no where day >= $1 and day <= $2 group by 1");
    let mut months = [0; 12];
    for row in tx.all(query.bind(format!("{year}-01-01")).bind(format!("{year}-12-31"))).await? {
        let month = row.get::<String>(0)?.parse::<usize>().unwrap_or(1).clamp(1, 12) - 1;
        months[month] += row.int(1)?;
    }
    Ok(months)
}
