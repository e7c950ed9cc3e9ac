//! Which rows of plans name an address: where it came from, and what was decided.

use super::blind::Blind;
use super::db::{DbError, Tx, sql};
use crate::domain::decision::Decision;
use crate::domain::id::PlanId;

/// A row of a list, as a plan took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The plan.
    pub plan: PlanId,
    /// The row's line in the list; the header is line 1.
    pub line: i64,
    /// What was decided.
    pub decision: Decision,
}

/// The rows of plans that name one of these addresses, oldest plan first.
///
/// # Errors
/// As the database has it.
pub async fn rows_of(tx: &mut Tx, blinds: &[Blind]) -> Result<Vec<Listed>, DbError> {
    let query = sql("select plan_id, line, decision from target where blind in (").list(blinds);
    let rows = tx.all(query.push(") order by plan_id, n").whole()).await?;
    let read = |row: &super::Row| {
        Ok(Listed { plan: row.id(0)?, line: row.int(1)?, decision: row.word(2, "decision", Decision::parse)? })
    };
    rows.iter().map(read).collect()
}
