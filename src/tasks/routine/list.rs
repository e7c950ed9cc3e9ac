//! What is to be done today, and how each routine stands: due next, last done and by whom, missed since.

use jiff::Timestamp;

use super::Routines;
use crate::campaign::file::practice::{Routine, When};
use crate::domain::role::Role;
use crate::store::absence;
use crate::store::routine::{self, Past, RoutineTask};
use crate::store::{DbError, Tx};

/// A routine's task that is to be done, or was done today.
#[derive(Clone, Debug)]
pub struct Duty {
    /// The task.
    pub task: RoutineTask,
    /// What it is.
    pub routine: Routine,
}

impl Duty {
    /// Whether it is this person's: taken by them, or by nobody and they are the owner or the substitute.
    pub fn is_of(&self, who: &str) -> bool {
        match &self.task.claimed_by {
            Some(by) => by == who,
            None => is_of(&self.routine, who),
        }
    }
}

/// How a routine stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The routine.
    pub routine: Routine,
    /// When it comes up next, civil; `None` when that depends on what else is done.
    pub next: Option<i64>,
    /// Its task that is to be done.
    pub open: Option<RoutineTask>,
    /// What became of earlier ones.
    pub past: Past,
}

/// Whether a person is named by a routine.
pub(super) fn is_of(routine: &Routine, who: &str) -> bool {
    let named = |name: &str| name.to_lowercase() == who.to_lowercase();
    [&routine.owner, &routine.substitute].into_iter().flatten().any(|name| named(name))
}

impl Routines {
    /// The routines whose file names a person as owner or substitute.
    pub fn naming(&self, who: &str) -> Vec<String> {
        self.all().into_iter().filter(|routine| is_of(routine, who)).map(|routine| routine.name).collect()
    }

    /// What is to be done, oldest first. What its file no longer has is not among it.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn open(&self, tx: &mut Tx) -> Result<Vec<Duty>, DbError> {
        let tasks = routine::open(tx).await?;
        Ok(self.duties(tasks))
    }

    /// What this person sees of it: peers only what is theirs.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn open_for(&self, tx: &mut Tx, who: &str, role: Role) -> Result<Vec<Duty>, DbError> {
        let mut duties = self.open(tx).await?;
        duties.retain(|duty| role != Role::Peer || is_of(&duty.routine, who));
        let away = absence::stood_in_for(tx, who, self.ledger.clock.today()).await?;
        let stands_in =
            |duty: &Duty| duty.task.claimed_by.is_none() && away.iter().any(|one| is_of(&duty.routine, &one.who));
        // Theirs first, and those of whom they stand in for; the sort keeps the order of the slots.
        duties.sort_by_key(|duty| !(duty.is_of(who) || stands_in(duty)));
        Ok(duties)
    }

    /// What this person did today, newest first.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn done_today(&self, tx: &mut Tx, who: &str) -> Result<Vec<Duty>, DbError> {
        let clock = &self.ledger.clock;
        let began = clock.zone().to_timestamp(clock.today().to_datetime(jiff::civil::Time::midnight()));
        let began = began.map_or_else(|_| clock.now_ms(), Timestamp::as_millisecond);
        let mut tasks = routine::done_since(tx, began).await?;
        tasks.retain(|task| task.done_by.as_deref() == Some(who));
        Ok(self.duties(tasks))
    }

    /// How every routine stands, in the order of the files.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn standing(&self, tx: &mut Tx) -> Result<Vec<Standing>, DbError> {
        let mut past = routine::past(tx).await?;
        let open = routine::open(tx).await?;
        let clock = &self.ledger.clock;
        let standing = self.all().into_iter().map(|routine| Standing {
            next: match &routine.when {
                When::Cron(schedule) => schedule.next_after(clock.now(), clock.zone()).map(|s| s.at.as_millisecond()),
                When::Day(day) => Some(self.morning(*day)),
                When::Unused(_) => None,
            },
            open: open.iter().rfind(|task| task.routine == routine.name).cloned(),
            past: past.remove(&routine.name).unwrap_or_default(),
            routine,
        });
        Ok(standing.collect())
    }

    fn duties(&self, tasks: Vec<RoutineTask>) -> Vec<Duty> {
        if tasks.is_empty() {
            return Vec::new();
        }
        let routines = self.all();
        let duty = |task: RoutineTask| {
            let routine = routines.iter().find(|routine| routine.name == task.routine)?.clone();
            Some(Duty { task, routine })
        };
        tasks.into_iter().filter_map(duty).collect()
    }
}
