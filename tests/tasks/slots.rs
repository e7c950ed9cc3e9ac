//! Ten years of schedules in Oslo against a calculation that knows neither the schedule's parser nor the zone's tables:
//! the clock on the wall is walked minute by minute, set by the rule of the law, and each minute that it shows or skips
//! for the first time is looked at.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use lykt::domain::schedule::Schedule;

/// A minute of the clock on the wall.
pub struct Minute {
    pub date: Date,
    pub hour: i64,
    pub minute: i64,
}

/// The last Sunday of a month with 31 days.
fn last_sunday(year: i16, month: i8) -> Date {
    let days = (25..=31).map(|day| Date::new(year, month, day).unwrap());
    days.into_iter().find(|date| date.weekday() == Weekday::Sunday).unwrap()
}

fn utc_minute(date: Date, hour: i64) -> i64 {
    TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap().as_second() / 60 + hour * 60
}

/// When Oslo is two hours ahead of UTC, and not one: from the last Sunday of March to that of October, at one in UTC.
fn summer(year: i16) -> std::ops::Range<i64> {
    utc_minute(last_sunday(year, 3), 1)..utc_minute(last_sunday(year, 10), 1)
}

/// When a schedule comes up in these years, in minutes of UTC: once for each real minute in which the wall clock shows or
/// has skipped a minute that fits, and never for a minute that it has shown before.
pub fn walked(years: std::ops::Range<i16>, fits: impl Fn(&Minute) -> bool) -> Vec<i64> {
    let mut found = Vec::new();
    let (first, last) = (Date::new(years.start, 1, 1).unwrap(), Date::new(years.end, 1, 1).unwrap());
    let mut shown = utc_minute(first, 0) + 60 - 1;
    let (mut date, mut day) = (first.yesterday().unwrap(), 0);
    for year in years {
        let summer = summer(year);
        let next = Date::new(year + 1, 1, 1).unwrap().min(last);
        for minute in utc_minute(Date::new(year, 1, 1).unwrap(), 0)..utc_minute(next, 0) {
            let wall = minute + if summer.contains(&minute) { 120 } else { 60 };
            let mut comes = false;
            for new in shown + 1..=wall {
                if new.div_euclid(1440) != day {
                    day = new.div_euclid(1440);
                    let at = Timestamp::from_second(new * 60).unwrap();
                    date = TimeZone::UTC.to_datetime(at).date();
                }
                let of_day = new.rem_euclid(1440);
                comes |= fits(&Minute { date, hour: of_day / 60, minute: of_day % 60 });
            }
            shown = shown.max(wall);
            if comes {
                found.push(minute);
            }
        }
    }
    found
}

/// The same by our own schedule.
fn scheduled(written: &str, years: std::ops::Range<i16>) -> Vec<i64> {
    let (schedule, oslo) = (Schedule::parse(written).unwrap(), TimeZone::get("Europe/Oslo").unwrap());
    let at = |year| Timestamp::from_second(utc_minute(Date::new(year, 1, 1).unwrap(), 0) * 60).unwrap();
    let before = at(years.start) - jiff::SignedDuration::from_secs(1);
    let slots = std::iter::successors(schedule.next_after(before, &oslo), |slot| schedule.next_after(slot.at, &oslo));
    slots.take_while(|slot| slot.at < at(years.end)).map(|slot| slot.at.as_second() / 60).collect()
}

#[test]
fn ten_years_of_slots_in_oslo_lose_none_and_have_none_twice() {
    type Fits = fn(&Minute) -> bool;
    let schedules: [(&str, Fits); 7] = [
        ("30 2 * * *", |m| (m.hour, m.minute) == (2, 30)),
        ("0 2,3 * * *", |m| m.minute == 0 && (m.hour == 2 || m.hour == 3)),
        ("30 15 * * Mon-Fri", |m| {
            (m.hour, m.minute) == (15, 30) && !matches!(m.date.weekday(), Weekday::Saturday | Weekday::Sunday)
        }),
        ("0 10 * * Mon", |m| (m.hour, m.minute) == (10, 0) && m.date.weekday() == Weekday::Monday),
        ("15 */2 * * 0", |m| m.minute == 15 && m.hour % 2 == 0 && m.date.weekday() == Weekday::Sunday),
        ("*/20 1-3 * 3,10 Sun", |m| {
            m.minute % 20 == 0
                && (1..=3).contains(&m.hour)
                && matches!(m.date.month(), 3 | 10)
                && m.date.weekday() == Weekday::Sunday
        }),
        ("0 0 29 2 *", |m| (m.hour, m.minute, m.date.month(), m.date.day()) == (0, 0, 2, 29)),
    ];
    for (written, fits) in schedules {
        let (walked, scheduled) = (walked(2026..2036, fits), scheduled(written, 2026..2036));
        assert!(scheduled.windows(2).all(|pair| pair[0] < pair[1]), "{written}: a slot twice");
        let differs = walked.iter().zip(&scheduled).position(|(a, b)| a != b);
        assert_eq!(differs.map(|n| (walked[n], scheduled[n])), None, "{written}");
        assert_eq!(walked.len(), scheduled.len(), "{written}");
        assert!(!walked.is_empty(), "{written}");
    }
    assert_eq!(walked(2026..2036, |m| (m.hour, m.minute) == (2, 30)).len(), 3652, "every day of ten years, once");
}
