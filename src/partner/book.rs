//! The partners that the settings name, each with the key of the pair and what both say that they exchange.

use super::Unread;
use super::terms::Terms;
use super::word::Word;
use crate::domain::lang::Text;
use crate::ledger::Ledger;
use crate::settings::{Partner, Settings};
use crate::store::partner::{self, TheirTerms};
use crate::store::{DbError, Tx};
use crate::text;
use crate::vault::{PairKey, Vault, envelope};

/// One partner.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Its name in the settings.
    pub name: String,
    /// What the settings say of it.
    pub partner: Partner,
    /// The key.
    pub(super) key: PairKey,
    /// What we say.
    pub ours: Terms,
}

/// Why a partner cannot be worked with.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum PartnerError {
    /// Its key cannot be read.
    Key(String, Text),
    /// No such partner.
    Missing(String),
}

impl PartnerError {
    /// What is wrong, and what to do.
    pub fn text(&self) -> Text {
        match self {
            Self::Key(name, Text { en, nb }) => text!("partners.{name}: {en}", "partners.{name}: {nb}"),
            Self::Missing(name) => text!(
                "there is no partner {name} in the settings: write [partners.{name}]",
                "det er ingen partner {name} i innstillingene: skriv [partners.{name}]"
            ),
        }
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Book(Vec<Pair>);

impl Book {
    /// Reads the keys of all partners.
    ///
    /// # Errors
    /// When a key cannot be read; the error names the partner and the file.
    pub fn open(settings: &Settings) -> Result<Self, PartnerError> {
        let pair = |(name, partner): (&String, &Partner)| {
            let wrong = |why| PartnerError::Key(name.clone(), why);
            let text = partner.key.read(settings).map_err(wrong)?;
            let key = PairKey::parse(text.expose()).ok_or_else(|| {
                wrong(text!(
                    "this is no key of a pair: make one with `lykt partner key`",
                    "dette er ingen nøkkel for et par: lag en med `lykt partner key`"
                ))
            })?;
            let ours = Terms::ours(&settings.organisation.name, partner);
            Ok(Pair { name: name.clone(), partner: partner.clone(), key, ours })
        };
        settings.partners.iter().map(pair).collect::<Result<_, _>>().map(Self)
    }

    /// All partners, by name.
    pub fn all(&self) -> &[Pair] {
        &self.0
    }

    /// One, by its name.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(&self, name: &str) -> Result<&Pair, PartnerError> {
        self.0.iter().find(|pair| pair.name == name).ok_or_else(|| PartnerError::Missing(name.to_owned()))
    }

    /// Whose an envelope is.
    pub fn of(&self, envelope: &[u8]) -> Option<&Pair> {
        let name = envelope::pair_of(envelope)?;
        self.0.iter().find(|pair| pair.key.name() == name)
    }
}

impl Pair {
    /// Our terms, sealed for them.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn tell(&self) -> Result<Vec<u8>, Unread> {
        Word::Terms { terms: self.ours.clone() }.seal(&self.key)
    }

    /// Keeps the terms that a word of theirs came with, and says whether somebody here accepted just these.
    pub(super) async fn heard_terms(&self, tx: &mut Tx, ledger: &Ledger, terms: &Terms) -> Result<bool, DbError> {
        let unwritten = |_| DbError::Unknown("terms of a partner");
        let text = serde_json::to_string(terms).map_err(unwritten)?;
        let told = (text.as_str(), &terms.digest().map_err(unwritten)?);
        partner::tell_terms(tx, &ledger.vault, &self.name, told, ledger.clock.now_ms()).await?;
        Ok(partner::terms(tx, &ledger.vault, &self.name).await?.is_some_and(|theirs| theirs.accepted))
    }

    /// Their terms as they were told last, and whether they are accepted; `None` before they told any.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn theirs(&self, tx: &mut Tx, vault: &Vault) -> Result<Option<(Terms, TheirTerms)>, DbError> {
        let Some(kept) = partner::terms(tx, vault, &self.name).await? else { return Ok(None) };
        let terms = serde_json::from_str(kept.text.expose()).map_err(|_| DbError::Unknown("terms of a partner"))?;
        Ok(Some((terms, kept)))
    }
}
