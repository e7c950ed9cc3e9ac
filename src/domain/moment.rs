//! Days and times as people read them, in both languages, and as JSON has them; how far two clocks may differ.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::lang::Lang;
use super::span::MINUTE_MS;

/// Machines whose clocks are kept right are never so far from each other.
pub const APART_MS: i64 = 5 * MINUTE_MS;

const DAYS: [(&str, &str); 7] = [
    ("Mon", "man."),
    ("Tue", "tir."),
    ("Wed", "ons."),
    ("Thu", "tor."),
    ("Fri", "fre."),
    ("Sat", "lør."),
    ("Sun", "søn."),
];
const MONTHS: [(&str, &str); 12] = [
    ("January", "januar"),
    ("February", "februar"),
    ("March", "mars"),
    ("April", "april"),
    ("May", "mai"),
    ("June", "juni"),
    ("July", "juli"),
    ("August", "august"),
    ("September", "september"),
    ("October", "oktober"),
    ("November", "november"),
    ("December", "desember"),
];

/// A day: `Thu 26 November`, `tor. 26. november`; with its year when that is another than `today`'s.
pub fn day(lang: Lang, day: Date, today: Date) -> String {
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
    let month = usize::try_from(day.month() - 1).unwrap_or_default();
    let n = day.day();
    let (of_week, of_year) =
        (DAYS.get(weekday).copied().unwrap_or_default(), MONTHS.get(month).copied().unwrap_or_default());
    let year = if day.year() == today.year() { String::new() } else { format!(" {}", day.year()) };
    match lang {
        Lang::En => format!("{} {n} {}{year}", of_week.0, of_year.0),
        Lang::Nb => format!("{} {n}. {}{year}", of_week.1, of_year.1),
    }
}

/// A time of day: `09:30`, `kl. 09.30`.
pub fn time(lang: Lang, time: Time) -> String {
    match lang {
        Lang::En => format!("{:02}:{:02}", time.hour(), time.minute()),
        Lang::Nb => format!("kl. {:02}.{:02}", time.hour(), time.minute()),
    }
}

/// A stored time: `Thu 26 November 09:30`, `tor. 26. november kl. 09.30`.
pub fn moment(lang: Lang, ms: i64, zone: &TimeZone, today: Date) -> String {
    let at = zone.to_datetime(at(ms));
    format!("{} {}", day(lang, at.date(), today), time(lang, at.time()))
}

/// A stored time as a terminal shows it: `2026-11-26 09:30`.
pub fn plain(ms: i64, zone: &TimeZone) -> String {
    zone.to_datetime(at(ms)).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A stored time in JSON, local with its offset: `2026-11-26T09:30:00+01:00`.
pub fn with_offset(ms: i64, zone: &TimeZone) -> String {
    at(ms).to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A stored time in JSON, in UTC: `2026-11-26T08:30:00Z`.
pub fn utc(ms: i64) -> String {
    at(ms).to_string()
}

/// A stored time; one outside the calendar is its end.
pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_written_as_people_of_the_language_write_it() {
        let (today, last) = (date(2026, 11, 26), date(2025, 12, 1));
        assert_eq!(day(Lang::En, today, today), "Thu 26 November");
        assert_eq!(day(Lang::Nb, last, today), "man. 1. desember 2025");
    }

    #[test]
    fn a_time_is_written_for_people_for_terminals_and_for_programs() {
        let (ms, oslo, today) = (1_795_680_000_000, TimeZone::get("Europe/Oslo").unwrap(), date(2026, 11, 26));
        assert_eq!(moment(Lang::En, ms, &oslo, today), "Thu 26 November 09:00");
        assert_eq!(moment(Lang::Nb, ms, &oslo, today), "tor. 26. november kl. 09.00");
        assert_eq!(plain(ms, &TimeZone::UTC), "2026-11-26 08:00");
        assert_eq!(with_offset(ms, &oslo), "2026-11-26T09:00:00+01:00");
        assert_eq!(utc(ms), "2026-11-26T08:00:00Z");
        assert_eq!(plain(i64::MAX, &TimeZone::UTC), "9999-12-30 22:00");
    }
}
