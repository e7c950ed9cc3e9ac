//! A length of time as people write it, `3 working days`, `6 months`, and in milliseconds. Does not know what it is for.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::domain::holidays::Holidays;
use crate::domain::lang::Text;
use crate::text;

/// A minute in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
/// An hour in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// 24 hours in milliseconds; a day of the calendar may have 23 or 25.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A length of time, at most ten years; written as `N minutes|hours|days|working days|weeks|months`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    count: u32,
    unit: Unit,
}

/// What a [`Span`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Sixty seconds.
    Minutes,
    /// Sixty minutes.
    Hours,
    /// Days of the calendar.
    Days,
    /// Monday to Friday without holidays.
    WorkingDays,
    /// Seven days.
    Weeks,
    /// Months of the calendar; a day that the month lacks becomes its last.
    Months,
}

/// A length of time that could not be read; says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct SpanError(pub Text);

impl Unit {
    const ALL: [Unit; 6] = [Unit::Minutes, Unit::Hours, Unit::Days, Unit::WorkingDays, Unit::Weeks, Unit::Months];

    /// The word for one, and for several.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Unit::Minutes => ("minute", "minutes"),
            Unit::Hours => ("hour", "hours"),
            Unit::Days => ("day", "days"),
            Unit::WorkingDays => ("working day", "working days"),
            Unit::Weeks => ("week", "weeks"),
            Unit::Months => ("month", "months"),
        }
    }

    /// How many are ten years, about.
    fn most(self) -> u32 {
        match self {
            Unit::Minutes => 5_256_000,
            Unit::Hours => 87_600,
            Unit::Days => 3_650,
            Unit::WorkingDays => 2_600,
            Unit::Weeks => 520,
            Unit::Months => 120,
        }
    }
}

impl Span {
    /// A span in code; more than ten years become ten years.
    pub fn new(count: u32, unit: Unit) -> Self {
        Self { count: count.min(unit.most()), unit }
    }

    /// Reads `3 working days`, also in the singular, in capitals and with any spaces.
    pub fn parse(written: &str) -> Result<Self, SpanError> {
        let line = written.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let digits = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
        let (count, word) = line.split_at(digits);
        let unit = Unit::ALL.into_iter().find(|unit| {
            let (one, many) = unit.words();
            [one, many].contains(&word.trim_start())
        });
        let (Some(unit), false) = (unit, count.is_empty()) else {
            return Err(SpanError(text!(
                "`{line}` is no length of time: write a whole number and one of minutes, hours, days, working days, \
                 weeks or months, as in \"3 working days\"",
                "`{line}` er ikke et tidsrom: skriv et helt tall og ett av ordene minutes, hours, days, working days, \
                 weeks eller months, som i «3 working days»"
            )));
        };
        match count.parse() {
            Ok(count) if count <= unit.most() => Ok(Self { count, unit }),
            _ => Err(SpanError(text!(
                "`{line}` is longer than ten years: write a shorter time",
                "`{line}` er mer enn ti år: skriv et kortere tidsrom"
            ))),
        }
    }

    /// Whether it is no time at all, as in `0 days`.
    pub fn is_zero(self) -> bool {
        self.count == 0
    }

    /// As a sentence has it: `90 days`, `90 dager`.
    pub fn text(self) -> Text {
        let (one, many) = match self.unit {
            Unit::Minutes => ("minutt", "minutter"),
            Unit::Hours => ("time", "timer"),
            Unit::Days => ("dag", "dager"),
            Unit::WorkingDays => ("virkedag", "virkedager"),
            Unit::Weeks => ("uke", "uker"),
            Unit::Months => ("måned", "måneder"),
        };
        let n = self.count;
        let word = if n == 1 { one } else { many };
        text!("{self}", "{n} {word}")
    }

    /// The date that lies this span after another.
    ///
    /// Minutes and hours count as whole days, rounded up: whoever waits by dates never waits too short.
    pub fn after(self, date: Date, holidays: Holidays) -> Date {
        let n = i64::from(self.count);
        match self.unit {
            Unit::Minutes => date.saturating_add(i64::from(self.count.div_ceil(24 * 60)).days()),
            Unit::Hours => date.saturating_add(i64::from(self.count.div_ceil(24)).days()),
            Unit::Days => date.saturating_add(n.days()),
            Unit::Weeks => date.saturating_add(n.weeks()),
            Unit::Months => date.saturating_add(n.months()),
            Unit::WorkingDays => {
                let mut day = date;
                for _ in 0..n {
                    day = day.saturating_add(1.day());
                    while !holidays.is_working_day(day) && day < Date::MAX {
                        day = day.saturating_add(1.day());
                    }
                }
                day
            }
        }
    }

    /// The moment that lies this span after another: minutes and hours by the stopwatch, the rest by the calendar of
    /// the zone, at the same time of day.
    pub fn add_to(self, at: Timestamp, tz: &TimeZone, holidays: Holidays) -> Timestamp {
        let n = i64::from(self.count);
        let end = match self.unit {
            Unit::Minutes => at.checked_add(SignedDuration::from_mins(n)),
            Unit::Hours => at.checked_add(SignedDuration::from_hours(n)),
            _ => {
                let local = tz.to_datetime(at);
                let date = self.after(local.date(), holidays);
                tz.to_timestamp(date.to_datetime(local.time()))
            }
        };
        // Only the end of the calendar, in the year 9999, can be passed.
        end.unwrap_or(Timestamp::MAX)
    }
}

