//! Days and times as people read them, in both languages.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::lang::Lang;

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

/// A stored time: `Thu 26 November 09:30`, `tor. 26. november kl. 09.30`.
pub fn moment(lang: Lang, ms: i64, zone: &TimeZone, today: Date) -> String {
    let at = zone.to_datetime(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX));
    let day = day(lang, at.date(), today);
    match lang {
        Lang::En => format!("{day} {:02}:{:02}", at.hour(), at.minute()),
        Lang::Nb => format!("{day} kl. {:02}.{:02}", at.hour(), at.minute()),
    }
}

/// A stored time as a terminal shows it: `2026-11-26 09:30`.
pub fn plain(ms: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
    zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_people_of_the_language_write_it() {
        let (today, last) = (jiff::civil::date(2026, 11, 26), jiff::civil::date(2025, 12, 1));
        assert_eq!(day(Lang::En, today, today), "Thu 26 November");
        assert_eq!(day(Lang::Nb, last, today), "man. 1. desember 2025");
        let at = moment(Lang::Nb, 1_795_680_000_000, &TimeZone::get("Europe/Oslo").unwrap(), today);
        assert_eq!(at, "tor. 26. november kl. 09.00");
        assert_eq!(plain(1_795_680_000_000, &TimeZone::UTC), "2026-11-26 08:00");
    }
}
