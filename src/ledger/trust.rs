//! Whether anything may begin: not while the civil clock is in question, nor while the database may not know what its
//! house did last. A clock that jumped must not defeat the cooldown.
//!
//! The daemon notes the time again and again. A time more than a day past the last note, or before it, is held until
//! a person has confirmed the clock. Nodes share the note: it is that of the one that is furthest ahead.

use super::{quarantine, timeline};
use crate::clock::Clock;
use crate::domain::moment::APART_MS;
use crate::domain::span::{DAY_MS, MINUTE_MS};
use crate::store::{DbError, Tx, meta};

const KEY: &str = "clock.heartbeat";
/// Where the number stands that the witness counts up.
pub const WITNESS: &str = "witness.n";
/// More than this ahead of the last note, and the clock is in question.
const AHEAD_MS: i64 = DAY_MS;
/// Small steps back are how clocks are kept right.
const BEHIND_MS: i64 = MINUTE_MS;

/// Whether anything may begin: the clock fits, there is no quarantine, and the database's server is the one that was noted.
/// Whoever begins something asks in the transaction of that, for another one may have answered the transaction before.
///
/// # Errors
/// As the database has it.
pub async fn is_trusted(tx: &mut Tx, clock: &Clock) -> Result<bool, DbError> {
    may_begin(tx, clock, &mut 0).await
}

/// The same for whoever asks again and again: also that the database is none that was put in the other's place. `seen` is
/// the witness's number when they asked last.
///
/// # Errors
/// As the database has it.
pub async fn may_begin(tx: &mut Tx, clock: &Clock, seen: &mut i64) -> Result<bool, DbError> {
    let [noted, held, n, timeline] = meta::get_each(tx, [KEY, quarantine::KEY, WITNESS, timeline::KEY]).await?;
    let n = n.and_then(|n| n.parse().ok()).unwrap_or(0);
    if n < *seen {
        return Ok(false);
    }
    *seen = n;
    let fits = clock.lapses() || fits_note(tx, noted.as_deref(), clock)?;
    if !fits || quarantine::read(held)?.is_some() {
        return Ok(false);
    }
    // A server that forbids to ask for its timeline has none noted.
    let Some(timeline) = timeline::read(timeline)? else { return agrees(tx, clock).await };
    let Some(server) = tx.server().await? else { return Ok(true) };
    Ok(is_near(Some(server.now_ms), clock) && timeline.stands(server))
}

/// Whether the clock fits its last note. A clock that lapses on purpose always does.
///
/// # Errors
/// As the database has it.
pub async fn clock_fits(tx: &mut Tx, clock: &Clock) -> Result<bool, DbError> {
    if clock.lapses() {
        return Ok(true);
    }
    let noted = meta::get(tx, KEY).await?;
    Ok(fits_note(tx, noted.as_deref(), clock)? && agrees(tx, clock).await?)
}

/// Whether this machine's clock is that of the database's machine, on which several nodes must agree: one whose clock is
/// hours ahead would send in the night, and its notes would stop the others.
///
/// # Errors
/// As the database has it.
pub async fn agrees(tx: &mut Tx, clock: &Clock) -> Result<bool, DbError> {
    if !clock.is_real() {
        return Ok(true);
    }
    Ok(is_near(tx.database_ms().await?, clock))
}

fn is_near(theirs: Option<i64>, clock: &Clock) -> bool {
    !clock.is_real() || theirs.is_none_or(|theirs| (theirs - clock.now_ms()).abs() <= APART_MS)
}

/// When the daemon last noted the time, if ever.
///
/// # Errors
/// As the database has it.
pub async fn heartbeat(tx: &mut Tx) -> Result<Option<i64>, DbError> {
    Ok(meta::get(tx, KEY).await?.and_then(|noted| noted.parse().ok()))
}

/// The time for what happens now: by a clock that was set back no earlier than its last note, or what came in meanwhile would
/// be too old when the clock is right again.
///
/// # Errors
/// As the database has it.
pub async fn now_ms(tx: &mut Tx, clock: &Clock) -> Result<i64, DbError> {
    let now = clock.now_ms();
    let noted = if clock.lapses() { None } else { heartbeat(tx).await? };
    Ok(noted.map_or(now, |noted| now.max(noted)))
}

/// Notes the time, if it can be trusted; false when a person must confirm it first.
///
/// # Errors
/// As the database has it.
pub async fn note(tx: &mut Tx, clock: &Clock) -> Result<bool, DbError> {
    let trusted = clock_fits(tx, clock).await?;
    match trusted {
        // Another node may have noted more, and be right.
        true if tx.is_shared() => raise(tx, clock.now_ms()).await?,
        true => confirm(tx, clock).await?,
        false => {}
    }
    Ok(trusted)
}

/// Takes the clock as it is: a person looked at it.
///
/// # Errors
/// As the database has it.
pub async fn confirm(tx: &mut Tx, clock: &Clock) -> Result<(), DbError> {
    meta::set(tx, KEY, &clock.now_ms().to_string()).await
}

/// Moves the last note forward to a time that somebody else has seen, never back.
///
/// # Errors
/// As the database has it.
pub async fn raise(tx: &mut Tx, at: i64) -> Result<(), DbError> {
    match heartbeat(tx).await? {
        Some(noted) if noted >= at => Ok(()),
        _ => meta::set(tx, KEY, &at.to_string()).await,
    }
}

/// The first note of all fits.
fn fits_note(tx: &Tx, noted: Option<&str>, clock: &Clock) -> Result<bool, DbError> {
    let Some(noted) = noted else { return Ok(true) };
    // Of two nodes, one may be behind the database's clock and the other ahead of it.
    let behind = if tx.is_shared() { 2 * APART_MS } else { BEHIND_MS };
    Ok(fits(noted.parse().map_err(|_| DbError::Unknown("heartbeat"))?, clock.now_ms(), behind))
}

fn fits(noted: i64, now: i64, behind: i64) -> bool {
    now <= noted.saturating_add(AHEAD_MS) && now >= noted.saturating_sub(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumped_a_year_is_not_trusted() {
        let year = 365 * AHEAD_MS;
        assert!(fits(year, year + AHEAD_MS, BEHIND_MS));
        assert!(!fits(year, year + AHEAD_MS + 1, BEHIND_MS));
        assert!(!fits(year, 0, BEHIND_MS));
    }
}
