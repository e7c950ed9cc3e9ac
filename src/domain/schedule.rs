//! When something recurs, as a cron expression on the local clock. Reads no clock and does not know what recurs.
//!
//! The `cron` crate checks the expression; we walk its fields by the clock on the wall and let the zone say when that is.
//! A slot that the spring skips comes as soon as the clocks have been changed, several of them as one; a slot that the
//! autumn shows twice comes the first time, once.

mod weekdays;

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
        if let Some(days) = weekdays::named(&fields[5]) {
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
        "`{field}` does not fit the {en} of a schedule: write *, a number, a range or a list, as in \"0 8 * * Mon-Fri\"",
        "`{field}` passer ikke som {nb} i en tidsplan: skriv *, et tall, et område eller en liste, som i «0 8 * * Mon-Fri»"
    ))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn oslo() -> TimeZone {
        TimeZone::get("Europe/Oslo").unwrap()
    }

    fn schedule(written: &str) -> Schedule {
        Schedule::parse(written).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The slots after a moment in Oslo: what the clock shows, and when that is.
    fn slots(written: &str, after: &str, count: usize) -> Vec<String> {
        let (schedule, tz) = (schedule(written), oslo());
        let first = schedule.next_after(after.parse().unwrap(), &tz);
        let run = std::iter::successors(first, |slot| schedule.next_after(slot.at, &tz));
        run.take(count).map(|slot| format!("{} {}", slot.civil, slot.at)).collect()
    }

    #[test]
    fn the_days_list_is_made_at_eight_on_weekdays() {
        let expected = [
            "2026-11-27T08:00:00 2026-11-27T07:00:00Z",
            "2026-11-30T08:00:00 2026-11-30T07:00:00Z",
            "2026-12-01T08:00:00 2026-12-01T07:00:00Z",
        ];
        assert_eq!(slots("0 8 * * Mon-Fri", "2026-11-26T07:00:00Z", 3), expected);
        assert_eq!(slots("0 0 8 * * 1-5", "2026-11-26T07:00:00.5Z", 3), expected);
    }

    #[test]
    fn tuesday_is_day_two() {
        // 24 November 2026 is a Tuesday: day 2.
        assert_eq!(slots("0 8 * * 2", "2026-11-23T12:00:00Z", 1), ["2026-11-24T08:00:00 2026-11-24T07:00:00Z"]);
    }

    #[test]
    fn a_slot_that_the_spring_skips_comes_when_the_clocks_are_changed() {
        let expected = [
            "2026-03-28T02:30:00 2026-03-28T01:30:00Z",
            "2026-03-29T02:30:00 2026-03-29T01:00:00Z",
            "2026-03-30T02:30:00 2026-03-30T00:30:00Z",
        ];
        assert_eq!(slots("30 2 * * *", "2026-03-28T00:00:00Z", 3), expected);
        let several_as_one = [
            "2026-03-29T01:40:00 2026-03-29T00:40:00Z",
            "2026-03-29T02:00:00 2026-03-29T01:00:00Z",
            "2026-03-29T03:20:00 2026-03-29T01:20:00Z",
        ];
        assert_eq!(slots("*/20 * * * *", "2026-03-29T00:20:00Z", 3), several_as_one);
    }

    #[test]
    fn a_slot_that_the_autumn_shows_twice_comes_once() {
        let expected = ["2026-10-25T02:30:00 2026-10-25T00:30:00Z", "2026-10-26T02:30:00 2026-10-26T01:30:00Z"];
        assert_eq!(slots("30 2 * * *", "2026-10-24T12:00:00Z", 2), expected);
        assert_eq!(slots("30 2 * * *", "2026-10-25T01:10:00Z", 1), expected[1..]);
        let after_the_second = ["2026-10-25T02:40:00 2026-10-25T00:40:00Z", "2026-10-25T03:00:00 2026-10-25T02:00:00Z"];
        assert_eq!(slots("*/20 * * * *", "2026-10-25T00:20:00Z", 2), after_the_second);
    }

    #[test]
    fn a_wrong_field_is_named() {
        let wrong = [
            ("61 8 * * *", "minutes"),
            ("0 24 * * *", "hours"),
            ("0 8 0 * *", "days of the month"),
            ("0 8 * 13 *", "months"),
            ("0 8 * Tor *", "months"),
            ("0 8 * * 8", "weekdays"),
            ("0 8 * * Man-Fre", "weekdays"),
            ("0 8 * * Mon#2", "weekdays"),
            ("0 8 * * 1-5/0", "weekdays"),
            ("0 8 * * ,", "weekdays"),
            ("*/0 8 * * *", "minutes"),
            ("0-4294967295 8 * * *", "minutes"),
            ("61 0 8 * * *", "seconds"),
            ("0 8-6 * * *", "hours"),
        ];
        for (written, name) in wrong {
            let Err(error) = Schedule::parse(written) else { panic!("{written} was taken") };
            assert!(error.0.en.contains(name), "{written}: {error}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_told_what_to_write() {
        for written in ["", "8", "@daily", "* * * *", "0 0 8 * * Mon 2027", "every day at eight"] {
            let Err(error) = Schedule::parse(written) else { panic!("{written} was taken") };
            assert!(error.0.en.contains("0 8 * * Mon-Fri") && error.0.nb.contains("0 8 * * Mon-Fri"), "{written}");
        }
        assert!(Schedule::parse("0 8 31 2 *").is_err_and(|error| error.0.en.contains("never")));
        assert_eq!(slots("0 0 29 2 Mon", "2026-01-01T00:00:00Z", 1).len(), 1);
    }

    #[test]
    fn a_schedule_is_kept_as_it_was_written() {
        let json = serde_json::to_string(&schedule(" 0  8 * * Mon-Fri ")).unwrap();
        assert_eq!(json, r#""0 8 * * Mon-Fri""#);
        assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), schedule("0 8 * * Mon-Fri"));
    }

    proptest! {
        #[test]
        fn slots_come_in_order_each_once(
            minute in 0u8..60,
            step in 1u8..24,
            start in 0i64..(366 * 24 * 60),
        ) {
            let (schedule, tz) = (schedule(&format!("{minute} */{step} * * *")), oslo());
            let mut after = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + start.minutes();
            let mut civil = None;
            for _ in 0..30 {
                let slot = schedule.next_after(after, &tz).unwrap();
                prop_assert!(slot.at > after);
                prop_assert!(civil.is_none_or(|last| slot.civil > last));
                (after, civil) = (slot.at, Some(slot.civil));
            }
        }

        #[test]
        fn no_text_makes_the_parser_stumble(written in "[-0-9*/,?#LW@a-z ]{0,30}") {
            let _ = Schedule::parse(&written);
        }
    }
}
