//! The circuit breaker of an account: when nothing answers, stop trying for a while, and say so once.

use tracing::{error, info};

use super::{Outbox, Tried};
use crate::gateway::{Unsent, Verdict};

/// Failures in a row that open the breaker.
const LIMIT: u32 = 3;
/// The first pause; doubled up to the last.
const FIRST_MS: i64 = 2_000;
const LAST_MS: i64 = 60_000;

/// How an account has fared lately.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    pause_ms: i64,
    open_until: i64,
}

impl Outbox {
    /// Whether an account is left alone for now.
    pub(super) fn is_broken(&self, account: &str) -> bool {
        let now = self.ledger.clock.steady_ms();
        self.breakers.get(account).is_some_and(|breaker| now < breaker.open_until)
    }

    /// Notes how a try fared: connections that fail in a row open the breaker, any answer closes it.
    pub(super) fn note_health(&mut self, tried: &Tried) {
        if matches!(tried.verdict, Verdict::NotSent { why: Unsent::PastDeadline, .. }) {
            // We were late ourselves: nobody was asked, and nobody answered.
            return;
        }
        let now = self.ledger.clock.steady_ms();
        let breaker = self.breakers.entry(tried.account.clone()).or_default();
        let failed = matches!(tried.verdict, Verdict::NotSent { why: Unsent::NoConnection, .. });
        if !failed {
            if breaker.failures >= LIMIT {
                info!(account.name = tried.account, "the gateway answers again");
            }
            *breaker = Breaker::default();
            return;
        }
        breaker.failures += 1;
        if breaker.failures >= LIMIT && now >= breaker.open_until {
            if breaker.failures == LIMIT {
                error!(account.name = tried.account, "the gateway cannot be reached; messages wait in the queue");
            }
            breaker.pause_ms = (breaker.pause_ms * 2).clamp(FIRST_MS, LAST_MS);
            breaker.open_until = now + breaker.pause_ms;
        }
    }
}
