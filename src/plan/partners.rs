//! Asks partners about those who would get the message, and about nobody else; and leaves out whom they ask to wait with.
//!
//! The list is read once more for it, for its numbers are not kept. A partner that is silent delays nothing, unless the
//! campaign waits for it: what it said before holds all the same.

use tracing::warn;

use super::ask;
use super::before::Before;
use super::error::PlanError;
use super::read::{self, Targets};
use super::row::Writer;
use super::seen::{Seen, Stage};
use super::source::Source;
use super::told::Told;
use crate::campaign::list::List;
use crate::domain::decision::Decision;
use crate::domain::partner::Says;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::partner::{AT_ONCE, Learnt, Pair, Partners};
use crate::store::blind::Blind;
use crate::store::{Db, DbError, partner};
use crate::text;

/// Asks all partners, and marks whom they ask to wait with.
pub(super) async fn ask(
    db: &Db,
    ledger: &Ledger,
    writer: &Writer,
    source: &Source<'_>,
    targets: &mut Targets,
    each: &mut impl FnMut(Seen<'_>),
) -> Result<Vec<Told>, PlanError> {
    let Some(partners) = source.partners else { return Ok(Vec::new()) };
    let mut asking: Vec<(&Pair, Told)> = partners.by_line().map(|pair| (pair, nothing_yet(pair))).collect();
    let of = targets.candidates() as u64;
    if asking.is_empty() || of == 0 {
        return Ok(asking.into_iter().map(|(_, told)| told).collect());
    }
    let list = List::open(source.list)?;
    let columns = writer.columns(&list)?;
    let (mut some, mut done, mut n) = (Vec::new(), 0, 0);
    for row in list.rows(&columns) {
        for draft in writer.read(&ledger.vault, &row?) {
            let mark = targets.marks.get(n).ok_or(PlanError::ListChanged)?;
            if mark.decision == Decision::Eligible
                && let (Some(blind), Some(number)) = (draft.blind, draft.number())
            {
                some.push((n, blind, number));
            }
            n += 1;
        }
        if some.len() >= AT_ONCE {
            done += some.len() as u64;
            ask_about(db, ledger, partners, &mut asking, std::mem::take(&mut some), targets).await?;
            each(Seen::Stage { stage: Stage::Partners, done, of });
        }
    }
    ask_about(db, ledger, partners, &mut asking, some, targets).await?;
    each(Seen::Stage { stage: Stage::Partners, done: of, of });
    for (pair, told) in &asking {
        if let Some(why) = &told.silent {
            warn!(partner.name = pair.name, "a plan was made without a new answer of a partner");
            if source.definition.wait_for_partners {
                let (title, en, nb) = (&told.title, &why.en, &why.nb);
                return Err(PlanError::Partner(text!(
                    "the campaign waits for {title}: {en}",
                    "kampanjen venter på {title}: {nb}"
                )));
            }
        }
    }
    Ok(asking.into_iter().map(|(_, told)| told).collect())
}

fn nothing_yet(pair: &Pair) -> Told {
    Told { name: pair.name.clone(), title: pair.partner.title.clone(), heard: Learnt::default(), silent: None }
}

async fn ask_about(
    db: &Db,
    ledger: &Ledger,
    partners: &Partners,
    asking: &mut [(&Pair, Told)],
    some: Vec<(usize, Blind, Private)>,
    targets: &mut Targets,
) -> Result<(), DbError> {
    let numbers: Vec<Private> = some.iter().map(|(_, _, number)| number.clone()).collect();
    for (pair, told) in asking.iter_mut().filter(|(_, told)| told.silent.is_none()) {
        match partners.ask(db, ledger, pair, &numbers).await {
            Ok(heard) => told.heard += heard,
            Err(why) => told.silent = Some(why.text()),
        }
    }
    for chunk in some.chunks(500) {
        let blinds: Vec<Blind> = chunk.iter().map(|(_, blind, _)| *blind).collect();
        let against = partner::against(&mut db.read().await?, &blinds, ledger.clock.now_ms()).await?;
        for (n, blind, _) in chunk {
            if let (Some(heard), Some(mark)) = (against.get(blind), targets.marks.get_mut(*n)) {
                mark.decision = Decision::PartnerWait;
                mark.again_at = match heard.says {
                    Says::Wait(month) => Some(month.first()),
                    _ => None,
                };
            }
        }
    }
    Ok(())
}

/// The numbers of those who would get the message, as far as the ledger goes: for a question that is carried by hand.
///
/// # Errors
/// When the list cannot be read or changes meanwhile, or as the database has it.
pub async fn candidates(
    db: &Db,
    ledger: &Ledger,
    writer: &Writer,
    source: &Source<'_>,
) -> Result<Vec<Private>, PlanError> {
    let mut each = |_: Seen<'_>| {};
    let before = Before::look(db, ledger, source).await?;
    let mut targets = read::read(ledger, writer, source, &mut each)?;
    ask::ask(db, ledger, writer, &before, source.chunk, &mut targets, &mut 0, &mut each).await?;
    let list = List::open(source.list)?;
    let columns = writer.columns(&list)?;
    let (mut numbers, mut n) = (Vec::new(), 0);
    for row in list.rows(&columns) {
        for draft in writer.read(&ledger.vault, &row?) {
            let mark = targets.marks.get(n).ok_or(PlanError::ListChanged)?;
            numbers.extend(draft.number().filter(|_| mark.decision == Decision::Eligible));
            n += 1;
        }
    }
    Ok(numbers)
}
