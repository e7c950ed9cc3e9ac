//! What two organisations say to one another, before it is sealed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Unread;
use super::terms::Terms;
use crate::domain::lang::Text;
use crate::text;
use crate::vault::{PairKey, envelope};

/// What a question is known by: random bytes.
pub type Id = [u8; 16];

/// One of them.
#[derive(Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "snake_case")]
pub(super) enum Word {
    /// Here are our terms; what are yours?
    Terms {
        /// Ours.
        terms: Terms,
    },
    /// What do you say of these?
    Question {
        /// Its own.
        id: Id,
        /// When it was asked, unix milliseconds.
        at: i64,
        /// Of who asks.
        terms: Terms,
        /// One for each number, hidden.
        elements: Bytes,
    },
    /// This.
    Answer {
        /// Of the question.
        id: Id,
        /// Of who answers.
        terms: Terms,
        /// One for each element of the question.
        elements: Bytes,
        /// Of everybody known.
        table: Bytes,
    },
    /// Nothing, and why.
    Refusal {
        /// Why.
        why: Why,
        /// Of who refuses.
        terms: Terms,
    },
}

/// Why a question is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nobody there has accepted the terms of who asks.
    Terms,
    /// More numbers than may be asked about in a day.
    Quota,
    /// The same question came before.
    Again,
    /// Too old, or from a clock that is wrong.
    Late,
    /// It cannot be read.
    Unreadable,
}

impl Why {
    /// What people read; the partner is who refused.
    pub fn text(self) -> Text {
        match self {
            Why::Terms => text!(
                "nobody there has accepted our terms yet: ask them to run `lykt partner accept`",
                "ingen der har godtatt vilkårene våre ennå: be dem kjøre `lykt partner accept`"
            ),
            Why::Quota => text!(
                "we have asked about as many numbers as we may in a day: try again tomorrow",
                "vi har spurt om så mange numre som vi får på en dag: prøv igjen i morgen"
            ),
            Why::Again => {
                text!("this question was answered before: ask anew", "dette spørsmålet er besvart før: spør på nytt")
            }
            Why::Late => text!(
                "the question is older than a week, or one of the two clocks is wrong: ask anew",
                "spørsmålet er eldre enn en uke, eller en av de to klokkene går feil: spør på nytt"
            ),
            Why::Unreadable => text!(
                "they cannot read the question: do both run the same version of lykt?",
                "de kan ikke lese spørsmålet: har begge samme versjon av lykt?"
            ),
        }
    }
}

impl Word {
    /// Seals it as ours.
    pub fn seal(&self, pair: &PairKey) -> Result<Vec<u8>, Unread> {
        let open = serde_json::to_vec(self).map_err(|_| Unread)?;
        envelope::seal(pair, &open).map_err(|_| Unread)
    }

    /// Opens what the other one sealed.
    pub fn open(pair: &PairKey, bytes: &[u8]) -> Result<Self, Unread> {
        let open = envelope::open(pair, bytes).ok_or(Unread)?;
        serde_json::from_slice(&open).map_err(|_| Unread)
    }
}

/// Bytes, as text in JSON.
pub(super) struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Self).map_err(|_| de::Error::custom("no base64"))
    }
}
