//! After forgetting: what was overwritten does not stay in the write-ahead log or among statistics either.

use sqlx::PgConnection;

use super::{Db, DbError};

/// PostgreSQL keeps samples of columns for its planner, after their rows too. It is told to keep none of columns of
/// bytes, which are sealed or digests, and finds no plan by; a new type, though the same, throws away those it has.
/// Needs its tables to itself for a moment, so whoever is in the way puts it off to the next time.
const UNSAMPLED: &str = "do $$ declare it record; begin \
     set local lock_timeout = '2s'; \
     for it in select a.attrelid::regclass as t, a.attname as c from pg_attribute a join pg_class r on r.oid = a.attrelid \
         where r.relnamespace = current_schema()::regnamespace and r.relkind = 'r' and a.atttypid = 'bytea'::regtype \
         and a.attnum > 0 and not a.attisdropped and coalesce(a.attstattarget, -1) <> 0 \
     loop execute format('alter table %s alter column %I type bytea, alter column %I set statistics 0', it.t, it.c, it.c); end loop; \
     exception when lock_not_available then null; end $$";

impl Db {
    /// Empties SQLite's write-ahead log, as far as nobody reads from it just now. On PostgreSQL, whose own housekeeping does
    /// that, sealed columns leave the planner's statistics.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn wash(&self) -> Result<(), DbError> {
        match self {
            Db::Sqlite { write, .. } => Ok(write.empty_log().await.map(drop)?),
            Db::Postgres(pool) => Ok(unsample(&mut *pool.acquire().await?).await?),
        }
    }
}

/// Takes sealed columns out of the planner's statistics.
pub(super) async fn unsample(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(UNSAMPLED).execute(connection).await.map(drop)
}
