//! The debrief: how was the day? Two private taps. What is kept is how often each was pressed in a week, and of that
//! only weeks of five people or more are shown, when they are over.

use jiff::Timestamp;
use jiff::civil::Time;

use super::Routines;
use crate::campaign::file::practice::Routine;
use crate::domain::debrief::Day;
use crate::domain::week::Week;
use crate::store::{DbError, Tx, debrief, routine};

/// Of fewer people nothing is shown.
const FEWEST: i64 = 5;
/// So many weeks are shown.
const SHOWN: usize = 26;

/// A week that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// Which.
    pub week: Week,
    /// How often it was fine, and heavy; `None` when fewer than five people took part.
    pub counts: Option<(i64, i64)>,
}

impl Routines {
    /// The debrief that waits for this person: one that came up today, and that they have not answered.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn debrief(&self, tx: &mut Tx, who: &str) -> Result<Option<Routine>, DbError> {
        let debriefs: Vec<_> = self.all().into_iter().filter(|routine| routine.debrief).collect();
        if debriefs.is_empty() {
            return Ok(None);
        }
        let clock = &self.ledger.clock;
        let began = clock.zone().to_timestamp(clock.today().to_datetime(Time::midnight()));
        let came = routine::came_since(tx, began.map_or_else(|_| clock.now_ms(), Timestamp::as_millisecond)).await?;
        let today = debriefs.into_iter().find(|routine| came.contains(&routine.name));
        let answered = today.is_some() && debrief::took_part(tx, &clock.today().to_string(), &plain(who)).await?;
        Ok(today.filter(|_| !answered))
    }

    /// Takes somebody's answer of today; false when they had answered. Nothing is kept of who said what.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn answer(&self, tx: &mut Tx, who: &str, was: Day) -> Result<bool, DbError> {
        let today = self.ledger.clock.today();
        let week = Week::of(today);
        if !debrief::take_part(tx, &today.to_string(), week, &plain(who)).await? {
            return Ok(false);
        }
        debrief::add(tx, week, was).await?;
        Ok(true)
    }

    /// The last half year of weeks that are over, oldest first; a week without answers is one that too few answered.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn weighed(&self, tx: &mut Tx) -> Result<Vec<Weighed>, DbError> {
        let this = Week::of(self.ledger.clock.today());
        let weeks: Vec<Week> =
            std::iter::successors(Some(this.before()), |week| Some(week.before())).take(SHOWN).collect();
        let since = weeks.last().copied().unwrap_or(this);
        let sums = debrief::weeks(tx, since).await?;
        let Some(first) = sums.first().map(|sums| sums.week) else { return Ok(Vec::new()) };
        let counts = |week: Week| sums.iter().find(|sums| sums.week == week && sums.people >= FEWEST);
        let weighed = |week: Week| Weighed { week, counts: counts(week).map(|sums| (sums.fine, sums.heavy)) };
        Ok(weeks.into_iter().rev().filter(|week| *week >= first).map(weighed).collect())
    }
}

/// One person is one, however they write their name.
fn plain(who: &str) -> String {
    who.trim().to_lowercase()
}
