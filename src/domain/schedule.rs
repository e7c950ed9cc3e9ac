//! When something recurs, as a cron expression on the local clock. Reads no clock and does not know what recurs.
//!
//! The `cron` crate checks the expression; we walk its fields by the clock on the wall and let the zone say when that is.
//! A slot that the spring skips comes as soon as the clocks have been changed, several of them as one; a slot that the
//! autumn shows twice comes the first time, once.

use std::fmt;
use std::str::FromStr;

use cron::TimeUnitSpec;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::domain::lang::Text;
use crate::text;

/// A cron expression of five fields (minute, hour, day, month, weekday) or six (second first).
///
/// Weekdays are names or the numbers of Unix: 0 and 7 are Sunday, 1 is Monday. A day must fit the day of the month *and*
/// the weekday when both are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule {
    written: String,
    fields: cron::Schedule,
}

/// One time at which a schedule comes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What the clock on the wall was asked to show: unique within a schedule, so that a slot runs once.
    pub civil: DateTime,
    /// The moment at which it comes.
    pub at: Timestamp,
}

/// A schedule that could not be read or never comes up; says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct ScheduleError(pub Text);

/// The fields by name, as a person would call them.
const NAMES: [(&str, &str); 6] = [
    ("seconds", "sekunder"),
    ("minutes", "minutter"),
    ("hours", "timer"),
    ("days of the month", "dager i måneden"),
    ("months", "måneder"),
    ("weekdays", "ukedager"),
];

/// Days that are looked through before a schedule counts as never: the calendar repeats itself after 28 years, or 40
/// across a turn of the century without a leap day.
const HORIZON_DAYS: usize = 366 * 41;

impl Schedule {
    /// Reads a cron expression; the error names the field that is wrong.
    pub fn parse(written: &str) -> Result<Self, ScheduleError> {
        let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut fields: Vec<String> = written.split(' ').map(str::to_owned).collect();
        if fields.len() == 5 {
            fields.insert(0, "0".to_owned());
        }
        if fields.len() != 6 {
            return Err(ScheduleError(text!(
                "`{written}` is no schedule: write five fields, minute hour day month weekday, as in \"0 8 * * Mon-Fri\"",
                "`{written}` er ingen tidsplan: skriv fem felter, minutt time dag måned ukedag, som i «0 8 * * Mon-Fri»"
            )));
        }
        if let Some(days) = weekdays(&fields[5]) {
            fields[5] = days;
        } else {
            return Err(wrong_field(5, &fields[5]));
        }
        if let Some(wrong) = (0..6).find(|at| !is_field(*at, &fields[*at])) {
            return Err(wrong_field(wrong, &fields[wrong]));
        }
        let fields = fields.join(" ").parse().map_err(|_| wrong_field(0, &written))?;
        let schedule = Self { written, fields };
        if schedule.day_from(Date::constant(2001, 1, 1)).is_none() {
            let written = schedule.written;
            return Err(ScheduleError(text!(
                "`{written}` never comes up: write a day that the month has",
                "`{written}` inntreffer aldri: skriv en dag som måneden har"
            )));
        }
        Ok(schedule)
    }

    /// The first slot that comes after a moment; `None` only at the end of the calendar.
    pub fn next_after(&self, after: Timestamp, tz: &TimeZone) -> Option<Slot> {
        let mut civil = tz.to_datetime(after);
        loop {
            civil = self.civil_after(civil)?;
            let at = resolve(civil, tz)?;
            // In the hour that the autumn shows again, the slots have been; after a gap, several come as one.
            if at > after {
                return Some(Slot { civil, at });
            }
        }
    }

    /// The first slot on the civil clock after another reading of it.
    fn civil_after(&self, after: DateTime) -> Option<DateTime> {
        if self.is_day(after.date())
            && let Some(time) = self.time_after(after.time())
        {
            return Some(after.date().to_datetime(time));
        }
        let date = self.day_from(after.date().tomorrow().ok()?)?;
        Some(date.to_datetime(self.first_time()?))
    }

    fn is_day(&self, date: Date) -> bool {
        let weekday = date.weekday().to_sunday_one_offset().unsigned_abs();
        self.fields.months().includes(date.month().unsigned_abs().into())
            && self.fields.days_of_month().includes(date.day().unsigned_abs().into())
            && self.fields.days_of_week().includes(weekday.into())
    }

    fn day_from(&self, date: Date) -> Option<Date> {
        date.series(1.day()).take(HORIZON_DAYS).find(|date| self.is_day(*date))
    }

