//! Campaigns and their plans.

use super::db::{Arg, DbError, Row, Tx, sql};
use crate::domain::campaign::CampaignState;
use crate::domain::id::PlanId;
use crate::vault::{Place, Vault};

/// A campaign as it stands.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The file's stem.
    pub name: String,
    /// Where it stands.
    pub state: CampaignState,
    /// The plan that counts: the newest, or the approved one.
    pub plan_id: Option<PlanId>,
    /// Why it was paused, when the daemon did it.
    pub reason: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// The plan for the living campaign that was shown last, or that is on its way into the outbox.
    pub supplement_id: Option<PlanId>,
    /// Whether that one has its yes.
    pub supplement_approved: bool,
    /// Since when it stands where it does, civil.
    pub changed_at: i64,
}

/// A plan's counts and hashes; its rows are [targets](super::target::Target).
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Of which campaign.
    pub campaign: String,
    /// Of file, list and decisions, in hexadecimal.
    pub hash: String,
    /// Of the campaign file.
    pub file_hash: String,
    /// Of the list.
    pub list_hash: String,
    /// The checked campaign as JSON; sealed in the database.
    pub definition: String,
    /// All numbers of all rows, and rows without any.
    pub targets: i64,
    /// Those who would get the message.
    pub eligible: i64,
    /// Reason to count, as JSON.
    pub left_out: String,
    /// When it was made, unix milliseconds.
    pub made_at: i64,
    /// Who made it, if they said so.
    pub made_by: Option<String>,
    /// Which of its messages are shown, and what it would change, as JSON; none in plans of older versions.
    pub summary: Option<String>,
}

const CAMPAIGN: &str = "select name, state, plan_id, reason, approved_by, supplement_id, supplement_at is not null, changed_at \
     from campaign";

fn read_campaign(row: &Row) -> Result<Campaign, DbError> {
    Ok(Campaign {
        name: row.get(0)?,
        state: row.word(1, "campaign state", CampaignState::parse)?,
        plan_id: row.get::<Option<uuid::Uuid>>(2)?.map(PlanId),
        reason: row.get(3)?,
        approved_by: row.get(4)?,
        supplement_id: row.get::<Option<uuid::Uuid>>(5)?.map(PlanId),
        supplement_approved: row.get(6)?,
        changed_at: row.int(7)?,
    })
}

/// The campaign of this name, if it was ever planned.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<Campaign>, DbError> {
    tx.maybe(sql(CAMPAIGN).push(" where name = $1").bind(name)).await?.as_ref().map(read_campaign).transpose()
}

/// Whether a campaign stands in this state, and stays there until the transaction ends: whoever pauses or cancels it
/// meanwhile waits.
///
/// # Errors
/// As the database has it.
pub async fn stays(tx: &mut Tx, name: &str, state: CampaignState) -> Result<bool, DbError> {
    let lock = tx.lock_clause(" for no key update");
    let query = sql("select 1 from campaign where name = $1 and state = $2").push(lock);
    Ok(tx.maybe(query.bind(name).bind(state.as_str())).await?.is_some())
}

/// All campaigns, by name.
///
/// # Errors
/// As the database has it.
pub async fn all(tx: &mut Tx) -> Result<Vec<Campaign>, DbError> {
    tx.all(sql(CAMPAIGN).push(" order by name")).await?.iter().map(read_campaign).collect()
}

/// The running campaigns, by name. With `hold` they stay running until the transaction ends: whoever pauses or cancels
/// one meanwhile waits.
///
/// # Errors
/// As the database has it.
pub async fn running(tx: &mut Tx, hold: bool) -> Result<Vec<Campaign>, DbError> {
    let lock = if hold { tx.lock_clause(" for no key update") } else { "" };
    let query = sql(CAMPAIGN).push(" where state = 'running' order by name").push(lock);
    tx.all(query).await?.iter().map(read_campaign).collect()
}

