//! Holds what is no longer as it was approved: voids an approval that has not begun, and pauses what runs.
//!
//! Compares hashes with the plan that was approved, look by look and not event by event: what is missed once is found
//! by the next look, and what somebody resumes while its file is another is paused again. Sends nothing and needs to be
//! no faster than people: what goes out is the sealed letter of the approved plan, whatever the file says by then.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tracing::{error, info, warn};

use super::Again;
use super::still::{Patience, Rest, Watched};
use crate::campaign::folder::{Approved, Folder};
use crate::campaign::stamp::Stamp;
use crate::domain::campaign::{CampaignState, Change};
use crate::domain::id::PlanId;
use crate::domain::lang::Lang;
use crate::ledger::Ledger;
use crate::plan::life::{self, Notice};
use crate::say;
use crate::store::campaign::{self, Campaign};
use crate::store::{Db, DbError};

/// A save is over when the file was left alone this long; a file that is written again and again is compared as it is.
const PATIENCE: Patience = Patience { quiet_ms: 200, most_ms: 1_000 };
/// A list of more bytes than this is read after everything else: nobody waits for somebody else's.
const LONG_LIST: u64 = 16 * 1024 * 1024;

/// Compares live campaigns with their files.
pub struct Guard {
    db: Db,
    ledger: Ledger,
    folder: Arc<Folder>,
    lang: Lang,
    watched: HashMap<String, Approval>,
    /// Campaigns whose file was in this folder at some look.
    held: HashSet<String>,
    begun: bool,
    blind: bool,
}

/// A campaign's file, its list, its pictures, and the files of services when it names some.
type Stamps = Vec<Option<Stamp>>;
/// Which of them is the file's.
const FILE: usize = 0;
/// Which is the list's.
const LIST: usize = 1;

/// One approval, and how its files compare.
struct Approval {
    plan: PlanId,
    approved: Arc<Approved>,
    files: Option<Watched<Stamps>>,
    /// Whether the list of this stamp is another: a long list is read only when it has changed.
    list: Option<(Option<Stamp>, bool)>,
    found: Found,
    /// Whether `found` is of the files as they are: not while somebody writes.
    current: bool,
    told: Option<(CampaignState, Found)>,
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Found {
    change: Option<Change>,
    list: bool,
    services: bool,
}

impl Guard {
    /// A guard of this folder; it speaks to staff in this language.
    pub fn new(db: Db, ledger: Ledger, folder: Arc<Folder>, lang: Lang) -> Self {
        let (watched, held) = Default::default();
        Self { db, ledger, folder, lang, watched, held, begun: false, blind: false }
    }

    /// The first step, before anything is sent. It reads no long list: what goes out meanwhile is what was approved.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn begin(&mut self) -> Result<(), DbError> {
        self.compare(LONG_LIST).await.map(drop)
    }

    /// Compares every live campaign with its files, and holds those that are not as approved.
    ///
    /// # Errors
    /// As the database has it; the next step goes on.
    pub async fn step(&mut self) -> Result<Again, DbError> {
        match self.compare(LONG_LIST).await? {
            Again::Now => self.compare(u64::MAX).await,
            again => Ok(again),
        }
    }

    /// The same, but lists of more bytes than this are left; then the answer is [`Again::Now`].
    async fn compare(&mut self, most: u64) -> Result<Again, DbError> {
        let live = self.live().await?;
        let at = self.ledger.clock.steady_ms();
        let (mut watched, folder) = (std::mem::take(&mut self.watched), self.folder.clone());
        let looked = tokio::task::spawn_blocking(move || {
            let mut again = Again::Later;
            let mut unseen = None;
            for approval in watched.values_mut() {
                match approval.look(&folder, at, most) {
                    Ok(next) => again = again.min(next),
                    Err(error) => unseen = Some(error),
                }
            }
            (watched, again, unseen)
        });
        // A look that broke off is begun anew by the next step.
        let Ok((watched, again, unseen)) = looked.await else { return Ok(Again::Later) };
        self.watched = watched;
        match unseen {
            Some(error) if !self.blind => {
                error!(%error, "the folder of campaigns does not answer: what runs goes on as it was approved");
                self.blind = true;
            }
            Some(_) => {}
            None => self.blind = false,
        }
        for campaign in live {
            self.hold(&campaign).await?;
        }
        Ok(again)
    }

    /// The campaigns that live, each with what was approved.
    async fn live(&mut self) -> Result<Vec<Campaign>, DbError> {
        let mut tx = self.db.read().await?;
        let all = campaign::all(&mut tx).await?;
        let (live, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|campaign| campaign.state.is_live());
        self.watched.retain(|name, _| live.iter().any(|campaign| campaign.name == *name));
        for campaign in &live {
            let Some(id) = campaign.plan_id else { continue };
            if self.watched.get(&campaign.name).is_some_and(|approval| approval.plan == id) {
                continue;
            }
            let Some(plan) = campaign::plan(&mut tx, &self.ledger.vault, id).await? else { continue };
            let definition = serde_json::from_str(&plan.definition).map_err(|_| DbError::Unknown("campaign"))?;
            let approved = Arc::new(Approved { definition, file_hash: plan.file_hash, list_hash: plan.list_hash });
            let approval = Approval {
                plan: id,
                approved,
                files: None,
                list: None,
                found: Found::default(),
                current: false,
                told: None,
            };
            self.watched.insert(campaign.name.clone(), approval);
        }
        drop(tx);
        // A crash may have come between a void and what it takes back.
        if !std::mem::replace(&mut self.begun, true) {
            for campaign in others.iter().filter(|campaign| campaign.state == CampaignState::Planned) {
                life::take_back(&self.db, &campaign.name).await?;
            }
        }
        Ok(live)
    }

