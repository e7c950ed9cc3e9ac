//! Campaign x list x ledger -> a decision and a reason for every target; approval; and the way into the outbox.
//!
//! A plan changes nothing until it is approved. Sends nothing itself.

pub mod approve;
pub mod enqueue;
pub mod life;
mod row;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::campaign::file::Definition;
use crate::campaign::list::{List, ListError};
use crate::clock::new_id;
use crate::domain::decision::Decision;
use crate::domain::id::{ContactId, PlanId};
use crate::ledger::{Ledger, Standing};
use crate::store::campaign::{self, Plan, Target};
use crate::store::contact::{Blind, Contact};
use crate::store::message::Letter;
use crate::store::{Db, DbError, Tx, contact, message, touch};
use crate::vault::Place;
use row::Draft;
pub use row::Writer;

/// Targets decided at a time: one look at the database each.
const CHUNK: usize = 500;

/// Why a plan could not be made or approved.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The list cannot be read.
    #[error("the list cannot be read")]
    List(#[from] ListError),
    /// The database said no.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The campaign runs; a plan would only be a look.
    #[error("the campaign is {0}: it is not planned again while it lives")]
    Live(&'static str),
}

/// A dry run, and where its rows went.
#[derive(Debug)]
pub struct Planned {
    /// The plan with its counts and hash.
    pub plan: Plan,
    /// Reason to count; adds up with `eligible` to `targets`.
    pub left_out: BTreeMap<Decision, i64>,
}

/// Whether a plan's rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Kept: the plan can be approved.
    Yes,
    /// Only looked at: nothing changes.
    No,
}

/// What a plan is made from.
pub struct Source<'a> {
    /// The checked campaign.
    pub definition: &'a Definition,
    /// The campaign file's hash.
    pub file_hash: &'a str,
    /// The list's hash.
    pub list_hash: &'a str,
    /// The list's file.
    pub list: &'a Path,
}

/// Makes a plan: every number of every row gets a decision. `each` sees every target as it is decided.
///
/// # Errors
/// When the list cannot be read, or as the database has it.
pub async fn make(
    db: &Db,
    ledger: &Ledger,
    writer: &Writer,
    source: &Source<'_>,
    keep: Keep,
    mut each: impl FnMut(&Target),
) -> Result<Planned, PlanError> {
    let id: PlanId = new_id();
    let mut tally = Tally::new(source);
    let mut seen: HashSet<Blind> = HashSet::new();
    let mut chunk: Vec<Draft> = Vec::with_capacity(CHUNK);
    let list = List::open(source.list)?;
    let columns = writer.columns(&list)?;
    let mut rows = list.rows(&columns);
    loop {
        let row = rows.next().transpose()?;
        let end = row.is_none();
        if let Some(row) = row {
            for draft in writer.read(&ledger.vault, &row) {
                let first = draft.blind.is_none_or(|blind| seen.insert(blind));
                chunk.push(if first { draft } else { draft.duplicate() });
            }
        }
        if chunk.len() >= CHUNK || (end && !chunk.is_empty()) {
            let mut tx = db.read().await?;
            let targets = decide(&mut tx, ledger, writer, id, std::mem::take(&mut chunk), tally.targets).await?;
            drop(tx);
            targets.iter().for_each(|target| {
                tally.add(target);
                each(target);
            });
            if keep == Keep::Yes {
                let mut tx = db.begin().await?;
                campaign::add_targets(&mut tx, id, targets).await?;
                tx.commit().await?;
            }
        }
        if end {
            break;
        }
    }
    let planned = tally.finish(id, source, ledger)?;
    if keep == Keep::Yes {
        store(db, ledger, &planned.plan).await?;
    }
    Ok(planned)
}

async fn store(db: &Db, ledger: &Ledger, plan: &Plan) -> Result<(), PlanError> {
    let mut tx = db.begin().await?;
    if let Some(now) = campaign::get(&mut tx, &plan.campaign).await?.filter(|c| c.state.is_live()) {
        return Err(PlanError::Live(now.state.as_str()));
    }
    campaign::set_plan(&mut tx, &ledger.vault, plan).await?;
    tx.commit().await?;
    loop {
        let mut tx = db.begin().await?;
        let done = campaign::forget_plans(&mut tx, &plan.campaign, plan.id, 500).await?;
        tx.commit().await?;
        if done {
            return Ok(());
        }
    }
}

/// Looks a chunk up in the ledger and decides each of its targets.
async fn decide(
    tx: &mut Tx,
    ledger: &Ledger,
    writer: &Writer,
    plan: PlanId,
    drafts: Vec<Draft>,
    first_n: i64,
) -> Result<Vec<Target>, DbError> {
    let known = Known::look_up(tx, writer, &drafts).await?;
    let mut targets = Vec::with_capacity(drafts.len());
    for (n, draft) in (first_n..).zip(drafts) {
        let (decision, again_at) = match draft.early {
            Some(early) => (early, None),
            None => known.decision(ledger, &draft),
        };
        let mut target = Target {
            n,
            line: draft.line,
            decision,
            again_at: again_at.map(|date| date.to_string()),
            channel: None,
            variant: None,
            language: None,
            blind: draft.blind,
            sealed: None,
        };
        if decision == Decision::Eligible {
            match writer.write(&draft, known.language(&draft), known.may_open(&draft)) {
                Ok(written) => {
                    let letter = serde_json::to_vec(&written.letter).map_err(|_| DbError::Unknown("letter"))?;
                    let row = campaign::target_row(plan, n);
                    let place = Place { table: "target", column: "sealed", row: &row };
                    target.sealed = Some(ledger.vault.seal(place, &letter)?);
                    target.channel = Some(written.channel.as_str().to_owned());
                    target.variant = Some(written.variant);
                    target.language = Some(written.language);
                }
                Err(why) => target.decision = why,
            }
        }
        targets.push(target);
    }
    Ok(targets)
}

