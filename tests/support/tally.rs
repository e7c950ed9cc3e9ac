//! What was counted of rows that were erased.

use std::collections::BTreeMap;

use lykt::store::{Tx, sql};

/// All counts, summed over months, versions and languages, by campaign and what they count.
pub async fn sums(tx: &mut Tx) -> BTreeMap<(String, String), i64> {
    let query = sql("select campaign, what, cast(sum(n) as bigint) from tally group by campaign, what");
    let rows = tx.all(query).await.unwrap();
    rows.iter().map(|row| ((row.get(0).unwrap(), row.get(1).unwrap()), row.int(2).unwrap())).collect()
}
