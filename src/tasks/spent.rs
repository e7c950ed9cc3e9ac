//! The time that tasks take, from when somebody takes one until it is done: summed by campaign and month, of nobody.

use std::collections::BTreeMap;

use super::Tasks;
use crate::domain::span::MINUTE_MS;
use crate::store::tally::{self, Counted};
use crate::store::task::Task;
use crate::store::{DbError, Tx};

/// Seconds that were spent.
pub const SECONDS: &str = "spent:seconds";
/// Tasks of which the time is known.
pub const TASKS: &str = "spent:tasks";
/// Who holds a task longer than this does something else meanwhile.
const LONGEST_MS: i64 = 30 * MINUTE_MS;

impl Tasks {
    /// Adds the time since a task was taken.
    pub(super) async fn count_time(&self, tx: &mut Tx, task: &Task) -> Result<(), DbError> {
        let Some(until) = task.lease_until else { return Ok(()) };
        let (now, _) = self.leases(tx).await?;
        // Where the clock lapses, a call takes its part of the day too.
        let lapse = self.ledger.clock.civil_ms_per_second();
        let held = now.saturating_sub(until.saturating_sub(self.lease_ms)).saturating_mul(lapse) / 1_000;
        let counted = |what: &str| Counted {
            campaign: task.campaign.clone().unwrap_or_default(),
            month: self.ledger.clock.today().strftime("%Y-%m").to_string(),
            what: what.to_owned(),
            variant: String::new(),
            language: String::new(),
        };
        let seconds = held.clamp(0, LONGEST_MS) / 1_000;
        tally::add(tx, BTreeMap::from([(counted(SECONDS), seconds), (counted(TASKS), 1)])).await
    }
}
