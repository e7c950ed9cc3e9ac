//! Room in an account's rate for one message outside a campaign.

use super::claim::BURST_MS;
use crate::domain::rate::Bucket;
use crate::gateway::Accounts;
use crate::store::{DbError, Tx, meta};

/// Takes a token of an account's rate. With `borrow` also one that campaigns have taken: they wait for it.
pub(super) async fn take_one(
    tx: &mut Tx,
    accounts: &Accounts,
    account: &str,
    steady: i64,
    borrow: bool,
) -> Result<bool, DbError> {
    let Some(rate) = accounts.rate(account) else { return Ok(false) };
    let key = format!("account:{account}");
    let [next_us] = meta::buckets(tx, [&key]).await?;
    let mut bucket = Bucket { next_us };
    let tolerance = BURST_MS * 1_000 + if borrow { rate.interval() } else { 0 };
    let taken = bucket.take(steady.saturating_mul(1_000), rate, tolerance, 1);
    tx.run(meta::set_buckets([(&key, bucket.next_us)])).await?;
    Ok(taken == 1)
}
