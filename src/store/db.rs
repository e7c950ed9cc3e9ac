//! What alone knows, with the files in `db`, that there are two databases: connections, transactions and parameters.
//!
//! The statements themselves are put together in [`sql`](super::sql). A statement is one value, [`Sql`], bound to the
//! database it goes to, and no macro that expands to code for both: so each is compiled once, and may be made of parts.

pub mod copy;
mod durable;
mod ear;
mod error;
mod lite;
mod look;
mod place;
mod plan;
mod row;
mod server;
mod stamp;
mod steps;
mod wash;
mod writer;

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Database, Encode, IntoArguments, Postgres, Sqlite, Transaction, Type,
};
use uuid::Uuid;

pub use super::sql::{Arg, Sql, sql};
use super::sql::{Expected, written};
use crate::clock::Clock;
pub use durable::Durable;
use durable::Log;
pub use ear::Ear;
pub use error::DbError;
pub use lite::Lite;
pub use look::{Health, Schema};
pub use row::Row;
pub use server::Server;
use writer::{PATIENCE_MS, Writer};

/// Rows in one statement: far under both databases' limit of parameters.
const ROWS: usize = 500;
/// Prepared statements that a connection keeps. The same statement with another number of rows is another one, and a
/// batch has whatever number of rows has queued.
const STATEMENTS: usize = 256;
/// A commit that was told outlives a crash.
const DURABLE: &str = "set synchronous_commit = on";
/// A transaction that is left alone so long is undone by PostgreSQL: a node that was stopped in the middle of one, or whose
/// machine went away, would otherwise keep its locks, and nobody else could send or hear a no.
const LEFT_ALONE: &str = "10s";

/// An open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// The embedded default: one writer, a pool of readers.
    Sqlite {
        /// One connection, so that writers queue here and not on the file's lock.
        write: Writer,
        /// Readers see the last commit and block nobody.
        read: SqlitePool,
        /// Makes what was committed durable.
        log: Log,
    },
    /// PostgreSQL, for several nodes.
    Postgres(PgPool),
}

/// A transaction on either database; dropped without a commit it undoes everything.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite, with the log that it goes to.
    Sqlite(Lite, Log),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// The file of SQLite's that an address names, as it stands there: its path may have a `%` or a `?` in it.
fn file_of(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"))
}

impl Db {
    /// Opens a database (`sqlite:PATH` or `postgres://..`) and brings it to this version.
    ///
    /// # Errors
    /// When the address is wrong, the database is away, or its migrations cannot be completed.
    pub async fn open(url: &str) -> Result<Self, DbError> {
        let db = Self::connect(url).await?;
        db.migrate().await?;
        Ok(db)
    }

    async fn connect(url: &str) -> Result<Self, DbError> {
        if let Some(file) = file_of(url) {
            let options = SqliteConnectOptions::new()
                .filename(file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .statement_cache_capacity(STATEMENTS)
                .row_buffer_size(ROWS)
                .pragma("secure_delete", "on")
                .disable_statement_logging();
            // This one does not sync by itself: `Durable` does, for all who committed meanwhile.
            // What a statement would undo is kept in memory: it is little, and in a file it costs more than its place.
            let alone = options.clone().synchronous(SqliteSynchronous::Normal).pragma("temp_store", "memory");
            let write = Writer::open(alone).await?;
            let log = Log::of(options.get_filename());
            // A file does not hang up: no connection is tried before it is used.
            let readers = SqlitePoolOptions::new().test_before_acquire(false).max_connections(4);
            let read = readers.connect_with(options).await?;
            return Ok(Db::Sqlite { write, read, log });
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)
                .map_err(|_| DbError::Address)?
                .statement_cache_capacity(STATEMENTS)
                .options([
                    ("synchronous_commit", "on"),
                    ("default_transaction_isolation", "read committed"),
                    ("idle_in_transaction_session_timeout", LEFT_ALONE),
                ])
                .disable_statement_logging();
            // Said once more: a pooler in between may keep back what a connection asks for when it begins.
            let pool = PgPoolOptions::new()
                .max_connections(9)
                .acquire_timeout(Duration::from_secs(5))
                .after_connect(|one, _| Box::pin(async move { sqlx::query(DURABLE).execute(one).await.map(drop) }));
            return Ok(Db::Postgres(pool.connect_with(options).await?));
        }
        Err(DbError::Address)
    }

