//! How a try ends: by our own answer, by a receipt, by the reaper, or by a coordinator. Late proof wins.

use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info, warn};

use crate::campaign::file::Definition;
use crate::domain::campaign::{CampaignState, OwnPause};
use crate::domain::channel::Channel;
use crate::domain::holidays::Holidays;
use crate::domain::id::PlanId;
use crate::domain::message::MessageState;
use crate::gateway::simulator::Later;
use crate::gateway::{Class, Code, Doubt, Receipt, Unsent, Verdict};
use crate::ledger::{Ledger, NoSource};
use crate::store::message::{self, Message};
use crate::store::{DbError, Sql, Tx, account, attempt, campaign, hook, listing, task, touch, waiting};
use crate::tasks::{Definitions, Hours, follow_up};

/// A person whom the provider wants left alone for now is tried again after this long.
const CAPPED_MS: i64 = 24 * 3_600_000;

/// Moves messages by what became known of them. Cheap to clone; clones share what they have read of campaigns.
#[derive(Clone)]
pub struct Settler {
    pub(super) ledger: Ledger,
    holidays: Holidays,
    definitions: Definitions,
}

/// A try that ended with our own verdict.
#[derive(Debug)]
pub struct Tried {
    /// The message as it was when this try of it began.
    pub message: Message,
    /// How it ended.
    pub verdict: Verdict,
    /// What the simulator will tell us later.
    pub later: Vec<Later>,
}

impl Settler {
    /// A settler for this house.
    pub fn new(ledger: Ledger, holidays: Holidays) -> Self {
        let definitions = Definitions::new(ledger.vault.clone());
        Self { ledger, holidays, definitions }
    }

