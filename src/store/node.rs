//! The daemons that share a database: who they are, and when each was last seen, by the database's clock.

use super::db::{DbError, Row, Tx, sql};
use crate::clock::Clock;

/// Seen longer ago than this, a node that did not say goodbye is taken for gone.
pub const GONE_MS: i64 = 30_000;

/// One daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The number of its start.
    pub fence: i64,
    /// Which Lykt it runs.
    pub version: String,
    /// Whether it sends.
    pub sends: bool,
    /// When it started.
    pub started_at: i64,
    /// When it was last seen.
    pub seen_at: i64,
    /// When it said goodbye.
    pub stopped_at: Option<i64>,
}

impl Node {
    /// Whether it is at work, at a time of the database's.
    pub fn is_alive(&self, now: i64) -> bool {
        self.stopped_at.is_none() && now - self.seen_at < GONE_MS
    }
}

/// A node has started.
///
/// # Errors
/// As the database has it.
pub async fn start(tx: &mut Tx, node: &Node) -> Result<(), DbError> {
    let query =
        sql("insert into node (name, fence, version, sends, started_at, seen_at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (name) do update set fence = excluded.fence, version = excluded.version, sends = excluded.sends, \
         started_at = excluded.started_at, seen_at = excluded.seen_at, stopped_at = null");
    let query = query.bind(&node.name).bind(node.fence).bind(&node.version).bind(node.sends);
    tx.run(query.bind(node.started_at).bind(node.seen_at)).await.map(drop)
}

/// A node is still there, and whether it keeps a witness; false when another one took its name.
///
/// # Errors
/// As the database has it.
pub async fn seen(tx: &mut Tx, name: &str, fence: i64, at: i64, witnessed: bool) -> Result<bool, DbError> {
    let query = sql("update node set seen_at = $1, witnessed = $2 where name = $3 and fence = $4");
    Ok(tx.run(query.bind(at).bind(witnessed).bind(name).bind(fence)).await? == 1)
}

/// A node says goodbye.
///
/// # Errors
/// As the database has it.
pub async fn stop(tx: &mut Tx, name: &str, fence: i64, at: i64) -> Result<(), DbError> {
    let query = sql("update node set seen_at = $1, stopped_at = $1 where name = $2 and fence = $3");
    tx.run(query.bind(at).bind(name).bind(fence)).await.map(drop)
}

/// All nodes that were ever seen, by name.
///
/// # Errors
/// As the database has it.
pub async fn all(tx: &mut Tx) -> Result<Vec<Node>, DbError> {
    let query = sql("select name, fence, version, sends, started_at, seen_at, stopped_at from node order by name");
    tx.all(query).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Node, DbError> {
    Ok(Node {
        name: row.get(0)?,
        fence: row.int(1)?,
        version: row.get(2)?,
        sends: row.get(3)?,
        started_at: row.int(4)?,
        seen_at: row.int(5)?,
        stopped_at: row.get(6)?,
    })
}

/// Whether a node is at work.
///
/// # Errors
/// As the database has it.
pub async fn any_alive(tx: &mut Tx, clock: &Clock) -> Result<bool, DbError> {
    let now = tx.house_ms(clock).await?;
    Ok(all(tx).await?.iter().any(|node| node.is_alive(now)))
}

/// Whether a witness was kept: by this node, or, where no database is shared, by any.
///
/// # Errors
/// As the database has it.
pub async fn is_witnessed(tx: &mut Tx, name: Option<&str>) -> Result<bool, DbError> {
    let query = sql("select 1 from node where witnessed = $1").bind(true);
    let query = match name {
        Some(name) => query.push(" and name = $2").bind(name),
        None => query,
    };
    Ok(tx.maybe(query.push(" limit 1")).await?.is_some())
}
