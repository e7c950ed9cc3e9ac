//! The rows of the audit and of its head. Knows rows, not how they are chained.

use uuid::Uuid;

use super::db::{DbError, Row, Tx, sql};
use super::sql::Arg;

const COLUMNS: &str = "select n, at, who, who_id, who_os, act, on_kind, on_id, on_name, many, hash from audit";

/// One entry as it stands; its words are not trusted before the chain was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1, without a gap.
    pub n: i64,
    /// When, civil.
    pub at: i64,
    /// What kind of actor.
    pub who: String,
    /// Which user or token.
    pub who_id: Option<Uuid>,
    /// Which user of the operating system.
    pub who_os: Option<i64>,
    /// What.
    pub act: String,
    /// Upon what kind of thing.
    pub on_kind: Option<String>,
    /// Which one.
    pub on_id: Option<Uuid>,
    /// Which one, where names are ours: a campaign, or the version of a key.
    pub on_name: Option<String>,
    /// How many.
    pub many: Option<i64>,
    /// What seals it to the one before.
    pub hash: Vec<u8>,
}

/// Where the chain ends, and after which entry it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last entry; 0 when there is none.
    pub n: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// The last one that was forgotten; 0 when none was.
    pub from_n: i64,
    /// Its hash.
    pub from_hash: Vec<u8>,
}

/// Which entries a page wants; everything when nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this kind of actor.
    pub who: Option<String>,
    /// Of this user or token.
    pub who_id: Option<Uuid>,
    /// Of this act.
    pub act: Option<String>,
    /// From this time on.
    pub from: Option<i64>,
    /// Before this time.
    pub until: Option<i64>,
    /// Before this number.
    pub before: Option<i64>,
}

/// Where the chain ends; `None` before the first entry.
///
/// # Errors
/// As the database has it.
pub async fn head(tx: &mut Tx) -> Result<Option<Head>, DbError> {
    let row = tx.maybe(sql("select n, hash, from_n, from_hash from audit_head where id = 1")).await?;
    row.as_ref().map(read_head).transpose()
}

/// The same, with the lowest and the highest number there is, 0 for none: at one moment.
///
/// # Errors
/// As the database has it.
pub async fn head_and_ends(tx: &mut Tx) -> Result<(Option<Head>, i64, i64), DbError> {
    let query = sql("select h.n, h.hash, h.from_n, h.from_hash, t.first, t.last from \
        (select min(n) as first, max(n) as last from audit) t left join audit_head h on h.id = 1");
    let Some(row) = tx.maybe(query).await? else { return Ok((None, 0, 0)) };
    let head = if row.get::<Option<i64>>(0)?.is_some() { Some(read_head(&row)?) } else { None };
    Ok((head, row.get::<Option<i64>>(4)?.unwrap_or(0), row.get::<Option<i64>>(5)?.unwrap_or(0)))
}

/// Where the chain ends, held until the transaction does: one entry after another, on however many nodes.
///
/// # Errors
/// As the database has it.
pub async fn lock(tx: &mut Tx) -> Result<Head, DbError> {
    let query = "select n, hash, from_n, from_hash from audit_head where id = 1";
    let clause = tx.lock_clause(" for update");
    if let Some(row) = tx.maybe(sql(query).push(clause)).await? {
        return read_head(&row);
    }
    let first = vec![vec![1.into(), 0.into(), Vec::new().into(), 0.into(), Vec::new().into()]];
    let once = "on conflict (id) do nothing";
    tx.insert("insert into audit_head (id, n, hash, from_n, from_hash)", first, once).await?;
    let row = tx.maybe(sql(query).push(clause)).await?.ok_or(DbError::Unknown("head of the audit"))?;
    read_head(&row)
}

/// Adds an entry after the last one; its hash is the new end.
///
/// # Errors
/// As the database has it.
pub async fn append(tx: &mut Tx, entry: &Entry) -> Result<(), DbError> {
    let e = entry.clone();
    let hash = e.hash.clone();
    let row: Vec<Arg> = vec![
        e.n.into(),
        e.at.into(),
        e.who.into(),
        Arg::Uuid(e.who_id),
        e.who_os.into(),
        e.act.into(),
        e.on_kind.into(),
        Arg::Uuid(e.on_id),
        e.on_name.into(),
        e.many.into(),
        e.hash.into(),
    ];
    let head = "insert into audit (n, at, who, who_id, who_os, act, on_kind, on_id, on_name, many, hash)";
    tx.insert(head, vec![row], "").await?;
    let moved = sql("update audit_head set n = $1, hash = $2 where id = 1").bind(entry.n).bind(hash);
    tx.run(moved.exactly(1, "head of the audit")).await.map(drop)
}