    /// The campaign as it was approved under a plan.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn definition(&self, tx: &mut Tx, plan: PlanId) -> Result<Arc<Definition>, DbError> {
        self.definitions.of_plan(tx, plan).await
    }

    /// The hours for calls.
    pub(super) fn hours(&self) -> Hours {
        Hours::new(self.ledger.clock.zone().clone(), self.holidays)
    }

    /// Settles a try by our own verdict. A compare-and-set: when somebody knew better meanwhile, that stands.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn settle(&self, tx: &mut Tx, tried: &Tried) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        for later in &tried.later {
            let (kind, due_at) = (later.kind.as_str(), later.at.as_millisecond());
            hook::add(tx, &self.ledger.vault, &tried.message.account, kind, &later.body, now, due_at).await?;
        }
        let ended = Ended::of(&tried.verdict);
        let (id, n) = (tried.message.id, tried.message.attempt);
        let noted = attempt::settle(tx, id, n, ended.word, ended.provider_id, ended.code, now).await?;
        let Some(m) = message::get(tx, id).await? else { return Ok(()) };
        let Some(provider_id) = noted else {
            // A receipt was faster and knew more of this very try: that stands.
            return match &tried.verdict {
                Verdict::Refused { class, .. } => self.hear_a_no(tx, &m, *class).await,
                _ => Ok(()),
            };
        };
        let ours = match m.state {
            MessageState::Submitting => m.attempt == n,
            // What was asked about again may have gone by that: how the first request ended says nothing of the repeat.
            MessageState::InDoubt => m.attempt == n && !listing::was_repeated(tx, id, n).await?,
            _ => false,
        };
        match &tried.verdict {
            Verdict::Accepted { provider_id: told } if provider_id.as_deref() != Some(told.as_str()) => {
                // The id of another try proves nothing of this one.
                if ours { self.in_doubt(tx, &m, Doubt::Unreadable.as_str()).await } else { Ok(()) }
            }
            Verdict::Accepted { .. } if !m.state.is_out() => self.went_out(tx, &m, MessageState::Accepted).await,
            // Enough for this person, said again after a day: by our own answer as by a receipt, once more is all.
            Verdict::NotSent { why: Unsent::Capped, retry_after }
                if ours && lasts(*retry_after) && !attempt::cap(tx, id, n).await? =>
            {
                self.refused(tx, &m, None, Class::Capped).await
            }
            Verdict::NotSent { retry_after, .. } if ours => {
                let asked = retry_after.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
                let not_before = now.saturating_add(asked.unwrap_or_else(|| backoff_ms(n)));
                self.put_back(tx, &m, not_before).await.map(drop)
            }
            Verdict::Refused { code, class } => {
                if ours {
                    self.refused(tx, &m, code.as_ref(), *class).await?;
                }
                self.hear_a_no(tx, &m, *class).await
            }
            Verdict::InDoubt { why } if ours => self.in_doubt(tx, &m, why.as_str()).await,
            _ => Ok(()),
        }
    }

    /// Settles a doubt for which the provider was asked again with the same reference. Only its acceptance says what became
    /// of the first; a refusal is of the second alone.
    ///
    /// # Errors
    /// As the database has it.
    pub(super) async fn repeated(&self, tx: &mut Tx, tried: &Tried) -> Result<(), DbError> {
        match &tried.verdict {
            Verdict::Accepted { .. } => self.settle(tx, tried).await,
            Verdict::Refused { class, .. } => match message::get(tx, tried.message.id).await? {
                Some(m) => self.hear_a_no(tx, &m, *class).await,
                None => Ok(()),
            },
            Verdict::NotSent { .. } | Verdict::InDoubt { .. } => Ok(()),
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

    /// Puts a message back in the queue of which somebody knows that it did not go out. Its calls are dropped.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn requeue(&self, tx: &mut Tx, m: &Message) -> Result<bool, DbError> {
        self.put_back(tx, m, self.ledger.clock.now_ms()).await
    }

    /// Puts a message back in the queue, and takes back what a doubt had led to.
    async fn put_back(&self, tx: &mut Tx, m: &Message, not_before: i64) -> Result<bool, DbError> {
        let moved = message::requeue(tx, m, not_before, self.ledger.clock.now_ms()).await?;
        if moved && m.state != MessageState::Submitting {
            touch::uncount(tx, m.contact, m.id).await?;
            task::forget_message(tx, m.id).await?;
        }
        Ok(moved)
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
    pub async fn receipt(&self, tx: &mut Tx, account: &str, news: &Receipt) -> Result<(), DbError> {
        let provider_id = news.provider_id.as_str();
        let token = news.token.as_ref().map(|token| token.expose());
        let mut found = attempt::find(tx, account, token, provider_id).await?;
        if found.is_none() && token.is_some() {
            found = attempt::find(tx, account, None, provider_id).await?;
        }
        let Some((id, n)) = found else {
            if self.direct_receipt(tx, account, news).await? {
                return Ok(());
            }
            return self.hear_of_a_stranger(tx, account, news).await;
        };
        let Some(m) = message::get(tx, id).await? else { return Ok(()) };
        let code = news.code.as_ref().map(Code::as_str);
        let now = self.ledger.clock.now_ms();
        let noted = attempt::settle(tx, id, n, news.status.as_str(), Some(provider_id), code, now).await?;
        // Bad news of an earlier try says nothing of a later one; good news of any try is proof that it went out. What
        // tells no more of its try than another receipt before it says nothing, wherever the message stands by now.
        if noted.is_some() && (n == m.attempt || !news.status.is_bad()) {
            self.apply(tx, &m, news).await?;
        }
        match news.class {
            Some(class) => self.hear_a_no(tx, &m, class).await,
            None => Ok(()),
        }
    }

    /// The provider says that the person said no: that stands, whatever else the news changed.
    async fn hear_a_no(&self, tx: &mut Tx, m: &Message, class: Class) -> Result<(), DbError> {
        if class.is_a_no() {
            self.ledger.opt_out(tx, m.contact, NoSource::Provider, None).await?;
        }
        Ok(())
    }

    async fn apply(&self, tx: &mut Tx, m: &Message, news: &Receipt) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        let code = news.code.as_ref().map(Code::as_str);
        match m.state.after_receipt(news.status) {
            Some(_) if news.class == Some(Class::Capped) && self.may_wait(tx, m).await? => {
                // Documented as not sent: the same message may try another day.
                return self.put_back(tx, m, now.saturating_add(CAPPED_MS)).await.map(drop);
            }
            // Whatever the word for it: our own fault, and nobody was reached. The next ones would fare alike.
            Some(_) if is_our_fault(news) && self.goes_on(tx, m).await? => {
                return self.refused(tx, m, news.code.as_ref(), news.class.unwrap_or(Class::Other)).await;
            }
            Some(to) if m.state.is_out() => {
                message::move_state(tx, m, to, code, now).await?;
                if m.state == MessageState::Undelivered {
                    // What was taken for out of reach arrived after all.
                    touch::recount(tx, m.contact, m.id).await?;
                    self.plan_follow_ups(tx, m, now).await?;
                }
            }
            Some(to) => self.went_out(tx, m, to).await?,
            None => return Ok(()),
        }
        match news.class {
            Some(class) if class.never_reached_never_will() => {
                self.reached_nobody(tx, m).await?;
                self.fall_back(tx, m).await?;
            }
            Some(Class::Capped | Class::Template | Class::Config) => self.reached_nobody(tx, m).await?,
            Some(Class::Filtered) => self.pause_campaign(tx, m, OwnPause::Filtered).await?,
            _ => {}
        }
        Ok(())
    }

    /// Whether a message that the provider would not send yet may wait for another day: its campaign goes on, and it has
    /// not waited before.
    async fn may_wait(&self, tx: &mut Tx, m: &Message) -> Result<bool, DbError> {
        Ok(attempt::cap(tx, m.id, m.attempt).await? && self.goes_on(tx, m).await?)
    }

    /// Whether something would take a message of this campaign from the queue. One that finished before this news came
    /// goes on, up to its last day.
    async fn goes_on(&self, tx: &mut Tx, m: &Message) -> Result<bool, DbError> {
        let state = campaign::get(tx, &m.campaign).await?.map(|campaign| campaign.state);
        match state {
            Some(CampaignState::Running | CampaignState::Paused) => Ok(true),
            Some(CampaignState::Finished) => {
                let clock = &self.ledger.clock;
                let has_ended = clock.today() > self.definition(tx, m.plan).await?.ends;
                Ok(!has_ended && campaign::reopen(tx, &m.campaign, clock.now_ms()).await?)
            }
            _ => Ok(false),
        }
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

    async fn refused(&self, tx: &mut Tx, m: &Message, code: Option<&Code>, class: Class) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        let reason = code.map_or(class.as_str(), Code::as_str);
        if class == Class::Template {
            self.put_back(tx, m, now).await?;
            return self.pause_campaign(tx, m, OwnPause::Template).await;
        }
        if class.pauses_account() {
            // Our own fault and nobody was reached: the account waits for a person, and the message with it.
            self.put_back(tx, m, now).await?;
            if account::pause(tx, &m.account, reason, None, now).await? {
                error!(
                    account.name = m.account,
                    code = reason,
                    "the gateway refuses this account; it sends nothing until `lykt gateway test` succeeds"
                );
            }
            return Ok(());
        }
        if message::move_state(tx, m, MessageState::Failed, Some(reason), now).await? {
            self.reached_nobody(tx, m).await?;
            if class.never_reached_never_will() {
                self.fall_back(tx, m).await?;
            }
        }
        if class == Class::Filtered {
            self.pause_campaign(tx, m, OwnPause::Filtered).await?;
        }
        Ok(())
    }

    /// The next messages would fare alike, so a person must look.
    async fn pause_campaign(&self, tx: &mut Tx, m: &Message, why: OwnPause) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        let (from, to) = ([CampaignState::Running], CampaignState::Paused);
        if campaign::move_state(tx, &m.campaign, &from, to, Some(why.as_str()), now).await? {
            error!(campaign.name = m.campaign, "{}", why.explain().en);
        }
        Ok(())
    }

    /// Puts a message that provably did not and will not reach the person in the queue of its next channel, if its plan
    /// found one for them. Never on a doubt. Everything is checked again before it goes.
    async fn fall_back(&self, tx: &mut Tx, m: &Message) -> Result<(), DbError> {
        let Some(m) = message::get(tx, m.id).await?.filter(|m| m.state.may_fall_back()) else { return Ok(()) };
        let vault = &self.ledger.vault;
        let sealed = waiting::letter(tx, m.id).await?;
        let mut letter = match message::open(vault, m.id, &sealed) {
            Ok(letter) => letter,
            // Another node may have the key, but the news came here and is not told again; the error says what to do.
            Err(e) => {
                let name = &m.campaign;
                error!(message.id = %m.id, campaign.name = name, error = %e, "a message does not open, and no channel stands in");
                return Ok(());
            }
        };
        let definition = self.definition(tx, m.plan).await?;
        while !letter.then.is_empty() {
            let next = letter.then.remove(0);
            let Some(account) = Channel::parse(&next).and_then(|channel| definition.account_of(channel)) else {
                continue;
            };
            if !self.goes_on(tx, &m).await? {
                return Ok(());
            }
            let sealed = message::seal(vault, m.id, &letter)?;
            waiting::reroute(tx, &m, (&next, account), &sealed, self.ledger.clock.now_ms()).await?;
            info!(message.id = %m.id, campaign.name = m.campaign, channel = next, "a message goes by its next channel");
            break;
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
        tx.run_all(self.follow_ups(&definition, &[m], at)).await.map(drop)
    }

    /// The follow-ups of messages of one plan are planned.
    pub(super) fn follow_ups(&self, definition: &Definition, all: &[&Message], at: i64) -> Vec<Sql> {
        follow_up::planned(&self.ledger.clock, self.holidays, all, &definition.follow_ups, at)
    }

    /// Civil time now.
    pub(super) fn now_ms(&self) -> i64 {
        self.ledger.clock.now_ms()
    }
}

