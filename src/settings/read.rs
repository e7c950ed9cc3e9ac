//! Readers of single values: each tells in both languages what is wrong with one, and what to write. Knows no setting.

use std::path::PathBuf;

use config::{Value, ValueKind};
use serde::{Deserialize, Deserializer};

use super::mistake::wrong;
use crate::domain::holidays::Holidays;
use crate::domain::lang::Text;
use crate::domain::rate::Rate;
use crate::domain::schedule::Schedule;
use crate::domain::span::Span;
use crate::text;

/// Reads a text by a rule that says what is wrong with it.
pub(super) fn one<'de, D: Deserializer<'de>, T>(
    from: D,
    rule: impl FnOnce(&str) -> Result<T, Text>,
) -> Result<T, D::Error> {
    rule(&String::deserialize(from)?).map_err(wrong)
}

/// Reads a list of texts by such a rule.
pub(super) fn each<'de, D: Deserializer<'de>, T>(
    from: D,
    rule: impl Fn(&str) -> Result<T, Text>,
) -> Result<Vec<T>, D::Error> {
    Vec::<String>::deserialize(from)?.iter().map(|one| rule(one).map_err(wrong)).collect()
}

/// Reads a length of time.
pub(super) fn span<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
    one(from, |written| Span::parse(written).map_err(|error| error.0))
}

/// Reads a cron expression.
pub(super) fn schedule<'de, D: Deserializer<'de>>(from: D) -> Result<Schedule, D::Error> {
    one(from, |written| Schedule::parse(written).map_err(|error| error.0))
}

/// Reads a rate.
pub(super) fn rate<'de, D: Deserializer<'de>>(from: D) -> Result<Rate, D::Error> {
    one(from, |written| Rate::parse(written).map_err(|error| error.0))
}

/// Reads a rate that may be missing.
pub(super) fn some_rate<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Rate>, D::Error> {
    rate(from).map(Some)
}

/// Reads whose holidays are kept.
pub(super) fn holidays<'de, D: Deserializer<'de>>(from: D) -> Result<Holidays, D::Error> {
    one(from, |written| Holidays::parse(written).map_err(|error| error.0))
}

/// Reads a whole number between two.
pub(super) fn whole<'de, const LEAST: u32, const MOST: u32, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    let written = Value::deserialize(from)?;
    let fitting = number(&written).filter(|number| (LEAST..=MOST).contains(number));
    fitting.and_then(|number| T::try_from(number).ok()).ok_or_else(|| {
        wrong(text!(
            "`{written}` does not fit here; write a whole number from {LEAST} to {MOST}",
            "`{written}` passer ikke her; skriv et heltall fra {LEAST} til {MOST}"
        ))
    })
}

/// Reads such a number that may be missing.
pub(super) fn some_whole<'de, const LEAST: u32, const MOST: u32, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    whole::<LEAST, MOST, D, T>(from).map(Some)
}

/// The whole number that a value is; a variable of the environment is a word, also where it is a number. What has a fraction is
/// none: 0.2 for 20 percent would be rounded to nothing.
pub(super) fn number(written: &Value) -> Option<u32> {
    match &written.kind {
        ValueKind::I64(number) => u32::try_from(*number).ok(),
        ValueKind::Float(number) if number.fract() == 0.0 => number.to_string().parse().ok(),
        ValueKind::String(word) => word.trim().parse().ok(),
        _ => None,
    }
}

/// Reads the path of a file or a folder.
pub(super) fn file<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    one(from, |written| match written {
        "" => Err(text!(
            "no path is named; write one, or remove this line",
            "ingen sti er oppgitt; skriv en, eller fjern denne linjen"
        )),
        path => Ok(path.into()),
    })
}

/// Reads a path that may be missing.
pub(super) fn some_file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    file(from).map(Some)
}