/// Moves a campaign from one of the given states to another; false when it stood elsewhere.
///
/// # Errors
/// As the database has it.
pub async fn move_state(
    tx: &mut Tx,
    name: &str,
    from: &[CampaignState],
    to: CampaignState,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<bool, DbError> {
    let query = sql("update campaign set state = $1, reason = $2, changed_at = $3 where name = $4 and state in (")
        .bind(to.as_str())
        .bind(reason)
        .bind(now_ms)
        .bind(name)
        .list(from.iter().map(|state| state.as_str()))
        .push(")");
    let moved = tx.run(query).await? == 1;
    tx.wake().await?;
    Ok(moved)
}

/// Begins a plan that is still being made, so that its rows never lie about without one.
///
/// # Errors
/// As the database has it.
pub async fn begin_plan(tx: &mut Tx, campaign: &str, id: PlanId, now_ms: i64) -> Result<(), DbError> {
    make_campaign(tx, campaign, now_ms).await?;
    let row = vec![
        Arg::from(id),
        campaign.into(),
        "".into(),
        "".into(),
        "".into(),
        Vec::new().into(),
        0.into(),
        0.into(),
        "{}".into(),
        now_ms.into(),
        Arg::Text(None),
        Arg::Text(None),
    ];
    tx.insert(PLAN, vec![row], "").await.map(drop)
}

async fn make_campaign(tx: &mut Tx, name: &str, now_ms: i64) -> Result<(), DbError> {
    let made =
        sql("insert into campaign (name, state, changed_at) values ($1, 'planned', $2) on conflict (name) do nothing");
    tx.run(made.bind(name).bind(now_ms)).await.map(drop)
}

const PLAN: &str = "insert into plan (id, campaign, hash, file_hash, list_hash, sealed, targets, eligible, left_out, made_at, made_by, summary)";

/// Writes what a plan came to, over its beginning.
pub(super) async fn write_plan(tx: &mut Tx, vault: &Vault, plan: &Plan) -> Result<(), DbError> {
    let sealed = vault.seal(definition_place(&plan.id), plan.definition.as_bytes())?;
    let row = vec![
        plan.id.into(),
        Arg::from(&plan.campaign),
        (&plan.hash).into(),
        (&plan.file_hash).into(),
        (&plan.list_hash).into(),
        sealed.into(),
        plan.targets.into(),
        plan.eligible.into(),
        (&plan.left_out).into(),
        plan.made_at.into(),
        plan.made_by.clone().into(),
        plan.summary.clone().into(),
    ];
    let over = "on conflict (id) do update set hash = excluded.hash, file_hash = excluded.file_hash, \
         list_hash = excluded.list_hash, sealed = excluded.sealed, targets = excluded.targets, \
         eligible = excluded.eligible, left_out = excluded.left_out, made_at = excluded.made_at, \
         made_by = excluded.made_by, summary = excluded.summary";
    tx.insert(PLAN, vec![row], over).await.map(drop)
}

/// Makes a plan the campaign's newest. False when the campaign is live, or was cancelled.
///
/// # Errors
/// As the database has it.
pub async fn set_plan(tx: &mut Tx, vault: &Vault, plan: &Plan) -> Result<bool, DbError> {
    make_campaign(tx, &plan.campaign, plan.made_at).await?;
    write_plan(tx, vault, plan).await?;
    let newest = sql(
        "update campaign set plan_id = $1, state = 'planned', reason = null, supplement_id = null, supplement_at = null, \
         changed_at = $2 where name = $3 and state in ('planned', 'finished')",
    );
    Ok(tx.run(newest.bind(plan.id).bind(plan.made_at).bind(&plan.campaign)).await? == 1)
}

/// Approves exactly this plan; false when the campaign has another plan by now, or is not `planned`.
///
/// # Errors
/// As the database has it.
pub async fn approve(tx: &mut Tx, plan: &Plan, by: Option<&str>, now_ms: i64) -> Result<bool, DbError> {
    let query = sql(
        "update campaign set state = 'approved', approved_by = $1, approved_at = $2, changed_at = $2 where name = $3 and plan_id = $4 and state = 'planned'",
    );
    Ok(tx.run(query.bind(by).bind(now_ms).bind(&plan.campaign).bind(plan.id)).await? == 1)
}

/// Whether an approved plan may be carried out now, and may until the transaction ends: whoever pauses or cancels its
/// campaign meanwhile waits.
///
/// # Errors
/// As the database has it.
pub async fn is_due(tx: &mut Tx, name: &str, plan: PlanId) -> Result<bool, DbError> {
    let lock = tx.lock_clause(" for no key update");
    let query = sql("select 1 from campaign where name = $1 and ((state = 'approved' and plan_id = $2) \
         or (state in ('running', 'paused') and supplement_id = $2 and supplement_at is not null))")
    .push(lock);
    Ok(tx.maybe(query.bind(name).bind(plan)).await?.is_some())
}

/// A plan has been carried out: its campaign runs, or its newcomers are in.
///
/// # Errors
/// As the database has it.
pub async fn carried_out(tx: &mut Tx, name: &str, plan: PlanId, now_ms: i64) -> Result<(), DbError> {
    let runs = sql("update campaign set state = 'running', reason = null, changed_at = $1 \
         where name = $2 and plan_id = $3 and state = 'approved'");
    tx.run(runs.bind(now_ms).bind(name).bind(plan)).await?;
    let joined = sql("update campaign set supplement_id = null, supplement_at = null \
         where name = $1 and supplement_id = $2 and supplement_at is not null");
    tx.run(joined.bind(name).bind(plan)).await.map(drop)
}

/// Ends a running campaign that has nothing left to do; false when it does not run, or has a supplement to come.
///
/// # Errors
/// As the database has it.
pub async fn finish(tx: &mut Tx, name: &str, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("update campaign set state = 'finished', reason = null, changed_at = $1 \
         where name = $2 and state = 'running' and supplement_at is null");
    Ok(tx.run(query.bind(now_ms).bind(name)).await? == 1)
}

/// A finished campaign runs again, for something of it is left after all; false when it is not finished.
///
/// # Errors
/// As the database has it.
pub async fn reopen(tx: &mut Tx, name: &str, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("update campaign set state = 'running', reason = null, changed_at = $1 \
         where name = $2 and state = 'finished'");
    Ok(tx.run(query.bind(now_ms).bind(name)).await? == 1)
}

/// A plan by its id.
///
/// # Errors
/// As the database has it, and when the definition does not open.
pub async fn plan(tx: &mut Tx, vault: &Vault, id: PlanId) -> Result<Option<Plan>, DbError> {
    let query = sql(
        "select campaign, hash, file_hash, list_hash, sealed, targets, eligible, left_out, made_at, made_by, summary from plan where id = $1",
    );
    let Some(row) = tx.maybe(query.bind(id)).await? else { return Ok(None) };
    let sealed: Vec<u8> = row.get(4)?;
    Ok(Some(Plan {
        id,
        campaign: row.get(0)?,
        hash: row.get(1)?,
        file_hash: row.get(2)?,
        list_hash: row.get(3)?,
        definition: vault.open_text(definition_place(&id), &sealed)?,
        targets: row.int(5)?,
        eligible: row.int(6)?,
        left_out: row.get(7)?,
        made_at: row.int(8)?,
        made_by: row.get(9)?,
        summary: row.get(10)?,
    }))
}

/// Whether a plan is still there; it stays until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn has_plan(tx: &mut Tx, plan: PlanId) -> Result<bool, DbError> {
    let lock = tx.lock_clause(" for share");
    Ok(tx.maybe(sql("select 1 from plan where id = $1").push(lock).bind(plan)).await?.is_some())
}

