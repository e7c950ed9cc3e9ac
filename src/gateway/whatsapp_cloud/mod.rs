//! The WhatsApp Cloud API of Meta: texts, pictures by link and approved templates; webhooks for answers, receipts and
//! what happens to the account. Knows neither the queue nor how requests travel.

mod account;
mod answer;
mod codes;
mod hooks;
mod request;
mod said;
mod signature;
mod template;

pub use account::Account;
pub use codes::class_of;

use sha2::{Digest, Sha256};

use crate::domain::channel::Channel;
use crate::domain::hex::hex;
use crate::domain::messaging_limit::MessagingLimit;
use crate::gateway::Facts;
use crate::gateway::error::{Forbidden, Misconfigured, Unreadable};
use crate::gateway::event::{Event, Hook};
use crate::gateway::exchange::{Request, Sent};
use crate::gateway::outgoing::Outgoing;
use crate::gateway::template::{Misfit, Page, TemplateFact, Templates, Wanted};
use crate::gateway::verdict::{Probe, ProviderId, Verdict};

/// The name by which a message of Meta's is kept. Its own id has the person's number in it, in base64, beside so many
/// random digits that nobody finds it by trying numbers.
fn kept_id(id: &str) -> Option<ProviderId> {
    ProviderId::parse(id)?;
    ProviderId::parse(&format!("wamid-{}", hex(&Sha256::digest(id)[..16])))
}

/// One number with the Cloud API.
#[derive(Clone, Debug)]
pub struct WhatsAppCloud {
    account: Account,
}

impl WhatsAppCloud {
    /// Takes an account from the settings; an error names the setting that cannot be right.
    pub fn new(account: Account) -> Result<Self, Misconfigured> {
        Ok(Self { account: account.checked()? })
    }

    /// What the account can do. Meta keeps no list that could be read back.
    pub fn facts(&self) -> Facts {
        Facts { channels: vec![Channel::WhatsApp], takes_replies: true, lists: false, deduplicates: false }
    }

    /// The request that sends one message.
    pub fn request(&self, message: &Outgoing) -> Request {
        request::message(&self.account, message)
    }

    /// What came of that request.
    pub fn verdict(&self, sent: &Sent) -> Verdict {
        answer::verdict(sent)
    }

    /// The harmless request of `gateway test`: reads the number.
    pub fn probe_request(&self) -> Request {
        request::probe(&self.account)
    }

    /// What came of the harmless request.
    pub fn probe(&self, sent: &Sent) -> Probe {
        answer::probe(&self.account, sent)
    }

    /// The request that asks to how many people the business may write first.
    pub fn messaging_limit_request(&self) -> Request {
        request::messaging_limit(&self.account)
    }

    /// What came of that request.
    pub fn messaging_limit(&self, sent: &Sent) -> Option<MessagingLimit> {
        answer::messaging_limit(sent)
    }

    /// The request for a page of the account's templates; the first without a place.
    pub fn templates_request(&self, after: Option<&str>) -> Request {
        request::templates(&self.account, after)
    }

    /// The answer to Meta's question whether this address is the account's, if that is what was asked.
    pub fn challenge(&self, query: &str) -> Option<Result<String, Forbidden>> {
        signature::challenge(self.account.verify_token.expose(), query)
    }

    /// Whether a webhook is from Meta, over its raw bytes; before anything else is done with it.
    pub fn verify(&self, hook: &Hook<'_>) -> Result<(), Forbidden> {
        signature::verify(self.account.app_secret.expose(), hook)
    }

    /// Reads a verified webhook.
    pub fn parse(&self, body: &[u8]) -> Result<Vec<Event>, Unreadable> {
        hooks::parse(body)
    }
}

impl Templates for WhatsAppCloud {
    const MADE_IN: &'static str = "WhatsApp Manager";

    fn ask(&self, after: Option<&str>) -> Request {
        self.templates_request(after)
    }

    fn read(&self, sent: &Sent) -> Option<Page> {
        template::page(sent)
    }

    fn fits(&self, all: &[TemplateFact], wanted: &Wanted<'_>) -> Vec<Misfit> {
        template::fits(all, wanted)
    }
}
