//! The coordinator's yes: bound to the hash of file, list and plan, and to the number of people.

use jiff::civil::Date;

use super::error::PlanError;
use super::verdict;
use crate::audit::On;
use crate::campaign::file::Definition;
use crate::domain::act::Act;
use crate::domain::campaign::CampaignState;
use crate::ledger::Ledger;
use crate::settings::SecondPerson;
use crate::store::campaign::{self, Plan};
use crate::store::{Db, DbError, Tx, supplement};

/// What stands in the way of an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no plan.
    NoPlan,
    /// The campaign is past approval.
    State(CampaignState),
    /// The campaign file, its picture or its account is another than the planned one.
    FileChanged,
    /// The list is another than the planned one.
    ListChanged,
    /// What messages would say of services is not what was planned.
    ServicesChanged,
    /// The number of people is another than the plan's.
    People {
        /// The plan's number.
        eligible: i64,
    },
    /// The campaign's last day is over: nothing of it would be sent, and its people would wait for nothing.
    Over(Date),
    /// Somebody planned again meanwhile.
    PlanChanged,
    /// The campaign lives, and no new plan waits beside it.
    NothingNew(CampaignState),
    /// A supplement was approved and is on its way into the outbox.
    OnItsWay,
    /// A campaign that runs must be paused before it says something else.
    Running,
    /// Somebody else than who planned must say yes.
    SecondPerson,
    /// Too few of the panel understood versions of the plan.
    NotTried {
        /// How many must.
        needed: u32,
        /// The versions: variant, language, how many did.
        versions: Vec<(String, String, i64)>,
    },
    /// Messages are under way; in some seconds it is known what became of them.
    UnderWay,
}

/// What the coordinator says yes to, as it is now.
#[derive(Clone, Debug)]
pub struct Yes<'a> {
    /// The campaign.
    pub campaign: &'a str,
    /// The campaign file's hash now.
    pub file_hash: &'a str,
    /// The list's hash now.
    pub list_hash: &'a str,
    /// The checked campaign now, with its picture's hash.
    pub definition: &'a Definition,
    /// The number of people that was typed.
    pub people: i64,
    /// Who says yes.
    pub by: Option<&'a str>,
    /// Whether that must be somebody else than who planned.
    pub second: SecondPerson,
    /// How many of the panel must have understood each version.
    pub understood: u32,
}

impl Yes<'_> {
    /// Whether the yes lacks a second person: both must be known, and be two.
    fn lacks_second(&self, plan: &Plan) -> bool {
        let plain = |name: &str| name.trim().to_lowercase();
        let two = match (&plan.made_by, self.by) {
            (Some(one), Some(other)) => plain(one) != plain(other),
            _ => false,
        };
        self.second.is_needed_for(plan.eligible) && !two
    }
}

/// How what is found compares with what counts: the approved plan, or the one that waits for its yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// Nothing has changed.
    Yes,
    /// The campaign file, its picture or its account is another.
    FileChanged,
    /// Only the list is another: a live campaign goes on, and newcomers need an approval of their own.
    ListChanged,
    /// Messages would say something else of services, and nothing more has changed.
    ServicesChanged,
}

/// Compares what is found with a plan.
pub(super) fn compare(
    plan: &Plan,
    file_hash: &str,
    list_hash: &str,
    definition: &Definition,
) -> Result<Stands, DbError> {
    // As a definition, not as text: a newer version may write the same in other words.
    let planned: Definition = serde_json::from_str(&plan.definition).map_err(|_| DbError::Unknown("campaign"))?;
    let other_services = planned.tells_other_services(definition);
    let planned = Definition { services_digest: definition.services_digest.clone(), ..planned };
    Ok(if plan.file_hash != file_hash || planned != *definition {
        Stands::FileChanged
    } else if plan.list_hash != list_hash {
        Stands::ListChanged
    } else if other_services {
        Stands::ServicesChanged
    } else {
        Stands::Yes
    })
}

