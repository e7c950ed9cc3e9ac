//! The one connection that writes to an SQLite file, and a transaction on it.
//!
//! No pool: a pool takes a connection back by a task of its own, which waits for its turn on a busy machine, and the next
//! transaction with it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Error};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};

use super::Log;
use crate::clock::boot_ms;

/// How long others on this connection are waited for.
const TURN: Duration = Duration::from_secs(30);
/// How long the lock for writing is waited for, as a rule, that another program holds; steady milliseconds.
pub(super) const PATIENCE_MS: i64 = 10_000;
/// SQLite asks for a lock that another program holds at ever longer intervals, a tenth of a second in the end, and never
/// queues: beside a daemon that writes all the time it may be unlucky for ever. Asked anew after so many milliseconds,
/// it looks every few.
const ASK_ANEW: &str = "pragma busy_timeout = 20";

/// The connection, and who waits for it, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Writer {
    options: Arc<SqliteConnectOptions>,
    /// Nothing once it is closed.
    held: Arc<Mutex<Option<Held>>>,
}

#[derive(Debug)]
struct Held {
    connection: SqliteConnection,
    /// A transaction is open, or may be: whoever comes next undoes it.
    open: bool,
}

type Turn = OwnedMappedMutexGuard<Option<Held>, Held>;

/// An open transaction; dropped without a commit it undoes everything.
#[derive(Debug)]
pub struct Writing {
    turn: Turn,
    writer: Writer,
}

impl Writer {
    /// Opens the connection.
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self, Error> {
        let held = Held::open(&options).await?;
        Ok(Self { options: Arc::new(options), held: Arc::new(Mutex::new(Some(held))) })
    }

    /// Begins as soon as no other program writes, within so many steady milliseconds. What the log has lost is mended before.
    pub(super) async fn begin(&self, log: &Log, patience_ms: i64) -> Result<Writing, Error> {
        let mut turn = self.turn().await?;
        log.place().holds().map_err(Error::Io)?;
        log.mend(&mut turn.connection).await?;
        let until = boot_ms() + patience_ms;
        let mut writing = Writing { turn, writer: self.clone() };
        loop {
            match writing.begin().await {
                Err(e) if is_busy(&e) && boot_ms() < until => {}
                begun => return begun.map(|()| writing),
            }
        }
    }

    /// Copies the log into the file and empties it; how many are in the way of that.
    pub(super) async fn empty_log(&self) -> Result<i64, Error> {
        empty_log(&mut self.turn().await?.connection).await
    }

    /// Writes a number into the head of the file, and copies the log into it as far as nobody reads it.
    pub(super) async fn set_stamp(&self, log: &Log, number: u32) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        log.place().holds().map_err(Error::Io)?;
        sqlx::query(AssertSqlSafe(format!("pragma user_version = {number}"))).execute(&mut turn.connection).await?;
        empty_log(&mut turn.connection).await.map(drop)
    }

    /// Closes it, once nobody writes any more.
    pub(super) async fn close(&self) {
        if let Some(held) = self.held.lock().await.take() {
            // Whoever closes goes, whatever the file says to it.
            let _ = held.connection.close().await;
        }
    }

    /// Waits until nobody else has it; nothing is open on it then.
    async fn turn(&self) -> Result<Turn, Error> {
        let turn = tokio::time::timeout(TURN, self.held.clone().lock_owned()).await.map_err(|_| Error::PoolTimedOut)?;
        let mut turn = OwnedMutexGuard::try_map(turn, Option::as_mut).map_err(|_| Error::PoolClosed)?;
        turn.undo().await;
        Ok(turn)
    }
}

impl Held {
    async fn open(options: &SqliteConnectOptions) -> Result<Self, Error> {
        let mut connection = options.connect().await?;
        sqlx::query(ASK_ANEW).execute(&mut connection).await?;
        Ok(Self { connection, open: false })
    }

    async fn undo(&mut self) {
        if self.open {
            // It fails where there is nothing to undo; what else may be wrong, the next one to begin is told.
            let _ = sqlx::query("rollback").execute(&mut self.connection).await;
            self.open = false;
        }
    }
}

impl Writing {
    /// A connection that cannot begin for any other reason than that another program writes, is let go for a new one.
    async fn begin(&mut self) -> Result<(), Error> {
        match self.begin_here().await {
            Err(e) if !is_busy(&e) => {
                *self.turn = Held::open(&self.writer.options).await?;
                self.begin_here().await
            }
            begun => begun,
        }
    }

