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
mod error;
mod filled;
mod letter;
pub mod life;
mod linked;
mod lots;
mod mark;
mod partners;
mod planned;
mod read;
mod row;
pub mod sample;
mod seen;
mod source;
mod tally;
mod told;
pub mod trial;
pub mod verdict;
mod write;

use crate::clock::new_id;
use crate::domain::id::PlanId;
use crate::ledger::Ledger;
use crate::store::{Chunks, Db};
use before::{Before, forget};
pub use error::PlanError;
pub use letter::letter;
pub use partners::candidates;
pub use planned::{Keep, Kind, Planned};
pub use row::Writer;
pub use seen::{Seen, Stage};
pub use source::{CHUNK, Source};
pub use told::Told;

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
