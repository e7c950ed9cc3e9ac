//! How long we leave a person alone between two approaches, by the calendar. Does not know what an approach was.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::holidays::Holidays;
use crate::domain::span::Span;

/// The first date on which we may approach again.
///
/// Months are the calendar's: 31 August and six months are the last of February. A shorter unit than a day counts as a
/// whole day, and working days as Monday to Friday.
pub fn again_on(last: Date, cooldown: Span) -> Date {
    cooldown.after(last, Holidays::None)
}

/// The first date on which we may approach again, when that is still to come; by the dates of the zone.
pub fn in_cooldown(last: Timestamp, now: Timestamp, cooldown: Span, tz: &TimeZone) -> Option<Date> {
    let again = again_on(tz.to_datetime(last).date(), cooldown);
    (tz.to_datetime(now).date() < again).then_some(again)
}