    /// Begins a transaction that may write. On SQLite it has the write lock from the start.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Db::Sqlite { write, log, .. } => {
                Tx::Sqlite(Lite::Writing(write.begin(log, PATIENCE_MS).await?), log.clone())
            }
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, and blocks nobody.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Db::Sqlite { read, log, .. } => Tx::Sqlite(Lite::Reading(read.begin().await?), log.clone()),
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// The file that it is, in words that are another's for every copy of it: its number, its device and its path. `None` on
    /// PostgreSQL.
    pub fn file(&self) -> Option<(u64, u64, String)> {
        match self {
            Db::Sqlite { log, .. } => log.place().told(),
            Db::Postgres(_) => None,
        }
    }

    /// Whether several nodes may share this database.
    pub fn is_shared(&self) -> bool {
        matches!(self, Db::Postgres(_))
    }

    /// Closes all connections; on SQLite this also folds the WAL back into the file.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes it durable. Until this returns, nothing happened.
    ///
    /// # Errors
    /// When the database is away; what happened is then unknown, and must be read again.
    pub async fn commit(self) -> Result<(), DbError> {
        self.commit_ahead().await?.wait().await
    }

    /// Lets others see it; it is durable once what this gives back was waited for. Until then nobody is told of it.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub async fn commit_ahead(self) -> Result<Durable, DbError> {
        match self {
            Tx::Sqlite(tx, log) => {
                tx.commit().await?;
                Ok(log.committed())
            }
            Tx::Postgres(tx) => {
                tx.commit().await?;
                Ok(Durable::already())
            }
        }
    }

    /// Runs a statement and returns how many rows it changed.
    ///
    /// # Errors
    /// As the database has it, and when it changed another number of rows than it says that it must; the caller must then
    /// let go of the transaction.
    pub async fn run(&mut self, sql: Sql) -> Result<u64, DbError> {
        let expects = sql.expects;
        let got = match self {
            Tx::Sqlite(tx, _) => {
                tx.look(&sql).await;
                tx.answers(sql.in_place(), 1).await?.1.into_iter().sum()
            }
            Tx::Postgres(tx) => query::<Postgres>(sql.by_number())?.execute(&mut **tx).await?.rows_affected(),
        };
        as_expected(expects, got)
    }

    /// Runs statements in this order; how many rows each changed. On SQLite its thread gets them all at once: each wait for it takes its turn on full
    /// cores.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_all(&mut self, all: Vec<Sql>) -> Result<Vec<u64>, DbError> {
        if all.is_empty() {
            return Ok(Vec::new());
        }
        match self {
            Tx::Sqlite(tx, _) => {
                for sql in &all {
                    tx.look(sql).await;
                }
                let (text, args, expects) = Sql::in_turn(all);
                let (_, changed) = tx.answers((text, args), expects.len()).await?;
                if changed.len() < expects.len() {
                    return Err(DbError::Unknown("end of some statements"));
                }
                for (expects, got) in expects.into_iter().zip(&changed) {
                    as_expected(expects, *got)?;
                }
                Ok(changed)
            }
            Tx::Postgres(_) => {
                let mut changed = Vec::with_capacity(all.len());
                for sql in all {
                    changed.push(self.run(sql).await?);
                }
                Ok(changed)
            }
        }
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn all(&mut self, sql: Sql) -> Result<Vec<Row>, DbError> {
        Ok(match self {
            Tx::Sqlite(tx, _) => {
                tx.look(&sql).await;
                tx.answers(sql.in_place(), 1).await?.0.into_iter().map(Row::Sqlite).collect()
            }
            Tx::Postgres(tx) => {
                query::<Postgres>(sql.by_number())?.fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn maybe(&mut self, sql: Sql) -> Result<Option<Row>, DbError> {
        Ok(match self {
            Tx::Sqlite(tx, _) => {
                tx.look(&sql).await;
                query::<Sqlite>(sql.in_place())?.fetch_optional(tx.connection()).await?.map(Row::Sqlite)
            }
            Tx::Postgres(tx) => query::<Postgres>(sql.by_number())?.fetch_optional(&mut **tx).await?.map(Row::Postgres),
        })
    }

    /// Inserts rows, a few hundred a statement: `head` is `insert into t (a, b)`, `tail` an `on conflict` clause or "".
    ///
    /// # Errors
    /// As the database has it.
    pub async fn insert(
        &mut self,
        head: &'static str,
        rows: Vec<Vec<Arg>>,
        tail: &'static str,
    ) -> Result<u64, DbError> {
        let mut done = 0;
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let sql = sql(head).push(" values ").rows(rows.by_ref().take(ROWS));
            done += self.run(sql.push(" ").push(tail)).await?;
        }
        Ok(done)
    }

    /// What to add to a `select` whose rows this transaction will change: the rows of these tables are locked, and
    /// rows that another node has locked are passed over. SQLite needs nothing: its writer is alone.
    pub fn lock_clause(&self, clause: &'static str) -> &'static str {
        match self {
            Tx::Sqlite(..) => "",
            Tx::Postgres(_) => clause,
        }
    }

    /// Whether several nodes may share this database.
    pub fn is_shared(&self) -> bool {
        matches!(self, Tx::Postgres(_))
    }

    /// Whether many rows are better asked for as one: SQLite's thread wakes the one who asked with each row, and on full
    /// cores each of the two then waits for its turn.
    pub fn packs(&self) -> bool {
        matches!(self, Tx::Sqlite(..))
    }

    /// Keeps everybody else from writing to these tables until the transaction ends; on SQLite nobody else writes.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn hold_tables(&mut self, tables: &'static str) -> Result<(), DbError> {
        match self {
            Tx::Sqlite(..) => Ok(()),
            Tx::Postgres(_) => self.run(sql("lock table ").push(tables).push(" in exclusive mode")).await.map(drop),
        }
    }

    /// The clock of the machine that has the database, where that may be another one; unix milliseconds.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn database_ms(&mut self) -> Result<Option<i64>, DbError> {
        match self {
            Tx::Sqlite(..) => Ok(None),
            Tx::Postgres(_) => {
                let now = sql("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)");
                self.maybe(now).await?.map(|row| row.int(0)).transpose()
            }
        }
    }

    /// Steady time for leases, milliseconds: this machine's, or the database's when nodes share it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn steady_ms(&mut self, clock: &Clock) -> Result<i64, DbError> {
        match self {
            Tx::Sqlite(..) => Ok(clock.steady_ms()),
            Tx::Postgres(_) => self.database_ms().await?.ok_or(DbError::Unknown("time")),
        }
    }
}

