//! A civil clock that lapses: for the demo and for trying out.

use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer};

use super::read;
use crate::domain::lang::Text;
use crate::text;

/// The longest day of a clock that lapses: a real one.
const DAY_MS: i64 = 24 * 60 * 60_000;

/// `[clock]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockSettings {
    /// Civil time at the first start.
    #[serde(deserialize_with = "start")]
    pub start: DateTime,
    /// How long a day lasts, in real milliseconds.
    #[serde(deserialize_with = "day")]
    pub day: i64,
}

fn start<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime, D::Error> {
    read::one(from, |written| {
        written.parse().map_err(|_| {
            text!(
                "`{written}` is no time; write \"2026-12-01T08:00:00\"",
                "`{written}` er ikke et tidspunkt; skriv \"2026-12-01T08:00:00\""
            )
        })
    })
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    read::one(from, |written| match short(written)? {
        ms if ms > DAY_MS => Err(text!(
            "`{written}` is longer than a day, and a clock that lapses makes it shorter; write \"10 seconds\"",
            "`{written}` er lengre enn et døgn, og en klokke som går fort, gjør det kortere; skriv \"10 seconds\""
        )),
        ms => Ok(ms),
    })
}

/// Reads `10s`, `10 seconds`, `1500ms` or `2 minutes` as milliseconds.
pub(super) fn short(written: &str) -> Result<i64, Text> {
    parse_short(written).ok_or_else(|| {
        text!("`{written}` is no duration; write \"10 seconds\"", "`{written}` er ingen varighet; skriv \"10 seconds\"")
    })
}

fn parse_short(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let unit = match text[digits..].trim() {
        "ms" => 1,
        "s" | "second" | "seconds" => 1_000,
        "min" | "minute" | "minutes" => 60_000,
        _ => return None,
    };
    text[..digits].parse::<i64>().ok()?.checked_mul(unit).filter(|ms| *ms > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_durations_are_read() {
        assert_eq!(parse_short("10s"), Some(10_000));
        assert_eq!(parse_short("1500ms"), Some(1_500));
        assert_eq!(parse_short("15 seconds"), Some(15_000));
        assert_eq!(parse_short("0s"), None);
        assert_eq!(parse_short("soon"), None);
    }
}
