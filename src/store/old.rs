//! Rows whose time is over: found a chunk at a time, with what is counted of each, and removed.

use uuid::Uuid;

use super::db::{Arg, DbError, Sql, Tx, sql};
use super::texts::Texts;
use super::walk::Walk;
use crate::domain::id::ContactId;

/// A table whose rows are counted before they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Messages with their attempts; not those under way or in doubt.
    Message,
    /// Answers.
    Reply,
    /// Tasks.
    Task,
    /// The ledger's entries.
    Touch,
}

/// A row whose time is over.
#[derive(Debug)]
pub struct Old {
    /// Its id.
    pub id: Uuid,
    /// When it happened, civil.
    pub at: i64,
    /// Its campaign, or nothing.
    pub campaign: String,
    /// What it counts as.
    pub what: String,
    /// Its version, or nothing.
    pub variant: String,
    /// Its language, or nothing.
    pub language: String,
}

impl Table {
    /// All of them, in the order in which they go.
    pub const ALL: [Table; 4] = [Table::Message, Table::Reply, Table::Task, Table::Touch];

    /// Whose texts stand in it, where a provider has them too.
    pub fn texts(self) -> Option<Texts> {
        match self {
            Table::Message => Some(Texts::Messages),
            Table::Reply => Some(Texts::Replies),
            Table::Task | Table::Touch => None,
        }
    }

    /// How its rows are found where no index has their time.
    pub fn walk(self) -> Option<Walk> {
        match self {
            Table::Reply => Some(Walk::Replies),
            Table::Task => Some(Walk::Tasks),
            Table::Message | Table::Touch => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Table::Message => "message",
            Table::Reply => "reply",
            Table::Task => "task",
            Table::Touch => "touch",
        }
    }

    /// What a row counts as: the same for rows that stand and for those that are erased.
    fn what(self) -> &'static str {
        match self {
            Table::Message => {
                "'message:' || state || case when state = 'withdrawn' then coalesce(':' || reason, '') else '' end"
            }
            Table::Reply => {
                "'reply:' || kind || case when again then ':again' else '' end || case when liked then ':liked' else '' end"
            }
            Table::Task => "'task:' || state || coalesce(':' || outcome, '')",
            Table::Touch => "'touch:' || kind || case when again then ':again' else '' end",
        }
    }

    /// What it counts as besides, outside campaigns: an approach by hand. What was found again after a restore says so.
    fn outside(self) -> &'static str {
        match self {
            Table::Touch => {
                " || case when campaign is null and message_id is null and counts = true \
                 and (kind = 'message' and detail is null or kind = 'call' and detail = 'answered') then ':by_hand' else '' end"
            }
            _ => "",
        }
    }

    /// Its version and its language.
    fn version(self) -> &'static str {
        match self {
            Table::Message => ", variant, language",
            Table::Reply | Table::Touch => ", coalesce(variant, ''), coalesce(message_language, '')",
            Table::Task => ", coalesce(variant, ''), coalesce(language, '')",
        }
    }

    /// What [`what`](Self::what) and [`version`](Self::version) are made of, in the order of the index that has it.
    fn columns(self) -> &'static str {
        match self {
            Table::Message => "state, variant, language, reason",
            Table::Reply => "kind, again, liked, variant, message_language",
            Table::Touch => "kind, again, variant, message_language",
            Table::Task => "state, outcome, variant, language",
        }
    }

    fn at(self) -> &'static str {
        match self {
            Table::Message => "state_at",
            Table::Reply => "received_at",
            Table::Task => "coalesce(done_at, lapses_at)",
            Table::Touch => "at",
        }
    }

    /// Which of a campaign's rows figures ask for.
    fn of_campaign(self) -> &'static str {
        match self {
            Table::Touch => " where campaign = $1 and kind in ('visit', 'opt_out')",
            _ => " where campaign = $1",
        }
    }

    fn select(self) -> Sql {
        let rows = sql("select id, ")
            .push(self.at())
            .push(", coalesce(campaign, ''), ")
            .push(self.what())
            .push(self.outside())
            .push(self.version());
        rows.push(" from ").push(self.name()).push(match self {
            Table::Message => " where state not in ('submitting', 'in_doubt') and ",
            _ => " where ",
        })
    }

    fn remove(self) -> &'static str {
        match self {
            Table::Message => "delete from message where id in (",
            Table::Reply => "delete from reply where id in (",
            Table::Task => "delete from task where id in (",
            Table::Touch => "delete from touch where id in (",
        }
    }
}

