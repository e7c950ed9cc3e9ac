//! Texts go long before the entries they belong to: what was written is needed for some weeks, that it was for a year.

use uuid::Uuid;

use super::{CHUNK, CONFLICTS};
use crate::domain::id::PlanId;
use crate::store::erasure;
use crate::store::texts::{self, Texts};
use crate::store::{Db, DbError, verdict};

/// Takes out every text from before a civil time that nobody needs any more; how many, rows of plans included.
pub(super) async fn remove(db: &Db, before_ms: i64, now_ms: i64) -> Result<u64, DbError> {
    let mut gone = 0;
    for texts in Texts::ALL {
        let mut after = Uuid::nil();
        loop {
            let mut tx = db.read().await?;
            let ids = texts::find(&mut tx, texts, before_ms, after, CHUNK).await?;
            drop(tx);
            let Some(last) = ids.last() else { break };
            after = *last;
            gone += write(db, &Work::Rows { texts, before_ms, now_ms, ids }).await?;
        }
    }
    let mut tx = db.read().await?;
    let plans = texts::plans(&mut tx, before_ms).await?;
    drop(tx);
    for (plan, last) in plans {
        let mut from = 0;
        while from <= last {
            gone += write(db, &Work::Plan(plan, from)).await?;
            from += CHUNK;
        }
    }
    let mut tx = db.begin().await?;
    gone += verdict::forget_words(&mut tx, before_ms).await?;
    tx.commit().await?;
    Ok(gone)
}

/// What one transaction takes out.
enum Work {
    Rows { texts: Texts, before_ms: i64, now_ms: i64, ids: Vec<Uuid> },
    Plan(PlanId, i64),
}

/// One transaction, again when others work on the same rows.
async fn write(db: &Db, work: &Work) -> Result<u64, DbError> {
    let mut conflicts = 0;
    loop {
        match once(db, work).await {
            Err(e) if e.is_conflict() && conflicts < CONFLICTS => conflicts += 1,
            done => return done,
        }
    }
}

async fn once(db: &Db, work: &Work) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    let gone = match work {
        Work::Rows { texts, before_ms, now_ms, ids } => {
            let ids = texts::still(&mut tx, *texts, *before_ms, ids).await?;
            erasure::ask(&mut tx, *texts, &ids, *now_ms).await?;
            texts::remove(&mut tx, *texts, *before_ms, &ids).await?
        }
        Work::Plan(plan, from) => texts::blank(&mut tx, *plan, *from, from + CHUNK).await?,
    };
    tx.commit().await?;
    Ok(gone)
}
