//! Who among those who work here has had to do with whom.

use super::db::{DbError, Tx, sql};
use crate::domain::id::ContactId;

/// Whether somebody was in touch with a contact, has or had a task about it, or was given it by a colleague.
///
/// # Errors
/// As the database has it.
pub async fn knows(tx: &mut Tx, who: &str, contact: ContactId) -> Result<bool, DbError> {
    let touched = sql("select 1 from touch where contact_id = $1 and actor = $2 limit 1");
    let tasked = sql(
        "select 1 from task where contact_id = $1 and (owner = $2 or done_by = $2 or (state = 'claimed' and claimed_by = $2)) limit 1",
    );
    let kept = sql("select 1 from contact where id = $1 and keeper = $2");
    for query in [touched, tasked, kept] {
        if tx.maybe(query.bind(contact).bind(who)).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether somebody has asked to see a contact's number since a civil time.
///
/// # Errors
/// As the database has it.
pub async fn saw_number(tx: &mut Tx, who: &str, contact: ContactId, from_ms: i64) -> Result<bool, DbError> {
    let query =
        sql("select 1 from touch where contact_id = $1 and kind = 'revealed' and actor = $2 and at >= $3 limit 1");
    Ok(tx.maybe(query.bind(contact).bind(who).bind(from_ms)).await?.is_some())
}
