//! After forgetting: what was overwritten does not stay in the write-ahead log either.

use super::{Db, DbError};

impl Db {
    /// Empties SQLite's write-ahead log, as far as nobody reads from it just now. PostgreSQL's own housekeeping does it there.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn wash(&self) -> Result<(), DbError> {
        match self {
            Db::Sqlite { write, .. } => {
                Ok(sqlx::query("pragma wal_checkpoint(truncate)").execute(write).await.map(drop)?)
            }
            Db::Postgres(_) => Ok(()),
        }
    }
}
