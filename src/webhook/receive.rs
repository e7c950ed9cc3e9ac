//! One webhook: verified, then stored, applied and committed in one transaction; only then does it get its 2xx.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tracing::{error, info, warn};

use super::{Webhooks, raw};
use crate::gateway::registry::HookAnswer;
use crate::gateway::{Event, Gateway, Hook, HookKind};
use crate::store::{DbError, hook};

/// Waits between tries when two writers met.
const PAUSES_MS: [u64; 4] = [10, 40, 120, 300];
/// A provider waits about this long for its answer; past it, it had better come again.
const WITHIN: Duration = Duration::from_secs(10);

/// A webhook as it came over HTTP.
pub(super) struct Call<'a> {
    pub account: &'a str,
    pub kind: HookKind,
    pub method: &'a str,
    /// As the request has it, still escaped.
    pub path_and_query: &'a str,
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
}

/// What the provider hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is kept, and what it told has taken effect.
    Taken(HookAnswer),
    /// It is not from the provider; nothing is kept.
    Forbidden,
    /// Nothing is kept: the provider must come again.
    Away,
}

impl Call<'_> {
    fn query(&self) -> &str {
        self.path_and_query.split_once('?').map_or("", |(_, query)| query)
    }
}

impl Webhooks {
    /// Takes in a webhook.
    pub(super) async fn receive(&self, gateway: &Gateway, call: &Call<'_>) -> Answer {
        let url = format!("{}{}", self.public_url, call.path_and_query);
        let hook = Hook { method: call.method, url: &url, headers: call.headers, body: call.body };
        if let Err(why) = gateway.verify(&hook) {
            let count = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
            // Anybody can send these: the log must not grow with them.
            if count.is_power_of_two() {
                warn!(account.name = call.account, count, error = %why, "webhooks were refused");
            }
            return Answer::Forbidden;
        }
        match tokio::time::timeout(WITHIN, self.persist(gateway, call)).await {
            Ok(Ok(())) => {
                if self.failing.swap(false, Ordering::Relaxed) {
                    info!("webhooks are taken in again");
                }
                Answer::Taken(gateway.hook_answer())
            }
            failed => {
                let why = failed
                    .map_or_else(|_| "too slow".to_owned(), |e| e.err().map_or_else(String::new, |e| e.to_string()));
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

    /// Keeps it when its turn has come, and tries again where two writers met.
    async fn persist(&self, gateway: &Gateway, call: &Call<'_>) -> Result<(), DbError> {
        // A burst waits here and not for the database's connections, which others need too. Never closed.
        let _turn = self.turns.acquire().await;
        for pause in PAUSES_MS {
            match self.take_in(gateway, call).await {
                Err(e) if e.is_conflict() => {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                Err(e @ DbError::Away(_)) => return Err(e),
                Err(e) => {
                    self.salvage(gateway, call).await?;
                    return Err(e);
                }
                Ok(()) => return Ok(()),
            }
        }
        self.take_in(gateway, call).await
    }

    async fn take_in(&self, gateway: &Gateway, call: &Call<'_>) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        let now = self.ledger.clock.now_ms();
        let raw = raw::join(call.query(), call.body);
        let kind = call.kind.as_str();
        let Some(id) = hook::add(&mut tx, &self.ledger.vault, call.account, kind, &raw, now, now).await? else {
            // The same bytes were committed before, with all that followed from them.
            return Ok(());
        };
        let problem = match gateway.parse(call.kind, call.query(), call.body) {
            Ok(events) => {
                for event in &events {
                    self.apply(&mut tx, call.account, event).await?;
                }
                None
            }
            Err(why) => {
                warn!(account.name = call.account, hook.id = %id, error = %why, "a webhook cannot be read; it is kept");
                Some(why.to_string())
            }
        };
        hook::done(&mut tx, id, problem.as_deref(), now).await?;
        tx.commit().await
    }

    /// One bad item must not lose the others: each is tried in a transaction of its own. The provider still hears 503
    /// and comes again, so that the bad one is not lost silently; for the others that is no news.
    async fn salvage(&self, gateway: &Gateway, call: &Call<'_>) -> Result<(), DbError> {
        let events = gateway.parse(call.kind, call.query(), call.body).unwrap_or_default();
        if events.len() > 1 {
            for event in &events {
                self.alone(call.account, event).await?;
            }
        }
        Ok(())
    }

    async fn alone(&self, account: &str, event: &Event) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        match self.apply(&mut tx, account, event).await {
            Ok(()) => tx.commit().await,
            Err(e @ DbError::Away(_)) => Err(e),
            Err(_) => Ok(()),
        }
    }
}