/// Rows from before a civil time, at most `limit` where an index finds them, else those of these; on PostgreSQL locked,
/// those locked elsewhere passed over.
///
/// # Errors
/// As the database has it.
pub async fn find(tx: &mut Tx, table: Table, before_ms: i64, limit: i64, walked: &[Uuid]) -> Result<Vec<Old>, DbError> {
    let lock = tx.lock_clause(" for update skip locked");
    let query = table.select().push(match table {
        // No message is older than its plan; so only campaigns that are old themselves are looked through.
        Table::Message => "campaign in (select p.campaign from plan p where p.made_at < $1) and ",
        _ => "",
    });
    let query = query.push(table.at()).push(" < $1").bind(before_ms);
    let query = match table.walk() {
        None => query.push(" limit $2").bind(limit),
        Some(_) => query.push(" and id in (").list(walked.iter().map(|id| Arg::Uuid(Some(*id)))).push(")"),
    };
    read(tx, query.push(lock)).await
}

/// All rows of a contact.
///
/// # Errors
/// As the database has it.
pub async fn of_contact(tx: &mut Tx, table: Table, contact: ContactId) -> Result<Vec<Old>, DbError> {
    read(tx, table.select().push("contact_id = $1").bind(contact)).await
}

/// Of these answers, who gave one that may be a no and that nobody has read.
///
/// # Errors
/// As the database has it.
pub async fn unheard(tx: &mut Tx, answers: &[Old]) -> Result<Vec<ContactId>, DbError> {
    if answers.is_empty() {
        return Ok(Vec::new());
    }
    let query = sql("select distinct contact_id from reply where read_at is null and kind = 'suspected' and id in (");
    let query = query.list(answers.iter().map(|answer| Arg::Uuid(Some(answer.id)))).push(")");
    tx.all(query).await?.iter().map(|row| row.id(0)).collect()
}

/// What stands of a campaign, counted as it will be when it is erased: what, version, language, how many.
///
/// # Errors
/// As the database has it.
pub async fn standing(
    tx: &mut Tx,
    table: Table,
    campaign: &str,
) -> Result<Vec<(String, String, String, i64)>, DbError> {
    // First as the index has it, then as it is told: a word made of columns has no index.
    let query = sql("select ")
        .push(table.what())
        .push(table.version())
        .push(", cast(sum(n) as bigint) from (select ")
        .push(table.columns());
    let query = query.push(", count(*) as n from ").push(table.name()).push(table.of_campaign()).push(" group by ");
    let query = query.push(table.columns()).push(") as counted group by 1, 2, 3");
    let rows = tx.all(query.bind(campaign)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.int(3)?))).collect()
}

/// What stands of a year in all campaigns and outside them, counted as it will be when it is erased: campaign, what, which
/// month from 0, how many. `bounds` are the beginnings of the months, civil, and the end of the year.
///
/// # Errors
/// As the database has it.
pub async fn by_month(
    tx: &mut Tx,
    table: Table,
    bounds: &[i64; 13],
) -> Result<Vec<(String, String, usize, i64)>, DbError> {
    const MONTHS: [&str; 11] = [
        " < $2 then 0 when ",
        " < $3 then 1 when ",
        " < $4 then 2 when ",
        " < $5 then 3 when ",
        " < $6 then 4 when ",
        " < $7 then 5 when ",
        " < $8 then 6 when ",
        " < $9 then 7 when ",
        " < $10 then 8 when ",
        " < $11 then 9 when ",
        " < $12 then 10 else 11 end",
    ];
    let mut query =
        sql("select c, w, cast(m as bigint), count(*) from (select coalesce(campaign, '') as c, ").push(table.what());
    query = query.push(table.outside()).push(" as w, case when ");
    for month in MONTHS {
        query = query.push(table.at()).push(month);
    }
    query = query.push(" as m from ").push(table.name()).push(" where ").push(table.at()).push(" >= $1 and ");
    query = query.push(table.at()).push(" < $13) as counted group by c, w, m");
    for bound in bounds {
        query = query.bind(*bound);
    }
    let rows = tx.all(query).await?;
    let month = |row: &super::Row| row.int(2).map(|month| usize::try_from(month).unwrap_or(0));
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, month(row)?, row.int(3)?))).collect()
}

async fn read(tx: &mut Tx, query: Sql) -> Result<Vec<Old>, DbError> {
    let rows = tx.all(query).await?;
    rows.iter()
        .map(|row| {
            Ok(Old {
                id: row.get(0)?,
                at: row.int(1)?,
                campaign: row.get(2)?,
                what: row.get(3)?,
                variant: row.get(4)?,
                language: row.get(5)?,
            })
        })
        .collect()
}