/// The plan that waits for a yes, if there is one: a campaign's own, or the one beside a campaign that lives.
///
/// # Errors
/// As the database has it.
pub async fn waiting(db: &Db, ledger: &Ledger, name: &str) -> Result<Result<Plan, Refusal>, DbError> {
    let mut tx = db.read().await?;
    let Some(campaign) = campaign::get(&mut tx, name).await? else { return Ok(Err(Refusal::NoPlan)) };
    let id = match campaign.state {
        CampaignState::Planned => campaign.plan_id,
        CampaignState::Running | CampaignState::Paused if campaign.supplement_approved => {
            return Ok(Err(Refusal::OnItsWay));
        }
        CampaignState::Running | CampaignState::Paused => match campaign.supplement_id {
            None => return Ok(Err(Refusal::NothingNew(campaign.state))),
            waits => waits,
        },
        state => return Ok(Err(Refusal::State(state))),
    };
    let Some(id) = id else { return Ok(Err(Refusal::NoPlan)) };
    Ok(campaign::plan(&mut tx, &ledger.vault, id).await?.ok_or(Refusal::NoPlan))
}

/// Approves the waiting plan, or says what stands in the way.
///
/// # Errors
/// As the database has it.
pub async fn approve(db: &Db, ledger: &Ledger, yes: &Yes<'_>) -> Result<Result<Plan, Refusal>, PlanError> {
    let plan = match waiting(db, ledger, yes.campaign).await? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let refusal = match compare(&plan, yes.file_hash, yes.list_hash, yes.definition)? {
        Stands::FileChanged => Some(Refusal::FileChanged),
        Stands::ListChanged => Some(Refusal::ListChanged),
        Stands::ServicesChanged => Some(Refusal::ServicesChanged),
        _ if yes.definition.ends < ledger.clock.today() => Some(Refusal::Over(yes.definition.ends)),
        _ if yes.lacks_second(&plan) => Some(Refusal::SecondPerson),
        _ if plan.eligible != yes.people => Some(Refusal::People { eligible: plan.eligible }),
        _ => None,
    };
    if let Some(refusal) = refusal {
        return Ok(Err(refusal));
    }
    let mut tx = db.begin().await?;
    let versions = verdict::lacking(&mut tx, ledger, yes.definition, plan.id, yes.understood).await?;
    if !versions.is_empty() {
        return Ok(Err(Refusal::NotTried { needed: yes.understood, versions }));
    }
    if let Err(refusal) = say_yes(&mut tx, &plan, yes.by, ledger.clock.now_ms()).await? {
        return Ok(Err(refusal));
    }
    ledger.book().note_many(&mut tx, Act::Approved, On::Campaign(yes.campaign), plan.eligible).await?;
    tx.commit().await?;
    Ok(Ok(plan))
}

/// The yes itself, to a campaign's own plan, to newcomers, or to another definition of a paused campaign.
async fn say_yes(tx: &mut Tx, plan: &Plan, by: Option<&str>, now: i64) -> Result<Result<(), Refusal>, DbError> {
    let Some(campaign) = campaign::get(tx, &plan.campaign).await? else { return Ok(Err(Refusal::NoPlan)) };
    let done = if campaign.state == CampaignState::Planned {
        campaign::approve(tx, plan, by, now).await?
    } else if supplement::root(tx, plan.id).await? != plan.id {
        supplement::approve(tx, plan, by, now).await?
    } else if campaign.state == CampaignState::Running {
        return Ok(Err(Refusal::Running));
    } else if crate::store::waiting::any_under_way(tx, &plan.campaign).await? {
        return Ok(Err(Refusal::UnderWay));
    } else {
        supplement::approve_change(tx, plan, by, now).await?
    };
    Ok(if done { Ok(()) } else { Err(Refusal::PlanChanged) })
}
