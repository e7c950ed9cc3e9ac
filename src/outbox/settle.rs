//! How a try ends: by our own answer, by a receipt, by the reaper, or by a coordinator. Late proof wins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tracing::{info, warn};

use crate::campaign::file::Definition;
use crate::domain::holidays::Holidays;
use crate::domain::id::{MessageId, PlanId};
use crate::domain::message::{MessageState, Receipt};
use crate::gateway::{Class, ReceiptNews, Verdict};
use crate::ledger::{Ledger, NoSource};
use crate::store::message::{self, Message};
use crate::store::{DbError, Tx, account, campaign, task, touch};
use crate::tasks::follow_up;

/// Moves messages by what became known of them. Cheap to clone; clones share what they have read of campaigns.
#[derive(Clone)]
pub struct Settler {
    ledger: Ledger,
    holidays: Holidays,
    definitions: Arc<Mutex<HashMap<PlanId, Arc<Definition>>>>,
}

/// A try that ended with our own verdict.
#[derive(Debug)]
pub struct Tried {
    /// The message.
    pub message: MessageId,
    /// Which try it was.
    pub n: i64,
    /// The account it went by.
    pub account: String,
    /// How it ended.
    pub verdict: Verdict,
    /// News that the simulator has for later, with their civil times.
    pub later: Vec<(i64, Vec<u8>)>,
}

impl Settler {
    /// A settler for this house.
    pub fn new(ledger: Ledger, holidays: Holidays) -> Self {
        Self { ledger, holidays, definitions: Arc::default() }
    }

