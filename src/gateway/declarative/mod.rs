//! A provider described by a TOML file, without code: `config/gateways/*.toml`, or a file beside the settings.
//!
//! The file says how a message is asked for, what an answer means and how webhooks are proved and read; what it does not
//! say leaves a doubt. It may not lead into the operator's own network, unless the operator named the host.

mod account;
mod answer;
mod call;
mod condition;
mod definition;
mod document;
mod example;
mod filter;
mod hooks;
mod list;
mod mistake;
mod path;
pub mod providers;
mod ready;
mod receipt;
mod replay;
mod reply;
mod section;
mod template;
mod verify;
mod words;

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

pub use account::Account;
pub use definition::Definition;
pub use mistake::Mistake;
pub use replay::{count, replay};

use crate::domain::parts::{self, Encoding};
use crate::gateway::Facts;
use crate::gateway::error::{Forbidden, Misconfigured, Unreadable};
use crate::gateway::event::{Event, Hook, HookAnswer};
use crate::gateway::exchange::{Auth, Failure, Request, Sent};
use crate::gateway::listing::{Lists, Page, Query, Unlisted};
use crate::gateway::outgoing::Outgoing;
use crate::gateway::verdict::{Class, Probe, Verdict};
use ready::Ready;

/// One account with a provider that a file describes.
#[derive(Clone, Debug)]
pub struct Declarative {
    definition: Arc<Definition>,
    account: Ready,
}

impl Declarative {
    /// Takes an account from the settings; an error names what cannot be right.
    ///
    /// # Errors
    /// When the settings and the file do not fit together.
    pub fn new(definition: Arc<Definition>, account: Account) -> Result<Self, Misconfigured> {
        let account = account.checked(&definition)?;
        Ok(Self { definition, account })
    }

    /// What the account can do.
    pub fn facts(&self) -> Facts {
        let answered = self.definition.takes_replies();
        Facts {
            channels: vec![self.definition.channel],
            takes_replies: answered && account::kind_of(self.account.from.as_deref().unwrap_or_default()) != "name",
            lists: self.definition.list.is_some(),
            deduplicates: self.definition.deduplicates,
        }
    }

    /// Whether its requests may go to any address, since the operator named the host.
    pub fn may_go_anywhere(&self) -> bool {
        self.account.may_go_anywhere
    }

    /// The request that sends one message; or why the provider would not take it, known before anything is sent.
    ///
    /// # Errors
    /// The class of the refusal.
    pub fn request(&self, message: &Outgoing, now: Timestamp) -> Result<Request, Class> {
        let (definition, text) = (&self.definition, message.text.expose());
        let limits = &definition.limits;
        let length = parts::parts(text);
        let too_long = limits.text.is_some_and(|most| text.chars().count() > most as usize);
        let unwritable = limits.gsm7_only && length.encoding != Encoding::Gsm7;
        // Nobody gets half a message: a picture or a template that the file does not send is refused whole.
        let unseen = message.media_url.is_some() && !definition.sends_pictures() || message.template.is_some();
        if too_long || unwritable || unseen {
            return Err(Class::Content);
        }
        let account = &self.account;
        let now = now.as_millisecond();
        let find = |name: &str| {
            Some(match name {
                "to" => message.to.expose().to_owned(),
                "from" => account.from.clone()?,
                "from_kind" => account::kind_of(account.from.as_deref()?).to_owned(),
                "text" => text.clone(),
                "reference" => message.token.expose().to_owned(),
                "validity" => message.validity_s?.to_string(),
                "valid_until" => (now + i64::from(message.validity_s?) * 1000).to_string(),
                "now" => now.to_string(),
                "encoding" => length.encoding.as_str().to_owned(),
                "parts" => length.parts.to_string(),
                "media_url" => message.media_url.clone()?,
                "status_url" => format!("{}/status", account.hooks_url),
                "inbound_url" => format!("{}/inbound", account.hooks_url),
                _ => account.word(name)?,
            })
        };
        definition.send.request(&account.base_url, &definition.login, &find).map_err(|_| Class::Config)
    }

    /// What came of that request.
    pub fn verdict(&self, message: &Outgoing, sent: &Sent) -> Verdict {
        answer::verdict(&self.definition.answers, message.token.expose(), sent)
    }

    /// The harmless request of `gateway test`, if the provider has one.
    pub fn probe_request(&self) -> Option<Request> {
        let (definition, account) = (&self.definition, &self.account);
        let call = &definition.test.as_ref()?.call;
        call.request(&account.base_url, &definition.login, &|name| account.word(name)).ok()
    }

    /// What came of the harmless request.
    pub fn probe(&self, sent: &Sent) -> Probe {
        let Some(test) = &self.definition.test else { return Probe::Untried };
        match sent {
            // A router or a proxy shows its own page to whoever is not let through.
            Ok(response) if response.is_web_page() => Probe::Unexpected,
            Ok(response) if answer::Statuses::has(&test.works, response.status) => Probe::Works,
            Ok(response) if answer::Statuses::has(&test.wrong_secret, response.status) => Probe::WrongSecret,
            Ok(_) | Err(Failure::Unbuildable) => Probe::Unexpected,
            Err(_) => Probe::Unreachable,
        }
    }

    /// Whether a webhook may come by this method.
    pub fn hears(&self, method: &str) -> bool {
        self.definition.hooks.as_ref().is_some_and(|hooks| hooks.hears(method))
    }

    /// Whether a webhook is from the provider; before anything else is done with it.
    ///
    /// # Errors
    /// Why it cannot be known to be.
    pub fn verify(&self, hook: &Hook<'_>) -> Result<(), Forbidden> {
        let hooks = self.definition.hooks.as_ref().ok_or(Forbidden::NoWebhooks)?;
        hooks.verify.verify(hook, &|name| self.account.word(name))
    }

    /// Whether it came from where the provider calls from, and in time.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn admits(&self, hook: &Hook<'_>, from: Option<IpAddr>, now: Timestamp) -> Result<(), Forbidden> {
        let hooks = self.definition.hooks.as_ref().ok_or(Forbidden::NoWebhooks)?;
        hooks.verify.admits(hook, from, now)
    }

    /// Reads a verified webhook. `query` is the raw query of its address.
    ///
    /// # Errors
    /// When nothing in it can be read.
    pub fn parse(&self, query: &str, body: &[u8]) -> Result<Vec<Event>, Unreadable> {
        let hooks = self.definition.hooks.as_ref().ok_or(Unreadable::Malformed)?;
        hooks.parse(query, body, self.account.from.as_deref().unwrap_or_default())
    }

    /// Whether the provider tells two answers with the same words apart.
    pub fn tells_answers_apart(&self) -> bool {
        self.definition.hooks.as_ref().is_none_or(hooks::Hooks::tells_apart)
    }

    /// What a stored webhook is answered with.
    pub fn hook_answer(&self) -> HookAnswer {
        self.definition.hooks.as_ref().map_or(HookAnswer::EMPTY, |hooks| hooks.answer.clone())
    }
}

impl Lists for Declarative {
    fn first(&self, query: &Query) -> Request {
        let list = self.definition.list.as_ref();
        list.map_or_else(
            || Request::get("", Auth::None),
            |list| list.first(&self.account, &self.definition.login, query),
        )
    }

    fn page(&self, query: &Query, sent: &Sent) -> Result<Page, Unlisted> {
        let list = self.definition.list.as_ref().ok_or(Unlisted::Unreadable)?;
        list.page(&self.account, &self.definition.login, query, sent)
    }
}

#[cfg(test)]
mod tests;
