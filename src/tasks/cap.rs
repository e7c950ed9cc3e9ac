//! How many calls a person may make on a day: the work weighs on people, and there is a tomorrow.

use super::Tasks;
use super::claim::is_held;
use super::refusal::Refusal;
use crate::store::task::Task;
use crate::store::{DbError, Tx, meta, outcome};

impl Tasks {
    /// Whether this person may take one more call today. Made calls and held ones count; two claims at once wait for
    /// each other.
    pub(super) async fn may_take(
        &self,
        tx: &mut Tx,
        task: &Task,
        who: &str,
        leases: (i64, i64),
    ) -> Result<Result<(), Refusal>, DbError> {
        let renews = is_held(task, leases) && task.claimed_by.as_deref() == Some(who);
        if self.calls_a_day == 0 || renews || task.is_by_hand() {
            return Ok(Ok(()));
        }
        // However it is spelt, it is one person's day.
        let who = who.trim().to_lowercase();
        // The row is only there to be locked: who counts here is alone in counting until the transaction ends.
        meta::buckets(tx, [&format!("calls:{who}")]).await?;
        let now = self.ledger.clock.now();
        let from = self.hours.day_began(now).as_millisecond();
        if outcome::calls_of(tx, &who, from, leases).await? < i64::from(self.calls_a_day) {
            return Ok(Ok(()));
        }
        let again = self.hours.next_open(self.hours.day_ends(now));
        Ok(Err(Refusal::Enough { calls: self.calls_a_day, again }))
    }
}
