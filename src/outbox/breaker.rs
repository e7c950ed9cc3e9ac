//! The circuit breaker of an account: when nothing answers, or nothing but doubts comes back, stop trying for a while,
//! and say so once. After a pause one message at a time tries, until the gateway takes one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{error, info};

use super::{Outbox, Tried};
use crate::domain::alarm::Alarm;
use crate::domain::span::MINUTE_MS;
use crate::gateway::{Unsent, Verdict};

/// What in a row opens the breaker.
#[derive(Clone, Copy)]
struct Trouble {
    limit: u32,
    first_ms: i64,
    last_ms: i64,
    alarm: Alarm,
}

/// The accounts that are left alone for now, and why, for whoever tells it. Clones share what they hold.
#[derive(Clone, Debug, Default)]
pub struct Troubles(Arc<Mutex<BTreeMap<String, Alarm>>>);

impl Troubles {
    /// As they stand.
    pub fn all(&self) -> BTreeMap<String, Alarm> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, account: &str, alarm: Alarm) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned(), alarm);
    }

    fn forget(&self, account: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }
}

/// Connections that fail: nothing is lost by trying again soon.
const NO_CONNECTION: Trouble = Trouble { limit: 3, first_ms: 2_000, last_ms: MINUTE_MS, alarm: Alarm::Unreachable };
/// Requests that end in doubt: each one more is a person of whom nobody knows whether they got it.
const DOUBTS: Trouble = Trouble { limit: 10, first_ms: MINUTE_MS, last_ms: 15 * MINUTE_MS, alarm: Alarm::Doubting };
/// The longest an account waits because the gateway asked for it; one message then tries.
const THROTTLED_MS: i64 = 10 * MINUTE_MS;

/// How an account has fared lately.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    unreached: u32,
    doubts: u32,
    pause_ms: i64,
    open_until: i64,
    throttled_until: i64,
    /// It was open: one message at a time until one is taken.
    trying: bool,
}

impl Breaker {
    fn opens_at(&self) -> i64 {
        self.open_until.max(self.throttled_until)
    }
}

impl Outbox {
    /// Whether an account is left alone for now.
    pub(super) fn is_broken(&self, account: &str) -> bool {
        let now = self.ledger.clock.steady_ms();
        self.breakers.get(account).is_some_and(|breaker| now < breaker.opens_at())
    }

    /// How many of `free` slots an account may use that has `under_way` messages on their way.
    pub(super) fn may_use(&self, account: &str, free: usize, under_way: usize) -> usize {
        let trying = self.breakers.get(account).is_some_and(|breaker| breaker.trying);
        if trying { free.min(1_usize.saturating_sub(under_way)) } else { free }
    }

    /// Notes how a try fared: trouble in a row opens the breaker, an answer in the gateway's own words closes it.
    pub(super) fn note_health(&mut self, tried: &Tried) {
        let clock = &self.ledger.clock;
        let now = clock.steady_ms();
        // Who asks for a minute on a clock that lapses means a minute of that clock.
        let lapse = clock.civil_ms_per_second();
        let account = &tried.message.account;
        let breaker = self.breakers.entry(account.clone()).or_default();
        match &tried.verdict {
            // We were late ourselves: nobody was asked, and nobody answered.
            // Enough for one person says nothing of the account.
            Verdict::NotSent { why: Unsent::PastDeadline | Unsent::Capped, .. } => {}
            Verdict::NotSent { why: Unsent::Throttled, retry_after } => {
                if let Some(asked) = retry_after {
                    let wait = i64::try_from(asked.as_millis()).unwrap_or(i64::MAX).min(THROTTLED_MS);
                    breaker.throttled_until = breaker.throttled_until.max(now + wait * 1_000 / lapse);
                    breaker.trying = true;
                }
            }
            Verdict::NotSent { why: Unsent::NoConnection, .. } => {
                breaker.unreached += 1;
                let row = breaker.unreached;
                breaker.trouble(NO_CONNECTION, row, now, account, &self.troubles);
            }
            Verdict::InDoubt { .. } => {
                breaker.doubts += 1;
                let row = breaker.doubts;
                breaker.trouble(DOUBTS, row, now, account, &self.troubles);
            }
            Verdict::Accepted { .. } | Verdict::Refused { .. } => {
                if breaker.open_until > 0 {
                    info!(account.name = account, "the gateway answers again");
                    self.troubles.forget(account);
                }
                let throttled_until = breaker.throttled_until;
                *breaker = Breaker { throttled_until, trying: now < throttled_until, ..Breaker::default() };
            }
        }
    }
}

impl Breaker {
    /// What was on its way when the breaker opened does not make the pause longer.
    fn trouble(&mut self, trouble: Trouble, in_a_row: u32, now: i64, account: &str, troubles: &Troubles) {
        if in_a_row < trouble.limit || now < self.open_until {
            return;
        }
        if self.open_until == 0 {
            error!(account.name = account, "{}", trouble.alarm.what(account).en);
            troubles.note(account, trouble.alarm);
        }
        self.pause_ms = (self.pause_ms * 2).clamp(trouble.first_ms, trouble.last_ms);
        self.open_until = now + self.pause_ms;
        self.trying = true;
    }
}
