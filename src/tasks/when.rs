//! A time to call again as people write it: `15:00`, `tomorrow 10:00`, `fri 14:30`, `2026-12-10`, `2026-12-10 15:00`.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, ToSpan};

use super::hours::Hours;
use crate::domain::calls;

/// Words that say nothing by themselves.
const FILLERS: [&str; 8] = ["at", "on", "kl", "kl.", "klokken", "klokka", "next", "i"];

/// Reads a time, in English or Norwegian; a day alone means its first hour for calls, a weekday the next one to come.
/// `None` when it is not understood.
pub fn parse(written: &str, now: Timestamp, hours: &Hours) -> Option<Timestamp> {
    if let Ok(exact) = written.trim().parse::<Timestamp>() {
        return Some(exact);
    }
    let line = iso_parted(written.trim()).to_lowercase();
    let mut words: Vec<&str> =
        line.split([' ', ',']).filter(|word| !word.is_empty() && !FILLERS.contains(word)).collect();
    let time = words.last().and_then(|word| time(word));
    if time.is_some() {
        words.pop();
    }
    let day = match words.as_slice() {
        [] if time.is_some() => hours.day_of(now),
        [word] => day(word, hours.day_of(now))?,
        _ => return None,
    };
    let local = day.to_datetime(time.unwrap_or(calls::FROM));
    hours.zone().to_timestamp(local).ok()
}

/// `2026-12-10T15:00` with a space between date and time.
fn iso_parted(written: &str) -> String {
    match written.split_once(['T', 't']) {
        Some((date, time)) if date.parse::<Date>().is_ok() => format!("{date} {time}"),
        _ => written.to_owned(),
    }
}

/// `15:00`, `15.00`, `9:5` is none.
fn time(word: &str) -> Option<Time> {
    let (hour, rest) = word.split_once([':', '.'])?;
    let minute = rest.strip_suffix(":00").unwrap_or(rest);
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour, 2) || !digits(minute, 2) || minute.len() != 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn day(word: &str, today: Date) -> Option<Date> {
    match word {
        "today" | "dag" => return Some(today),
        "tomorrow" | "morgen" => return Some(today.saturating_add(1.day())),
        _ => {}
    }
    if let Some(weekday) = weekday(word) {
        return today.nth_weekday(1, weekday).ok();
    }
    word.parse().ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mon" | "monday" | "man" | "mandag" => Weekday::Monday,
        "tue" | "tuesday" | "tir" | "tirsdag" => Weekday::Tuesday,
        "wed" | "wednesday" | "ons" | "onsdag" => Weekday::Wednesday,
        "thu" | "thursday" | "tor" | "torsdag" => Weekday::Thursday,
        "fri" | "friday" | "fre" | "fredag" => Weekday::Friday,
        "sat" | "saturday" | "lør" | "lørdag" => Weekday::Saturday,
        "sun" | "sunday" | "søn" | "søndag" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::holidays::Holidays;
    use crate::domain::moment;
    use jiff::tz::TimeZone;

    /// What is understood on Friday 4 December 2026, 14:00 in Oslo.
    fn read(written: &str) -> Option<String> {
        let hours = Hours::new(TimeZone::get("Europe/Oslo").unwrap(), Holidays::Norway);
        let now = hours.zone().to_timestamp("2026-12-04T14:00:00".parse().unwrap()).unwrap();
        parse(written, now, &hours).map(|at| moment::plain(at.as_millisecond(), hours.zone()))
    }

    #[test]
    fn times_are_understood_as_people_write_them() {
        for (written, understood) in [
            ("15:00", "2026-12-04 15:00"),
            ("kl 15.30", "2026-12-04 15:30"),
            ("tomorrow", "2026-12-05 09:00"),
            ("i morgen kl. 10:00", "2026-12-05 10:00"),
            ("Fri 14:30", "2026-12-11 14:30"),
            ("mandag 9:15", "2026-12-07 09:15"),
            ("2026-12-10", "2026-12-10 09:00"),
            ("2026-12-10 15:00", "2026-12-10 15:00"),
            ("2026-12-10T15:00:00", "2026-12-10 15:00"),
            ("2026-12-10T14:00:00Z", "2026-12-10 15:00"),
        ] {
            assert_eq!(read(written).as_deref(), Some(understood), "{written}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for written in ["", "soon", "25:00", "15", "10/12", "2026-02-30", "9:5", "mon tue", "15:00 15:00"] {
            assert_eq!(read(written), None, "{written}");
        }
    }
}
