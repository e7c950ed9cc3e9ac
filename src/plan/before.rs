//! What a campaign is before a plan is made for it, and what the plan then is to it.

use super::approve::{Stands, compare};
use super::error::PlanError;
use super::planned::{Kind, Planned};
use super::read::Targets;
use super::source::Source;
use crate::audit::On;
use crate::campaign::file::Definition;
use crate::domain::act::Act;
use crate::domain::campaign::CampaignState;
use crate::domain::decision::Decision;
use crate::domain::id::PlanId;
use crate::domain::message::MessageState;
use crate::domain::span::DAY_MS;
use crate::ledger::Ledger;
use crate::store::{Chunks, Db, DbError, campaign, figures, supplement, target};

/// A plan that was begun this long ago, in civil milliseconds, and never came to an end is forgotten.
const BROKEN_OFF_MS: i64 = DAY_MS;

/// A campaign before the plan.
pub(super) struct Before {
    pub kind: Kind,
    /// The plan whose definition a supplement carries on.
    root: Option<PlanId>,
    /// Whether a plan may wait beside it.
    takes: bool,
    /// Whether file and list are what its plan was made from, so that only newcomers make a plan of its own.
    unchanged: bool,
    /// Messages that wait.
    queued: i64,
}

impl Before {
    /// Looks at the campaign.
    pub async fn look(db: &Db, ledger: &Ledger, source: &Source<'_>) -> Result<Self, DbError> {
        let mut tx = db.read().await?;
        let fresh = Self { kind: Kind::Fresh, root: None, takes: true, unchanged: false, queued: 0 };
        let name = &source.definition.name;
        let Some(now) = campaign::get(&mut tx, name).await? else { return Ok(fresh) };
        if !now.state.is_live() {
            // What was stopped for good stays so.
            return Ok(Self { takes: now.state != CampaignState::Cancelled, ..fresh });
        }
        let id = now.plan_id.ok_or(DbError::Unknown("plan"))?;
        let plan = campaign::plan(&mut tx, &ledger.vault, id).await?.ok_or(DbError::Unknown("plan"))?;
        let stands = compare(&plan, source.file_hash, source.list_hash, source.definition)?;
        let approved: Definition = serde_json::from_str(&plan.definition).map_err(|_| DbError::Unknown("campaign"))?;
        let root = supplement::root(&mut tx, id).await?;
        // What waits longest was written with the plan that the supplements carry on, as long as that is kept.
        let first = campaign::plan(&mut tx, &ledger.vault, root).await?;
        let first = first.and_then(|first| serde_json::from_str::<Definition>(&first.definition).ok());
        let other_services = now.state == CampaignState::Paused
            && first.is_some_and(|first| first.tells_other_services(source.definition));
        let Definition { list, services_digest, .. } = source.definition.clone();
        let approved = Definition { list, services_digest, ..approved };
        let says_the_same = approved == *source.definition && !other_services;
        let queued = figures::counts(&mut tx, name).await?.get(&MessageState::Queued).copied().unwrap_or(0);
        Ok(Self {
            kind: if says_the_same { Kind::Supplement } else { Kind::Change },
            root: says_the_same.then_some(root),
            takes: now.state != CampaignState::Approved && !now.supplement_approved,
            unchanged: matches!(stands, Stands::Yes | Stands::ServicesChanged) && says_the_same,
            queued,
        })
    }

    /// Whether there is anything to approve.
    pub fn is_worth_keeping(&self, targets: &Targets) -> bool {
        self.takes && (self.kind == Kind::Fresh || !self.unchanged || targets.candidates() > 0)
    }

    /// Counts those who wait and whom the list does not name any more.
    pub fn add_missing(&self, planned: &mut Planned) {
        if self.kind == Kind::Change {
            let named: i64 = planned.rewritten + planned.withdrawn.values().sum::<i64>();
            let missing = self.queued - named;
            if missing > 0 {
                *planned.withdrawn.entry(Decision::Filtered).or_default() += missing;
            }
        }
    }

    /// Stores the plan where it belongs, and forgets those that lead nowhere.
    pub async fn store(
        &self,
        db: &Db,
        ledger: &Ledger,
        planned: &Planned,
        chunks: &mut Chunks,
    ) -> Result<(), PlanError> {
        let (plan, vault) = (&planned.plan, &ledger.vault);
        if !self.takes {
            return Ok(());
        }
        let meanwhile = || PlanError::Meanwhile(plan.campaign.clone());
        let stored = chunks
            .write(db, async |tx, _| {
                let stored = match self.kind {
                    Kind::Fresh => campaign::set_plan(tx, vault, plan).await?,
                    _ if planned.kept => supplement::set(tx, vault, plan, self.root).await?,
                    _ => supplement::forget(tx, &plan.campaign).await.map(|()| true)?,
                };
                if !stored {
                    return Err(meanwhile());
                }
                let (act, on) = (Act::Planned, On::Campaign(&plan.campaign));
                Ok(ledger.book().note_many(tx, act, on, plan.eligible).await?)
            })
            .await;
        if stored.is_err() && planned.kept {
            forget(db, plan.id, chunks).await?;
        }
        stored?;
        let mut tx = db.read().await?;
        let idle = campaign::idle_plans(&mut tx, &plan.campaign, plan.made_at - BROKEN_OFF_MS).await?;
        drop(tx);
        for id in idle {
            forget(db, id, chunks).await?;
        }
        Ok(())
    }
}

/// Removes a plan and its rows, a chunk a transaction.
pub(super) async fn forget(db: &Db, plan: PlanId, chunks: &mut Chunks) -> Result<(), DbError> {
    while chunks.write(db, async |tx, rows| target::remove(tx, plan, rows).await).await? > 0 {}
    chunks.write(db, async |tx, _| campaign::remove_plan(tx, plan).await).await
}
