//! `[partners.NAME]`: another organisation that writes to the same people, and what was agreed with it.

use jiff::civil::Date;
use serde::Deserialize;

use super::Secret;
use super::mistake::Mistake;
use crate::domain::partner::Share;
use crate::domain::web_address::is_loopback;

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
    pub shares: Vec<Share>,
    /// What we ask it.
    pub asks: Vec<Share>,
    /// With what right: the agreement and the law it stands on.
    pub right: String,
    /// Since when, as 2026-11-02.
    pub since: String,
    /// Who signed, of both.
    pub signed: Vec<String>,
    /// How many numbers it may ask about in a day.
    #[serde(default = "per_day")]
    pub per_day: u32,
}

impl Partner {
    /// Says what is wrong with it.
    ///
    /// # Errors
    /// A mistake at its key.
    pub(super) fn check(&self) -> Result<(), Mistake> {
        let empty = |text: &str| text.trim().is_empty();
        let wrong = |key, reason: &str| Err(Mistake::at(key, reason));
        if empty(&self.title) {
            return wrong("title", "write what people call this organisation");
        }
        if empty(&self.right) {
            return wrong(
                "right",
                "write with what right you exchange this, as \"agreement of 2026-11-02, GDPR article 6 (1) e\"",
            );
        }
        if self.signed.len() < 2 || self.signed.iter().any(|name| empty(name)) {
            return wrong("signed", "write who signed, of both organisations");
        }
        if self.since.parse::<Date>().is_err() {
            return wrong("since", &format!("`{}` is no day; write it as \"2026-11-02\"", self.since));
        }
        if self.shares.is_empty() && self.asks.is_empty() {
            return wrong("shares", "name at least one of \"noes\" and \"approaches\" in `shares` or `asks`");
        }
        match self.url.as_deref().map(|url| url.starts_with("https://") || is_loopback(url)) {
            Some(false) => wrong("url", "begin with https:// (http:// only to this machine)"),
            _ => Ok(()),
        }
    }
}
