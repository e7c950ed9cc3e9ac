//! Where the time of a plan went, and how long it kept others from writing.

use crate::clock;
use crate::store::{Db, DbError, Tx};

/// What a plan spent with the database, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Asking the ledger.
    pub ask_ms: i64,
    /// Writing, from the beginning of each transaction to its commit.
    pub write_ms: i64,
    /// The longest of these transactions.
    pub longest_write_ms: i64,
}

impl Spent {
    /// Does something in a write transaction of its own, and commits it.
    pub(super) async fn write<T, E: From<DbError>>(
        &mut self,
        db: &Db,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = db.begin().await?;
        let began = clock::boot_ms();
        let done = work(&mut tx).await?;
        tx.commit().await?;
        let took = clock::boot_ms() - began;
        self.write_ms += took;
        self.longest_write_ms = self.longest_write_ms.max(took);
        Ok(done)
    }
}