    async fn begin_here(&mut self) -> Result<(), Error> {
        // Also while it is not known yet.
        self.turn.open = true;
        let begun = sqlx::query("begin immediate").execute(&mut self.turn.connection).await;
        self.turn.open = begun.is_ok();
        begun.map(drop)
    }

    /// What its statements run on.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.turn.connection
    }

    /// Lets others see it.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        sqlx::query("commit").execute(&mut self.turn.connection).await?;
        self.turn.open = false;
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // Not left to whoever writes next: until then no other program could.
        if let (true, Ok(runtime)) = (self.turn.open, tokio::runtime::Handle::try_current()) {
            let writer = self.writer.clone();
            runtime.spawn(async move { writer.turn().await.map(drop) });
        }
    }
}

/// Copies the log into the file and empties it; how many are in the way of that.
pub(super) async fn empty_log(connection: &mut SqliteConnection) -> Result<i64, Error> {
    sqlx::query_scalar("pragma wal_checkpoint(truncate)").fetch_one(connection).await
}

fn is_busy(error: &Error) -> bool {
    error.as_database_error().and_then(|e| e.code()).as_deref() == Some("5")
}

#[cfg(test)]
mod tests {
    use super::super::{Db, Tx, sql};
    use super::*;

    /// A database, and another program beside it that waits a long time for its turn to write.
    async fn house(folder: &tempfile::TempDir) -> (Db, SqliteConnection) {
        let file = folder.path().join("lykt.db");
        let db = Db::open(&format!("sqlite:{}", file.display())).await.unwrap();
        let other = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(20));
        (db, other.connect().await.unwrap())
    }

    async fn put(tx: &mut Tx, key: &str) {
        tx.run(sql("insert into meta (key, value) values ($1, 'x')").bind(key)).await.unwrap();
    }

    async fn is_there(db: &Db, key: &str) -> bool {
        let mut tx = db.read().await.unwrap();
        tx.maybe(sql("select 1 from meta where key = $1").bind(key)).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn what_is_dropped_is_undone_though_nobody_here_writes_again() {
        let folder = tempfile::tempdir().unwrap();
        let (db, mut other) = house(&folder).await;
        let mut tx = db.begin().await.unwrap();
        put(&mut tx, "dropped").await;
        drop(tx);
        sqlx::query("insert into meta (key, value) values ('other', 'x')").execute(&mut other).await.unwrap();
        assert!(is_there(&db, "other").await && !is_there(&db, "dropped").await);
    }

    #[tokio::test]
    async fn a_beginning_that_is_given_up_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let (db, mut other) = house(&folder).await;
        // Asked once; if it has begun by then, it is dropped.
        tokio::select! {
            biased;
            _ = db.begin() => {}
            () = std::future::ready(()) => {}
        }
        sqlx::query("insert into meta (key, value) values ('other', 'x')").execute(&mut other).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        put(&mut tx, "kept").await;
        tx.commit().await.unwrap();
        assert!(is_there(&db, "kept").await);
    }

    #[tokio::test]
    async fn another_programs_lock_is_waited_for_as_long_as_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let (db, mut other) = house(&folder).await;
        let Db::Sqlite { write, log, .. } = &db else { panic!("not SQLite") };
        sqlx::query("begin immediate").execute(&mut other).await.unwrap();
        assert!(is_busy(&write.begin(log, 0).await.unwrap_err()));
        let (begun, _) = tokio::join!(write.begin(log, 20_000), sqlx::query("rollback").execute(&mut other));
        begun.unwrap().commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_that_lost_its_transaction_or_kept_one_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (db, _other) = house(&folder).await;
        // As SQLite does by itself on a full disk.
        let mut tx = db.begin().await.unwrap();
        put(&mut tx, "lost").await;
        tx.run(sql("rollback")).await.unwrap();
        assert!(tx.commit().await.is_err(), "there is nothing to commit");
        // And a transaction that nobody knows of.
        let Db::Sqlite { write, .. } = &db else { panic!("not SQLite") };
        sqlx::query("begin immediate").execute(&mut write.turn().await.unwrap().connection).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        put(&mut tx, "kept").await;
        tx.commit().await.unwrap();
        assert!(is_there(&db, "kept").await && !is_there(&db, "lost").await);
        db.close().await;
        assert!(matches!(db.begin().await, Err(super::super::DbError::Away(Error::PoolClosed))));
    }
}
