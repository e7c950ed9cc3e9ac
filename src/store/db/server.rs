//! What PostgreSQL's server says of itself.

use super::{DbError, Tx, sql};

/// What a server says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// The clock of its machine, unix milliseconds.
    pub now_ms: i64,
    /// Which timeline of its history it writes; `None` while it only follows another server.
    pub timeline: Option<i64>,
    /// Whether commits wait for a standby.
    pub waits: bool,
}

impl Tx {
    /// What the server says of itself; `None` where the database has none.
    ///
    /// # Errors
    /// When the database is away, and where its service forbids to ask.
    pub async fn server(&mut self) -> Result<Option<Server>, DbError> {
        if !self.is_shared() {
            return Ok(None);
        }
        let asked = sql("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint), \
             case when not pg_is_in_recovery() then left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end, \
             current_setting('synchronous_standby_names') <> '' \
             and current_setting('synchronous_commit') in ('on', 'remote_apply')");
        let row = self.maybe(asked).await?.ok_or(DbError::Unknown("server"))?;
        let timeline = row.get::<Option<String>>(1)?.and_then(|digits| i64::from_str_radix(&digits, 16).ok());
        Ok(Some(Server { now_ms: row.int(0)?, timeline, waits: row.get(2)? }))
    }

    /// The same of a server that may forbid to ask: `None` then, and the transaction goes on.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn try_server(&mut self) -> Result<Option<Server>, DbError> {
        if !self.is_shared() {
            return Ok(None);
        }
        self.run(sql("savepoint asked")).await?;
        let (told, ends) = match self.server().await {
            Err(DbError::Refused(_)) => (None, "rollback to savepoint asked"),
            told => (told?, "release savepoint asked"),
        };
        self.run(sql(ends)).await?;
        Ok(told)
    }
}
