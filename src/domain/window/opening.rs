//! Whether a window is open, and when that changes. Reads no clock.
//!
//! A moment is inside when the clock on the wall says so, and only then. In the two odd nights of the year that means:
//! what the spring skips is never open, and what the autumn shows twice is judged each time by what the clock shows.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{MARGIN, Window, index};

/// How far ahead an opening is looked for.
const HORIZON_DAYS: usize = 367;

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

impl Window {
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
            let change = match self.state_at(moment, tz) {
                WindowState::Open { until } => Some(until),
                WindowState::Closed { opens } => opens,
            };
            moment = change.filter(|change| *change > moment)?;
        }
        Some(moment)
    }

    /// Whether it opens on any day from the first to the last.
    pub fn opens_between(&self, first: Date, last: Date) -> bool {
        // A year has every day that there is.
        first.series(1.day()).take_while(|date| *date <= last).take(366).any(|date| self.opens_on(date))
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
    let change = midnight.ok().and_then(|start| tz.following(start).next()).map(|change| change.timestamp());
    [shown.earlier().ok(), shown.later().ok(), change].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::holidays::Holidays;
    use crate::domain::window::parse_time;
    use jiff::SignedDuration;
    use jiff::civil::{Weekday, date};
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

    /// All times of a night at which the window opens or closes, found the slow way, and foretold from every minute.
    fn changes(window: Window, from: &str, minutes: i64) -> Vec<(bool, String)> {
        let (tz, start) = (oslo(), at(from));
        let moments = (0..minutes).map(|minute| start + SignedDuration::from_mins(minute));
        let (mut seen, mut waiting, mut open) = (Vec::new(), Vec::new(), false);
        for moment in moments {
            if window.is_open_at(moment, &tz) != open {
                for earlier in waiting.drain(..) {
                    let foretold = match window.state_at(earlier, &tz) {
                        WindowState::Open { until } => Some(until),
                        WindowState::Closed { opens } => opens,
                    };
                    assert_eq!(foretold, Some(moment), "from {earlier}");
                }
                open = !open;
                seen.push((open, moment.to_string()));
            }
            waiting.push(moment);
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
    fn a_window_stays_closed_on_holidays() {
        let sundays = Window::new([Weekday::Sunday], clock("11:00"), clock("12:00"), Holidays::Norway).unwrap();
        let easter_eve = at("2026-04-04T12:00:00Z");
        let next = WindowState::Closed { opens: Some(at("2026-04-12T09:00:00Z")) };
        assert_eq!(sundays.state_at(easter_eve, &oslo()), next);
    }

    #[test]
    fn the_end_of_the_calendar_is_no_trap() {
        let window = every_day("00:00", "23:59");
        for back in 0..48 {
            let late = Timestamp::MAX - SignedDuration::from_hours(back);
            let next = window.next_begin_at(late, &oslo());
            assert!(next.is_none_or(|next| next >= late));
        }
    }

    /// Days of 2026, every other time one on which some zone changes its clocks, or the day before.
    fn days() -> impl Strategy<Value = i64> {
        let odd = vec![66, 67, 86, 87, 93, 94, 112, 113, 275, 276, 296, 297, 301, 302, 303, 304];
        prop_oneof![0i64..366, prop::sample::select(odd)]
    }

    proptest! {
        #[test]
        fn the_quick_answers_are_those_of_a_slow_walk(
            zone in prop::sample::select(vec!["Europe/Oslo", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "UTC"]),
            day in days(),
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
