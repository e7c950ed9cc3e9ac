//! Rows whose time is over and that no index finds: a table is walked through once, in the order of its ids, and what
//! was found is looked at again when it goes. So nobody is kept from writing while it is looked for.

use uuid::Uuid;

use super::db::{Arg, DbError, Sql, Tx, sql};
use crate::domain::id::ContactId;

/// Which rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// Answers.
    Replies,
    /// Tasks.
    Tasks,
    /// Webhooks that were applied.
    Hooks,
    /// Webhooks that could not be applied, or not yet.
    FaultyHooks,
    /// Contacts whose last contact is to be forgotten.
    LastContact,
    /// Contacts of whom nothing is left.
    Contacts,
}

impl Walk {
    fn table(self) -> &'static str {
        match self {
            Walk::Replies => "reply",
            Walk::Tasks => "task",
            Walk::Hooks | Walk::FaultyHooks => "hook",
            Walk::LastContact | Walk::Contacts => "contact",
        }
    }

    /// Which of them are over that are from before `$1`.
    fn over(self) -> &'static str {
        match self {
            Walk::Replies => "received_at < $1",
            Walk::Tasks => "coalesce(done_at, lapses_at) < $1",
            Walk::Hooks => "due_at < $1 and done_at is not null and problem is null",
            Walk::FaultyHooks => "due_at < $1",
            Walk::LastContact => "contacted_at < $1",
            Walk::Contacts => {
                "made_at < $1 and not exists (select 1 from touch t where t.contact_id = contact.id) \
                 and not exists (select 1 from reply r where r.contact_id = contact.id) \
                 and not exists (select 1 from message m where m.contact_id = contact.id) \
                 and not exists (select 1 from task k where k.contact_id = contact.id) \
                 and not exists (select 1 from direct d where d.contact_id = contact.id)"
            }
        }
    }

    fn among(self, query: Sql, before_ms: i64, ids: &[Uuid]) -> Sql {
        let query = query.push(" where ").push(self.over()).push(" and id in (").bind(before_ms);
        query.list(ids.iter().map(|id| Arg::Uuid(Some(*id)))).push(")")
    }
}

/// The next rows behind `after` that are from before a civil time, in the order of their ids.
///
/// # Errors
/// As the database has it.
pub async fn find(tx: &mut Tx, walk: Walk, before_ms: i64, after: Uuid, limit: i64) -> Result<Vec<Uuid>, DbError> {
    let query = sql("select id from ").push(walk.table()).push(" where ").push(walk.over());
    let query = query.push(" and id > $2 order by id limit $3");
    let rows = tx.all(query.bind(before_ms).bind(Arg::Uuid(Some(after))).bind(limit)).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Those of these contacts of whom still nothing is left; locked on PostgreSQL, those locked elsewhere passed over.
///
/// # Errors
/// As the database has it.
pub async fn empty_contacts(tx: &mut Tx, before_ms: i64, ids: &[Uuid]) -> Result<Vec<ContactId>, DbError> {
    let lock = tx.lock_clause(" for update skip locked");
    let query = Walk::Contacts.among(sql("select id from contact"), before_ms, ids);
    tx.all(query.push(lock)).await?.iter().map(|row| row.id(0)).collect()
}

/// Removes those of these webhooks that may still go; how many.
///
/// # Errors
/// As the database has it.
pub async fn remove_hooks(tx: &mut Tx, walk: Walk, before_ms: i64, ids: &[Uuid]) -> Result<u64, DbError> {
    tx.run(walk.among(sql("delete from hook"), before_ms, ids)).await
}

/// Forgets when these contacts were last contacted, where that is still too long ago; how many.
///
/// # Errors
/// As the database has it.
pub async fn forget_contacted(tx: &mut Tx, before_ms: i64, ids: &[Uuid]) -> Result<u64, DbError> {
    tx.run(Walk::LastContact.among(sql("update contact set contacted_at = null"), before_ms, ids)).await
}
