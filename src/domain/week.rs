//! A week as calendars here count them: from Monday, numbered by ISO 8601.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

/// A week, known by its Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(Date);

impl Week {
    /// The week of a day.
    pub fn of(day: Date) -> Self {
        Self(day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days()))
    }

    /// Reads `2026-W48`, or a day of the week.
    pub fn parse(written: &str) -> Option<Self> {
        let written = written.trim();
        if let Ok(day) = written.parse::<Date>() {
            return Some(Self::of(day));
        }
        let upper = written.to_ascii_uppercase();
        let (year, week) = upper.split_once("-W").or_else(|| upper.split_once('W'))?;
        let date = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?;
        Some(Self(date.date()))
    }

    /// Its Monday.
    pub fn monday(self) -> Date {
        self.0
    }

    /// The year that it belongs to, and its number in it.
    pub fn number(self) -> (i16, i8) {
        let iso = self.0.iso_week_date();
        (iso.year(), iso.week())
    }

    /// The week after it.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(7.days()))
    }

    /// The week before it.
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(7.days()))
    }

    /// How many weeks after another it is.
    pub fn since(self, other: Week) -> i64 {
        i64::from((self.0 - other.0).get_days()) / 7
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, week) = self.number();
        write!(f, "{year}-W{week:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_read_by_its_number_or_a_day_of_it() {
        for written in ["2026-W48", "2026w48", "2026-11-23", "2026-11-29"] {
            assert_eq!(Week::parse(written).unwrap().to_string(), "2026-W48", "{written}");
        }
        assert_eq!(Week::parse("2027-01-01").unwrap().to_string(), "2026-W53", "the year that its Thursday lies in");
        for wrong in ["2026-W54", "2025-W53", "48", "last week", ""] {
            assert_eq!(Week::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn weeks_follow_each_other_across_the_years() {
        let last = Week::parse("2026-W53").unwrap();
        assert_eq!(last.next().to_string(), "2027-W01");
        assert_eq!(last.next().before(), last);
        assert_eq!(last.next().since(Week::parse("2026-W01").unwrap()), 53);
    }
}
