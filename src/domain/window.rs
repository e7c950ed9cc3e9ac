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
        let inside =
            |edge: &Timestamp, date| *edge > at && self.is_open_at(*edge, tz) && tz.to_datetime(*edge).date() == date;
        let open_days = today.series(1.day()).take(HORIZON_DAYS).filter(|date| self.opens_on(*date));
        open_days.filter_map(|date| edges(date, self.from, tz).filter(|edge| inside(edge, date)).min()).next()
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const WEEKDAYS: [Weekday; 5] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

    fn oslo() -> TimeZone {
        TimeZone::get("Europe/Oslo").unwrap()
    }

    fn at(written: &str) -> Timestamp {
        written.parse().unwrap()
    }

    fn clock(written: &str) -> Time {
        parse_time(written).unwrap()
    }

    fn office() -> Window {
        Window::new(WEEKDAYS, clock("11:00"), clock("18:00"), Holidays::Norway).unwrap()
    }

    fn every_day(from: &str, until: &str) -> Window {
        let week = Weekday::Monday.cycle_forward().take(7);
        Window::new(week, clock(from), clock(until), Holidays::None).unwrap()
    }

    /// All times of a night at which the window opens or closes, found the slow way.
    fn changes(window: Window, from: &str, minutes: i64) -> Vec<(bool, String)> {
        let (tz, start) = (oslo(), at(from));
        let mut seen = Vec::new();
        let mut open = false;
        for minute in 0..minutes {
            let moment = start + SignedDuration::from_mins(minute);
            if window.is_open_at(moment, &tz) != open {
                open = !open;
                seen.push((open, moment.to_string()));
            }
        }
        seen
    }

    fn seen(times: &[(bool, &str)]) -> Vec<(bool, String)> {
        times.iter().map(|(open, time)| (*open, (*time).to_owned())).collect()
    }

    #[test]
    fn a_window_opens_and_closes_by_the_clock_on_the_wall() {
        let (window, tz) = (office(), oslo());
        let tuesday_evening = at("2026-11-24T17:00:00+01:00");
        assert_eq!(window.state_at(tuesday_evening, &tz), WindowState::Open { until: at("2026-11-24T18:00:00+01:00") });
        assert!(!window.is_open_at(at("2026-11-24T10:59:59.999+01:00"), &tz));
        assert!(window.is_open_at(at("2026-11-24T11:00:00+01:00"), &tz));
        assert!(window.is_open_at(at("2026-11-24T17:59:59.999+01:00"), &tz));
        assert!(!window.is_open_at(at("2026-11-24T18:00:00+01:00"), &tz));
        let opens = |now: &str| match window.state_at(at(now), &tz) {
            WindowState::Closed { opens } => opens,
            WindowState::Open { .. } => panic!("open at {now}"),
        };
        assert_eq!(opens("2026-11-24T09:00:00+01:00"), Some(at("2026-11-24T11:00:00+01:00")));
        assert_eq!(opens("2026-11-24T18:00:00+01:00"), Some(at("2026-11-25T11:00:00+01:00")));
        assert_eq!(opens("2026-11-27T18:00:00+01:00"), Some(at("2026-11-30T11:00:00+01:00")), "over the weekend");
        assert_eq!(opens("2026-03-27T18:00:00+01:00"), Some(at("2026-03-30T11:00:00+02:00")), "over the spring night");
        assert_eq!(opens("2026-04-01T18:00:00+02:00"), Some(at("2026-04-07T11:00:00+02:00")), "over Easter");
    }

    #[test]
    fn no_send_begins_in_the_last_ten_minutes() {
        let (window, tz) = (office(), oslo());
        let closes = at("2026-11-24T18:00:00+01:00");
        assert_eq!(window.may_begin_at(at("2026-11-24T17:49:59.999+01:00"), &tz), Some(closes));
        assert_eq!(window.may_begin_at(at("2026-11-24T17:50:00+01:00"), &tz), None);
        assert_eq!(window.may_begin_at(at("2026-11-24T10:00:00+01:00"), &tz), None);
        let next = |now: &str| window.next_begin_at(at(now), &tz);
        assert_eq!(next("2026-11-24T12:00:00+01:00"), Some(at("2026-11-24T12:00:00+01:00")));
        assert_eq!(next("2026-11-24T17:50:00+01:00"), Some(at("2026-11-25T11:00:00+01:00")));
    }

    #[test]
    fn what_the_spring_night_skips_is_never_open() {
        let night = "2026-03-28T23:00:00Z";
        assert_eq!(changes(every_day("02:00", "03:00"), night, 360), []);
        let begins_in_gap = every_day("02:30", "04:00");
        let open = seen(&[(true, "2026-03-29T01:00:00Z"), (false, "2026-03-29T02:00:00Z")]);
        assert_eq!(changes(begins_in_gap, night, 360), open);
        let ends_in_gap = every_day("01:30", "02:30");
        let open = seen(&[(true, "2026-03-29T00:30:00Z"), (false, "2026-03-29T01:00:00Z")]);
        assert_eq!(changes(ends_in_gap, night, 360), open);
        // The margin counts back from the moment at which it really closes.
        assert_eq!(ends_in_gap.may_begin_at(at("2026-03-29T00:49:59Z"), &oslo()), Some(at("2026-03-29T01:00:00Z")));
        assert_eq!(ends_in_gap.may_begin_at(at("2026-03-29T00:50:00Z"), &oslo()), None);
    }

    #[test]
    fn what_the_autumn_night_shows_twice_is_judged_by_the_clock_in_either_hour() {
        let night = "2026-10-24T22:00:00Z";
        let begins_in_fold = every_day("02:30", "04:00");
        let open = seen(&[
            (true, "2026-10-25T00:30:00Z"),
            (false, "2026-10-25T01:00:00Z"),
            (true, "2026-10-25T01:30:00Z"),
            (false, "2026-10-25T03:00:00Z"),
        ]);
        assert_eq!(changes(begins_in_fold, night, 360), open);
        let ends_in_fold = every_day("01:30", "02:30");
        let open = seen(&[
            (true, "2026-10-24T23:30:00Z"),
            (false, "2026-10-25T00:30:00Z"),
            (true, "2026-10-25T01:00:00Z"),
            (false, "2026-10-25T01:30:00Z"),
        ]);
        assert_eq!(changes(ends_in_fold, night, 360), open);
        let whole = seen(&[(true, "2026-10-25T00:00:00Z"), (false, "2026-10-25T02:00:00Z")]);
        assert_eq!(changes(every_day("02:00", "03:00"), night, 360), whole);
    }

    #[test]
    fn a_window_that_only_opens_on_holidays_never_opens() {
        // Whit Sunday and Easter Sunday aside, Sundays are free of holidays: this one opens.
        let sundays = Window::new([Weekday::Sunday], clock("11:00"), clock("12:00"), Holidays::Norway).unwrap();
        let easter_eve = at("2026-04-04T12:00:00Z");
        let next = WindowState::Closed { opens: Some(at("2026-04-12T09:00:00Z")) };
        assert_eq!(sundays.state_at(easter_eve, &oslo()), next);
    }

    #[test]
    fn a_window_that_can_never_be_used_is_refused() {
        let refuse = |days: &[Weekday], from, until| {
            let window = Window::new(days.iter().copied(), clock(from), clock(until), Holidays::Norway);
            window.err().map(|error| error.0.en).unwrap_or_else(|| panic!("{from} to {until} was taken"))
        };
        assert!(refuse(&[], "11:00", "18:00").contains("days"));
        assert!(refuse(&WEEKDAYS, "18:00", "11:00").contains("midnight"));
        assert!(refuse(&WEEKDAYS, "11:00", "11:00").contains("midnight"));
        assert!(refuse(&WEEKDAYS, "11:00", "11:10").contains("ten minutes"));
        assert!(Window::new(WEEKDAYS, clock("11:00"), clock("11:11"), Holidays::Norway).is_ok());
    }

    #[test]
    fn times_and_days_are_read_as_people_write_them() {
        for (written, hour, minute, second) in [("11:00", 11, 0, 0), (" 9:05 ", 9, 5, 0), ("23:59:59", 23, 59, 59)] {
            assert_eq!(parse_time(written), Ok(Time::constant(hour, minute, second, 0)));
        }
        for wrong in ["", "11", "24:00", "11:60", "11.00", "11:00:00:00", "-1:00", "+1:00", "11:000", "11:00 pm", ":"] {
            let Err(error) = parse_time(wrong) else { panic!("{wrong} was taken") };
            assert!(error.0.nb.contains("11:00"));
        }
        assert_eq!(parse_day(" Mon "), Ok(Weekday::Monday));
        for day in Weekday::Monday.cycle_forward().take(7) {
            assert_eq!(parse_day(day_word(day)), Ok(day));
        }
        assert!(parse_day("man").is_err_and(|error| error.0.nb.contains("mon")));
    }

    #[test]
    fn a_window_is_kept_in_its_written_form() {
        let json = serde_json::to_string(&office()).unwrap();
        let written = r#"{"days":["mon","tue","wed","thu","fri"],"from":"11:00","until":"18:00","holidays":"NO"}"#;
        assert_eq!(json, written);
        assert_eq!(serde_json::from_str::<Window>(&json).unwrap(), office());
    }

    proptest! {
        #[test]
        fn the_quick_answers_are_those_of_a_slow_walk(
            zone in prop::sample::select(vec!["Europe/Oslo", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "UTC"]),
            day in 0i64..366,
            start in 0i64..1440,
            from in 0i16..1380,
            length in 11i16..1400,
        ) {
            let tz = TimeZone::get(zone).unwrap();
            let minute = |n: i16| Time::midnight() + (i64::from(n.min(1439))).minutes();
            let days = [Weekday::Monday, Weekday::Friday, Weekday::Saturday, Weekday::Sunday];
            let (from, until) = (minute(from), minute(from + length));
            let window = Window::new(days, from, until, Holidays::Norway).unwrap();
            let now = date(2026, 1, 1).to_zoned_datetime(TimeZone::UTC).unwrap().timestamp()
                + SignedDuration::from_mins(day * 1440 + start);
            let open = window.is_open_at(now, &tz);
            let mut moment = now;
            while window.is_open_at(moment, &tz) == open {
                moment += SignedDuration::from_mins(1);
            }
            let expected = if open { WindowState::Open { until: moment } } else { WindowState::Closed { opens: Some(moment) } };
            prop_assert_eq!(window.state_at(now, &tz), expected);
        }

        #[test]
        fn a_send_that_may_begin_has_more_than_ten_minutes_left(minute in 0i64..(366 * 1440)) {
            let (window, tz) = (every_day("01:30", "02:45"), oslo());
            let now = at("2026-01-01T00:00:00Z") + SignedDuration::from_mins(minute);
            if window.may_begin_at(now, &tz).is_some() {
                for later in 0..=10 {
                    prop_assert!(window.is_open_at(now + SignedDuration::from_mins(later), &tz));
                }
            }
        }
    }
}