impl Tx {
    /// Time that all who share the database agree on, unix milliseconds: the database's own, or the civil one where it is
    /// not shared.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn house_ms(&mut self, clock: &Clock) -> Result<i64, DbError> {
        match self {
            Tx::Sqlite(..) => Ok(clock.now_ms()),
            Tx::Postgres(_) => self.steady_ms(clock).await,
        }
    }

    /// Wakes the daemons that share the database, once this is committed: there is something to do. Where none share it,
    /// the poll is soon enough.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn wake(&mut self) -> Result<(), DbError> {
        match self {
            Tx::Sqlite(..) => Ok(()),
            Tx::Postgres(_) => self.maybe(sql("select pg_notify('lykt', '')")).await.map(drop),
        }
    }
}

fn as_expected(expects: Option<Expected>, got: u64) -> Result<u64, DbError> {
    match expects {
        Some((expected, what)) if got != expected => Err(DbError::Rows { what, expected, got }),
        _ => Ok(got),
    }
}

type Query<DB> = sqlx::query::Query<'static, DB, <DB as Database>::Arguments>;

fn query<DB: Database>((text, args): (String, Vec<Arg>)) -> Result<Query<DB>, sqlx::Error>
where
    DB::Arguments: IntoArguments<DB>,
    for<'q> Option<Uuid>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<Vec<u8>>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<String>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<i64>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<bool>: Encode<'q, DB> + Type<DB>,
{
    let mut arguments = DB::Arguments::default();
    arguments.reserve(args.len(), 0);
    for arg in args {
        match arg {
            Arg::Uuid(value) => arguments.add(value),
            Arg::Bytes(value) => arguments.add(value),
            Arg::Text(value) => arguments.add(value),
            Arg::Int(value) => arguments.add(value),
            Arg::Bool(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(sqlx::query_with(AssertSqlSafe(text), arguments))
}
