//! What a provider tells us: somebody answered, or something happened to a message.

use std::borrow::Cow;

use jiff::Timestamp;

pub use crate::domain::message::ReceiptStatus;
use crate::domain::messaging_limit::MessagingLimit;
use crate::domain::private::Private;
use crate::domain::reply::ReplyKind;
use crate::gateway::outgoing::{Address, Token};
use crate::gateway::verdict::{Class, Code, ProviderId};
use crate::words;

words! {
    /// Which of an account's addresses a webhook came to.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum HookKind {
        /// Answers from people.
        Inbound = "inbound",
        /// Receipts for what we sent.
        Status = "status",
        /// Everything, with a provider that knows one address only.
        Any = "any",
    }

    /// The last word of the address (`any` has none), and the word in the database.
    pub fn as_str;
    /// Reads the word; `None` when it is none of them.
    pub fn parse;
}

/// A webhook as it came, before anybody has looked into it.
#[derive(Clone, Copy)]
pub struct Hook<'a> {
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// The public URL as configured, with the request's path and raw query: what the provider believes it called.
    pub url: &'a str,
    /// The headers as name and value; names in any case.
    pub headers: &'a [(String, String)],
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// What a webhook is answered with, once it is stored. Without a body it has no media type either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookAnswer {
    /// The status: a 2xx.
    pub status: u16,
    /// The media type of the body.
    pub content_type: Cow<'static, str>,
    /// The body, if there is one.
    pub body: Cow<'static, str>,
}

impl HookAnswer {
    /// 200 and nothing else.
    pub const EMPTY: Self = Self { status: 200, content_type: Cow::Borrowed(""), body: Cow::Borrowed("") };
}

/// One thing that a provider told us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody answered.
    Reply(Reply),
    /// Something happened to a message of ours.
    Receipt(Receipt),
    /// Two addresses of one person came together.
    Same(Address, Address),
    /// Under which address the provider knows the person to whom a message of ours went.
    Reached(Reached),
    /// Something happened to the account that people at the service should know.
    Notice(Notice),
}

/// A message of ours, and the person to whom it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The try's token.
    pub token: Token,
    /// The person, as the provider writes them.
    pub who: Address,
}

/// What happened to an account; names no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub about: About,
    /// The provider's name for the template, the number or the account; inert.
    pub name: String,
    /// The provider's words for what happened, in its own language; inert.
    pub said: String,
    /// To how many people the account may write first from now on, when that changed.
    pub limit: Option<MessagingLimit>,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// A template was approved, refused, paused, or is liked less.
    Template,
    /// The quality or the limits of our number.
    Number,
    /// The account itself.
    Account,
}

/// An answer from a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Who, as the provider writes it.
    pub from: Address,
    /// Our number or sender that they answered.
    pub to: Address,
    /// What they wrote; empty for a picture or a sticker alone.
    pub text: Private<String>,
    /// The provider's name for it: the same answer told twice has the same.
    pub provider_id: ProviderId,
    /// How many pictures or other files came with it.
    pub media: u32,
    /// What the provider itself took it for: a no is one, whatever the words.
    pub hint: Option<ReplyKind>,
    /// Another address of the same person that came with it.
    pub also: Option<Address>,
    /// The message of ours that they answered, when the provider says which.
    pub answers: Option<ProviderId>,
    /// So many bytes of the text are a keyword that the provider asks for, and say nothing.
    pub keyword: usize,
    /// When they wrote it, where the provider says so: news of it may come days late.
    pub written_at: Option<Timestamp>,
}

impl Reply {
    /// What they wrote behind the provider's keyword.
    pub fn said(&self) -> &str {
        self.text.expose().get(self.keyword..).unwrap_or_default()
    }
}

/// What happened to a message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's name for the message.
    pub provider_id: ProviderId,
    /// The try's token, when it came back with the receipt.
    pub token: Option<Token>,
    /// How far it came.
    pub status: ReceiptStatus,
    /// The provider's code, when something went wrong.
    pub code: Option<Code>,
    /// What the code means; set when something went wrong.
    pub class: Option<Class>,
    /// Whom it was sent to, where the provider says that they said no to us.
    pub to: Option<Address>,
}