/// Removes rows, and what hangs on them: a message's attempts, and the hold of an answer that nobody has read.
///
/// # Errors
/// As the database has it.
pub async fn remove(tx: &mut Tx, table: Table, rows: &[Old]) -> Result<(), DbError> {
    for chunk in rows.chunks(200) {
        let ids = || chunk.iter().map(|row| Arg::Uuid(Some(row.id)));
        if table == Table::Message {
            tx.run(sql("delete from attempt where message_id in (").list(ids()).push(")")).await?;
        }
        if table == Table::Reply {
            let unread = sql("select contact_id, count(*) from reply where read_at is null and id in (")
                .list(ids())
                .push(") group by contact_id order by contact_id");
            for row in tx.all(unread).await? {
                let lower =
                    sql("update contact set unread = case when unread > $1 then unread - $1 else 0 end where id = $2");
                tx.run(lower.bind(row.int(1)?).bind(row.id::<ContactId>(0)?)).await?;
            }
        }
        if table == Table::Touch {
            tx.run(sql("update counted set touch_id = null where touch_id in (").list(ids()).push(")")).await?;
        }
        tx.run(sql(table.remove()).list(ids()).push(")")).await?;
    }
    Ok(())
}

/// Removes notices to staff from before a civil time: a chunk. How many went.
///
/// # Errors
/// As the database has it.
pub async fn remove_notices(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<u64, DbError> {
    let query = sql("delete from notice where id in (select id from notice where at < $1 limit $2)");
    tx.run(query.bind(before_ms).bind(limit)).await
}

/// Removes rows of plans from before a civil time, then the plan itself when no message came from it: a chunk. How
/// many rows went; a plan that is on its way into the outbox stays.
///
/// # Errors
/// As the database has it.
pub async fn remove_plans(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<u64, DbError> {
    let query = sql("delete from target where (plan_id, n) in (select t.plan_id, t.n from plan p cross join target t \
         where t.plan_id = p.id and p.made_at < $1 and not exists (select 1 from campaign c where (c.plan_id = p.id and c.state = 'approved') or (c.supplement_id = p.id and c.supplement_at is not null)) limit $2)");
    let targets = tx.run(query.bind(before_ms).bind(limit)).await?;
    if targets > 0 {
        return Ok(targets);
    }
    let query = sql("delete from plan where id in (select p.id from plan p where p.made_at < $1 \
         and not exists (select 1 from message m where m.campaign = p.campaign and m.plan_id = p.id) \
         and not exists (select 1 from campaign c where (c.plan_id = p.id or c.supplement_id = p.id) \
         and c.state in ('approved', 'running', 'paused')) limit $2)");
    tx.run(query.bind(before_ms).bind(limit)).await
}

/// Removes contacts with their addresses. What they said no to stays.
///
/// # Errors
/// As the database has it.
pub async fn remove_contacts(tx: &mut Tx, ids: &[ContactId]) -> Result<(), DbError> {
    for chunk in ids.chunks(200) {
        for table in ["address", "opened"] {
            let query = sql("delete from ").push(table).push(" where contact_id in (");
            tx.run(query.list(chunk.iter().copied()).push(")")).await?;
        }
        tx.run(sql("delete from contact where id in (").list(chunk.iter().copied()).push(")")).await?;
    }
    Ok(())
}

/// Takes an address out of the plans that name it; their counts stay as they were.
///
/// # Errors
/// As the database has it.
pub async fn blank_targets(tx: &mut Tx, blind: &[u8; 32]) -> Result<u64, DbError> {
    tx.run(sql("update target set blind = null, sealed = null where blind = $1").bind(blind).whole()).await
}

/// Whether a plan that names an address is on its way into the outbox.
///
/// # Errors
/// As the database has it.
pub async fn is_on_its_way(tx: &mut Tx, blind: &[u8; 32]) -> Result<bool, DbError> {
    let query = sql("select 1 from target t join campaign c on (c.plan_id = t.plan_id and c.state = 'approved') \
         or (c.supplement_id = t.plan_id and c.supplement_at is not null) \
         where t.blind = $1 and t.decision = 'eligible' limit 1");
    Ok(tx.maybe(query.bind(blind)).await?.is_some())
}

/// Takes back the plans that name an address and wait for their yes: they must be made anew.
///
/// # Errors
/// As the database has it.
pub async fn void_plans(tx: &mut Tx, blind: &[u8; 32]) -> Result<u64, DbError> {
    let beside = sql("update campaign set supplement_id = null where supplement_at is null \
         and supplement_id in (select plan_id from target where blind = $1 and decision = 'eligible')");
    let voided = tx.run(beside.bind(blind).whole()).await?;
    let query = sql("update campaign set plan_id = null where state = 'planned' \
         and plan_id in (select plan_id from target where blind = $1 and decision = 'eligible')");
    Ok(voided + tx.run(query.bind(blind).whole()).await?)
}
