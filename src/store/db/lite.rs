//! A transaction on SQLite: by one of the readers, or by the writer.

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Either, Executor, Sqlite, Transaction};

use super::writer::Writing;
use super::{Arg, Sql, plan, query};

/// A transaction on SQLite.
#[derive(Debug)]
pub enum Lite {
    /// By one of the readers.
    Reading(Transaction<'static, Sqlite>),
    /// By the writer.
    Writing(Writing),
}

impl Lite {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match self {
            Lite::Reading(tx) => tx,
            Lite::Writing(tx) => tx.connection(),
        }
    }

    /// In debug builds: whether it will find its rows as it should.
    pub(super) async fn look(&mut self, sql: &Sql) {
        if cfg!(debug_assertions) {
            let writes = matches!(self, Lite::Writing(_));
            plan::look(self.connection(), sql, writes).await;
        }
    }

    /// Runs so many statements: all their rows, and how many each has changed. Hears no more than that the last has ended,
    /// for whatever its thread says is one more wake-up.
    pub(super) async fn answers(
        &mut self,
        text: (String, Vec<Arg>),
        count: usize,
    ) -> Result<(Vec<SqliteRow>, Vec<u64>), sqlx::Error> {
        let (mut rows, mut changed) = (Vec::new(), Vec::with_capacity(count));
        let mut steps = self.connection().fetch_many(query::<Sqlite>(text)?);
        while changed.len() < count {
            match steps.try_next().await? {
                Some(Either::Left(done)) => changed.push(done.rows_affected()),
                Some(Either::Right(row)) => rows.push(row),
                None => break,
            }
        }
        Ok((rows, changed))
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Lite::Reading(tx) => tx.commit().await,
            Lite::Writing(tx) => tx.commit().await,
        }
    }
}
