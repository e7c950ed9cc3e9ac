//! Every adapter that this version has, in one explicit match. A new adapter is a line in each function here.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::lang::Text;
use crate::domain::messaging_limit::MessagingLimit;
use crate::gateway::Facts;
use crate::gateway::declarative::Declarative;
use crate::gateway::erase::Erased;
use crate::gateway::error::{Forbidden, Unreadable};
use crate::gateway::event::{Event, Hook, HookAnswer, HookKind};
use crate::gateway::exchange::Sent;
use crate::gateway::http::Http;
use crate::gateway::listing::{Listed, Lists, Page, Query, Unlisted, Walk};
use crate::gateway::outgoing::Outgoing;
use crate::gateway::reach;
use crate::gateway::simulator::{self, Later, Simulator};
use crate::gateway::template::{Templates, Wanted};
use crate::gateway::twilio::{self, Twilio};
use crate::gateway::verdict::{Probe, ProviderId, Unsent, Verdict};
use crate::gateway::whatsapp_cloud::WhatsAppCloud;

/// An account has at most so many pages of templates.
const MOST_PAGES: usize = 100;

/// An account with a provider.
#[derive(Clone, Debug)]
pub enum Gateway {
    /// Twilio's programmable messaging.
    Twilio(Twilio),
    /// The WhatsApp Cloud API.
    WhatsAppCloud(WhatsAppCloud),
    /// A provider that a file describes.
    Declarative(Declarative),
    /// No provider at all: behaves like one, on the civil clock.
    Simulator(Simulator),
}

/// How one try ended, and what the simulator will tell us about it later.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub verdict: Verdict,
    /// Webhooks to deliver at their civil time; only the simulator has any.
    pub later: Vec<Later>,
}

impl Gateway {
    /// What the account can do.
    pub fn facts(&self) -> Facts {
        match self {
            Gateway::Twilio(twilio) => twilio.facts(),
            Gateway::WhatsAppCloud(whatsapp) => whatsapp.facts(),
            Gateway::Declarative(declarative) => declarative.facts(),
            Gateway::Simulator(simulator) => simulator.facts(),
        }
    }

    /// Sends one message, once. `now` is the civil time; the deadline stands in the message.
    pub async fn send(&self, http: &Http, message: &Outgoing, now: Timestamp) -> Outcome {
        match self {
            Gateway::Twilio(twilio) => {
                let sent = http.send(twilio.request(message), message.deadline_ms).await;
                Outcome { verdict: twilio.verdict(&sent), later: Vec::new() }
            }
            Gateway::WhatsAppCloud(whatsapp) => {
                let sent = http.send(whatsapp.request(message), message.deadline_ms).await;
                Outcome { verdict: whatsapp.verdict(&sent), later: Vec::new() }
            }
            Gateway::Declarative(declarative) => {
                let verdict = match declarative.request(message, now) {
                    Ok(request) => {
                        let http = http.within(declarative.may_go_anywhere());
                        declarative.verdict(message, &http.send(request, message.deadline_ms).await)
                    }
                    Err(class) => Verdict::Refused { code: None, class },
                };
                Outcome { verdict, later: Vec::new() }
            }
            Gateway::Simulator(_) if http.is_past(message.deadline_ms) => {
                let verdict = Verdict::NotSent { why: Unsent::PastDeadline, retry_after: None };
                Outcome { verdict, later: Vec::new() }
            }
            Gateway::Simulator(simulator) => {
                let (verdict, later) = simulator.send(message, now);
                Outcome { verdict, later }
            }
        }
    }

    /// Makes one harmless call to the account.
    pub async fn test(&self, http: &Http) -> Probe {
        match self {
            Gateway::Twilio(twilio) => twilio.probe(&http.get(twilio.probe_request()).await),
            Gateway::WhatsAppCloud(whatsapp) => whatsapp.probe(&http.get(whatsapp.probe_request()).await),
            Gateway::Declarative(declarative) => match declarative.probe_request() {
                Some(request) => {
                    let inside = !declarative.may_go_anywhere() && reach::leads_inside(&request.url).await;
                    let http = http.within(declarative.may_go_anywhere());
                    if inside { Probe::Inside } else { declarative.probe(&http.get(request).await) }
                }
                None => Probe::Untried,
            },
            Gateway::Simulator(_) => Probe::Works,
        }
    }

    /// Asks the provider to delete a message of this name, which went or came.
    pub async fn erase(&self, http: &Http, id: &ProviderId) -> Erased {
        match self {
            Gateway::Twilio(twilio) => match twilio.erase_request(id) {
                Some(request) => twilio.erased(&http.take_away(request).await),
                None => Erased::Cannot,
            },
            // It keeps nothing.
            Gateway::Simulator(_) => Erased::Gone,
            Gateway::WhatsAppCloud(_) | Gateway::Declarative(_) => Erased::Cannot,
        }
    }

    /// Asks the provider to how many people the account may write first in any 24 hours; `None` where it says nothing.
    pub async fn messaging_limit(&self, http: &Http) -> Option<MessagingLimit> {
        let Gateway::WhatsAppCloud(whatsapp) = self else { return None };
        whatsapp.messaging_limit(&http.get(whatsapp.messaging_limit_request()).await)
    }

