//! Campaign x list x ledger -> a decision and a reason for every target; approval; and the way into the outbox.
//!
//! The list is read twice. The first time only the blind indexes are kept, a few bytes for each number; the ledger is
//! asked in their order, which is the order of its own index. The second time the letters are written, in the order of
//! the list. A plan changes nothing until it is approved. Sends nothing itself.

pub mod approve;
pub mod approved;
mod ask;
mod before;
pub mod changed;
pub mod enqueue;
mod filled;
pub mod life;
mod linked;
mod lots;
mod partners;
mod read;
mod row;
pub mod sample;
mod tally;
pub mod trial;
pub mod verdict;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use crate::campaign::file::Definition;
use crate::campaign::list::ListError;
use crate::clock::new_id;
use crate::domain::decision::Decision;
use crate::domain::id::PlanId;
use crate::domain::lang::Text;
use crate::ledger::Ledger;
use crate::partner::Partners;
use crate::store::campaign::{self, Plan, Target};
use crate::store::message::Letter;
use crate::store::{Chunks, Db, DbError};
use crate::vault::Place;
use before::Before;
pub use before::Kind;
pub use partners::{Told, candidates};
pub use row::Writer;

/// Addresses that the ledger is asked for at a time: one look at the database each.
pub const CHUNK: usize = 500;

/// Why a plan could not be made or approved.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The list cannot be read.
    #[error("the list cannot be read")]
    List(#[from] ListError),
    /// The list was written to while it was read.
    #[error("the list changed while it was read: wait until it is complete, then plan again")]
    ListChanged,
    /// The campaign waits for a partner that says nothing.
    #[error("{}", .0.en)]
    Partner(Text),
    /// The database said no.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Something happened to the campaign meanwhile.
    #[error("somebody planned, approved or ended {0} meanwhile: look again")]
    Meanwhile(String),
}

/// A dry run, and where its rows went.
#[derive(Debug)]
pub struct Planned {
    /// The plan with its counts and hash.
    pub plan: Plan,
    /// Reason to count; adds up with `eligible` to `targets`.
    pub left_out: BTreeMap<Decision, i64>,
    /// What it is to its campaign.
    pub kind: Kind,
    /// Whether it was kept, so that it can be approved.
    pub kept: bool,
    /// How many of the eligible have a message that waits, and would be written anew.
    pub rewritten: i64,
    /// What partners said, or why they said nothing.
    pub partners: Vec<Told>,
    /// Messages that wait and would be withdrawn, by reason.
    pub withdrawn: BTreeMap<Decision, i64>,
    /// Asking the ledger took this long, in milliseconds.
    pub ask_ms: i64,
    /// What writing took.
    pub chunks: Chunks,
}

/// Whether a plan's rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Kept when there is something to approve.
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
    /// Whom partners are asked for; `None` asks nobody anew.
    pub partners: Option<&'a Partners>,
    /// How many addresses the ledger is asked for at a time; [`CHUNK`] unless a test tries others.
    pub chunk: usize,
    /// Who makes it, if they say so.
    pub by: Option<&'a str>,
}

/// What can be seen of a plan while it is made.
#[derive(Debug)]
pub enum Seen<'a> {
    /// How far a stage has come.
    Stage {
        /// Which one.
        stage: Stage,
        /// How much of it is done,
        done: u64,
        /// and how much there is.
        of: u64,
    },
    /// A target with its decision, in the order of the list.
    Target(&'a Target),
}

/// The stages of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reads the list, in bytes.
    Read,
    /// Asks the ledger, in numbers.
    Ask,
    /// Asks partners, in numbers.
    Partners,
    /// Writes the letters, in targets.
    Write,
}

/// Makes a plan: every number of every row gets a decision. `each` sees how far it is, and every target.
///
/// For a campaign that lives this is only a look: nothing that counts changes, and what is kept waits beside it.
///
/// # Errors
/// When the list cannot be read or changes meanwhile, or as the database has it; nothing was changed then.
pub async fn make(
    db: &Db,
    ledger: &Ledger,
    writer: &Writer,
    source: &Source<'_>,
    keep: Keep,
    mut each: impl FnMut(Seen<'_>),
) -> Result<Planned, PlanError> {
    let (mut ask_ms, mut chunks) = (0, Chunks::default());
    let before = Before::look(db, ledger, source).await?;
    let mut targets = read::read(ledger, writer, source, &mut each)?;
    ask::ask(db, ledger, writer, &before, source.chunk, &mut targets, &mut ask_ms, &mut each).await?;
    let told = partners::ask(db, ledger, writer, source, &mut targets, &mut each).await?;
    let kept = keep == Keep::Yes && before.is_worth_keeping(&targets);
    let id: PlanId = new_id();
    let written = write::Writing { db, ledger, writer, source, id, kept, before: &before };
    let made = written.run(&targets, &mut chunks, &mut each).await;
    drop(targets);
    let tally = match made {
        Ok(tally) => tally,
        Err(e) => {
            if kept {
                // As far as it goes; what is left of it is forgotten with the next plan.
                let _ = forget(db, id, &mut chunks).await;
            }
            return Err(e);
        }
    };
    let (mut planned, samples) = tally.finish(id, source, ledger, before.kind, kept)?;
    before.add_missing(&mut planned);
    let mut summary = samples.finish(planned.kind, planned.rewritten, &planned.withdrawn);
    summary.partners = told.iter().map(Told::text).map(|told| (told.en, told.nb)).collect();
    planned.plan.summary = serde_json::to_string(&summary).ok();
    if keep == Keep::Yes {
        before.store(db, ledger, &planned, &mut chunks).await?;
    }
    planned = Planned { partners: told, ask_ms, chunks, ..planned };
    tracing::debug!(
        campaign.name = planned.plan.campaign,
        targets = planned.plan.targets,
        ask.duration_ms = ask_ms,
        write.duration_ms = chunks.ms,
        write.longest_ms = chunks.longest_ms,
        "planned"
    );
    Ok(planned)
}

/// Removes a plan and its rows, a chunk a transaction.
async fn forget(db: &Db, plan: PlanId, chunks: &mut Chunks) -> Result<(), DbError> {
    while chunks.write(db, async |tx, rows| campaign::remove_targets(tx, plan, rows).await).await? > 0 {}
    chunks.write(db, async |tx, _| campaign::remove_plan(tx, plan).await).await
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
