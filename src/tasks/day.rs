//! The day as one person sees it: what is theirs, a page of the pool, and how far the day has come.

use super::Tasks;
use super::claim::is_held;
use super::list::{Entry, free_when_lapsed};
use crate::store::task::Task;
use crate::store::{DbError, Tx, list, outcome};

/// Lines on a page.
pub const PAGE: i64 = 50;

/// A person's day.
#[derive(Clone, Debug)]
pub struct Day {
    /// What they hold, and what is meant for them; overdue first.
    pub mine: Vec<Entry>,
    /// A page of what anybody may take; overdue first.
    pub pool: Vec<Entry>,
    /// Whether the pool goes on after the page.
    pub more: bool,
    /// Calls they made today.
    pub done: i64,
    /// Tasks on the list, whoever has them.
    pub open: i64,
    /// Those of them that fell due before today.
    pub overdue: i64,
}

impl Tasks {
    /// A person's day, with a page of the pool from 0; who takes nothing from the pool sees none of it.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn day(&self, tx: &mut Tx, who: &str, pool: Option<i64>) -> Result<Day, DbError> {
        let leases = self.leases(tx).await?;
        let began = self.hours.day_began(self.ledger.clock.now()).as_millisecond();
        let whose = self.whose(tx, who).await?;
        let mine = list::mine(tx, who, &whose, leases, PAGE).await?;
        let mut free = match pool {
            Some(page) => list::pool(tx, leases, page.clamp(0, 10_000) * PAGE, PAGE + 1).await?,
            None => Vec::new(),
        };
        let more = free.len() as i64 > PAGE;
        free.truncate(PAGE as usize);
        let (open, overdue) = match pool {
            Some(_) => list::tally(tx, began).await?,
            None => (mine.len() as i64, mine.iter().filter(|task| task.due_at < began).count() as i64),
        };
        let lapsed = |tasks: Vec<Task>| tasks.into_iter().map(|task| free_when_lapsed(task, leases)).collect();
        Ok(Day {
            mine: self.entries(tx, lapsed(mine)).await?,
            pool: self.entries(tx, lapsed(free)).await?,
            more,
            done: outcome::made_by(tx, who, began).await?,
            open,
            overdue,
        })
    }

    /// How long somebody still holds a task, milliseconds; `None` when nobody does.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn held_for(&self, tx: &mut Tx, task: &Task) -> Result<Option<i64>, DbError> {
        let leases = self.leases(tx).await?;
        Ok(task.lease_until.filter(|_| is_held(task, leases)).map(|until| until - leases.0))
    }
}