/// The plans of a campaign that lead nowhere: not its own, not waiting, without a message. Those that are still being
/// made are given until `begun_before_ms`.
///
/// # Errors
/// As the database has it.
pub async fn idle_plans(tx: &mut Tx, campaign: &str, begun_before_ms: i64) -> Result<Vec<PlanId>, DbError> {
    let query = sql("select p.id from plan p where p.campaign = $1 and (p.hash <> '' or p.made_at < $2) \
         and not exists (select 1 from campaign c where c.name = p.campaign and (c.plan_id = p.id or c.supplement_id = p.id)) \
         and not exists (select 1 from message m where m.campaign = p.campaign and m.plan_id = p.id)");
    tx.all(query.bind(campaign).bind(begun_before_ms)).await?.iter().map(|row| row.id(0)).collect()
}

/// Removes a plan that has no rows any more.
///
/// # Errors
/// As the database has it.
pub async fn remove_plan(tx: &mut Tx, plan: PlanId) -> Result<(), DbError> {
    tx.run(sql("delete from plan where id = $1").bind(plan)).await.map(drop)
}

/// Moves a campaign that still has this plan; false when it has another by now, or stood elsewhere.
///
/// # Errors
/// As the database has it.
pub async fn move_with_plan(
    tx: &mut Tx,
    name: &str,
    plan: PlanId,
    (from, to): (CampaignState, CampaignState),
    reason: &str,
    now_ms: i64,
) -> Result<bool, DbError> {
    let query = sql(
        "update campaign set state = $1, reason = $2, changed_at = $3 where name = $4 and plan_id = $5 and state = $6",
    )
    .bind(to.as_str())
    .bind(reason)
    .bind(now_ms)
    .bind(name)
    .bind(plan)
    .bind(from.as_str());
    Ok(tx.run(query).await? == 1)
}

/// Takes messages that never began out of the outbox, of a campaign that is only planned: a chunk. How many went.
///
/// # Errors
/// As the database has it.
pub async fn take_back(tx: &mut Tx, name: &str, limit: i64) -> Result<u64, DbError> {
    let query =
        sql("delete from message where id in (select m.id from message m join campaign c on c.name = m.campaign \
         where m.campaign = $1 and m.state = 'queued' and m.attempt = 0 and c.state = 'planned' limit $2)");
    tx.run(query.bind(name).bind(limit)).await
}

fn definition_place(id: &PlanId) -> Place<'_> {
    Place { table: "plan", column: "sealed", row: id.0.as_bytes() }
}
