//! Plans for a campaign that lives already: they wait beside it, and are approved by themselves.

use super::campaign::{self, Plan};
use super::db::{DbError, Tx, sql};
use crate::domain::id::PlanId;
use crate::vault::Vault;

/// Lets a plan wait beside a running or paused campaign; `to` is the plan that it would add people to, nothing when
/// it begins with a definition of its own. False when the campaign is elsewhere, or another has its yes already.
///
/// # Errors
/// As the database has it.
pub async fn set(tx: &mut Tx, vault: &Vault, plan: &Plan, to: Option<PlanId>) -> Result<bool, DbError> {
    campaign::write_plan(tx, vault, plan).await?;
    tx.run(sql("update plan set supplement_to = $1 where id = $2").bind(to).bind(plan.id)).await?;
    offer(tx, &plan.campaign, Some(plan.id)).await
}

/// Forgets the plan that waits beside a campaign, if there is one.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, campaign: &str) -> Result<(), DbError> {
    offer(tx, campaign, None).await.map(drop)
}

/// Forgets the plan beside a campaign that is cancelled, approved or not.
///
/// # Errors
/// As the database has it.
pub async fn forget_approved(tx: &mut Tx, campaign: &str) -> Result<(), DbError> {
    let query = sql("update campaign set supplement_id = null, supplement_at = null where name = $1");
    tx.run(query.bind(campaign)).await.map(drop)
}

async fn offer(tx: &mut Tx, campaign: &str, plan: Option<PlanId>) -> Result<bool, DbError> {
    let query = sql(
        "update campaign set supplement_id = $1 where name = $2 and supplement_at is null and state in ('running', 'paused')",
    );
    Ok(tx.run(query.bind(plan).bind(campaign)).await? == 1)
}

/// The plan whose definition this one carries on: the one it supplements, else itself.
///
/// # Errors
/// As the database has it, and when there is no such plan.
pub async fn root(tx: &mut Tx, plan: PlanId) -> Result<PlanId, DbError> {
    let query = sql("select coalesce(supplement_to, id) from plan where id = $1").bind(plan);
    tx.maybe(query).await?.ok_or(DbError::Unknown("plan"))?.id(0)
}

/// Approves exactly this supplement: it is the campaign's plan from now on, and its newcomers are on their way. A campaign
/// that was paused because its file was another than the approved one has the right one now, and goes on. False when
/// another plan waits by now, or the campaign neither runs nor is paused.
///
/// # Errors
/// As the database has it.
pub async fn approve(tx: &mut Tx, plan: &Plan, by: Option<&str>, now_ms: i64) -> Result<bool, DbError> {
    let query = sql(
        "update campaign set approved_by = $1, approved_at = $2, supplement_at = $2, changed_at = $2, plan_id = $3, \
         state = case when reason in ('file_changed', 'file_removed') then 'running' else state end, \
         reason = case when reason in ('file_changed', 'file_removed') then null else reason end \
         where name = $4 and supplement_id = $3 and supplement_at is null and state in ('running', 'paused')",
    );
    Ok(tx.run(query.bind(by).bind(now_ms).bind(plan.id).bind(&plan.campaign)).await? == 1)
}

/// Approves exactly this plan in place of the one that a paused campaign has: nothing begins until it is carried out.
///
/// # Errors
/// As the database has it.
pub async fn approve_change(tx: &mut Tx, plan: &Plan, by: Option<&str>, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("update campaign set state = 'approved', reason = null, approved_by = $1, approved_at = $2, \
         changed_at = $2, plan_id = $3, supplement_id = null where name = $4 and supplement_id = $3 \
         and supplement_at is null and state = 'paused'");
    Ok(tx.run(query.bind(by).bind(now_ms).bind(plan.id).bind(&plan.campaign)).await? == 1)
}