/// How a try ended, as its row keeps it.
struct Ended<'a> {
    word: &'static str,
    provider_id: Option<&'a str>,
    code: Option<&'a str>,
}

impl<'a> Ended<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let (word, provider_id, code) = match verdict {
            Verdict::Accepted { provider_id } => ("accepted", Some(provider_id.as_str()), None),
            Verdict::NotSent { why, .. } => (why.as_str(), None, None),
            Verdict::Refused { code, class } => (class.as_str(), None, code.as_ref().map(Code::as_str)),
            Verdict::InDoubt { why } => (why.as_str(), None, None),
        };
        Self { word, provider_id, code }
    }
}

/// Whether it is bad news of a template or an account, which no person has to do with.
fn is_our_fault(news: &Receipt) -> bool {
    news.status.is_bad() && news.class.is_some_and(|class| class == Class::Template || class.pauses_account())
}

/// Whether a provider would wait for a day, and not for a moment.
fn lasts(wait: Option<Duration>) -> bool {
    wait.is_some_and(|wait| wait.as_millis() >= CAPPED_MS.unsigned_abs().into())
}

/// Five seconds, doubled with each try, at most ten minutes.
fn backoff_ms(n: i64) -> i64 {
    5_000 << n.clamp(1, 7).saturating_sub(1)
}
