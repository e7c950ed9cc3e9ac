//! A look at a database as it stands, for `doctor`: nothing is made, migrated or changed.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};

use super::steps::MIGRATIONS;
use super::{Db, DbError, Log, Tx, Writer, file_of, sql, steps};

/// Looking for damage ends after this long, however large the database is.
const QUICK: Duration = Duration::from_secs(5);
/// How long a lock is waited for, in milliseconds; the daemon holds it for a twentieth of a second at most.
const PATIENCE_MS: u64 = 2_000;

/// How far a database is on its way to this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Nothing is in it.
    Empty,
    /// Steps of this version are missing; the next start takes them.
    Behind,
    /// As this version has it.
    Current,
    /// A step was begun and not ended.
    HalfDone,
    /// It knows steps that this version does not.
    Newer,
    /// A step of the same number was another one.
    Another,
}

/// What a look found.
#[derive(Clone, Debug)]
pub struct Health {
    /// How far it is.
    pub schema: Schema,
    /// Whether it was looked through for damage to the end.
    pub checked: bool,
    /// The first damage.
    pub damage: Option<String>,
    /// Whether another program holds the lock for writing.
    pub locked: bool,
    /// Whether it takes no writing at all.
    pub read_only: bool,
    /// Settings of the server that would lose what was committed.
    pub unsafe_settings: Vec<&'static str>,
    /// The server's main version; `None` for SQLite.
    pub server: Option<i64>,
    /// The server's encoding; `None` for SQLite.
    pub encoding: Option<String>,
    /// Whether another server copies this one, and commits do not wait for it.
    pub standby_lags: bool,
    /// What time the database has, unix milliseconds; `None` where it is this machine's.
    pub clock_ms: Option<i64>,
}

impl Db {
    /// Opens a database that is there, as it is.
    ///
    /// # Errors
    /// When the address is wrong, or the database is away or not there.
    pub async fn look(url: &str) -> Result<Self, DbError> {
        if let Some(file) = file_of(url) {
            let options = SqliteConnectOptions::new()
                .filename(file)
                .create_if_missing(false)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_millis(PATIENCE_MS));
            let log = Log::of(options.get_filename());
            let write = Writer::open(options.clone()).await?;
            let read = SqlitePoolOptions::new().max_connections(2).connect_with(options).await?;
            return Ok(Db::Sqlite { write, read, log });
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url).map_err(|_| DbError::Address)?;
            let options = options.options([("synchronous_commit", "on")]);
            let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(Duration::from_secs(5));
            return Ok(Db::Postgres(pool.connect_with(options).await?));
        }
        Err(DbError::Address)
    }

    /// Looks how the database is.
    ///
    /// # Errors
    /// When it goes away meanwhile.
    pub async fn health(&self) -> Result<Health, DbError> {
        let mut tx = self.read().await?;
        let mut health = Health {
            schema: schema(&mut tx).await?,
            checked: true,
            damage: None,
            locked: false,
            read_only: false,
            unsafe_settings: Vec::new(),
            server: None,
            encoding: None,
            standby_lags: false,
            clock_ms: None,
        };
        match &tx {
            Tx::Postgres(_) => server(&mut tx, &mut health).await?,
            Tx::Sqlite(..) => {
                file(&mut tx, &mut health).await?;
                drop(tx);
                if let Db::Sqlite { write, log, .. } = self {
                    match try_to_write(write, log).await {
                        Ok(()) => {}
                        Err(DbError::Away(_)) => health.locked = true,
                        Err(_) => health.read_only = true,
                    }
                }
            }
        }
        Ok(health)
    }
}

/// Writes something, and takes it back: a file that is read-only lets a transaction begin.
async fn try_to_write(write: &Writer, log: &Log) -> Result<(), DbError> {
    let mut begun = write.begin(log, PATIENCE_MS.cast_signed()).await?;
    sqlx::query("create table lykt_looks (at integer)").execute(begun.connection()).await?;
    Ok(())
}

pub(super) async fn schema(tx: &mut Tx) -> Result<Schema, DbError> {
    let known = match tx {
        Tx::Sqlite(..) => sql("select count(*) from sqlite_master where name = '_sqlx_migrations'"),
        Tx::Postgres(_) => sql("select cast(count(*) as bigint) from pg_class where relname = '_sqlx_migrations'"),
    };
    if tx.maybe(known).await?.map_or(Ok(0), |row| row.int(0))? == 0 {
        return Ok(Schema::Empty);
    }
    let mut taken = 0;
    for row in tx.all(sql("select version, success, checksum from _sqlx_migrations order by version")).await? {
        let (version, success, sum) = (row.int(0)?, row.get::<bool>(1)?, row.get::<Vec<u8>>(2)?);
        let Some(ours) = MIGRATIONS.iter().find(|(known, ..)| *known == version) else {
            return Ok(Schema::Newer);
        };
        if !success {
            return Ok(Schema::HalfDone);
        }
        if *steps::step(ours).checksum != *sum {
            return Ok(Schema::Another);
        }
        taken += 1;
    }
    Ok(if taken < MIGRATIONS.len() { Schema::Behind } else { Schema::Current })
}

async fn file(tx: &mut Tx, health: &mut Health) -> Result<(), DbError> {
    let looked = tokio::time::timeout(QUICK, tx.maybe(sql("pragma quick_check(1)"))).await;
    match looked {
        Ok(Ok(Some(row))) => {
            let told: String = row.get(0)?;
            health.damage = (told != "ok").then_some(told);
        }
        Ok(Ok(None)) => {}
        Ok(Err(e)) => health.damage = Some(e.to_string()),
        Err(_) => health.checked = false,
    }
    Ok(())
}

async fn server(tx: &mut Tx, health: &mut Health) -> Result<(), DbError> {
    for (setting, needed) in [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")] {
        let query = sql("select current_setting($1)").bind(setting);
        let is: Option<String> = tx.maybe(query).await?.map(|row| row.get(0)).transpose()?;
        if is.as_deref() != Some(needed) {
            health.unsafe_settings.push(setting);
        }
    }
    let facts = sql("select cast(current_setting('server_version_num') as bigint) / 10000, \
         current_setting('server_encoding'), pg_is_in_recovery() or current_setting('transaction_read_only') = 'on', \
         cast(extract(epoch from clock_timestamp()) * 1000 as bigint), \
         current_setting('synchronous_standby_names') = '' and exists (select 1 from pg_stat_replication)");
    if let Some(row) = tx.maybe(facts).await? {
        health.server = Some(row.int(0)?);
        health.encoding = Some(row.get(1)?);
        health.read_only = row.get(2)?;
        health.clock_ms = Some(row.int(3)?);
        health.standby_lags = row.get(4)?;
    }
    Ok(())
}