    /// Reads the provider's list to its end, a page after each `pause`; hands over each message as it comes.
    pub async fn list(
        &self,
        http: &Http,
        query: &Query,
        pause: Duration,
        each: impl FnMut(Listed),
    ) -> Result<(), Unlisted> {
        match self {
            Gateway::Twilio(twilio) => walk(twilio, http, query, pause, each).await,
            Gateway::Declarative(declarative) => {
                walk(declarative, &http.within(declarative.may_go_anywhere()), query, pause, each).await
            }
            Gateway::WhatsAppCloud(_) | Gateway::Simulator(_) => Err(Unlisted::Unreadable),
        }
    }

    /// What stands on one page of that list, from what came of the request for it.
    ///
    /// # Errors
    /// When it is no page of the provider's list.
    pub fn page(&self, query: &Query, sent: &Sent) -> Result<Page, Unlisted> {
        match self {
            Gateway::Twilio(twilio) => twilio.page(query, sent),
            Gateway::Declarative(declarative) => declarative.page(query, sent),
            Gateway::WhatsAppCloud(_) | Gateway::Simulator(_) => Err(Unlisted::Unreadable),
        }
    }

    /// Reads the account's templates and says of each that is wanted how it differs; nothing where it fits. `None` when the
    /// provider has no templates, or they cannot be read.
    pub async fn misfits(&self, http: &Http, wanted: &[Wanted<'_>]) -> Option<Vec<Vec<Text>>> {
        match self {
            Gateway::Twilio(twilio) => compare(twilio, http, wanted).await,
            Gateway::WhatsAppCloud(whatsapp) => compare(whatsapp, http, wanted).await,
            Gateway::Declarative(_) | Gateway::Simulator(_) => None,
        }
    }

    /// Whether a webhook that came over HTTP is from the provider; before anything else is done with it.
    pub fn verify(&self, hook: &Hook<'_>) -> Result<(), Forbidden> {
        match self {
            Gateway::Twilio(twilio) => twilio.verify(hook),
            Gateway::WhatsAppCloud(whatsapp) => whatsapp.verify(hook),
            Gateway::Declarative(declarative) => declarative.verify(hook),
            Gateway::Simulator(_) => Err(Forbidden::NoWebhooks),
        }
    }

    /// Whether a verified webhook came from where the provider calls from, and in time.
    pub fn admits(&self, hook: &Hook<'_>, from: Option<IpAddr>, now: Timestamp) -> Result<(), Forbidden> {
        match self {
            Gateway::Declarative(declarative) => declarative.admits(hook, from, now),
            Gateway::Twilio(_) | Gateway::WhatsAppCloud(_) | Gateway::Simulator(_) => Ok(()),
        }
    }

    /// Reads a verified webhook, or one that the simulator made. `query` is the raw query of its address.
    pub fn parse(&self, kind: HookKind, query: &str, body: &[u8]) -> Result<Vec<Event>, Unreadable> {
        match self {
            Gateway::Twilio(twilio) => twilio.parse(kind, query, body),
            Gateway::WhatsAppCloud(whatsapp) => whatsapp.parse(body),
            Gateway::Declarative(declarative) => declarative.parse(query, body),
            Gateway::Simulator(_) => simulator::parse(body),
        }
    }

    /// Whether the provider tells two answers with the same words apart, by ids of its own.
    pub fn tells_answers_apart(&self) -> bool {
        match self {
            Gateway::Declarative(declarative) => declarative.tells_answers_apart(),
            Gateway::Twilio(_) | Gateway::WhatsAppCloud(_) | Gateway::Simulator(_) => true,
        }
    }

    /// Whether a webhook may come by this method, in capitals.
    pub fn hears(&self, method: &str) -> bool {
        match self {
            Gateway::Declarative(declarative) => declarative.hears(method),
            Gateway::Twilio(_) | Gateway::WhatsAppCloud(_) | Gateway::Simulator(_) => method == "POST",
        }
    }

    /// The answer to a provider that asks by GET whether this address is the account's; `None` when it does not ask.
    pub fn challenge(&self, query: &str) -> Option<Result<String, Forbidden>> {
        match self {
            Gateway::WhatsAppCloud(whatsapp) => whatsapp.challenge(query),
            Gateway::Twilio(_) | Gateway::Declarative(_) | Gateway::Simulator(_) => None,
        }
    }

    /// What a stored webhook is answered with.
    pub fn hook_answer(&self, _kind: HookKind) -> HookAnswer {
        match self {
            Gateway::Twilio(_) => {
                HookAnswer { status: 200, content_type: "text/xml".into(), body: twilio::HOOK_ANSWER.into() }
            }
            Gateway::Declarative(declarative) => declarative.hook_answer(),
            Gateway::WhatsAppCloud(_) | Gateway::Simulator(_) => HookAnswer::EMPTY,
        }
    }
}

async fn walk(
    lists: &impl Lists,
    http: &Http,
    query: &Query,
    pause: Duration,
    mut each: impl FnMut(Listed),
) -> Result<(), Unlisted> {
    let (mut walk, mut request) = (Walk::default(), Some(lists.first(query)));
    while let Some(next) = request {
        tokio::time::sleep(pause).await;
        request = walk.take(lists, query, &http.get_page(next).await, &mut each)?;
    }
    Ok(())
}

async fn compare<T: Templates>(provider: &T, http: &Http, wanted: &[Wanted<'_>]) -> Option<Vec<Vec<Text>>> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let request = provider.ask(after.as_deref());
        let page = provider.read(&http.get_page(request).await)?;
        all.extend(page.templates);
        after = page.after;
        if after.is_none() {
            let told = |wanted| provider.fits(&all, wanted).iter().map(|misfit| misfit.text(T::MADE_IN)).collect();
            return Some(wanted.iter().map(told).collect());
        }
    }
    None
}
