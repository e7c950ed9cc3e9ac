//! Hears that another process has made something to do. Only a help: whoever waits for it looks by itself too.

use sqlx::postgres::PgListener;

use super::{Db, DbError};

/// Hears of a shared database, on a connection of its own.
pub struct Ear(PgListener);

impl Db {
    /// An ear, where a database is shared.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn ear(&self) -> Result<Option<Ear>, DbError> {
        let Db::Postgres(pool) = self else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("lykt").await?;
        Ok(Some(Ear(listener)))
    }
}

impl Ear {
    /// Waits until somebody calls.
    ///
    /// # Errors
    /// When the database goes away; what was called meanwhile is not heard.
    pub async fn heard(&mut self) -> Result<(), DbError> {
        self.0.recv().await?;
        Ok(())
    }
}
