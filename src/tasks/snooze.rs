//! Not now, but soon: a held call waits a little, within the hours for calls and before it lapses.

use jiff::civil::{Time, time};
use jiff::{Timestamp, ToSpan};

use super::Tasks;
use super::hours::Hours;
use super::refusal::Refusal;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::calls;
use crate::domain::id::TaskId;
use crate::domain::moment;
use crate::domain::span::{Span, Unit};
use crate::store::{DbError, Tx, list};
use crate::words;

/// When the afternoon begins, and when it is too late to speak of it.
const AFTERNOON: [Time; 2] = [time(14, 0, 0, 0), time(13, 30, 0, 0)];

words! {
    /// How long a call waits.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Snooze {
        /// Half an hour.
        HalfHour = "half_hour",
        /// Until this afternoon.
        Afternoon = "afternoon",
        /// Until the next working day.
        Tomorrow = "tomorrow",
    }

    /// All of them.
    pub const ALL;
    /// The word in a form.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

impl Snooze {
    /// When the call may be made then; `None` when that has passed.
    fn until(self, now: Timestamp, hours: &Hours) -> Option<Timestamp> {
        let local = hours.zone().to_datetime(now);
        Some(match self {
            Snooze::HalfHour => hours.next_open(now.saturating_add(30.minutes()).ok()?),
            Snooze::Afternoon if local.time() < AFTERNOON[1] => {
                hours.next_open(hours.zone().to_timestamp(local.date().to_datetime(AFTERNOON[0])).ok()?)
            }
            Snooze::Afternoon => return None,
            Snooze::Tomorrow => {
                let day = calls::due_on(local.date(), Span::new(1, Unit::WorkingDays), hours.holidays());
                hours.open_at(day)
            }
        })
    }
}

impl Tasks {
    /// How long a task that lapses at this civil time may wait, and until when.
    pub fn snoozes(&self, lapses_at: i64) -> Vec<(Snooze, Timestamp)> {
        let now = self.ledger.clock.now();
        let until = |snooze: Snooze| Some((snooze, snooze.until(now, &self.hours)?));
        Snooze::ALL.into_iter().filter_map(until).filter(|(_, at)| at.as_millisecond() < lapses_at).collect()
    }

    /// Puts a held task off without a call, and lets go of it; until when. It costs no try.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn snooze(
        &self,
        tx: &mut Tx,
        id: TaskId,
        who: &str,
        snooze: Snooze,
    ) -> Result<Result<Timestamp, Refusal>, DbError> {
        let Some(task) = self.lock(tx, id).await? else { return Ok(Err(Refusal::Unknown)) };
        let now = self.ledger.clock.now();
        let Some(at) = snooze.until(now, &self.hours) else { return Ok(Err(Refusal::BadTime)) };
        if at.as_millisecond() >= task.lapses_at {
            return Ok(Err(Refusal::Lapses(moment::at(task.lapses_at))));
        }
        let listed = at < self.hours.day_ends(now);
        let held = list::snooze(tx, id, who, at.as_millisecond(), listed).await?;
        if !held {
            return Ok(Err(Refusal::NotHeld));
        }
        self.ledger.book().note(tx, Act::TaskSnoozed, On::Task(id)).await?;
        Ok(Ok(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::holidays::Holidays;
    use jiff::tz::TimeZone;

    fn until(snooze: Snooze, local: &str) -> Option<String> {
        let hours = Hours::new(TimeZone::get("Europe/Oslo").unwrap(), Holidays::Norway);
        let now = hours.zone().to_timestamp(local.parse().unwrap()).unwrap();
        snooze.until(now, &hours).map(|at| hours.zone().to_datetime(at).strftime("%a %H:%M").to_string())
    }

    #[test]
    fn a_call_waits_only_until_a_time_for_calls() {
        let friday = "2026-12-04T10:00:00";
        assert_eq!(until(Snooze::HalfHour, friday).as_deref(), Some("Fri 10:30"));
        assert_eq!(until(Snooze::Afternoon, friday).as_deref(), Some("Fri 14:00"));
        assert_eq!(until(Snooze::Tomorrow, friday).as_deref(), Some("Mon 09:00"));
        assert_eq!(until(Snooze::HalfHour, "2026-12-04T20:45:00").as_deref(), Some("Sat 09:00"));
        assert_eq!(until(Snooze::Afternoon, "2026-12-04T13:45:00"), None);
    }
}
