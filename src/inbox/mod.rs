//! stub
use crate::domain::id::ReplyId;
use crate::ledger::Ledger;
use crate::store::{DbError, Tx};
/// x
pub async fn read(_l: &Ledger, _t: &mut Tx, _id: ReplyId, _a: Option<&str>) -> Result<bool, DbError> {
    Ok(false)
}
