//! When messages may go out: days, hours and holidays in local time. Reads no clock and knows no campaign.
//!
//! A moment is inside when the clock on the wall says so, and only then. In the two odd nights of the year that means:
//! what the spring skips is never open, and what the autumn shows twice is judged each time by what the clock shows.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::domain::holidays::Holidays;
use crate::domain::lang::Text;
use crate::text;

/// No send begins in a window's last ten minutes.
pub const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// How far ahead an opening is looked for.
const HORIZON_DAYS: usize = 367;

/// Days and hours in which messages may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Window {
    /// Monday first.
    days: [bool; 7],
    from: Time,
    until: Time,
    holidays: Holidays,
}

/// Where a window stands at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowState {
    /// Open until then.
    Open {
        /// The first moment outside.
        until: Timestamp,
    },
    /// Closed.
    Closed {
        /// The next moment inside; `None` when none comes within a year.
        opens: Option<Timestamp>,
    },
}

/// A window that could not be read or cannot be; says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct WindowError(pub Text);

/// Reads a day of the week: `mon`, `Monday`.
pub fn parse_day(written: &str) -> Result<Weekday, WindowError> {
    let word = written.trim().to_lowercase();
    match word.as_str() {
        "mon" | "monday" => Ok(Weekday::Monday),
        "tue" | "tuesday" => Ok(Weekday::Tuesday),
        "wed" | "wednesday" => Ok(Weekday::Wednesday),
        "thu" | "thursday" => Ok(Weekday::Thursday),
        "fri" | "friday" => Ok(Weekday::Friday),
        "sat" | "saturday" => Ok(Weekday::Saturday),
        "sun" | "sunday" => Ok(Weekday::Sunday),
        _ => Err(WindowError(text!(
            "`{word}` is no day: write mon, tue, wed, thu, fri, sat or sun",
            "`{word}` er ingen dag: skriv mon, tue, wed, thu, fri, sat eller sun"
        ))),
    }
}

/// The word for a day of the week: `mon`.
pub fn day_word(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

/// Reads a time of day: `11:00` or `11:00:00`.
pub fn parse_time(written: &str) -> Result<Time, WindowError> {
    let word = written.trim();
    let parts: Option<Vec<i8>> = word.split(':').map(two_digits).collect();
    let time = match parts.as_deref() {
        Some(&[hour, minute]) => Time::new(hour, minute, 0, 0).ok(),
        Some(&[hour, minute, second]) => Time::new(hour, minute, second, 0).ok(),
        _ => None,
    };
    time.ok_or_else(|| {
        WindowError(text!(
            "`{word}` is no time of day: write hours and minutes from 00:00 to 23:59, as in \"11:00\"",
            "`{word}` er ikke et klokkeslett: skriv timer og minutter fra 00:00 til 23:59, som i «11:00»"
        ))
    })
}

fn two_digits(part: &str) -> Option<i8> {
    let plain = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| part.parse().ok()).flatten()
}

impl Window {
    /// A window on these days, from the first time until the second, closed on holidays.
    ///
    /// # Errors
    /// No day; an end that is not after the beginning; or no time left before the last ten minutes.
    pub fn new(
        days: impl IntoIterator<Item = Weekday>,
        from: Time,
        until: Time,
        holidays: Holidays,
    ) -> Result<Self, WindowError> {
        let mut week = [false; 7];
        for day in days {
            week[index(day)] = true;
        }
        if week == [false; 7] {
            return Err(WindowError(text!(
                "a window without days never opens: write days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]",
                "en sendetid uten dager åpner aldri: skriv days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]"
            )));
        }
        let (begins, ends) = (clock_face(from), clock_face(until));
        if from >= until {
            return Err(WindowError(text!(
                "a window from {begins} until {ends} ends before it begins: write a later time for until \
                 (a window does not pass midnight)",
                "en sendetid fra {begins} til {ends} slutter før den begynner: skriv et senere klokkeslett for until \
                 (sendetiden går ikke over midnatt)"
            )));
        }
        if from.duration_until(until) <= MARGIN {
            return Err(WindowError(text!(
                "nothing could go out from {begins} until {ends}, because no sending begins in the last ten minutes: \
                 write a later time for until",
                "ingenting kunne gå ut fra {begins} til {ends}, for ingen sending begynner i de siste ti minuttene: \
                 skriv et senere klokkeslett for until"
            )));
        }
        Ok(Self { days: week, from, until, holidays })
    }

