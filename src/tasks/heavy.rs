//! Calls that weigh on who made them: counted for the month, so that it is seen, and nothing of them is kept.

use std::collections::BTreeMap;

use super::Tasks;
use crate::store::outcome::Ended;
use crate::store::tally::{self, Counted};
use crate::store::task::Task;
use crate::store::{DbError, Tx};

impl Tasks {
    /// Counts a heavy call, or takes it out of the count; others are not counted.
    pub(super) async fn count_heavy(&self, tx: &mut Tx, task: &Task, ended: &Ended, n: i64) -> Result<(), DbError> {
        if !ended.heavy {
            return Ok(());
        }
        let counted = Counted {
            campaign: task.campaign.clone().unwrap_or_default(),
            month: self.ledger.clock.day_of(ended.at).strftime("%Y-%m").to_string(),
            what: "call:heavy".to_owned(),
            variant: String::new(),
            language: String::new(),
        };
        tally::add(tx, BTreeMap::from([(counted, n)])).await
    }
}
