//! The day's list, what is kept how long, and how much goes on at the same time.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};

use super::clock::short;
use super::mistake::wrong;
use super::read::{self, schedule, span, whole};
use super::word::word;
use crate::domain::holidays::Holidays;
use crate::domain::lang::Text;
use crate::domain::schedule::Schedule;
use crate::domain::span::{Span, Unit};
use crate::text;

/// `[tasks]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    /// When the day's list is made.
    #[serde(deserialize_with = "schedule")]
    pub daily: Schedule,
    /// How long a claimed task stays with a person.
    #[serde(deserialize_with = "lease")]
    pub lease: Span,
    /// How many calls a person may make on a day; 0 for as many as they like.
    #[serde(deserialize_with = "whole::<0, 1_000_000, _, _>")]
    pub calls_a_day: u32,
}

fn lease<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
    let lease = span(from)?;
    let longest = Span::new(31, Unit::Days);
    let end = |span: Span| span.add_to(Timestamp::UNIX_EPOCH, &TimeZone::UTC, Holidays::None);
    if lease.is_zero() || end(lease) > end(longest) {
        return Err(wrong(text!(
            "a claimed call stays with a person for a while, and at most 31 days; write \"30 minutes\"",
            "en samtale noen har tatt, blir hos dem en stund, og i høyst 31 dager; skriv \"30 minutes\""
        )));
    }
    Ok(lease)
}

/// `[retention]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// How long a ledger entry is kept.
    #[serde(deserialize_with = "kept")]
    pub keep: Span,
    /// How long the text is kept of what went in and out.
    #[serde(deserialize_with = "span")]
    pub texts: Span,
    /// How long a webhook that was applied is known by its digest.
    #[serde(deserialize_with = "span")]
    pub webhooks: Span,
    /// How long an entry of the audit is kept.
    #[serde(deserialize_with = "kept")]
    pub audit: Span,
    /// When it goes.
    #[serde(deserialize_with = "schedule")]
    pub nightly: Schedule,
}

fn kept<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
    match span(from)? {
        nothing if nothing.is_zero() => Err(wrong(text!(
            "nothing would be kept; write a time like \"12 months\"",
            "ingenting ville bli tatt vare på; skriv en tid som \"12 months\""
        ))),
        kept => Ok(kept),
    }
}

impl Retention {
    /// What stands where a text was that is gone.
    pub fn gone(&self) -> Text {
        let Text { en, nb } = self.texts.text();
        text!("(text removed after {en})", "(teksten er fjernet etter {nb})")
    }
}

/// `[sending]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// Requests at the same time.
    #[serde(deserialize_with = "whole::<1, 10_000, _, _>")]
    pub under_way: u16,
    /// How long a gateway may take to answer, in milliseconds.
    #[serde(deserialize_with = "answer")]
    pub answer_within: i64,
    /// Which accounts send only while answers are known to reach us.
    #[serde(deserialize_with = "word")]
    pub way_in: WayInNeeded,
    /// A campaign pauses itself when more than so many percent of its messages reach nobody; 0 for never.
    #[serde(deserialize_with = "whole::<0, 100, _, _>")]
    pub pause_at_failures: u8,
    /// And when more than so many percent of the people it reached say no; 0 for never.
    #[serde(deserialize_with = "whole::<0, 100, _, _>")]
    pub pause_at_noes: u8,
}

/// A message whose answer did not come is in doubt within five minutes.
fn answer<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    read::one(from, |written| match short(written)? {
        ms if (100..=240_000).contains(&ms) => Ok(ms),
        _ => Err(text!(
            "`{written}` is no time in which gateways answer; write from \"100ms\" to \"4 minutes\", like \"15 seconds\"",
            "`{written}` er ingen tid leverandører svarer på; skriv fra \"100ms\" til \"4 minutes\", som \"15 seconds\""
        )),
    })
}

/// Which accounts must have a way in for answers that is known to work.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WayInNeeded {
    /// None.
    Never,
    /// Those whose provider is not on this machine.
    Outside,
    /// All that people can answer.
    Always,
}
