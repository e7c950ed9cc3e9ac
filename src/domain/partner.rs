//! What two organisations may tell one another of an address, and nothing more.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::lang::Text;
use crate::{text, words};

words! {
    /// A kind of answer that an agreement names.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(into = "&'static str", try_from = "String")]
    pub enum Share {
        /// Who said no.
        Noes = "noes",
        /// Who was approached, and until which month to wait.
        Approaches = "approaches",
    }

    /// All of them.
    pub const ALL;
    /// The word in settings and in JSON.
    pub fn as_str;
}

impl From<Share> for &'static str {
    fn from(share: Share) -> Self {
        share.as_str()
    }
}

impl TryFrom<String> for Share {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Share::ALL.into_iter().find(|share| share.as_str() == word).ok_or("write \"noes\", \"approaches\" or both")
    }
}

impl Share {
    /// The same, of one person.
    pub fn of_one(self) -> Text {
        match self {
            Share::Noes => text!("that you said no to us", "at du har sagt nei til oss"),
            Share::Approaches => text!("until which month to wait", "til hvilken måned den bør vente"),
        }
    }

    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Share::Noes => text!("who said no", "hvem som har sagt nei"),
            Share::Approaches => text!(
                "who was approached, and until which month to wait",
                "hvem som er kontaktet, og til hvilken måned man venter"
            ),
        }
    }
}

/// A month: nobody is told a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u16);

impl Month {
    /// The first month that begins on this day or after it.
    pub fn from_day(day: Date) -> Self {
        let begun = u16::try_from(day.year()).unwrap_or(0) * 12 + u16::from(day.month().unsigned_abs()) - 1;
        Month(begun + u16::from(day.day() > 1))
    }

    /// Its first day.
    pub fn first(self) -> Date {
        let (year, month) = (self.0 / 12, self.0 % 12 + 1);
        Date::new(i16::try_from(year).unwrap_or(i16::MAX), i8::try_from(month).unwrap_or(1), 1).unwrap_or(Date::MAX)
    }

    /// As a number: months since the year 0.
    pub fn number(self) -> u16 {
        self.0
    }

    /// From its number; `None` outside the years 2000 to 2199.
    pub fn from_number(number: u16) -> Option<Self> {
        (2000 * 12..2200 * 12).contains(&number).then_some(Month(number))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

/// What a partner says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Says {
    /// Nothing stands in the way.
    Nothing,
    /// Was approached; may be again from the first of this month.
    Wait(Month),
    /// Said no.
    No,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_never_earlier_than_the_day_it_stands_for() {
        for (day, month) in [
            (date(2026, 12, 1), "2026-12"),
            (date(2026, 12, 2), "2027-01"),
            (date(2027, 1, 31), "2027-02"),
            (date(2028, 2, 29), "2028-03"),
        ] {
            let rounded = Month::from_day(day);
            assert_eq!(rounded.to_string(), month);
            assert!(rounded.first() >= day, "{day}");
            assert_eq!(Month::from_number(rounded.number()), Some(rounded));
        }
        assert_eq!(Month::from_number(0), None);
    }
}
