//! Where the time of a plan went, and how long it kept others from writing.

use crate::clock;
use crate::store::{Db, DbError, Tx};

/// What a write transaction aims to take before its commit, in milliseconds: far under the 50 that others may wait. The
/// commit waits for the disk, however few the rows.
const AIM_MS: i64 = 20;
/// Rows in one of them, at least and at most.
const ROWS: (i64, i64) = (20, 400);

/// What a plan spent with the database, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Asking the ledger.
    pub ask_ms: i64,
    /// Writing, from the beginning of each transaction to its commit.
    pub write_ms: i64,
    /// The longest of these transactions.
    pub longest_write_ms: i64,
    last_work_ms: i64,
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
        self.last_work_ms = clock::boot_ms() - began;
        tx.commit().await?;
        let took = clock::boot_ms() - began;
        self.write_ms += took;
        self.longest_write_ms = self.longest_write_ms.max(took);
        Ok(done)
    }

    /// How many rows to write next after so many: fewer at once when that took too long, more step by step.
    pub(super) fn next_rows(&self, rows: i64) -> i64 {
        let next = match self.last_work_ms {
            took if took > AIM_MS => rows * AIM_MS / took,
            took if took < AIM_MS / 2 => rows + rows / 4,
            _ => rows,
        };
        next.clamp(ROWS.0, ROWS.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_write_makes_the_next_one_small_and_fast_ones_make_it_grow() {
        let after = |took, rows| Spent { last_work_ms: took, ..Spent::default() }.next_rows(rows);
        assert_eq!((after(170, 200), after(5_000, 200)), (23, 20));
        assert_eq!((after(20, 100), after(12, 100)), (100, 100));
        assert_eq!((after(3, 100), after(3, 390)), (125, 400));
    }
}
