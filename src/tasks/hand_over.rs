//! Hands a task to a colleague: from then on it is meant for them.

use super::Tasks;
use super::claim::is_held;
use super::refusal::Refusal;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::TaskId;
use crate::store::{DbError, Tx, list};

impl Tasks {
    /// Means a task for somebody. Who holds it, or for whom it is meant, may; a free one anybody; who coordinates always.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn hand_over(
        &self,
        tx: &mut Tx,
        id: TaskId,
        who: &str,
        to: &str,
        coordinates: bool,
    ) -> Result<Result<(), Refusal>, DbError> {
        let Some(task) = self.lock(tx, id).await? else { return Ok(Err(Refusal::Unknown)) };
        if !task.state.is_open() {
            return Ok(Err(Refusal::Closed(task.state)));
        }
        let leases = self.leases(tx).await?;
        let holder = task.claimed_by.clone().filter(|_| is_held(&task, leases));
        if let Some(holder) = holder.filter(|holder| !coordinates && holder != who) {
            return Ok(Err(Refusal::Taken(holder)));
        }
        if let Some(owner) = task.owner.clone().filter(|owner| !coordinates && owner != who) {
            return Ok(Err(Refusal::MeantFor(owner)));
        }
        list::mean_for(tx, id, Some(to)).await?;
        self.ledger.book().note(tx, Act::TaskHandedOver, On::Task(id)).await?;
        Ok(Ok(()))
    }
}
