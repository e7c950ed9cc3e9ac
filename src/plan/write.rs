//! The second reading of a list: the letters of those who would get one, and the plan's rows in the order of the list.

use super::before::Before;
use super::error::PlanError;
use super::linked::Met;
use super::lots::Lots;
use super::mark::Mark;
use super::planned::Kind;
use super::read::{REPORT, Rows, Targets};
use super::row::{Draft, Writer};
use super::seen::{Seen, Stage};
use super::source::Source;
use super::tally::Tally;
use crate::campaign::list::List;
use crate::domain::decision::Decision;
use crate::domain::id::PlanId;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::target::{self, Target};
use crate::store::{Chunks, Db, DbError, Tx, blind, campaign};
use crate::vault::Place;

/// What the second reading works with.
pub(super) struct Writing<'a> {
    pub db: &'a Db,
    pub ledger: &'a Ledger,
    pub writer: &'a Writer,
    pub source: &'a Source<'a>,
    pub before: &'a Before,
    pub id: PlanId,
    /// Whether the rows go into the database.
    pub kept: bool,
}

impl Writing<'_> {
    /// Reads the list again, and writes what the first reading and the ledger decided.
    pub async fn run(
        &self,
        targets: &Targets,
        chunks: &mut Chunks,
        each: &mut impl FnMut(Seen<'_>),
    ) -> Result<Tally, PlanError> {
        let mut tally = Tally::new(self.source);
        if self.kept {
            let (name, now) = (self.writer.campaign(), self.ledger.clock.now_ms());
            chunks.write(self.db, async |tx, _| campaign::begin_plan(tx, name, self.id, now).await).await?;
        }
        let list = List::open(self.source.list)?;
        let columns = self.writer.columns(&list)?;
        let mut digest = Rows::default();
        let (mut chunk, mut lots) = (Vec::new(), self.writer.lots());
        let (mut marks, of, mut met) = (targets.marks.iter(), targets.marks.len() as u64, Met::new(&targets.linked));
        for row in list.rows(&columns) {
            let row = row?;
            digest.add(&row);
            for draft in self.writer.read(&self.ledger.vault, &row) {
                let n = tally.targets();
                let mark = met.look(n, marks.next().ok_or(PlanError::ListChanged)?);
                let (target, text) = self.target(n, draft, &mark, targets, &mut lots)?;
                if target.decision == Decision::Eligible {
                    met.gets(n);
                }
                tally.add(&target, text.as_ref().map(|text| text.expose().as_str()), &mark);
                each(Seen::Target(&target));
                // Who is left out of a supplement has a message, or never was asked; the counts tell.
                if self.kept && (self.before.kind != Kind::Supplement || target.decision == Decision::Eligible) {
                    chunk.push(target);
                }
            }
            if digest.rows.is_multiple_of(REPORT) {
                each(Seen::Stage { stage: Stage::Write, done: tally.targets().unsigned_abs(), of });
            }
            if chunk.len() as i64 >= chunks.rows {
                self.add(std::mem::take(&mut chunk), chunks).await?;
            }
        }
        if !chunk.is_empty() {
            self.add(chunk, chunks).await?;
        }
        if marks.next().is_some() || digest.finish() != targets.digest {
            return Err(PlanError::ListChanged);
        }
        Ok(tally)
    }

    async fn add(&self, targets: Vec<Target>, chunks: &mut Chunks) -> Result<(), PlanError> {
        let gone = || PlanError::Meanwhile(self.writer.campaign().to_owned());
        let add = async |tx: &mut Tx, _| {
            if !campaign::has_plan(tx, self.id).await? {
                return Err(gone());
            }
            target::add(tx, self.id, targets).await?;
            Ok(blind::in_step(tx, &self.ledger.vault).await?)
        };
        chunks.write(self.db, add).await
    }

    fn target(
        &self,
        n: i64,
        draft: Draft,
        mark: &Mark,
        targets: &Targets,
        lots: &mut Lots,
    ) -> Result<(Target, Option<Private>), DbError> {
        let mut target = Target {
            n,
            line: draft.line,
            decision: mark.decision,
            again_at: mark.again_at.map(|date| date.to_string()),
            channel: None,
            variant: None,
            language: None,
            blind: draft.blind,
            sealed: None,
        };
        if mark.decision != Decision::Eligible {
            return Ok((target, None));
        }
        match self.writer.write(&draft, targets.language(mark), mark, lots) {
            Ok(written) => {
                let letter = serde_json::to_vec(&written.letter).map_err(|_| DbError::Unknown("letter"))?;
                let row = target::row(self.id, n);
                let place = Place { table: "target", column: "sealed", row: &row };
                target.sealed = Some(self.ledger.vault.seal(place, &letter)?);
                target.channel = Some(written.channel.as_str().to_owned());
                target.variant = Some(written.variant);
                target.language = Some(written.language);
                Ok((target, Some(Private::new(written.letter.text))))
            }
            Err(why) => {
                target.decision = why;
                Ok((target, None))
            }
        }
    }
}
