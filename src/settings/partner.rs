//! `[partners.NAME]`: another organisation that writes to the same people, and what was agreed with it.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use super::Secret;
use super::mistake::Mistake;
use super::read::{self, whole};
use crate::domain::partner::Share;
use crate::domain::web_address::is_loopback;
use crate::text;

/// Numbers that a partner may ask about in a day, unless the settings say otherwise.
fn per_day() -> u32 {
    10_000
}

/// A partner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// What people call it.
    pub title: String,
    /// Where its `lykt serve` answers; without one, questions are carried by hand.
    pub url: Option<String>,
    /// The key of the pair.
    pub key: Secret,
    /// What it may ask us.
    #[serde(deserialize_with = "shares")]
    pub shares: Vec<Share>,
    /// What we ask it.
    #[serde(deserialize_with = "shares")]
    pub asks: Vec<Share>,
    /// With what right: the agreement and the law it stands on.
    pub right: String,
    /// Since when, as 2026-11-02.
    pub since: String,
    /// Who signed, of both.
    pub signed: Vec<String>,
    /// How many numbers it may ask about in a day.
    #[serde(default = "per_day", deserialize_with = "whole::<0, 1_000_000_000, _, _>")]
    pub per_day: u32,
}

fn shares<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Share>, D::Error> {
    read::each(from, |word| {
        Share::ALL.into_iter().find(|share| share.as_str() == word).ok_or_else(|| {
            text!("write \"noes\", \"approaches\" or both", "skriv \"noes\", \"approaches\" eller begge")
        })
    })
}

impl Partner {
    /// Says what is wrong with it.
    ///
    /// # Errors
    /// A mistake at its key.
    pub(super) fn check(&self) -> Result<(), Mistake> {
        let empty = |text: &str| text.trim().is_empty();
        let wrong = |key, reason| Err(Mistake::at(key, reason));
        if empty(&self.title) {
            return wrong(
                "title",
                text!("write what people call this organisation", "skriv hva folk kaller denne organisasjonen"),
            );
        }
        if empty(&self.right) {
            return wrong(
                "right",
                text!(
                    "write with what right you exchange this, as \"agreement of 2026-11-02, GDPR article 6 (1) e\"",
                    "skriv med hvilken rett dere utveksler dette, som \"avtale av 2026-11-02, GDPR artikkel 6 (1) e\""
                ),
            );
        }
        if self.signed.len() < 2 || self.signed.iter().any(|name| empty(name)) {
            return wrong(
                "signed",
                text!(
                    "write who signed, of both organisations",
                    "skriv hvem som har undertegnet, fra begge organisasjonene"
                ),
            );
        }
        let since = &self.since;
        if since.parse::<Date>().is_err() {
            return wrong(
                "since",
                text!(
                    "`{since}` is no day; write it as \"2026-11-02\"",
                    "`{since}` er ingen dag; skriv den som \"2026-11-02\""
                ),
            );
        }
        if self.shares.is_empty() && self.asks.is_empty() {
            return wrong(
                "shares",
                text!(
                    "name at least one of \"noes\" and \"approaches\" in `shares` or `asks`",
                    "oppgi minst én av \"noes\" og \"approaches\" i `shares` eller `asks`"
                ),
            );
        }
        if self.per_day == 0 && !self.shares.is_empty() {
            return wrong(
                "per_day",
                text!(
                    "they may ask about 0 numbers a day, and so about nobody; write how many, like 10000, or shares = []",
                    "de får spørre om 0 numre om dagen, altså om ingen; skriv hvor mange, som 10000, eller shares = []"
                ),
            );
        }
        match self.url.as_deref().map(|url| url.starts_with("https://") || is_loopback(url)) {
            Some(false) => wrong(
                "url",
                text!(
                    "begin with https:// (http:// only to this machine)",
                    "begynn med https:// (http:// bare til denne maskinen)"
                ),
            ),
            _ => Ok(()),
        }
    }
}
