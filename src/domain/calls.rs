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
