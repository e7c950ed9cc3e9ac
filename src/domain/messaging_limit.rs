//! To how many people a business may write first on WhatsApp in any 24 hours.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits>, read in
//! November 2026: 250 for a new business, then 2,000, 10,000, 100,000 and no limit.

use std::fmt;

use super::span::DAY_MS;

/// How long a person counts after they were written to first.
pub const COUNTS_FOR_MS: i64 = DAY_MS;

/// A number of people in any 24 hours; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessagingLimit(pub Option<u32>);

impl MessagingLimit {
    /// What a new business begins with.
    pub const NEW: Self = Self(Some(250));

    /// Reads the provider's word: `2000`, `-1`, `TIER_2K`, `TIER_UNLIMITED`.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim();
        let word = word.strip_prefix("TIER_").unwrap_or(word);
        if matches!(word, "-1" | "UNLIMITED") {
            return Some(Self(None));
        }
        let (digits, times) = match word.strip_suffix('K') {
            Some(thousands) => (thousands, 1_000),
            None => (word, 1),
        };
        digits.parse::<u32>().ok()?.checked_mul(times).filter(|people| *people > 0).map(|people| Self(Some(people)))
    }

    /// The smaller of the two.
    pub fn min(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(one), Some(two)) => Self(Some(one.min(two))),
            (one, two) => Self(one.or(two)),
        }
    }

    /// How many more people may be written to first when so many were.
    pub fn room(self, written: i64) -> usize {
        self.0.map_or(usize::MAX, |people| usize::try_from(i64::from(people) - written).unwrap_or(0))
    }
}

impl fmt::Display for MessagingLimit {
    /// The word that [`parse`](Self::parse) reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(people) => write!(f, "{people}"),
            None => f.write_str("-1"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_provider_are_read() {
        let limits = [("250", 250), ("TIER_250", 250), ("TIER_1K", 1_000), ("TIER_2K", 2_000), ("TIER_100K", 100_000)];
        for (word, people) in limits {
            assert_eq!(MessagingLimit::parse(word), Some(MessagingLimit(Some(people))), "{word}");
        }
        for word in ["-1", "TIER_UNLIMITED", "UNLIMITED"] {
            assert_eq!(MessagingLimit::parse(word), Some(MessagingLimit(None)), "{word}");
        }
        for word in ["", "TIER_NOT_SET", "K", "0", "-2", "99999999999K", "high"] {
            assert_eq!(MessagingLimit::parse(word), None, "{word}");
        }
    }

    #[test]
    fn the_smaller_limit_counts_and_says_how_much_room_is_left() {
        let (small, none) = (MessagingLimit(Some(250)), MessagingLimit(None));
        assert_eq!(small.min(none), small);
        assert_eq!(none.min(MessagingLimit(Some(9))).room(4), 5);
        assert_eq!(small.room(300), 0);
        assert_eq!(MessagingLimit::parse(&none.to_string()), Some(none));
    }
}