/// Entries after a number, in order.
///
/// # Errors
/// As the database has it.
pub async fn after(tx: &mut Tx, n: i64, limit: i64) -> Result<Vec<Entry>, DbError> {
    let query = sql(COLUMNS).push(" where n > $1 order by n limit $2").bind(n).bind(limit);
    tx.all(query).await?.iter().map(read).collect()
}

/// The newest entry of an act.
///
/// # Errors
/// As the database has it.
pub async fn newest(tx: &mut Tx, act: &str) -> Result<Option<Entry>, DbError> {
    let query = sql(COLUMNS).push(" where act = $1 order by n desc limit 1").bind(act);
    tx.maybe(query).await?.as_ref().map(read).transpose()
}

/// The newest entries that are wanted.
///
/// # Errors
/// As the database has it.
pub async fn newest_first(tx: &mut Tx, wanted: &Wanted, limit: i64) -> Result<Vec<Entry>, DbError> {
    let mut query = sql(COLUMNS).push(" where n > 0");
    let mut and = |clause: &'static str, arg: Option<Arg>| {
        if let Some(arg) = arg {
            let so_far = std::mem::replace(&mut query, sql(""));
            query = so_far.push(clause).list([arg]);
        }
    };
    and(" and who = ", wanted.who.clone().map(Arg::from));
    and(" and who_id = ", wanted.who_id.map(|id| Arg::Uuid(Some(id))));
    and(" and act = ", wanted.act.clone().map(Arg::from));
    and(" and at >= ", wanted.from.map(Arg::from));
    and(" and at < ", wanted.until.map(Arg::from));
    and(" and n < ", wanted.before.map(Arg::from));
    tx.all(query.push(" order by n desc limit ").list([limit])).await?.iter().map(read).collect()
}

/// Everything that was done upon these, in order.
///
/// # Errors
/// As the database has it.
pub async fn upon(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Entry>, DbError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(500) {
        let query = sql(COLUMNS).push(" where on_id in (").list(chunk.iter().map(|id| Arg::Uuid(Some(*id)))).push(")");
        for row in tx.all(query.whole()).await? {
            found.push(read(&row)?);
        }
    }
    found.sort_by_key(|entry| entry.n);
    Ok(found)
}

/// The last entry before which everything is older than a time; `None` when nothing is.
///
/// # Errors
/// As the database has it.
pub async fn older(tx: &mut Tx, before: i64) -> Result<Option<i64>, DbError> {
    let first_kept = sql("select min(n) from audit where at >= $1").bind(before);
    let kept: Option<i64> = tx.maybe(first_kept).await?.map_or(Ok(None), |row| row.get(0))?;
    let last = match kept {
        Some(n) => Some(n - 1),
        None => tx.maybe(sql("select max(n) from audit")).await?.map_or(Ok(None), |row| row.get(0))?,
    };
    let first: Option<i64> = tx.maybe(sql("select min(n) from audit")).await?.map_or(Ok(None), |row| row.get(0))?;
    Ok(last.filter(|last| first.is_some_and(|first| first <= *last)))
}

/// Removes everything up to an entry; the chain begins after it.
///
/// # Errors
/// As the database has it.
pub async fn cut(tx: &mut Tx, up_to: i64) -> Result<u64, DbError> {
    let moved =
        sql("update audit_head set from_n = $1, from_hash = (select hash from audit where n = $1) where id = 1");
    tx.run(moved.bind(up_to).exactly(1, "head of the audit")).await?;
    tx.run(sql("delete from audit where n <= $1").bind(up_to)).await
}

fn read_head(row: &Row) -> Result<Head, DbError> {
    Ok(Head { n: row.int(0)?, hash: row.get(1)?, from_n: row.int(2)?, from_hash: row.get(3)? })
}

fn read(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        n: row.int(0)?,
        at: row.int(1)?,
        who: row.get(2)?,
        who_id: row.get(3)?,
        who_os: row.get(4)?,
        act: row.get(5)?,
        on_kind: row.get(6)?,
        on_id: row.get(7)?,
        on_name: row.get(8)?,
        many: row.get(9)?,
        hash: row.get(10)?,
    })
}