    /// The campaign as it was approved under a plan.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn definition(&self, tx: &mut Tx, plan: PlanId) -> Result<Arc<Definition>, DbError> {
        let known = self.definitions.lock().map_err(|_| DbError::Unknown("campaign"))?.get(&plan).cloned();
        if let Some(definition) = known {
            return Ok(definition);
        }
        let stored = campaign::plan(tx, &self.ledger.vault, plan).await?.ok_or(DbError::Unknown("plan"))?;
        let definition: Definition = serde_json::from_str(&stored.definition).map_err(|_| DbError::Unknown("campaign"))?;
        let definition = Arc::new(definition);
        if let Ok(mut known) = self.definitions.lock() {
            known.insert(plan, definition.clone());
        }
        Ok(definition)
    }

    /// Settles a try by our own verdict. A compare-and-set: when somebody knew better meanwhile, that stands.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn settle(&self, tx: &mut Tx, tried: &Tried) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        for (due_at, raw) in &tried.later {
            crate::store::hook::add(tx, &self.ledger.vault, &tried.account, "later", raw, now, *due_at).await?;
        }
        let (word, provider_id, code) = tried.verdict.for_attempt();
        message::settle_attempt(tx, tried.message, tried.n, word, provider_id, code, now).await?;
        let Some(m) = message::get(tx, tried.message).await? else { return Ok(()) };
        let ours = m.attempt == tried.n && matches!(m.state, MessageState::Submitting | MessageState::InDoubt);
        match &tried.verdict {
            Verdict::Accepted { .. } if !m.state.is_out() => self.went_out(tx, &m, MessageState::Accepted).await,
            Verdict::NotSent { retry_after_s, .. } if ours => {
                let wait_ms = retry_after_s.map_or_else(|| backoff_ms(tried.n), |s| i64::from(s).saturating_mul(1000));
                message::requeue(tx, &m, now.saturating_add(wait_ms), now).await.map(drop)
            }
            Verdict::Refused { code, class } if ours => self.refused(tx, &m, code, *class).await,
            Verdict::InDoubt { why } if ours => self.in_doubt(tx, &m, why).await,
            _ => Ok(()),
        }
    }

    /// Puts a message that is under way in doubt, and plans its follow-ups: they count from this day.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn in_doubt(&self, tx: &mut Tx, m: &Message, why: &str) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        let since = tx.steady_ms(&self.ledger.clock).await?;
        if message::doubt(tx, m, why, since, now).await? {
            warn!(message.id = %m.id, campaign.name = m.campaign, why, "a message is in doubt");
            self.plan_follow_ups(tx, m, now).await?;
        }
        Ok(())
    }

    /// Counts a message as contacted that nobody could prove, from the time of its try.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn abandon(&self, tx: &mut Tx, m: &Message) -> Result<bool, DbError> {
        let now = self.ledger.clock.now_ms();
        let moved = message::move_state(tx, m, MessageState::Abandoned, None, now).await?;
        if moved {
            self.ledger.message_out(tx, m, m.state_at, "abandoned").await?;
        }
        Ok(moved)
    }

    /// Takes proof that a message in doubt went out: a coordinator's, with a reason.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn accept(&self, tx: &mut Tx, m: &Message) -> Result<(), DbError> {
        self.went_out(tx, m, MessageState::Accepted).await
    }

    /// Applies a verified receipt. Receipts only raise the rank; one for an unknown message changes nothing.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn receipt(&self, tx: &mut Tx, account: &str, news: &ReceiptNews) -> Result<(), DbError> {
        let token = news.token.as_ref().map(|token| token.as_str());
        let mut found = message::by_attempt(tx, account, token, &news.provider_id).await?;
        if found.is_none() && token.is_some() {
            found = message::by_attempt(tx, account, None, &news.provider_id).await?;
        }
        let Some((id, n)) = found else {
            info!(account.name = account, "a receipt for a message that is not ours");
            return Ok(());
        };
        let now = self.ledger.clock.now_ms();
        let Some(m) = message::get(tx, id).await? else { return Ok(()) };
        let word = format!("receipt:{:?}", news.status).to_lowercase();
        message::settle_attempt(tx, id, n, &word, Some(&news.provider_id), news.code.as_deref(), now).await?;
        let bad = matches!(news.status, Receipt::Failed | Receipt::Undelivered);
        if n == m.attempt || !bad {
            self.apply(tx, &m, news, bad).await?;
        }
        Ok(())
    }

    async fn apply(&self, tx: &mut Tx, m: &Message, news: &ReceiptNews, bad: bool) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        match m.state.after_receipt(news.status) {
            Some(MessageState::Failed) => {
                return self.refused(tx, m, news.code.as_deref().unwrap_or("failed"), news.class.unwrap_or(Class::Other)).await;
            }
            Some(to) if m.state.is_out() => {
                message::move_state(tx, m, to, news.code.as_deref().filter(|_| bad), now).await?;
            }
            Some(to) => self.went_out(tx, m, to).await?,
            None => return Ok(()),
        }
        match news.class {
            Some(Class::OptedOut) => {
                self.ledger.opt_out(tx, m.contact, NoSource::Provider, None).await?;
            }
            Some(Class::BadNumber) if bad => self.reached_nobody(tx, m).await?,
            _ => {}
        }
        Ok(())
    }

    async fn went_out(&self, tx: &mut Tx, m: &Message, to: MessageState) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        if !message::move_state(tx, m, to, None, now).await? {
            return Ok(());
        }
        if m.state != MessageState::Abandoned {
            self.ledger.message_out(tx, m, now, to.as_str()).await?;
        }
        self.plan_follow_ups(tx, m, now).await
    }

    async fn refused(&self, tx: &mut Tx, m: &Message, code: &str, class: Class) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        if class == Class::Config {
            // Our own fault and nobody was reached: the account waits for a person, and so does the message.
            message::requeue(tx, m, now, now).await?;
            if account::pause(tx, &m.account, code, None, now).await? {
                tracing::error!(account.name = m.account, code, "the gateway refuses this account; it sends nothing until `lykt gateway test` succeeds");
            }
            return Ok(());
        }
        if message::move_state(tx, m, MessageState::Failed, Some(code), now).await? {
            self.reached_nobody(tx, m).await?;
            if class == Class::OptedOut {
                self.ledger.opt_out(tx, m.contact, NoSource::Provider, None).await?;
            }
        }
        Ok(())
    }

    /// A message that provably reached nobody does not consume the cooldown, and no call follows it.
    async fn reached_nobody(&self, tx: &mut Tx, m: &Message) -> Result<(), DbError> {
        touch::uncount(tx, m.contact, m.id).await?;
        task::drop_message(tx, m.id, "not_reached", self.ledger.clock.now_ms()).await.map(drop)
    }

    async fn plan_follow_ups(&self, tx: &mut Tx, m: &Message, at: i64) -> Result<(), DbError> {
        let definition = self.definition(tx, m.plan).await?;
        follow_up::plan(&self.ledger.clock, self.holidays, tx, m, &definition.follow_ups, at).await
    }
}

/// Five seconds, doubled with each try, at most ten minutes.
fn backoff_ms(n: i64) -> i64 {
    5_000 << n.clamp(1, 7).saturating_sub(1)
}
