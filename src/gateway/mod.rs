//! The contract with providers: what goes out, what comes back, and the one word for how it ended.
//!
//! An adapter declares its [`Facts`], turns one [`Outgoing`] into one [`Request`], one answer into one [`Verdict`], and
//! verifies and reads its own webhooks into [`Event`]s. It knows `domain` and this room; never the database, the
//! queue or the web server. It reads no clock: times are passed in.

pub mod accounts;
pub mod declarative;
pub mod erase;
pub mod error;
pub mod event;
pub mod exchange;
pub mod form;
mod gate;
pub mod http;
mod json;
pub mod listing;
pub mod outgoing;
pub mod reach;
pub mod registry;
pub mod simulator;
pub mod template;
pub mod twilio;
pub mod verdict;
pub mod whatsapp_cloud;

pub use accounts::{Accounts, AccountsError};
pub use error::{Forbidden, Misconfigured, Unreadable};
pub use event::{About, Event, Hook, HookKind, Notice, Reached, Receipt, ReceiptStatus, Reply};
pub use exchange::{Auth, Body, Failure, Method, Request, Response, Sent, Wire};
pub use listing::{Listed, Unlisted};
pub use outgoing::{Address, Outgoing, Template, Token, Variable};
pub use registry::{Gateway, Outcome};
pub use verdict::{Class, Code, Doubt, Probe, ProviderId, Unsent, Verdict};

use crate::domain::channel::Channel;

/// What an account can do; the outbox plans by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The channels it sends on.
    pub channels: Vec<Channel>,
    /// Whether people can answer; an alphanumeric sender takes no replies.
    pub takes_replies: bool,
    /// Whether it can list what was sent, as proof in a doubt.
    pub lists: bool,
    /// Whether a second request with the same token is recognised, so that trying again is safe.
    pub deduplicates: bool,
}
