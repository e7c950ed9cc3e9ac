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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(written: &str) -> Timestamp {
        written.parse().unwrap()
    }

    #[test]
    fn six_months_after_31_august_is_the_last_of_february() {
        let half_a_year = Span::parse("6 months").unwrap();
        assert_eq!(again_on(date(2026, 8, 31), half_a_year), date(2027, 2, 28));
        assert_eq!(again_on(date(2027, 8, 31), half_a_year), date(2028, 2, 29));
        assert_eq!(again_on(date(2026, 8, 28), half_a_year), date(2027, 2, 28));
        assert_eq!(again_on(date(2026, 11, 23), half_a_year), date(2027, 5, 23));
    }

    #[test]
    fn the_cooldown_ends_with_the_local_date_not_with_the_hour() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let half_a_year = Span::parse("6 months").unwrap();
        // 23:30 UTC is the next day in Oslo.
        let last = at("2026-11-22T23:30:00Z");
        let again = Some(date(2027, 5, 23));
        assert_eq!(in_cooldown(last, last, half_a_year, &oslo), again);
        assert_eq!(in_cooldown(last, at("2027-05-22T21:59:59Z"), half_a_year, &oslo), again);
        assert_eq!(in_cooldown(last, at("2027-05-22T22:00:00Z"), half_a_year, &oslo), None);
        assert_eq!(in_cooldown(last, at("2026-01-01T00:00:00Z"), half_a_year, &oslo), again);
    }

    #[test]
    fn a_cooldown_in_hours_is_never_shorter_than_it_says() {
        let utc = TimeZone::UTC;
        let day_and_a_bit = Span::parse("25 hours").unwrap();
        let last = at("2026-11-22T12:00:00Z");
        assert!(in_cooldown(last, at("2026-11-23T23:59:59Z"), day_and_a_bit, &utc).is_some());
        assert!(in_cooldown(last, at("2026-11-24T00:00:00Z"), day_and_a_bit, &utc).is_none());
    }
}
