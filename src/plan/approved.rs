//! What has its yes is carried out, one campaign after the other. A plan that cannot be keeps no other waiting.

use super::enqueue::enqueue;
use crate::domain::campaign::CampaignState;
use crate::ledger::Ledger;
use crate::store::{Db, DbError, campaign};

/// Carries out every approved plan, and every approved supplement.
///
/// # Errors
/// What failed first, as the database has it; the others are carried out all the same. Called again, it goes on.
pub async fn carry_out(db: &Db, ledger: &Ledger) -> Result<(), DbError> {
    let mut tx = db.read().await?;
    let all = campaign::all(&mut tx).await?;
    drop(tx);
    let mut failed = None;
    for campaign in all {
        let due = match campaign.state {
            CampaignState::Approved => campaign.plan_id,
            _ => campaign.supplement_id.filter(|_| campaign.supplement_approved),
        };
        let Some(plan) = due else { continue };
        if let Err(e) = enqueue(db, ledger, &campaign.name, plan, |_| {}).await {
            failed.get_or_insert(e);
        }
    }
    failed.map_or(Ok(()), Err)
}