    /// The days of the week on which it opens, Monday first.
    pub fn days(&self) -> impl Iterator<Item = Weekday> + '_ {
        Weekday::Monday.cycle_forward().take(7).filter(|day| self.days[index(*day)])
    }

    /// The time of day at which it opens.
    pub fn from(&self) -> Time {
        self.from
    }

    /// The time of day at which it closes; the first moment outside.
    pub fn until(&self) -> Time {
        self.until
    }

    /// The holidays on which it stays closed.
    pub fn holidays(&self) -> Holidays {
        self.holidays
    }

    /// Whether the moment is inside, by the clock on the wall.
    pub fn is_open_at(&self, at: Timestamp, tz: &TimeZone) -> bool {
        let local = tz.to_datetime(at);
        self.opens_on(local.date()) && (self.from..self.until).contains(&local.time())
    }

    /// Whether it is open and until when, or closed and until when.
    pub fn state_at(&self, at: Timestamp, tz: &TimeZone) -> WindowState {
        if self.is_open_at(at, tz) {
            WindowState::Open { until: self.closes_after(at, tz) }
        } else {
            WindowState::Closed { opens: self.opens_after(at, tz) }
        }
    }

    /// The moment at which the window closes, when a send may begin now: it is open, and these are not its last ten
    /// minutes.
    pub fn may_begin_at(&self, at: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
        match self.state_at(at, tz) {
            WindowState::Open { until } if at.duration_until(until) > MARGIN => Some(until),
            _ => None,
        }
    }

    /// The first moment from now on at which a send may begin; `None` when none comes within a year.
    pub fn next_begin_at(&self, at: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
        let mut moment = at;
        while self.may_begin_at(moment, tz).is_none() {
            moment = match self.state_at(moment, tz) {
                WindowState::Open { until } => until,
                WindowState::Closed { opens } => opens?,
            };
        }
        Some(moment)
    }

    fn opens_on(&self, date: Date) -> bool {
        self.days[index(date.weekday())] && !self.holidays.contains(date)
    }

    /// The first moment outside, from a moment inside.
    fn closes_after(&self, at: Timestamp, tz: &TimeZone) -> Timestamp {
        let today = tz.to_datetime(at).date();
        let outside = |edge: &Timestamp| *edge > at && !self.is_open_at(*edge, tz);
        // A day that is open ends by its own `until`, so only the end of the calendar has no edge.
        edges(today, self.until, tz).filter(outside).min().unwrap_or(Timestamp::MAX)
    }

    /// The first moment inside, from a moment outside.
    fn opens_after(&self, at: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
        let today = tz.to_datetime(at).date();
        let inside = |edge: &Timestamp| *edge > at && self.is_open_at(*edge, tz);
        let open_days = today.series(1.day()).take(HORIZON_DAYS).filter(|date| self.opens_on(*date));
        open_days.filter_map(|date| edges(date, self.from, tz).filter(inside).min()).next()
    }
}

/// The moments of a date at which the clock on the wall reaches or passes a time: when it shows it first, when it shows it
/// last, and when the clocks are changed (which may skip it, or turn back before it).
fn edges(date: Date, time: Time, tz: &TimeZone) -> impl Iterator<Item = Timestamp> {
    let shown = tz.to_ambiguous_timestamp(date.to_datetime(time));
    let midnight = tz.to_ambiguous_timestamp(date.to_datetime(Time::midnight())).earlier();
    // One second earlier, because the clocks may be changed at midnight itself.
    let change = midnight.ok().and_then(|start| {
        let before = start.checked_sub(SignedDuration::from_secs(1)).ok()?;
        tz.following(before).next().map(|transition| transition.timestamp())
    });
    [shown.earlier().ok(), shown.later().ok(), change].into_iter().flatten()
}

fn index(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

fn clock_face(time: Time) -> String {
    match time.second() {
        0 => format!("{:02}:{:02}", time.hour(), time.minute()),
        second => format!("{:02}:{:02}:{second:02}", time.hour(), time.minute()),
    }
}

/// The form in which a window is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    days: Vec<String>,
    from: String,
    until: String,
    holidays: Holidays,
}

impl From<Window> for Written {
    fn from(window: Window) -> Self {
        Self {
            days: window.days().map(|day| day_word(day).to_owned()).collect(),
            from: clock_face(window.from),
            until: clock_face(window.until),
            holidays: window.holidays,
        }
    }
}

impl TryFrom<Written> for Window {
    type Error = WindowError;
    fn try_from(written: Written) -> Result<Self, WindowError> {
        let days = written.days.iter().map(|day| parse_day(day)).collect::<Result<Vec<_>, _>>()?;
        Window::new(days, parse_time(&written.from)?, parse_time(&written.until)?, written.holidays)
    }
}
