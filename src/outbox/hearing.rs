//! Whether answers reach us: nobody is written to whose no would not be heard.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Clock;
use crate::domain::span::MINUTE_MS;
use crate::gateway::Accounts;
use crate::store::{DbError, Tx, way_in};

/// A way in for answers counts as working for this long after it was seen to work, in steady milliseconds.
const WAY_IN_MS: i64 = 15 * MINUTE_MS;

/// Whether answers to an account are known to reach us, by how long ago its way in was seen to work.
pub fn hears(ages: &BTreeMap<String, i64>, account: &str) -> bool {
    ages.get(account).is_some_and(|age| *age <= WAY_IN_MS)
}

/// The accounts whose answers may not reach us.
///
/// # Errors
/// As the database has it.
pub async fn deaf(tx: &mut Tx, accounts: &Accounts, clock: &Clock) -> Result<BTreeSet<String>, DbError> {
    let needing: Vec<&str> = accounts.needing_a_way_in().collect();
    if needing.is_empty() {
        return Ok(BTreeSet::new());
    }
    let steady = tx.steady_ms(clock).await?;
    let ages = way_in::ages(tx, steady).await?;
    Ok(needing.into_iter().filter(|account| !hears(&ages, account)).map(str::to_owned).collect())
}