impl FromStr for Span {
    type Err = SpanError;
    fn from_str(written: &str) -> Result<Self, SpanError> {
        Self::parse(written)
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;
    fn try_from(written: String) -> Result<Self, SpanError> {
        Self::parse(&written)
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many) = self.unit.words();
        write!(f, "{} {}", self.count, if self.count == 1 { one } else { many })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn span(written: &str) -> Span {
        Span::parse(written).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_span_is_read_as_people_write_it() {
        let spellings = [
            ("3 working days", "3 working days"),
            ("  3   WORKING\u{a0}Days ", "3 working days"),
            ("1 working day", "1 working day"),
            ("1 days", "1 day"),
            ("2 day", "2 days"),
            ("7days", "7 days"),
            ("6 months", "6 months"),
            ("007 weeks", "7 weeks"),
            ("90 minutes", "90 minutes"),
            ("48 hours", "48 hours"),
            ("0 days", "0 days"),
        ];
        for (written, plain) in spellings {
            assert_eq!(span(written).to_string(), plain, "{written}");
        }
    }

    #[test]
    fn what_is_no_span_is_told_what_to_write() {
        let wrong =
            ["", "days", "3", "-3 days", "+3 days", "3.5 days", "1,5 days", "3 dager", "3 days 2 hours", "٣ days"];
        for written in wrong.into_iter().chain(["6 m", "1 year", "three days", "working days 3", "3 w days"]) {
            let Err(error) = Span::parse(written) else { panic!("{written} was taken") };
            assert!(error.0.en.contains("3 working days") && error.0.nb.contains("3 working days"));
        }
        for written in ["99999999999999999999 days", "11000 days", "121 months", "5256001 minutes"] {
            let Err(error) = Span::parse(written) else { panic!("{written} was taken") };
            assert!(error.0.en.contains("ten years"), "{error}");
        }
    }

    #[test]
    fn months_end_where_the_month_ends() {
        let ends = [
            (date(2026, 8, 31), "6 months", date(2027, 2, 28)),
            (date(2027, 8, 31), "6 months", date(2028, 2, 29)),
            (date(2028, 2, 29), "12 months", date(2029, 2, 28)),
            (date(2026, 10, 31), "1 month", date(2026, 11, 30)),
            (date(2026, 11, 23), "6 months", date(2027, 5, 23)),
        ];
        for (from, length, to) in ends {
            assert_eq!(span(length).after(from, Holidays::None), to, "{from} + {length}");
        }
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        let friday = date(2026, 11, 27);
        assert_eq!(span("3 working days").after(friday, Holidays::Norway), date(2026, 12, 2));
        assert_eq!(span("1 working day").after(date(2026, 11, 28), Holidays::Norway), date(2026, 11, 30));
        // Wednesday before Maundy Thursday: the next working day is the Tuesday after Easter.
        assert_eq!(span("1 working day").after(date(2026, 4, 1), Holidays::Norway), date(2026, 4, 7));
        assert_eq!(span("1 working day").after(date(2026, 4, 1), Holidays::None), date(2026, 4, 2));
        assert_eq!(span("0 working days").after(date(2026, 11, 28), Holidays::Norway), date(2026, 11, 28));
    }

    #[test]
    fn hours_and_minutes_are_never_less_than_they_say_by_dates() {
        let day = date(2026, 11, 24);
        for (written, days) in [("1 minute", 1), ("24 hours", 1), ("25 hours", 2), ("1440 minutes", 1), ("0 hours", 0)]
        {
            assert_eq!(span(written).after(day, Holidays::None), day + days.days(), "{written}");
        }
    }

    #[test]
    fn days_keep_the_time_of_day_across_the_odd_nights_and_hours_do_not() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let noon_before: Timestamp = "2026-03-28T12:00:00+01:00".parse().unwrap();
        let next_noon: Timestamp = "2026-03-29T12:00:00+02:00".parse().unwrap();
        assert_eq!(span("1 day").add_to(noon_before, &oslo, Holidays::None), next_noon);
        let stopwatch = span("24 hours").add_to(noon_before, &oslo, Holidays::None);
        assert_eq!(stopwatch, "2026-03-29T13:00:00+02:00".parse().unwrap());
        assert_eq!(span("1 minute").add_to(Timestamp::MAX, &oslo, Holidays::None), Timestamp::MAX);
    }

    proptest! {
        #[test]
        fn every_span_reads_back_and_never_goes_backwards(count in 0u32..3000, at in 0usize..6, day in 0i64..40_000) {
            let written = Span::new(count, Unit::ALL[at]);
            prop_assert_eq!(Span::parse(&written.to_string()), Ok(written));
            let json = serde_json::to_string(&written).unwrap();
            prop_assert_eq!(serde_json::from_str::<Span>(&json).unwrap(), written);
            let from = date(2000, 1, 1) + day.days();
            let to = written.after(from, Holidays::Norway);
            prop_assert_eq!(written.is_zero(), to == from);
            prop_assert!(to >= from);
        }

        #[test]
        fn no_text_makes_the_parser_stumble(written in ".{0,40}") {
            let _ = Span::parse(&written);
        }
    }
}
