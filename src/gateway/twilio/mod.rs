//! Twilio's programmable messaging: SMS or WhatsApp, pictures by URL, approved templates. Knows neither the queue nor how requests travel.

mod account;
mod answer;
mod codes;
mod content;
mod erase;
mod hooks;
mod list;
mod request;
mod signature;

pub use account::Account;
pub use codes::class_of;

use crate::domain::channel::Channel;
use crate::gateway::Facts;
use crate::gateway::erase::Erased;
use crate::gateway::error::{Forbidden, Misconfigured, Unreadable};
use crate::gateway::event::{Event, Hook, HookKind};
use crate::gateway::exchange::{Request, Sent};
use crate::gateway::listing::{Lists, Page, Query, Unlisted};
use crate::gateway::outgoing::Outgoing;
use crate::gateway::template::{Misfit, Page as TemplatePage, TemplateFact, Templates, Wanted};
use crate::gateway::verdict::{Probe, ProviderId, Verdict};

/// What an inbound webhook is answered with: a document that tells Twilio to send nothing back.
pub const HOOK_ANSWER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

/// One account with Twilio.
#[derive(Clone, Debug)]
pub struct Twilio {
    account: Account,
}

impl Twilio {
    /// Takes an account from the settings; an error names the setting that cannot be right.
    pub fn new(account: Account) -> Result<Self, Misconfigured> {
        Ok(Self { account: account.checked()? })
    }

    /// What the account can do.
    pub fn facts(&self) -> Facts {
        Facts {
            channels: vec![if self.account.sends_whatsapp() { Channel::WhatsApp } else { Channel::Sms }],
            takes_replies: self.account.takes_replies(),
            lists: true,
            deduplicates: false,
        }
    }

    /// The request that sends one message.
    pub fn request(&self, message: &Outgoing) -> Request {
        request::message(&self.account, message)
    }

    /// What came of that request.
    pub fn verdict(&self, sent: &Sent) -> Verdict {
        answer::verdict(sent)
    }

    /// The harmless request of `gateway test`: reads the account.
    pub fn probe_request(&self) -> Request {
        request::probe(&self.account)
    }

    /// What came of the harmless request.
    pub fn probe(&self, sent: &Sent) -> Probe {
        answer::probe(&self.account, sent)
    }

    /// The request that deletes a message; none for what is no id of Twilio's.
    pub fn erase_request(&self, id: &ProviderId) -> Option<Request> {
        erase::request(&self.account, id)
    }

    /// What came of it.
    pub fn erased(&self, sent: &Sent) -> Erased {
        erase::erased(sent)
    }

    /// The request for a page of the account's templates; the first without a place.
    pub fn templates_request(&self, after: Option<&str>) -> Request {
        content::page_request(&self.account, after)
    }

    /// Whether a webhook is from Twilio, over the public URL; before anything else is done with it.
    pub fn verify(&self, hook: &Hook<'_>) -> Result<(), Forbidden> {
        let shared_key = self.account.shared_key.as_ref().map(|key| key.expose().as_str());
        signature::verify(signature::Secrets { auth_token: self.account.auth_token.expose(), shared_key }, hook)
    }

    /// Reads a verified webhook. `query` is the raw query of its address.
    pub fn parse(&self, kind: HookKind, query: &str, body: &[u8]) -> Result<Vec<Event>, Unreadable> {
        hooks::parse(kind, query, body)
    }
}

impl Lists for Twilio {
    fn first(&self, query: &Query) -> Request {
        list::first(&self.account, query)
    }

    fn page(&self, query: &Query, sent: &Sent) -> Result<Page, Unlisted> {
        list::page(&self.account, query, sent)
    }
}

impl Templates for Twilio {
    const MADE_IN: &'static str = "Twilio's Content Template Builder";

    fn ask(&self, after: Option<&str>) -> Request {
        self.templates_request(after)
    }

    fn read(&self, sent: &Sent) -> Option<TemplatePage> {
        content::page(&self.account, sent)
    }

    fn fits(&self, all: &[TemplateFact], wanted: &Wanted<'_>) -> Vec<Misfit> {
        content::fits(all, wanted)
    }
}
