//! The way in: what people answered, what it means, and what follows from it. Knows neither the web nor tasks.

pub mod kind;
mod receive;
mod sender;

pub use receive::{read, receive};
pub mod receive;

use crate::domain::id::ReplyId;
use crate::ledger::Ledger;
use crate::store::{DbError, Tx, contact, reply};
/// x
pub async fn read(l: &Ledger, tx: &mut Tx, id: ReplyId, a: Option<&str>) -> Result<bool, DbError> {
    let Some(r) = reply::get(tx, &l.vault, id).await? else { return Ok(false) };
    let done = reply::mark_read(tx, id, a, l.clock.now_ms()).await?;
    if done {
        contact::add_unread(tx, r.contact, -1).await?;
    }
    Ok(done)
}
