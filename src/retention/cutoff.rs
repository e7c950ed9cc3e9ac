//! Where the past ends that is kept: by whole days of the calendar. Pure.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::holidays::Holidays;
use crate::domain::span::Span;

/// More days than any [`Span`] has: ten years.
const LONGEST_DAYS: i64 = 3_660;

/// The civil time, unix milliseconds, before which everything is older than `keep`: something of 31 August that is kept
/// six months goes on the last of February.
pub(super) fn older_than(today: Date, keep: Span, zone: &TimeZone) -> i64 {
    // The last day that is over: `after` never goes backwards, so halving finds it.
    let (mut over, mut kept) = (today.saturating_sub(LONGEST_DAYS.days()), today.saturating_add(1.day()));
    while over.saturating_add(1.day()) < kept {
        let days = over.duration_until(kept).as_hours() / 24;
        let middle = over.saturating_add((days / 2).days());
        if keep.after(middle, Holidays::None) <= today {
            over = middle;
        } else {
            kept = middle;
        }
    }
    zone.to_ambiguous_timestamp(kept.at(0, 0, 0, 0)).compatible().map_or(i64::MIN, |begin| begin.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::civil::date;

    fn cut(today: Date, keep: &str) -> Date {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let ms = older_than(today, keep.parse().unwrap(), &oslo);
        let begin = oslo.to_datetime(Timestamp::from_millisecond(ms).unwrap());
        assert_eq!(begin.time(), jiff::civil::Time::midnight());
        begin.date()
    }

    #[test]
    fn a_day_goes_when_its_time_by_the_calendar_is_over() {
        // 31 August and six months is 28 February: on that day, the whole of August is over.
        assert_eq!(cut(date(2027, 2, 28), "6 months"), date(2026, 9, 1));
        assert_eq!(cut(date(2027, 2, 27), "6 months"), date(2026, 8, 28));
        assert_eq!(cut(date(2027, 11, 24), "12 months"), date(2026, 11, 25));
        assert_eq!(cut(date(2026, 11, 24), "1 day"), date(2026, 11, 24));
        assert_eq!(cut(date(2026, 11, 24), "120 months"), date(2016, 11, 25));
    }

    proptest::proptest! {
        #[test]
        fn nothing_goes_too_early_and_nothing_stays_too_long(day in 0i64..20_000, months in 1u32..24) {
            let today = date(2000, 1, 1) + day.days();
            let keep: Span = format!("{months} months").parse().unwrap();
            let first_kept = cut(today, &keep.to_string());
            proptest::prop_assert!(keep.after(first_kept, Holidays::None) > today);
            proptest::prop_assert!(keep.after(first_kept.saturating_sub(1.day()), Holidays::None) <= today);
        }
    }
}
