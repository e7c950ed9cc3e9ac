//! The key of the blind index is replaced: every index gets a link more, the noes among them, of which no number is left.

use super::check::{fits, note};
use crate::clock::Clock;
use crate::store::{Db, DbError, node, reindex};
use crate::vault::Vault;

/// Why the indexes were not brought forward; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Somebody is at work with the old ones.
    #[error("lykt serve runs on this database, and would look for people by the old key: stop it, on every node")]
    AtWork,
    /// The keys are another installation's.
    #[error("the key file does not belong to this database: put the right one back; nothing was changed")]
    WrongKeys,
    /// The database does not answer.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Brings every index forward to the last key of the file, in one transaction; how many. Nobody may be at work: on SQLite
/// whoever calls this has the lock. `each` hears how many are done, and of how many.
///
/// # Errors
/// When a node is at work, the keys do not fit, or as the database has it.
pub async fn forward(db: &Db, vault: &Vault, clock: &Clock, mut each: impl FnMut(u64, u64)) -> Result<u64, IndexError> {
    let mut tx = db.begin().await?;
    // Another process may have been first.
    if fits(&mut tx, vault).await? == Some(false) {
        return Err(IndexError::WrongKeys);
    }
    let links = vault.known_links();
    if vault.links() == links {
        return Ok(0);
    }
    if db.is_shared() && node::any_alive(&mut tx, clock).await? {
        return Err(IndexError::AtWork);
    }
    let of = reindex::count(&mut tx).await?;
    reindex::forward(&mut tx, vault, |done| each(done, of)).await?;
    let before = vault.links();
    vault.use_links(links);
    let committed = async {
        note(&mut tx, vault).await?;
        tx.commit().await
    };
    committed.await.inspect_err(|_| vault.use_links(before))?;
    Ok(of)
}
