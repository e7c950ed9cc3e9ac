//! The only place that reads the time, and the only one that draws ids and random tokens.
//!
//! *Civil* time is the calendar of the organisation and may lapse (a day in some seconds) for the demo and tests.
//! *Steady* time (CLOCK_BOOTTIME) is for leases, deadlines and timeouts; it never lapses and never jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use uuid::Uuid;

use crate::domain::moment;
use crate::domain::span::DAY_MS;

/// Reads both clocks; cheap to clone, and all clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Real,
    Lapse(Lapse),
    Manual { civil: Arc<AtomicI64>, steady: Arc<AtomicI64> },
}

/// A civil clock on which a day passes in some seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// Civil time at the anchor, unix milliseconds.
    pub start_ms: i64,
    /// Wall-clock time of the anchor, unix milliseconds.
    pub anchor_ms: i64,
    /// How long a day lasts in real milliseconds.
    pub day_ms: i64,
}

impl Clock {
    /// The real clock in the organisation's zone.
    pub fn real(zone: TimeZone) -> Self {
        Self { zone, source: Source::Real }
    }

    /// A civil clock that lapses from its anchor; steady time stays real.
    pub fn lapsing(zone: TimeZone, lapse: Lapse) -> Self {
        Self { zone, source: Source::Lapse(lapse) }
    }

    /// A clock that stands still until it is moved: for tests.
    pub fn manual(zone: TimeZone, now: Timestamp) -> Self {
        let civil = Arc::new(AtomicI64::new(now.as_millisecond()));
        Self { zone, source: Source::Manual { civil, steady: Arc::new(AtomicI64::new(1_000_000)) } }
    }

    /// Moves a manual clock, civil and steady; does nothing to the others.
    pub fn advance_ms(&self, by: i64) {
        if let Source::Manual { civil, steady } = &self.source {
            civil.fetch_add(by, Ordering::SeqCst);
            steady.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Civil time now.
    pub fn now(&self) -> Timestamp {
        let ms = match &self.source {
            Source::Real => wall_ms(),
            Source::Lapse(lapse) => lapse.civil_ms(wall_ms()),
            Source::Manual { civil, .. } => civil.load(Ordering::SeqCst),
        };
        moment::at(ms)
    }

    /// Civil time now, unix milliseconds: what the database keeps.
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// Civil time now with the organisation's zone.
    pub fn zoned(&self) -> ZonedDateTime {
        self.now().to_zoned_datetime(self.zone.clone())
    }

    /// The day it is in the organisation's zone.
    pub fn today(&self) -> Date {
        self.zoned().date()
    }

    /// The local day of a stored time.
    pub fn day_of(&self, ms: i64) -> Date {
        moment::at(ms).to_zoned_datetime(self.zone.clone()).date()
    }

    /// Steady time now, milliseconds since boot.
    pub fn steady_ms(&self) -> i64 {
        match &self.source {
            Source::Manual { steady, .. } => steady.load(Ordering::SeqCst),
            _ => boot_ms(),
        }
    }

    /// The machine's own time in unix seconds, which never lapses: for the codes of a second factor, which a telephone
    /// makes by its own clock.
    pub fn wall_seconds(&self) -> u64 {
        let ms = match &self.source {
            Source::Manual { civil, .. } => civil.load(Ordering::SeqCst),
            _ => wall_ms(),
        };
        u64::try_from(ms / 1000).unwrap_or(0)
    }

    /// The organisation's zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Civil milliseconds that pass in one real second: 1000, unless the clock lapses.
    pub fn civil_ms_per_second(&self) -> i64 {
        match &self.source {
            Source::Lapse(lapse) => (DAY_MS * 1000 / lapse.day_ms.max(1)).max(1000),
            _ => 1000,
        }
    }

    /// Whether it is the machine's own.
    pub fn is_real(&self) -> bool {
        matches!(self.source, Source::Real)
    }

    /// Whether civil time runs faster than real time.
    pub fn lapses(&self) -> bool {
        matches!(self.source, Source::Lapse(_))
    }
}

impl Lapse {
    /// Anchors a lapsing clock that begins now.
    pub fn from_now(start: Timestamp, day_ms: i64) -> Self {
        Self { start_ms: start.as_millisecond(), anchor_ms: wall_ms(), day_ms }
    }

    fn civil_ms(&self, wall_ms: i64) -> i64 {
        let passed = i128::from(wall_ms - self.anchor_ms) * i128::from(DAY_MS) / i128::from(self.day_ms.max(1));
        self.start_ms.saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}

/// Draws a new id; ids sort by the time they were drawn.
#[expect(clippy::disallowed_methods, reason = "this is the one place that draws ids")]
pub fn new_id<T: From<Uuid>>() -> T {
    T::from(Uuid::now_v7())
}

/// Random bytes that nobody can guess: tokens and keys.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Draws a token that goes out with a message: 24 characters, 104 bits of which nobody can guess.
///
/// Those that were drawn one after the other begin alike, so that an index of them is written to in one place.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn new_token() -> Result<String, getrandom::Error> {
    let mut token = [0; 18];
    // The time in milliseconds, as ids begin with it.
    token[..5].copy_from_slice(&wall_ms().to_be_bytes()[3..]);
    getrandom::fill(&mut token[5..])?;
    Ok(URL_SAFE_NO_PAD.encode(token))
}

/// Steady time, milliseconds since boot, for code that has no [`Clock`].
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the steady clock")]
pub fn boot_ms() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
fn wall_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lapsing_day_passes_in_the_seconds_it_was_given() {
        let lapse = Lapse { start_ms: 0, anchor_ms: 5_000, day_ms: 10_000 };
        assert_eq!(lapse.civil_ms(15_000), DAY_MS);
    }

    #[test]
    fn steady_time_never_runs_backwards() {
        let first = boot_ms();
        assert!(boot_ms() >= first);
    }
}
