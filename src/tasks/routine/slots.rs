//! Slots become tasks: each once, the newest open, older ones missed.

use jiff::Timestamp;

use super::Routines;
use crate::campaign::file::practice::{Routine, When};
use crate::domain::schedule::Schedule;
use crate::domain::span::Span;
use crate::domain::task::TaskState;
use crate::domain::week::Week;
use crate::store::routine::{self, NewSlot, Progress};
use crate::store::{Db, DbError, debrief};

/// Slots in one transaction.
const CHUNK: usize = 200;

impl Routines {
    /// Makes the tasks of all slots that have come, and counts as missed what nobody did in time. How many tasks are new.
    /// Of a routine that was not known before, slots count from now on.
    ///
    /// # Errors
    /// As the database has it; a slot is then not taken.
    pub async fn step(&self, db: &Db) -> Result<u64, DbError> {
        let routines = self.all();
        let mut tx = db.read().await?;
        let progress = routine::progress(&mut tx).await?;
        let late = routine::any_to_lapse(&mut tx, self.ledger.clock.now_ms()).await?;
        let week = Week::of(self.ledger.clock.today());
        let over = debrief::any_to_close(&mut tx, week).await?;
        drop(tx);
        let mut made = 0;
        for routine in &routines {
            match (progress.get(&routine.name), &routine.when) {
                // Its day stands in the file, whenever that was first read.
                (None, When::Day(day)) if self.morning(*day) > self.ledger.clock.now_ms() => {}
                (None, _) => {
                    let mut tx = db.begin().await?;
                    routine::begin(&mut tx, &routine.name, self.ledger.clock.now_ms()).await?;
                    tx.commit().await?;
                }
                (Some(progress), When::Cron(schedule)) => {
                    made += self.run(db, routine, schedule, progress.upto).await?
                }
                (Some(progress), When::Unused(after)) => {
                    made += self.look_for_use(db, routine, &routines, *after, *progress).await?;
                }
                (Some(progress), When::Day(day)) => {
                    made += self.once(db, routine, self.morning(*day), *progress).await?
                }
            }
        }
        if late {
            let mut tx = db.begin().await?;
            routine::lapse(&mut tx, self.ledger.clock.now_ms()).await?;
            tx.commit().await?;
        }
        if over {
            let mut tx = db.begin().await?;
            debrief::close(&mut tx, week).await?;
            tx.commit().await?;
        }
        Ok(made)
    }

    /// Takes the slots of a schedule that have come since the last one.
    async fn run(&self, db: &Db, routine: &Routine, schedule: &Schedule, mut upto: i64) -> Result<u64, DbError> {
        let mut made = 0;
        loop {
            let slots = self.slots(schedule, routine.within, upto);
            let Some(last) = slots.last() else { return Ok(made) };
            let mut tx = db.begin().await?;
            if !routine::move_on(&mut tx, &routine.name, upto, last.at).await? {
                return Ok(made);
            }
            made += routine::add(&mut tx, &routine.name, &slots).await?;
            tx.commit().await?;
            upto = last.at;
        }
    }

    /// The next slots that have come, each with how it stands: missed when the next one has come too.
    fn slots(&self, schedule: &Schedule, within: Option<Span>, upto: i64) -> Vec<NewSlot> {
        let (clock, now) = (&self.ledger.clock, self.ledger.clock.now());
        let after = |at: Timestamp| schedule.next_after(at, clock.zone()).map(|slot| slot.at);
        let mut slots = Vec::new();
        let mut next = Timestamp::from_millisecond(upto).ok().and_then(after);
        while let Some(at) = next.filter(|at| *at <= now && slots.len() < CHUNK) {
            next = after(at);
            let waits = within.map(|within| within.add_to(at, clock.zone(), self.holidays));
            let lapses = [waits, next].into_iter().flatten().min();
            let missed = lapses.is_some_and(|lapses| lapses <= now);
            let state = if missed { TaskState::Lapsed } else { TaskState::Open };
            slots.push(NewSlot { at: at.as_millisecond(), state, lapses_at: lapses.map(Timestamp::as_millisecond) });
        }
        slots
    }

    /// Opens the task of what was not used for so long: once, until it is used again.
    async fn look_for_use(
        &self,
        db: &Db,
        routine: &Routine,
        all: &[Routine],
        after: Span,
        progress: Progress,
    ) -> Result<u64, DbError> {
        let uses = |other: &&Routine| other.name != routine.name && other.platform == routine.platform;
        let mut tx = db.read().await?;
        let past = routine::past(&mut tx).await?;
        drop(tx);
        let used = all.iter().filter(uses).filter_map(|other| Some(past.get(&other.name)?.done.as_ref()?.0)).max();
        let used = used.unwrap_or(progress.since);
        let Ok(at) = Timestamp::from_millisecond(used) else { return Ok(0) };
        let slot = after.add_to(at, self.ledger.clock.zone(), self.holidays).as_millisecond();
        self.once(db, routine, slot, progress).await
    }

    /// Opens the task of one moment when it has come; those of other moments are not needed any more.
    async fn once(&self, db: &Db, routine: &Routine, slot: i64, progress: Progress) -> Result<u64, DbError> {
        let due = slot <= self.ledger.clock.now_ms() && progress.upto != slot;
        if !due && progress.upto == slot {
            return Ok(0);
        }
        let mut tx = db.read().await?;
        let open = routine::open(&mut tx).await?;
        drop(tx);
        let stale = open.iter().any(|task| task.routine == routine.name && task.slot != slot);
        if !stale && !due {
            return Ok(0);
        }
        let mut tx = db.begin().await?;
        routine::drop_others(&mut tx, &routine.name, slot).await?;
        let mut made = 0;
        if due && routine::move_on(&mut tx, &routine.name, progress.upto, slot).await? {
            let new = NewSlot { at: slot, state: TaskState::Open, lapses_at: None };
            made = routine::add(&mut tx, &routine.name, &[new]).await?;
        }
        tx.commit().await?;
        Ok(made)
    }
}
