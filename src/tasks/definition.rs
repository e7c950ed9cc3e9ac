//! The campaigns as they were approved, each opened once. Knows plans, no files.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::campaign::file::{Definition, FollowUp};
use crate::domain::id::PlanId;
use crate::store::message::Message;
use crate::store::task::Task;
use crate::store::{DbError, Tx, campaign, message};
use crate::vault::Vault;

/// Opens the definition of a plan, and keeps it: it never changes. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Definitions {
    vault: Arc<Vault>,
    known: Arc<Mutex<HashMap<PlanId, Arc<Definition>>>>,
}

impl Definitions {
    /// None known yet.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { vault, known: Arc::default() }
    }

    /// The campaign as it was approved under a plan.
    ///
    /// # Errors
    /// As the database has it, and when the plan is gone.
    pub async fn of_plan(&self, tx: &mut Tx, plan: PlanId) -> Result<Arc<Definition>, DbError> {
        self.kept(tx, plan).await?.ok_or(DbError::Unknown("plan"))
    }

    /// The same; `None` when the plan is gone.
    async fn kept(&self, tx: &mut Tx, plan: PlanId) -> Result<Option<Arc<Definition>>, DbError> {
        let known = self.known.lock().map_err(|_| DbError::Unknown("campaign"))?.get(&plan).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(stored) = campaign::plan(tx, &self.vault, plan).await? else { return Ok(None) };
        let definition: Definition =
            serde_json::from_str(&stored.definition).map_err(|_| DbError::Unknown("campaign"))?;
        let definition = Arc::new(definition);
        if let Ok(mut known) = self.known.lock() {
            known.insert(plan, definition.clone());
        }
        Ok(Some(definition))
    }

    /// The message that a task follows, with its campaign, as long as both are kept.
    pub(super) async fn of_task(
        &self,
        tx: &mut Tx,
        task: &Task,
    ) -> Result<Option<(Message, Arc<Definition>)>, DbError> {
        let Some(id) = task.message else { return Ok(None) };
        let Some(message) = message::find(tx, id).await? else { return Ok(None) };
        Ok(self.kept(tx, message.plan).await?.map(|definition| (message, definition)))
    }
}

/// The follow-up that a task carries out.
pub(super) fn follow_up<'a>(definition: &'a Definition, task: &Task) -> Option<&'a FollowUp> {
    definition.follow_ups.get(usize::try_from(task.step).ok()?)
}
