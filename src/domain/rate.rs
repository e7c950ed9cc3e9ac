//! How fast messages may go: a rate as people write it, and the bucket that keeps it. Reads no clock: callers say when.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::lang::Text;
use crate::text;

/// So many in each second, minute, hour or day; written `20/min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate {
    count: u32,
    per: Per,
}

/// What a [`Rate`] counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    /// `s`
    Second,
    /// `min`
    Minute,
    /// `h`
    Hour,
    /// `day`
    Day,
}

/// A rate that could not be read; says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct RateError(pub Text);

impl Per {
    fn parse(word: &str) -> Option<Per> {
        match word {
            "s" | "sec" | "second" => Some(Per::Second),
            "min" | "minute" => Some(Per::Minute),
            "h" | "hour" => Some(Per::Hour),
            "d" | "day" => Some(Per::Day),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Per::Second => "s",
            Per::Minute => "min",
            Per::Hour => "h",
            Per::Day => "day",
        }
    }

    fn micros(self) -> i64 {
        let seconds = match self {
            Per::Second => 1,
            Per::Minute => 60,
            Per::Hour => 3_600,
            Per::Day => 86_400,
        };
        seconds * 1_000_000
    }
}

impl Rate {
    /// The most that can be asked for in one unit.
    const MOST: u32 = 1_000_000;

    /// A rate in code; none becomes one, and more than a million a million.
    pub fn new(count: u32, per: Per) -> Self {
        Self { count: count.clamp(1, Self::MOST), per }
    }

    /// Reads `20/min`; also `/sec`, `/minute`, `/hour`, `/d`, in capitals and with spaces.
    pub fn parse(written: &str) -> Result<Self, RateError> {
        let line = written.trim().to_lowercase();
        let read = line.split_once('/').and_then(|(count, per)| {
            let count = count.trim();
            let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
            Some((digits.then(|| count.parse().unwrap_or(u32::MAX))?, Per::parse(per.trim())?))
        });
        match read {
            Some((count, per)) if (1..=Self::MOST).contains(&count) => Ok(Self { count, per }),
            Some(_) => Err(RateError(text!(
                "`{line}` cannot be kept: write a number from 1 to a million before the stroke, as in \"20/min\"",
                "`{line}` lar seg ikke holde: skriv et tall fra 1 til en million foran streken, som i «20/min»"
            ))),
            None => Err(RateError(text!(
                "`{line}` is no rate: write a whole number, a stroke and one of s, min, h or day, as in \"20/min\"",
                "`{line}` er ikke et tempo: skriv et helt tall, en skråstrek og s, min, h eller day, som i «20/min»"
            ))),
        }
    }

    /// The time from one to the next in microseconds, rounded up so that the rate is never passed.
    pub fn interval(self) -> i64 {
        let (period, count) = (self.per.micros(), i64::from(self.count));
        (period + count - 1) / count
    }
}

/// The state that keeps a rate: when the next would be due if all came evenly (GCRA, a leaky bucket as one number).
///
/// It is kept in the database, so that a restart gives no new burst; store it again after every [`take`](Bucket::take),
/// also when that gave nothing. The tolerance says how far ahead of even pace a burst may run: over any time T at most
/// `(T + tolerance) / interval + 1` go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Bucket {
    /// When the next is due at an even pace, in microseconds of the caller's clock.
    pub next_us: i64,
}

impl Bucket {
    /// How many of `want` may go now; the bucket moves on by as many.
    ///
    /// A due time further ahead than the rate can have put it means that the clock was set back, the machine began to
    /// count anew or the rate was changed: the bucket then counts as emptied just now.
    pub fn take(&mut self, now_us: i64, rate: Rate, tolerance_us: i64, want: u32) -> u32 {
        let (interval, tolerance) = (rate.interval(), tolerance_us.max(0));
        let latest = now_us.saturating_add(tolerance);
        self.next_us = self.next_us.min(latest.saturating_add(interval));
        let due = self.next_us.max(now_us);
        if due > latest || want == 0 {
            return 0;
        }
        let room = (latest - due) / interval + 1;
        let taken = room.min(i64::from(want));
        self.next_us = due.saturating_add(taken.saturating_mul(interval));
        u32::try_from(taken).unwrap_or(want)
    }

    /// When the next may go, in microseconds of the same clock; in the past when it may go already.
    pub fn ready_us(self, tolerance_us: i64) -> i64 {
        self.next_us.saturating_sub(tolerance_us.max(0))
    }
}

impl FromStr for Rate {
    type Err = RateError;
    fn from_str(written: &str) -> Result<Self, RateError> {
        Self::parse(written)
    }
}

impl TryFrom<String> for Rate {
    type Error = RateError;
    fn try_from(written: String) -> Result<Self, RateError> {
        Self::parse(&written)
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> String {
        rate.to_string()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.count, self.per.word())
    }
}
