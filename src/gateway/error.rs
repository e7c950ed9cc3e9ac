//! What can be wrong with an account or a webhook: closed lists, without a word of what was in them.

use thiserror::Error;

use crate::domain::lang::Text;
use crate::text;

/// A webhook that is not from the provider, as far as we can tell: answer 403 and keep nothing but a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Forbidden {
    /// No signature at all.
    #[error("the webhook is not signed; is the request from the provider?")]
    Unsigned,
    /// More than one signature: nobody honest sends two.
    #[error("the webhook has several signatures; let the proxy pass the provider's headers unchanged")]
    SignedTwice,
    /// The signature is not this account's over this address and body.
    #[error("the webhook's signature does not fit; compare the public URL and the secret with the provider's console")]
    WrongSignature,
    /// Not from one of the addresses that the provider calls from.
    #[error("the webhook does not come from an address of the provider; does the proxy say whom it asks for?")]
    WrongAddress,
    /// Signed too long ago, or in the future.
    #[error("the webhook was signed at another time; is the clock right?")]
    Stale,
    /// Far more parameters than a provider sends; not even hashed.
    #[error("the webhook has more parameters than any provider sends")]
    TooManyParameters,
    /// This account gets no webhooks over HTTP.
    #[error("this account gets no webhooks; point the provider at another account")]
    NoWebhooks,
}

/// A verified webhook that cannot be read; it is kept all the same. The body is never part of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// No JSON, cut off, or nested deeper than any provider's.
    #[error("the body of the webhook is broken")]
    Broken,
    /// Not the shape this adapter knows.
    #[error("the webhook is not of the form that this provider documents")]
    Malformed,
    /// Something we cannot do without is not there.
    #[error("the webhook lacks `{0}`")]
    Missing(&'static str),
    /// More parameters than any provider sends.
    #[error("the webhook has more parameters than any provider sends")]
    TooManyParameters,
}

impl Unreadable {
    /// Whether the body itself is broken, which its sender should hear: what is only new to us is none of their mistakes.
    pub fn is_broken(self) -> bool {
        matches!(self, Unreadable::Broken | Unreadable::TooManyParameters)
    }
}

/// An account that cannot work as it stands in the settings. Names the setting, never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", self.text().en)]
pub enum Misconfigured {
    /// A setting with a value that cannot be right.
    Setting {
        /// The account's name.
        account: String,
        /// The key in the settings.
        setting: &'static str,
        /// What is wrong and what to write instead.
        problem: Text,
    },
    /// Settings that do not fit a provider's file, or a file with a mistake.
    Provider {
        /// The account's name.
        account: String,
        /// What is wrong and what to write instead.
        problem: Text,
    },
    /// The compiled-in behaviour of the simulator is not as expected.
    Simulator(String),
}

impl Misconfigured {
    /// What is wrong, and what to write instead.
    pub fn text(&self) -> Text {
        match self {
            Self::Setting { account, setting, problem: Text { en, nb } } => {
                text!("gateway `{account}`: `{setting}` {en}", "kontoen `{account}`: `{setting}` {nb}")
            }
            Self::Provider { account, problem: Text { en, nb } } => {
                text!("gateway `{account}`: {en}", "kontoen `{account}`: {nb}")
            }
            Self::Simulator(problem) => text!("config/simulator.toml: {problem}", "config/simulator.toml: {problem}"),
        }
    }
}