/// Opens the letter that a plan sealed for a target.
///
/// # Errors
/// When it does not open.
pub fn letter(ledger: &Ledger, plan: PlanId, target: &Target) -> Result<Option<Letter>, DbError> {
    let Some(sealed) = &target.sealed else { return Ok(None) };
    let row = campaign::target_row(plan, target.n);
    let open = ledger.vault.open_text(Place { table: "target", column: "sealed", row: &row }, sealed)?;
    let open = crate::domain::private::Private::new(open);
    serde_json::from_str(open.expose()).map(Some).map_err(|_| DbError::Unknown("letter"))
}

/// What the ledger knows of a chunk's addresses.
struct Known {
    contacts: HashMap<Blind, Contact>,
    noes: HashSet<Blind>,
    open: HashMap<ContactId, Vec<message::Open>>,
    opted_in: HashSet<ContactId>,
    anyone: bool,
}

impl Known {
    async fn look_up(tx: &mut Tx, writer: &Writer, drafts: &[Draft]) -> Result<Self, DbError> {
        let blinds: Vec<Blind> = drafts.iter().filter(|d| d.early.is_none()).filter_map(|d| d.blind).collect();
        let contacts = contact::find_all(tx, &blinds).await?;
        let ids: Vec<ContactId> = contacts.values().map(|contact| contact.id).collect();
        let mut open: HashMap<ContactId, Vec<message::Open>> = HashMap::new();
        for message in message::open_of(tx, writer.campaign(), &ids).await? {
            open.entry(message.contact).or_default().push(message);
        }
        let anyone = writer.opens_with_anyone();
        let opted_in = if anyone { Default::default() } else { touch::answered(tx, &ids).await? };
        let noes = contact::noes(tx, &blinds).await?;
        Ok(Self { contacts, noes, open, opted_in, anyone })
    }

    fn contact(&self, draft: &Draft) -> Option<&Contact> {
        draft.blind.and_then(|blind| self.contacts.get(&blind))
    }

    fn decision(&self, ledger: &Ledger, draft: &Draft) -> (Decision, Option<Date>) {
        let contact = self.contact(draft);
        let no = draft.blind.is_some_and(|blind| self.noes.contains(&blind));
        let open = contact.and_then(|contact| self.open.get(&contact.id)).into_iter().flatten();
        let standing = Standing::new(contact, no, open.map(|open| (open.state, open.campaign.as_str())));
        let answer = standing.answer(ledger);
        let decision = answer.decision();
        (decision, answer.again_at.filter(|_| decision == Decision::Cooldown))
    }

    fn language(&self, draft: &Draft) -> Option<&str> {
        self.contact(draft).and_then(|contact| contact.language.as_deref())
    }

    fn may_open(&self, draft: &Draft) -> bool {
        self.anyone || self.contact(draft).is_some_and(|contact| self.opted_in.contains(&contact.id))
    }
}

/// Counts decisions and folds them into the plan's hash.
struct Tally {
    targets: i64,
    counts: BTreeMap<Decision, i64>,
    hash: Sha256,
}

impl Tally {
    fn new(source: &Source<'_>) -> Self {
        let mut hash = Sha256::new();
        hash.update(format!("{}\n{}\n", source.file_hash, source.list_hash));
        Self { targets: 0, counts: BTreeMap::new(), hash }
    }

    fn add(&mut self, target: &Target) {
        self.targets += 1;
        *self.counts.entry(target.decision).or_default() += 1;
        let Target { n, line, decision, again_at, channel, variant, language, .. } = target;
        let word = decision.as_str();
        self.hash.update(format!("{n} {line} {word} {again_at:?} {channel:?} {variant:?} {language:?}\n"));
    }

    fn finish(mut self, id: PlanId, source: &Source<'_>, ledger: &Ledger) -> Result<Planned, DbError> {
        let definition = serde_json::to_string(source.definition).map_err(|_| DbError::Unknown("campaign"))?;
        self.hash.update(&definition);
        let eligible = self.counts.remove(&Decision::Eligible).unwrap_or(0);
        let words: BTreeMap<&str, i64> = self.counts.iter().map(|(why, n)| (why.as_str(), *n)).collect();
        let plan = Plan {
            id,
            campaign: source.definition.name.clone(),
            hash: hex(&self.hash.finalize()),
            file_hash: source.file_hash.to_owned(),
            list_hash: source.list_hash.to_owned(),
            definition,
            targets: self.targets,
            eligible,
            left_out: serde_json::to_string(&words).map_err(|_| DbError::Unknown("plan"))?,
            made_at: ledger.clock.now_ms(),
        };
        Ok(Planned { plan, left_out: self.counts })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
