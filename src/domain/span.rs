//! A length of time as people write it: `3 working days`, `6 months`. Does not know what it is for.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::domain::holidays::Holidays;
use crate::domain::lang::Text;
use crate::text;

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