    fn first_time(&self) -> Option<Time> {
        let first = |field: Option<u32>| field.and_then(|value| i8::try_from(value).ok());
        let hour = first(self.fields.hours().iter().next())?;
        let minute = first(self.fields.minutes().iter().next())?;
        Time::new(hour, minute, first(self.fields.seconds().iter().next())?, 0).ok()
    }

    fn time_after(&self, after: Time) -> Option<Time> {
        let (h, m, s) = (ordinal(after.hour()), ordinal(after.minute()), ordinal(after.second()));
        for hour in self.fields.hours().range(h..) {
            for minute in self.fields.minutes().range(if hour == h { m } else { 0 }..) {
                let second = if (hour, minute) == (h, m) { s + 1 } else { 0 };
                if let Some(second) = self.fields.seconds().range(second..).next() {
                    let part = |value: u32| i8::try_from(value).ok();
                    return Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok();
                }
            }
        }
        None
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

fn ordinal(part: i8) -> u32 {
    part.unsigned_abs().into()
}

/// The moment of a civil time: the first of two, and for none the moment at which the clocks are changed.
fn resolve(civil: DateTime, tz: &TimeZone) -> Option<Timestamp> {
    let shown = tz.to_ambiguous_timestamp(civil);
    match shown.offset() {
        AmbiguousOffset::Gap { .. } => {
            // The earlier reading lies before the change, by less than the gap is wide.
            let before = shown.earlier().ok()?.checked_sub(SignedDuration::from_secs(1)).ok()?;
            tz.following(before).next().map(|change| change.timestamp())
        }
        _ => shown.earlier().ok(),
    }
}

/// Whether the crate takes a field in its place. Numbers of more than two digits mean years, which are not ours.
fn is_field(at: usize, field: &str) -> bool {
    let short = field.split(|c: char| !c.is_ascii_digit()).all(|digits| digits.len() <= 2);
    let mut line = ["*"; 6];
    line[at] = field;
    short && cron::Schedule::from_str(&line.join(" ")).is_ok()
}

fn wrong_field(at: usize, field: &str) -> ScheduleError {
    let (en, nb) = NAMES[at];
    ScheduleError(text!(
        "`{field}` are no {en} in a schedule: write *, a number, a range or a list, as in \"0 8 * * Mon-Fri\"",
        "`{field}` er ikke {nb} i en tidsplan: skriv *, et tall, et område eller en liste, som i «0 8 * * Mon-Fri»"
    ))
}

/// Puts weekdays as Unix means them into names; `None` when they are none.
///
/// The crate counts from Sunday as 1, people from Monday as 1.
fn weekdays(field: &str) -> Option<String> {
    const WORDS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    let mut week = [false; 7];
    for item in field.split(',') {
        let (span, step) = match item.split_once('/') {
            Some((span, step)) => (span, Some(step.parse::<usize>().ok().filter(|step| (1..=7).contains(step))?)),
            None => (item, None),
        };
        let (first, last) = match span.split_once('-') {
            Some((first, last)) => (weekday(first)?, weekday(last)?),
            None if matches!(span, "*" | "?") => (0, 6),
            None => (weekday(span)?, if step.is_some() { 6.max(weekday(span)?) } else { weekday(span)? }),
        };
        // A range may pass the end of the week, as in Sat-Sun.
        let last = if last < first { last + 7 } else { last };
        (first..=last).step_by(step.unwrap_or(1)).for_each(|day| week[day % 7] = true);
    }
    if week == [true; 7] {
        return Some("*".to_owned());
    }
    let names: Vec<_> = WORDS.into_iter().zip(week).filter(|(_, on)| *on).map(|(word, _)| word).collect();
    Some(names.join(","))
}

/// A day of the week as Unix counts, 0 to 7.
fn weekday(word: &str) -> Option<usize> {
    match word.to_ascii_lowercase().as_str() {
        "0" | "sun" | "sunday" => Some(0),
        "1" | "mon" | "monday" => Some(1),
        "2" | "tue" | "tues" | "tuesday" => Some(2),
        "3" | "wed" | "wednesday" => Some(3),
        "4" | "thu" | "thurs" | "thursday" => Some(4),
        "5" | "fri" | "friday" => Some(5),
        "6" | "sat" | "saturday" => Some(6),
        "7" => Some(7),
        _ => None,
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;
    fn from_str(written: &str) -> Result<Self, ScheduleError> {
        Self::parse(written)
    }
}

impl TryFrom<String> for Schedule {
    type Error = ScheduleError;
    fn try_from(written: String) -> Result<Self, ScheduleError> {
        Self::parse(&written)
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> String {
        schedule.written
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
