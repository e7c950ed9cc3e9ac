//! What each of two organisations says that it shares and asks, with what right and since when. Both see the other's
//! before the first question, and somebody accepts them by name.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::partner::Share;
use crate::settings::Partner;

/// The terms of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Whose they are.
    pub organisation: String,
    /// What may be asked of it.
    pub shares: Vec<Share>,
    /// What it asks.
    pub asks: Vec<Share>,
    /// With what right.
    pub right: String,
    /// Since when.
    pub since: String,
    /// Who signed.
    pub signed: Vec<String>,
}

impl Terms {
    /// Ours, as the settings have them.
    pub fn ours(organisation: &str, partner: &Partner) -> Self {
        let sorted = |shares: &[Share]| {
            let mut all = shares.to_vec();
            all.sort_unstable();
            all.dedup();
            all
        };
        Self {
            organisation: organisation.to_owned(),
            shares: sorted(&partner.shares),
            asks: sorted(&partner.asks),
            right: partner.right.clone(),
            since: partner.since.clone(),
            signed: partner.signed.clone(),
        }
    }

    /// What a side with these terms gives to one with those: what the one shares and the other asks.
    pub fn gives(&self, to: &Terms) -> Vec<Share> {
        self.shares.iter().copied().filter(|share| to.asks.contains(share)).collect()
    }

    /// Changes when any word of them does.
    ///
    /// # Errors
    /// Never: they are words.
    pub fn digest(&self) -> Result<[u8; 32], serde_json::Error> {
        Ok(Sha256::digest(serde_json::to_vec(self)?).into())
    }
}
