//! How fast messages may go: a rate as people write it, and the bucket that keeps it. Reads no clock: callers say when.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::lang::Text;
use crate::text;

/// The longest a window is open.
const DAY: Duration = Duration::from_secs(86_400);

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

    /// The pace within a window that is open for this long a day: `100/day` means a hundred in that time, evenly. The
    /// other rates are paces already.
    #[must_use]
    pub fn within(self, open: Duration) -> Self {
        match self.per {
            Per::Day if open < DAY && !open.is_zero() => {
                let count = u128::from(self.count) * DAY.as_millis() / open.as_millis().max(1);
                Self::new(u32::try_from(count).unwrap_or(Self::MOST), Per::Day)
            }
            _ => self,
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(written: &str) -> Rate {
        Rate::parse(written).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_rate_is_read_as_people_write_it() {
        let spellings = [
            ("20/min", "20/min", 3_000_000),
            ("20/minute", "20/min", 3_000_000),
            (" 20 / MIN ", "20/min", 3_000_000),
            ("1/s", "1/s", 1_000_000),
            ("7/sec", "7/s", 142_858),
            ("100/h", "100/h", 36_000_000),
            ("100/hour", "100/h", 36_000_000),
            ("1/d", "1/day", 86_400_000_000),
            ("1000000/s", "1000000/s", 1),
        ];
        for (written, plain, interval) in spellings {
            assert_eq!((rate(written).to_string().as_str(), rate(written).interval()), (plain, interval), "{written}");
        }
    }

    #[test]
    fn what_is_no_rate_is_told_what_to_write() {
        let wrong =
            ["", "20", "/min", "20/", "-1/min", "+1/min", "1.5/min", "20/month", "20 min", "20/m", "min/20", "1/2/s"];
        for written in wrong.into_iter().chain(["0/min", "1000001/s", "99999999999999999999/s"]) {
            let Err(error) = Rate::parse(written) else { panic!("{written} was taken") };
            assert!(error.0.en.contains("20/min") && error.0.nb.contains("20/min"));
        }
    }

    #[test]
    fn a_full_bucket_gives_its_burst_and_then_keeps_pace() {
        let (rate, second) = (rate("1/s"), 1_000_000);
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(100 * second, rate, 2 * second, 10), 3);
        assert_eq!(bucket.take(100 * second, rate, 2 * second, 10), 0);
        assert_eq!(bucket.ready_us(2 * second), 101 * second);
        assert_eq!(bucket.take(101 * second - 1, rate, 2 * second, 10), 0);
        assert_eq!(bucket.take(101 * second, rate, 2 * second, 10), 1);
    }

    #[test]
    fn a_restart_gives_no_new_burst() {
        let (rate, now) = (rate("20/min"), 1_000_000_000);
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(now, rate, 0, 5), 1);
        let mut kept = Bucket { next_us: bucket.next_us };
        assert_eq!(kept.take(now + 1, rate, 0, 5), 0);
        assert_eq!(kept.take(now + rate.interval(), rate, 0, 5), 1);
    }

    #[test]
    fn a_clock_that_starts_anew_waits_one_interval_and_goes_on() {
        let (rate, interval) = (rate("1/s"), 1_000_000);
        let mut bucket = Bucket { next_us: 900_000_000_000_000 };
        assert_eq!(bucket.take(5, rate, 0, 1), 0);
        assert_eq!(bucket.take(4 + interval, rate, 0, 1), 0);
        assert_eq!(bucket.take(5 + interval, rate, 0, 1), 1);
    }

    #[test]
    fn asking_for_nothing_takes_nothing() {
        let mut bucket = Bucket { next_us: 7 };
        assert_eq!(bucket.take(100, rate("1/s"), 0, 0), 0);
        assert_eq!(bucket.next_us, 7);
    }

    fn rates() -> impl Strategy<Value = Rate> {
        let per = prop::sample::select(vec![Per::Second, Per::Minute, Per::Hour, Per::Day]);
        (1u32..2_000, per).prop_map(|(count, per)| Rate::new(count, per))
    }

    proptest! {
        #[test]
        fn every_rate_reads_back(rate in rates()) {
            prop_assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
            let json = serde_json::to_string(&rate).unwrap();
            prop_assert_eq!(serde_json::from_str::<Rate>(&json).unwrap(), rate);
        }

        #[test]
        fn over_any_time_no_more_go_than_the_rate_and_its_tolerance_allow(
            rate in rates(),
            tolerance in 0i64..200_000_000,
            asks in prop::collection::vec((0i64..30_000_000, 0u32..40), 1..60),
        ) {
            let (mut bucket, mut now, mut log) = (Bucket::default(), 1_000_000_000i64, Vec::new());
            for (pause, want) in asks {
                now += pause;
                let taken = bucket.take(now, rate, tolerance, want);
                prop_assert!(taken <= want);
                log.push((now, i64::from(taken)));
            }
            for (i, (start, _)) in log.iter().enumerate() {
                let mut sum = 0;
                for (end, taken) in &log[i..] {
                    sum += taken;
                    prop_assert!(sum <= (end - start + tolerance) / rate.interval() + 1);
                }
            }
        }

        #[test]
        fn who_asks_when_it_is_ready_always_gets_one(rate in rates(), tolerance in 0i64..200_000_000) {
            let (mut bucket, mut now) = (Bucket::default(), 1_000_000_000i64);
            for _ in 0..20 {
                prop_assert_eq!(bucket.take(now, rate, tolerance, 1), 1);
                now = now.max(bucket.ready_us(tolerance));
            }
        }

        #[test]
        fn no_number_makes_the_bucket_overflow(next in any::<i64>(), now in any::<i64>(), tolerance in any::<i64>()) {
            let mut bucket = Bucket { next_us: next };
            let _ = bucket.take(now, Rate::new(1, Per::Day), tolerance, u32::MAX);
        }
    }
}
