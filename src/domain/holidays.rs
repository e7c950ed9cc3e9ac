//! Public holidays, computed for any year, and what a working day is. Knows rules of calendars, no list of dates.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::domain::lang::Text;
use crate::{text, words};

words! {
    /// Whose public holidays count; written `"NO"`, `"SE"`, `"DK"` or `"none"`.
    ///
    /// An ordinary Sunday is no holiday, and no working day either.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub enum Holidays {
        /// Norway's.
        Norway = "NO",
        /// Sweden's.
        Sweden = "SE",
        /// Denmark's.
        Denmark = "DK",
        /// Nobody's: only Saturdays and Sundays are free.
        #[default]
        None = "none",
    }

    /// Every choice.
    pub const ALL;
    /// The word in campaign files and settings.
    pub fn as_str;
}

/// A region whose holidays we cannot compute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct HolidaysError(pub Text);

/// Where a holiday stands in the year.
enum Rule {
    /// The same date every year: month, day.
    Fixed(i8, i8),
    /// So many days after Easter Sunday.
    Easter(i16),
    /// The first Saturday on or after this date: month, day.
    SaturdayFrom(i8, i8),
}

use Rule::{Easter, Fixed, SaturdayFrom};

/// 1 January, Maundy Thursday to Easter Monday, 1 and 17 May, Ascension, Whitsun, Christmas.
/// (Lov om 1. og 17. mai; lov om helligdager og helligdagsfred, section 2.)
const NORWAY: &[Rule] = &[
    Fixed(1, 1),
    Easter(-3),
    Easter(-2),
    Easter(0),
    Easter(1),
    Fixed(5, 1),
    Fixed(5, 17),
    Easter(39),
    Easter(49),
    Easter(50),
    Fixed(12, 25),
    Fixed(12, 26),
];

/// As the act on public holidays has them (1989:253); Whit Monday is none, Midsummer and All Saints' are Saturdays.
const SWEDEN: &[Rule] = &[
    Fixed(1, 1),
    Fixed(1, 6),
    Easter(-2),
    Easter(0),
    Easter(1),
    Fixed(5, 1),
    Easter(39),
    Easter(49),
    Fixed(6, 6),
    SaturdayFrom(6, 20),
    SaturdayFrom(10, 31),
    Fixed(12, 25),
    Fixed(12, 26),
];

/// The church's holidays; Great Prayer Day went in 2024.
const DENMARK: &[Rule] = &[
    Fixed(1, 1),
    Easter(-3),
    Easter(-2),
    Easter(0),
    Easter(1),
    Easter(39),
    Easter(49),
    Easter(50),
    Fixed(12, 25),
    Fixed(12, 26),
];

impl Holidays {
    /// Reads the word, in any case of letters; the error names the known regions.
    pub fn parse(written: &str) -> Result<Self, HolidaysError> {
        let word = written.trim();
        Self::ALL.into_iter().find(|region| region.as_str().eq_ignore_ascii_case(word)).ok_or_else(|| {
            HolidaysError(text!(
                "`{word}` is no region whose holidays are known: write \"NO\", \"SE\", \"DK\" or \"none\"",
                "`{word}` er ingen region med kjente helligdager: skriv «NO», «SE», «DK» eller «none»"
            ))
        })
    }

    /// Whether the date is a public holiday.
    pub fn contains(self, date: Date) -> bool {
        self.rules().iter().any(|rule| rule.matches(date))
    }

    /// Whether people work: Monday to Friday, and no holiday.
    pub fn is_working_day(self, date: Date) -> bool {
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.contains(date)
    }

    fn rules(self) -> &'static [Rule] {
        match self {
            Holidays::None => &[],
            Holidays::Norway => NORWAY,
            Holidays::Sweden => SWEDEN,
            Holidays::Denmark => DENMARK,
        }
    }
}

impl Rule {
    fn matches(&self, date: Date) -> bool {
        match *self {
            Fixed(month, day) => (date.month(), date.day()) == (month, day),
            Easter(days) => easter(date.year()).saturating_add(days.days()) == date,
            SaturdayFrom(month, day) => {
                let first = Date::constant(date.year(), month, day);
                date.weekday() == Weekday::Saturday && date >= first && date < first.saturating_add(7.days())
            }
        }
    }
}

