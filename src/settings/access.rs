//! How long people stay signed in, by role; and what needs two of them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};

use super::mistake::wrong;
use super::read;
use crate::domain::holidays::Holidays;
use crate::domain::matter::Matter;
use crate::domain::role::Role;
use crate::text;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// `[access]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoorSettings {
    /// What is done only when somebody else has agreed to it.
    #[serde(deserialize_with = "matters")]
    pub second_person: Vec<Matter>,
    /// After so long without use a session ends.
    pub idle: Limits,
    /// And after so long in any case.
    pub longest: Limits,
}

/// A limit for each role, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    #[serde(deserialize_with = "limit")]
    admin: i64,
    #[serde(deserialize_with = "limit")]
    auditor: i64,
    #[serde(deserialize_with = "limit")]
    coordinator: i64,
    #[serde(deserialize_with = "limit")]
    staff: i64,
    #[serde(deserialize_with = "limit")]
    peer: i64,
}

impl Limits {
    /// The limit of a role.
    pub fn of(self, role: Role) -> i64 {
        match role {
            Role::Admin => self.admin,
            Role::Auditor => self.auditor,
            Role::Coordinator => self.coordinator,
            Role::Staff => self.staff,
            Role::Peer => self.peer,
        }
    }

    /// The longest of all.
    pub fn most(self) -> i64 {
        Role::ALL.map(|role| self.of(role)).into_iter().max().unwrap_or(0)
    }
}

fn limit<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let span = read::span(from)?;
    let start = Timestamp::UNIX_EPOCH;
    let ms = span.add_to(start, &TimeZone::UTC, Holidays::None).as_millisecond();
    if (5 * MINUTE..=7 * DAY).contains(&ms) {
        Ok(ms)
    } else {
        Err(wrong(text!(
            "a session lasts from 5 minutes to 7 days; write \"30 minutes\" or \"8 hours\"",
            "en økt varer fra 5 minutter til 7 dager; skriv \"30 minutes\" eller \"8 hours\""
        )))
    }
}

fn matters<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Matter>, D::Error> {
    let words = Matter::ALL.map(Matter::as_str).join(", ");
    read::each(from, |word| {
        Matter::parse(word).ok_or_else(|| text!("`{word}` is none of {words}", "`{word}` er ingen av {words}"))
    })
}
