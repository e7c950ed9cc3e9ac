//! What of a live campaign is not as it was approved.

use super::error::PlanError;
use crate::campaign::file::Definition;
use crate::campaign::folder::{Approved, Folder};
use crate::domain::campaign::Change;
use crate::ledger::Ledger;
use crate::store::Tx;
use crate::store::campaign::{self, Campaign};

/// What of a live campaign is not as it was approved. Its list, which may be long, is read only when it is asked for,
/// and counts only when nothing else has changed.
///
/// # Errors
/// As the database has it.
pub async fn of_live(
    tx: &mut Tx,
    ledger: &Ledger,
    folder: &Folder,
    campaign: &Campaign,
    list: bool,
) -> Result<Option<Change>, PlanError> {
    let Some(id) = campaign.plan_id.filter(|_| campaign.state.is_live()) else { return Ok(None) };
    let Some(plan) = campaign::plan(tx, &ledger.vault, id).await? else { return Ok(None) };
    let Ok(definition) = serde_json::from_str::<Definition>(&plan.definition) else { return Ok(None) };
    let approved = Approved { definition, file_hash: plan.file_hash, list_hash: plan.list_hash };
    let other_list = || (list && folder.list_changed(&approved)).then_some(Change::List);
    let other_services = || folder.services_changed(&approved).then_some(Change::Services);
    Ok(folder.change(&approved).or_else(other_list).or_else(other_services))
}
