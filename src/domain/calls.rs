//! When a follow-up call falls due, when it may be made and when it lapses. Does not know whom it is to.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::domain::holidays::Holidays;
use crate::domain::span::Span;

/// No call before this time of day.
pub const FROM: Time = Time::constant(9, 0, 0, 0);
/// No call from this time of day on.
pub const UNTIL: Time = Time::constant(21, 0, 0, 0);

/// Whether anybody may be called that day: never on Sundays and holidays.
pub fn may_call_on(date: Date, holidays: Holidays) -> bool {
    date.weekday() != Weekday::Sunday && !holidays.contains(date)
}

/// Whether anybody may be called now: 09:00 to 21:00 on a day for calls.
pub fn may_call_at(at: Timestamp, tz: &TimeZone, holidays: Holidays) -> bool {
    let local = tz.to_datetime(at);
    may_call_on(local.date(), holidays) && (FROM..UNTIL).contains(&local.time())
}

/// The day on which a call falls due: counted from the local day on which the message was accepted, then moved on to the
/// first day for calls.
pub fn due_on(accepted: Date, after: Span, holidays: Holidays) -> Date {
    let mut due = after.after(accepted, holidays);
    while !may_call_on(due, holidays) && due < Date::MAX {
        due = due.saturating_add(1.day());
    }
    due
}

/// The last day on which a call may still be made; the task lapses when that day is over.
pub fn lapses_on(due: Date, within: Span, holidays: Holidays) -> Date {
    within.after(due, holidays)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn span(written: &str) -> Span {
        Span::parse(written).unwrap()
    }

    #[test]
    fn a_call_falls_due_working_days_after_the_message() {
        let due = |accepted| due_on(accepted, span("3 working days"), Holidays::Norway);
        assert_eq!(due(date(2026, 11, 24)), date(2026, 11, 27));
        assert_eq!(due(date(2026, 11, 26)), date(2026, 12, 1));
        // The Friday before Holy Week: Wednesday; the Monday of it: the Tuesday after Easter.
        assert_eq!(due(date(2026, 3, 27)), date(2026, 4, 1));
        assert_eq!(due(date(2026, 3, 30)), date(2026, 4, 7));
    }

    #[test]
    fn a_due_date_on_a_sunday_or_holiday_moves_on() {
        // Saturday is a day for calls; Sunday is not.
        assert_eq!(due_on(date(2026, 11, 21), span("7 days"), Holidays::Norway), date(2026, 11, 28));
        assert_eq!(due_on(date(2026, 11, 22), span("7 days"), Holidays::Norway), date(2026, 11, 30));
        // Christmas Day 2026 is a Friday, then Saturday the 26th and a Sunday.
        assert_eq!(due_on(date(2026, 12, 18), span("1 week"), Holidays::Norway), date(2026, 12, 28));
    }

    #[test]
    fn calls_are_made_from_nine_to_nine_and_never_on_sundays_and_holidays() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let may = |at: &str| may_call_at(at.parse().unwrap(), &oslo, Holidays::Norway);
        assert!(!may("2026-11-24T08:59:59.999+01:00"));
        assert!(may("2026-11-24T09:00:00+01:00"));
        assert!(may("2026-11-24T20:59:59.999+01:00"));
        assert!(!may("2026-11-24T21:00:00+01:00"));
        assert!(may("2026-11-28T12:00:00+01:00"), "a Saturday");
        assert!(!may("2026-11-29T12:00:00+01:00"), "a Sunday");
        assert!(!may("2027-05-17T12:00:00+02:00"), "17 May");
        assert!(may("2026-07-01T07:00:00Z"), "nine in summer");
        assert!(!may("2026-12-01T07:00:00Z"), "eight in winter");
    }

    #[test]
    fn a_call_lapses_when_its_last_day_is_over() {
        assert_eq!(lapses_on(date(2026, 11, 27), span("7 days"), Holidays::Norway), date(2026, 12, 4));
        assert_eq!(lapses_on(date(2026, 11, 27), span("0 days"), Holidays::Norway), date(2026, 11, 27));
    }

    proptest! {
        #[test]
        fn a_call_is_never_due_on_a_day_without_calls(day in 0i64..20_000, n in 0u32..400) {
            let accepted = date(2000, 1, 1) + day.days();
            for unit in ["days", "working days"] {
                let after = span(&format!("{n} {unit}"));
                let due = due_on(accepted, after, Holidays::Norway);
                prop_assert!(may_call_on(due, Holidays::Norway));
                prop_assert!(due >= after.after(accepted, Holidays::Norway));
            }
        }
    }
}