    /// Holds a campaign when what was found says so, and says it once.
    async fn hold(&mut self, campaign: &Campaign) -> Result<(), DbError> {
        let name = campaign.name.as_str();
        let Some(approval) = self.watched.get_mut(name) else { return Ok(()) };
        if approval.files.as_ref().is_some_and(|files| files.now[FILE].is_some()) {
            self.held.insert(name.to_owned());
        }
        if !approval.current {
            return Ok(());
        }
        let (found, news) = (approval.found, approval.told != Some((campaign.state, approval.found)));
        approval.told = Some((campaign.state, found));
        let begun = campaign.state != CampaignState::Approved;
        let list = (found.list && !begun).then_some(Change::List);
        let services = (found.services && !begun).then_some(Change::Services);
        let change = found.change.or(list).or(services);
        // Another node's folder may have what this one never had.
        if change == Some(Change::Removed) && self.db.is_shared() && !self.held.contains(name) {
            if news {
                warn!(campaign.name, "this node's folder has no file of the campaign: it cannot watch over it");
            }
            return Ok(());
        }
        match (campaign.state, change) {
            (CampaignState::Approved | CampaignState::Running, Some(change)) => {
                let tell = |to| notice(self.lang, name, to, change);
                let moved = life::void(&self.db, &self.ledger, (name, approval.plan), change, tell).await?;
                let (reason, what) = (change.reason(), change.as_str());
                match moved {
                    Some(CampaignState::Planned) => {
                        warn!(campaign.name, reason, what, "changed after it was approved: the approval is void");
                    }
                    Some(_) => warn!(campaign.name, reason, what, "changed while it runs: it is paused"),
                    // Somebody was quicker; the next step looks at what they made of it.
                    None => approval.told = None,
                }
            }
            (CampaignState::Running, None) if found.list && news => {
                info!(campaign.name, "the list has changed: newcomers wait for `lykt plan` and `lykt approve`");
            }
            (CampaignState::Running, None) if found.services && news => {
                info!(
                    campaign.name,
                    "services that it names have changed: those planned get what was approved; `lykt status` says what can be done"
                );
            }
            (CampaignState::Paused, None) if news && campaign.reason.as_deref().is_some_and(Change::is_reason) => {
                info!(campaign.name, "its files are as approved: it waits for `lykt resume`");
            }
            _ => {}
        }
        Ok(())
    }
}

impl Approval {
    /// Looks at the files, and compares them when they have come to rest: later again when they have, soon while they
    /// move, and now when only a list of more than `most` bytes is left.
    fn look(&mut self, folder: &Folder, at: i64, most: u64) -> std::io::Result<Again> {
        self.current = false;
        let stamps = self.stamps(folder)?;
        // At the first look there is nothing to wait for: it may be the daemon's start.
        let first = self.files.is_none();
        let files = self.files.get_or_insert_with(|| Watched::new(stamps.clone(), at));
        let rest = files.look(stamps.clone(), at, PATIENCE);
        match rest {
            Rest::Judged => {
                self.current = true;
                return Ok(Again::Later);
            }
            Rest::Moving if !first => return Ok(Again::Soon),
            _ => {}
        }
        let list = match self.list {
            Some((stamp, other)) if stamp == stamps[LIST] => Some(other),
            _ if stamps[LIST].is_some_and(|stamp| stamp.size() > most) => None,
            _ => Some(folder.list_changed(&self.approved)),
        };
        let (change, services) = (folder.change(&self.approved), folder.services_changed(&self.approved));
        let found = Found { change, list: list.unwrap_or(self.found.list), services };
        if rest != Rest::Restless && self.stamps(folder)? != stamps {
            // Written while it was read: what was found is neither the one nor the other.
            return Ok(Again::Soon);
        }
        (self.found, self.current) = (found, true);
        let Some(list) = list else { return Ok(Again::Now) };
        if let Some(files) = &mut self.files {
            files.judge();
        }
        self.list = Some((stamps[LIST], list));
        Ok(Again::Later)
    }

    fn stamps(&self, folder: &Folder) -> std::io::Result<Stamps> {
        let definition = &self.approved.definition;
        let files = [folder.file(&definition.name), definition.list_in(folder.path())];
        let images = definition.images().map(|image| folder.path().join(&image.path));
        let files: std::io::Result<Stamps> = files.into_iter().chain(images).map(|file| Stamp::of(&file)).collect();
        let mut stamps = files?;
        if definition.services_digest.is_some() {
            stamps.extend(folder.service_stamps());
        }
        Ok(stamps)
    }
}

/// What staff are told.
fn notice(lang: Lang, name: &str, to: CampaignState, change: Change) -> Notice {
    let subject = match to {
        CampaignState::Planned => {
            say!(lang, "Lykt: the approval of {name} is void", "Lykt: godkjenningen av {name} gjelder ikke lenger")
        }
        _ => say!(lang, "Lykt: {name} is paused", "Lykt: {name} er satt på pause"),
    };
    let (what, then) = (change.explain(name), change.remedy(name, to));
    (subject, format!("{}.\n{}\n", what.pick(lang), then.pick(lang)))
}