/// Easter Sunday of a year in the Gregorian calendar (Meeus, Jones and Butcher).
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let a = y.rem_euclid(19);
    let (b, c) = (y.div_euclid(100), y.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let g = (8 * b + 13).div_euclid(25);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let (month, day) = (n / 31, n % 31 + 1);
    // Easter is between 22 March and 25 April, so both numbers are small.
    Date::constant(year, month as i8, day as i8)
}

impl FromStr for Holidays {
    type Err = HolidaysError;
    fn from_str(written: &str) -> Result<Self, HolidaysError> {
        Self::parse(written)
    }
}

impl TryFrom<String> for Holidays {
    type Error = HolidaysError;
    fn try_from(written: String) -> Result<Self, HolidaysError> {
        Self::parse(&written)
    }
}

impl From<Holidays> for String {
    fn from(holidays: Holidays) -> String {
        holidays.to_string()
    }
}

impl fmt::Display for Holidays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn of(region: Holidays, year: i16) -> Vec<String> {
        let year = Date::constant(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
        year.filter(|day| region.contains(*day)).map(|day| day.strftime("%m-%d").to_string()).collect()
    }

    #[test]
    fn easter_falls_where_the_church_has_it() {
        let known = [
            date(1818, 3, 22),
            date(1943, 4, 25),
            date(1954, 4, 18),
            date(1981, 4, 19),
            date(2000, 4, 23),
            date(2008, 3, 23),
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2027, 3, 28),
            date(2038, 4, 25),
            date(2049, 4, 18),
            date(2076, 4, 19),
            date(2285, 3, 22),
        ];
        for day in known {
            assert_eq!(easter(day.year()), day);
        }
    }

    #[test]
    fn norway_keeps_twelve_holidays() {
        let y2026 = [
            "01-01", "04-02", "04-03", "04-05", "04-06", "05-01", "05-14", "05-17", "05-24", "05-25", "12-25", "12-26",
        ];
        assert_eq!(of(Holidays::Norway, 2026), y2026);
        // In 2008 Ascension was on 1 May, and in 2024 the next after Easter were on 9, 19 and 20 May.
        assert_eq!(of(Holidays::Norway, 2008).len(), 11);
        assert!(["05-09", "05-19", "05-20"].iter().all(|day| of(Holidays::Norway, 2024).contains(&(*day).to_owned())));
    }

    #[test]
    fn sweden_and_denmark_keep_their_own() {
        let sweden = [
            "01-01", "01-06", "04-03", "04-05", "04-06", "05-01", "05-14", "05-24", "06-06", "06-20", "10-31", "12-25",
            "12-26",
        ];
        assert_eq!(of(Holidays::Sweden, 2026), sweden);
        assert!(of(Holidays::Sweden, 2027).contains(&"11-06".to_owned()));
        let denmark = ["01-01", "04-02", "04-03", "04-05", "04-06", "05-14", "05-24", "05-25", "12-25", "12-26"];
        assert_eq!(of(Holidays::Denmark, 2026), denmark);
    }

    #[test]
    fn christmas_eve_is_a_working_day_and_a_sunday_is_none() {
        assert!(Holidays::Norway.is_working_day(date(2026, 12, 24)));
        assert!(!Holidays::Norway.is_working_day(date(2026, 12, 25)));
        assert!(!Holidays::None.is_working_day(date(2026, 12, 27)));
        assert!(!Holidays::None.contains(date(2026, 12, 27)));
        assert!(Holidays::None.is_working_day(date(2026, 12, 25)));
    }

    #[test]
    fn an_unknown_region_is_told_which_are_known() {
        for region in Holidays::ALL {
            assert_eq!(Holidays::parse(region.as_str()), Ok(region));
            let Err(error) = Holidays::parse("XX") else { panic!("XX was taken") };
            assert!(error.0.en.contains(region.as_str()) && error.0.nb.contains(region.as_str()));
        }
        assert_eq!(Holidays::parse(" no "), Ok(Holidays::Norway));
        assert!(Holidays::parse("").is_err());
    }

    proptest! {
        #[test]
        fn easter_is_a_sunday_between_22_march_and_25_april(year in Date::MIN.year()..=Date::MAX.year()) {
            let day = easter(year);
            prop_assert_eq!(day.weekday(), Weekday::Sunday);
            prop_assert!((date(year, 3, 22)..=date(year, 4, 25)).contains(&day));
        }
    }
}
