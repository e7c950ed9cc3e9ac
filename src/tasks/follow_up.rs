//! Plans the calls that follow a message, in the transaction that says that it went out or may have.

use jiff::Timestamp;

use super::hours::Hours;
use crate::campaign::file::FollowUp;
use crate::clock::Clock;
use crate::domain::calls;
use crate::domain::holidays::Holidays;
use crate::domain::moment;
use crate::store::Sql;
use crate::store::message::Message;
use crate::store::task::{self, NewTask};

/// One task is planned for each follow-up of messages of a campaign that were accepted, or put in doubt, at a civil time.
///
/// Planning twice changes nothing, except that tasks dropped because the message had reached nobody come back.
pub fn planned(
    clock: &Clock,
    holidays: Holidays,
    messages: &[&Message],
    follow_ups: &[FollowUp],
    accepted_at_ms: i64,
) -> Vec<Sql> {
    let hours = Hours::new(clock.zone().clone(), holidays);
    let planned = |(step, follow_up): (i64, &FollowUp)| {
        let (due, lapses) = times(&hours, follow_up, moment::at(accepted_at_ms));
        let (due_at, lapses_at) = (due.as_millisecond(), lapses.as_millisecond());
        let attempts = i64::from(follow_up.attempts).max(1);
        let new = messages.iter().map(|&message| NewTask { message, step, due_at, lapses_at, attempts });
        task::planned(&new.collect::<Vec<_>>(), accepted_at_ms)
    };
    (0..).zip(follow_ups).filter_map(planned).collect()
}

/// When a follow-up falls due, and when it lapses.
fn times(hours: &Hours, follow_up: &FollowUp, accepted: Timestamp) -> (Timestamp, Timestamp) {
    let due = calls::due_on(hours.day_of(accepted), follow_up.after, hours.holidays());
    let last = calls::lapses_on(due, follow_up.within, hours.holidays());
    (hours.open_at(due), hours.close_at(last))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use jiff::tz::TimeZone;

    fn plan(after: &str, within: &str, accepted: &str) -> (String, String) {
        let hours = Hours::new(TimeZone::get("Europe/Oslo").unwrap(), Holidays::Norway);
        let follow_up = FollowUp {
            after: after.parse().unwrap(),
            within: within.parse().unwrap(),
            unless: Vec::new(),
            attempts: 2,
            scripts: BTreeMap::new(),
        };
        let accepted = hours.zone().to_timestamp(accepted.parse().unwrap()).unwrap();
        let (due, lapses) = times(&hours, &follow_up, accepted);
        (hours.zone().to_datetime(due).to_string(), hours.zone().to_datetime(lapses).to_string())
    }

    #[test]
    fn a_call_falls_due_working_days_after_the_local_day_of_acceptance() {
        let (due, lapses) = plan("3 working days", "7 days", "2026-12-03T23:30:00");
        assert_eq!((due.as_str(), lapses.as_str()), ("2026-12-08T09:00:00", "2026-12-15T21:00:00"));
    }

    #[test]
    fn a_call_never_falls_due_on_a_sunday_or_a_holiday() {
        assert_eq!(plan("1 days", "2 days", "2026-12-05T12:00:00").0, "2026-12-07T09:00:00");
        assert_eq!(plan("1 days", "2 days", "2026-12-24T12:00:00").0, "2026-12-28T09:00:00");
    }
}
