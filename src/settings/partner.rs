//! `[partners.NAME]`: another organisation that writes to the same people, and what was agreed with it.

use jiff::civil::Date;
use serde::Deserialize;

use super::Secret;
use super::gateway::is_loopback;
use crate::domain::partner::Share;

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
    /// A sentence that names the key.
    pub(super) fn check(&self) -> Result<(), String> {
        let empty = |text: &str| text.trim().is_empty();
        if empty(&self.title) {
            return Err("title: write what people call this organisation".to_owned());
        }
        if empty(&self.right) {
            return Err(
                "right: write with what right you exchange this, as \"agreement of 2026-11-02, GDPR article 6 (1) e\""
                    .to_owned(),
            );
        }
        if self.signed.len() < 2 || self.signed.iter().any(|name| empty(name)) {
            return Err("signed: write who signed, of both organisations".to_owned());
        }
        if self.since.parse::<Date>().is_err() {
            return Err(format!("since: `{}` is no day; write it as \"2026-11-02\"", self.since));
        }
        if self.shares.is_empty() && self.asks.is_empty() {
            return Err("shares and asks: name at least one of \"noes\" and \"approaches\" in one of them".to_owned());
        }
        match self.url.as_deref().map(|url| url.starts_with("https://") || is_loopback(url)) {
            Some(false) => Err("url: begin with https:// (http:// only to this machine)".to_owned()),
            _ => Ok(()),
        }
    }
}
