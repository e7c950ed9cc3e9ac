//! One webhook: verified, then noted, applied and committed; only then does it get its 2xx.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::oneshot;
use tracing::{error, info, warn};

use super::writer::{Job, in_order};
use super::{Webhooks, raw};
use crate::gateway::event::HookAnswer;
use crate::gateway::{Event, Gateway, Hook, HookKind, Unreadable};
use crate::inbox::kept_id;
use crate::metrics;
use crate::store::hook::NewHook;
use crate::store::{DbError, Tx, reply};

/// A provider waits about this long for its answer; past it, it had better come again.
const WITHIN: Duration = Duration::from_secs(10);
/// The letters of a token that are the time at which it was drawn.
const NEAR: usize = 6;

/// A webhook as it came over HTTP.
pub(super) struct Call<'a> {
    pub account: &'a str,
    pub kind: HookKind,
    pub method: &'a str,
    /// As the request has it, still escaped.
    pub path_and_query: &'a str,
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
    /// Who called, as far as it is known.
    pub from: Option<IpAddr>,
}

/// What the provider hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is kept, and what it told has taken effect.
    Taken(HookAnswer),
    /// The provider asked whether this address is the account's; this is the word it waits for.
    Challenge(String),
    /// It is not from the provider; nothing is kept.
    Forbidden,
    /// This provider does not call so; nothing is kept.
    WrongMethod,
    /// It is kept, and nothing in it can be read.
    Broken,
    /// Nothing is kept: the provider must come again.
    Away,
}

impl Call<'_> {
    fn query(&self) -> &str {
        self.path_and_query.split_once('?').map_or("", |(_, query)| query)
    }
}

impl Webhooks {
    /// Takes in a webhook, or answers a provider's question.
    pub(super) async fn receive(&self, gateway: &Gateway, call: &Call<'_>) -> Answer {
        let challenge = if call.method == "GET" { gateway.challenge(call.query()) } else { None };
        let url = format!("{}{}", self.public_url, call.path_and_query);
        let hook = Hook { method: call.method, url: &url, headers: call.headers, body: call.body };
        let verified = match challenge {
            Some(Ok(word)) => return Answer::Challenge(word),
            Some(Err(why)) => Err(why),
            None if !gateway.hears(call.method) => return Answer::WrongMethod,
            None => gateway.verify(&hook).and_then(|()| gateway.admits(&hook, call.from, self.ledger.clock.now())),
        };
        if let Err(why) = verified {
            metrics::webhook("refused");
            let count = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
            // Anybody can send these: the log must not grow with them.
            if count.is_power_of_two() {
                warn!(account.name = call.account, count, error = %why, "webhooks were refused");
            }
            return Answer::Forbidden;
        }
        match tokio::time::timeout(WITHIN, self.persist(gateway, call)).await {
            Ok(Ok(read)) => {
                metrics::webhook("kept");
                if self.failing.swap(false, Ordering::Relaxed) {
                    info!("webhooks are taken in again");
                }
                match read {
                    Err(why) if why.is_broken() => Answer::Broken,
                    _ => Answer::Taken(gateway.hook_answer(call.kind)),
                }
            }
            failed => {
                metrics::webhook("away");
                let why = failed.map_or_else(|_| "too slow".to_owned(), |kept| kept.err().unwrap_or_default());
                if !self.failing.swap(true, Ordering::Relaxed) {
                    error!(
                        account.name = call.account,
                        error = why,
                        "a webhook cannot be kept; the provider must come again"
                    );
                }
                Answer::Away
            }
        }
    }

    /// The query of an account whose answers have no id. The day tells yesterday's "yes" from today's; what the provider
    /// sends again within the day is no news, until somebody has read it: then the person has said it again.
    async fn query_of_today(&self, gateway: &Gateway, call: &Call<'_>) -> Result<String, DbError> {
        let first = format!("{}&received={}", call.query(), self.ledger.clock.today());
        let (mut query, mut again) = (first.clone(), 0);
        let mut tx = self.db.read().await?;
        while self.is_over(&mut tx, gateway, call, &query).await? {
            again += 1;
            query = format!("{first}&again={again}");
        }
        Ok(query)
    }

    /// Whether an answer that this webhook tells was told before, and holds nobody any more.
    async fn is_over(&self, tx: &mut Tx, gateway: &Gateway, call: &Call<'_>, query: &str) -> Result<bool, DbError> {
        for event in gateway.parse(call.kind, query, call.body).unwrap_or_default() {
            if let Event::Reply(answer) = event
                && reply::is_over(tx, call.account, &kept_id(&self.ledger.vault, &answer.provider_id)).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Has it kept by the writer, and waits for the commit. Says whether it could be read.
    async fn persist(&self, gateway: &Gateway, call: &Call<'_>) -> Result<Result<(), Unreadable>, String> {
        let query: Cow<'_, str> = match gateway.tells_answers_apart() {
            true => call.query().into(),
            // Seldom, and larger than all the rest of what a webhook needs.
            false => Box::pin(self.query_of_today(gateway, call)).await.map_err(|e| e.to_string())?.into(),
        };
        let events = gateway.parse(call.kind, &query, call.body);
        if let Err(why) = &events {
            warn!(account.name = call.account, error = %why, "a webhook cannot be read; it is kept");
        }
        let read = events.as_ref().map(drop).map_err(|why| *why);
        let (done, kept) = oneshot::channel();
        let raw = raw::join(&query, call.body);
        let near = events.as_deref().map_or("", near);
        let mut hook = NewHook::new(&self.ledger.vault, call.account, call.kind.as_str(), &raw, near);
        if events.is_err() {
            hook = hook.seal(&self.ledger.vault, &raw).map_err(|e| e.to_string())?;
        }
        let job = Job { hook, events: events.map(in_order).map_err(|why| why.to_string()), done };
        let stopped = || "the writer has stopped".to_owned();
        self.queue.send(job).await.map_err(|_| stopped())?;
        kept.await.map_err(|_| stopped())?.map(|()| read)
    }
}

/// How the token begins that a receipt tells of: tokens that were drawn together begin alike, and so are told of together.
fn near(events: &[Event]) -> &str {
    let token = events.iter().find_map(|event| match event {
        Event::Receipt(receipt) => receipt.token.as_ref(),
        Event::Reply(_) | Event::Same(..) | Event::Reached(_) | Event::Notice(_) => None,
    });
    token.and_then(|token| token.expose().get(..NEAR)).unwrap_or_default()
}
