//! Many rows written a chunk a transaction, so that nobody waits long for their turn.

use super::{Db, DbError, Tx};
use crate::clock;

/// What a transaction aims to take before its commit, in milliseconds: far under the 50 that others may wait. The
/// commit waits for the disk, however few the rows.
const AIM_MS: i64 = 20;
/// Rows in one of them, at first, at least and at most.
const ROWS: (i64, i64, i64) = (50, 20, 400);

/// How many rows fit into a transaction, found out on the way, and what writing took, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    /// Rows of the next transaction.
    pub rows: i64,
    /// All of them, each from its beginning until it was on the disk.
    pub ms: i64,
    /// The longest that others were kept from writing: until its commit, for while the disk takes it they may.
    pub longest_ms: i64,
}

impl Default for Chunks {
    fn default() -> Self {
        Self { rows: ROWS.0, ms: 0, longest_ms: 0 }
    }
}

impl Chunks {
    /// Writes a chunk of so many rows in a transaction of its own, and commits it.
    ///
    /// # Errors
    /// As the work has it, or the database; nothing is written then.
    pub async fn write<T, E: From<DbError>>(
        &mut self,
        db: &Db,
        work: impl AsyncFnOnce(&mut Tx, i64) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = db.begin().await?;
        let began = clock::boot_ms();
        let done = work(&mut tx, self.rows).await?;
        let worked = clock::boot_ms() - began;
        let durable = tx.commit_ahead().await?;
        self.longest_ms = self.longest_ms.max(clock::boot_ms() - began);
        durable.wait().await?;
        self.ms += clock::boot_ms() - began;
        self.rows = next(self.rows, worked);
        Ok(done)
    }
}

/// Fewer rows at once when so many took too long, more step by step when they were quick.
fn next(rows: i64, took_ms: i64) -> i64 {
    let next = match took_ms {
        took if took > AIM_MS => rows * AIM_MS / took,
        took if took < AIM_MS / 2 => rows + rows / 4,
        _ => rows,
    };
    next.clamp(ROWS.1, ROWS.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_write_makes_the_next_one_small_and_fast_ones_make_it_grow() {
        assert_eq!((next(200, 170), next(200, 5_000)), (23, 20));
        assert_eq!((next(100, 20), next(100, 12)), (100, 100));
        assert_eq!((next(100, 3), next(390, 3)), (125, 400));
    }
}
