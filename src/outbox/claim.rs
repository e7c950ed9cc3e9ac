//! The intent: which messages begin now. Re-checks everything in the transaction that lets bytes leave.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::error;

use super::Outbox;
use crate::campaign::file::Definition;
use crate::clock;
use crate::domain::channel::{Channel, WHATSAPP_WINDOW_MS};
use crate::domain::decision::Decision;
use crate::domain::id::{ContactId, MessageId};
use crate::domain::message::MessageState;
use crate::domain::rate::{Bucket, Rate};
use crate::domain::span::MINUTE_MS;
use crate::domain::window::Window;
use crate::gateway::Token;
use crate::ledger::{Standing, trust};
use crate::store::attempt::{self, NewAttempt};
use crate::store::campaign::{self, Campaign};
use crate::store::message::{self, Letter, Message};
use crate::store::queue::{self, Head};
use crate::store::{DbError, Sql, Tx, meta, opened, reply, waiting, withdrawal};
use crate::vault::VaultError;

/// From the intent's commit to the first byte, at most, in steady milliseconds.
pub(super) const FIRST_BYTE_MS: i64 = 1_000;
/// What a lease adds to the deadline and the gateway's time to answer.
pub(super) const LEASE_MARGIN_MS: i64 = 5_000;
/// Messages that one campaign may begin in one transaction.
pub(super) const BATCH: usize = 256;
/// Bursts are as large as what a rate lets through in this time.
pub(super) const BURST_MS: i64 = 250;
/// How long a message waits whose key this node does not have.
const LOCKED_MS: i64 = MINUTE_MS;

/// A message whose intent is in the transaction; bytes leave only after its commit.
pub(super) struct Claimed {
    /// As it is from the commit on.
    pub message: Message,
    pub token: Token,
    pub channel: Channel,
    pub letter: Letter,
    pub validity_s: u32,
}

/// A campaign whose window is open now.
pub(super) struct OpenCampaign {
    pub campaign: Campaign,
    pub definition: Arc<Definition>,
    pub closes: Timestamp,
}

impl Outbox {
    /// The running campaigns that may begin messages at this time; with `hold` none is paused before the commit.
    pub(super) async fn open_campaigns(&mut self, tx: &mut Tx, hold: bool) -> Result<Vec<OpenCampaign>, DbError> {
        let clock = &self.ledger.clock;
        let (now, today) = (clock.now(), clock.today());
        let mut open = Vec::new();
        if !trust::may_begin(tx, clock, &mut self.witnessed).await? {
            return Ok(open);
        }
        for campaign in campaign::running(tx, hold).await? {
            let Some(plan) = campaign.plan_id else { continue };
            let definition = self.settler.definition(tx, plan).await?;
            if today < definition.starts || today > definition.ends {
                continue;
            }
            if let Some(closes) = definition.window.may_begin_at(now, clock.zone()) {
                open.push(OpenCampaign { campaign, definition, closes });
            }
        }
        Ok(open)
    }

    /// Claims up to `slots` messages of one channel of an open campaign. The row counts are asserted; nothing leaves before commit.
    pub(super) async fn claim(
        &mut self,
        tx: &mut Tx,
        open: &OpenCampaign,
        (channel, account): (Channel, &str),
        slots: usize,
    ) -> Result<Vec<Claimed>, DbError> {
        let definition = &open.definition;
        if let Some(calls) = &definition.calls {
            return self.hand_over(tx, open, calls).await.map(|()| Vec::new());
        }
        let Some(gateway_rate) = self.accounts.rate(account) else { return Ok(Vec::new()) };
        let limit = i64::try_from(slots.min(BATCH)).unwrap_or(0);
        let clock = self.ledger.clock.clone();
        let now = clock.now_ms();
        let heads = queue::heads(tx, &open.campaign.name, channel, now, limit).await?;
        if heads.is_empty() {
            return Ok(Vec::new());
        }
        let fit = self.decide(tx, (channel, account), heads, now).await?;
        let fit = self.within_limit(tx, account, fit, now).await?;
        let steady = tx.steady_ms(&clock).await?;
        let mine = Tokens {
            key: format!("campaign:{}", definition.name),
            rate: definition.rate.within(open_for(&definition.window)),
            now_us: now.saturating_mul(1000),
            tolerance_us: clock.civil_ms_per_second() * BURST_MS,
        };
        let theirs = Tokens {
            key: format!("account:{account}"),
            rate: gateway_rate,
            now_us: steady.saturating_mul(1000),
            tolerance_us: BURST_MS * 1000,
        };
        let (allowed, taken) = take_both(tx, &mine, &theirs, fit.len()).await?;
        self.begin(tx, open, (channel, account), fit.into_iter().take(allowed).collect(), taken, (steady, now)).await
    }

    /// Withdraws those for whom something changed since the plan, or whose letter is damaged, and keeps the others.
    pub(super) async fn decide(
        &self,
        tx: &mut Tx,
        route: (Channel, &str),
        heads: Vec<Head>,
        now: i64,
    ) -> Result<Vec<(Head, Letter)>, DbError> {
        let mut fit = Vec::new();
        let mut withdrawn: Vec<(Decision, Vec<MessageId>)> = Vec::new();
        let mut locked = Vec::new();
        for head in heads {
            let decision = Standing::new(Some(&head.contact), false, []).answer(&self.ledger).decision();
            let why = match (decision, message::open(&self.ledger.vault, head.id, &head.sealed)) {
                (Decision::Eligible, Ok(letter)) if self.may_go(tx, route, &head, &letter, now).await? => {
                    fit.push((head, letter));
                    continue;
                }
                (Decision::Eligible, Ok(_)) => Decision::NotAllowed,
                // Another node has the key, and this one may get it.
                (Decision::Eligible, Err(DbError::Vault(e @ VaultError::NoKey { .. }))) => {
                    error!(message.id = %head.id, error = %e, "a message waits for its key");
                    locked.push(head.id);
                    continue;
                }
                (Decision::Eligible, Err(e)) => {
                    error!(message.id = %head.id, error = %e, "a message does not open and is withdrawn");
                    Decision::Invalid
                }
                (why, _) => why,
            };
            match withdrawn.iter_mut().find(|(reason, _)| *reason == why) {
                Some((_, ids)) => ids.push(head.id),
                None => withdrawn.push((why, vec![head.id])),
            }
        }
        waiting::put_off(tx, &locked, now + LOCKED_MS).await?;
        for (why, ids) in withdrawn {
            withdrawal::of(tx, &ids, why, now).await?;
        }
        Ok(fit)
    }

    /// Keeps as many as the provider lets us write to first today; the others wait in the queue. Two nodes may go over it
    /// by a batch: then the provider refuses, as it does when others of the business use up its limit.
    async fn within_limit(
        &self,
        tx: &mut Tx,
        account: &str,
        mut fit: Vec<(Head, Letter)>,
        now: i64,
    ) -> Result<Vec<(Head, Letter)>, DbError> {
        if fit.is_empty() || self.accounts.messaging_limit(account, None).is_none() {
            return Ok(fit);
        }
        let told = opened::told(tx).await?;
        let Some(limit) = self.accounts.messaging_limit(account, told) else { return Ok(fit) };
        let mut room = limit.room(opened::count(tx, now).await?);
        fit.retain(|(_, letter)| {
            let has_room = letter.template.is_none() || room > 0;
            room -= usize::from(letter.template.is_some() && room > 0);
            has_room
        });
        Ok(fit)
    }

    /// Whether the channel still takes it: WhatsApp takes a text of our own only for a day after the person wrote.
    async fn may_go(
        &self,
        tx: &mut Tx,
        (channel, account): (Channel, &str),
        head: &Head,
        letter: &Letter,
        now: i64,
    ) -> Result<bool, DbError> {
        if channel != Channel::WhatsApp || letter.template.is_some() {
            return Ok(true);
        }
        let wrote = reply::wrote_since(tx, account, now - WHATSAPP_WINDOW_MS, &[head.contact.id]).await?;
        Ok(!wrote.is_empty())
    }

    async fn begin(
        &mut self,
        tx: &mut Tx,
        open: &OpenCampaign,
        (channel, account): (Channel, &str),
        heads: Vec<(Head, Letter)>,
        taken: Option<Sql>,
        (steady, now): (i64, i64),
    ) -> Result<Vec<Claimed>, DbError> {
        let validity_s = u32::try_from((open.closes.as_millisecond() - now) / 1000).unwrap_or(u32::MAX);
        let (mut attempts, mut claimed) = (Vec::new(), Vec::new());
        if self.accounts.messaging_limit(account, None).is_some() {
            let first = heads.iter().filter(|(_, letter)| letter.template.is_some());
            let people: Vec<ContactId> = first.map(|(head, _)| head.contact.id).collect();
            opened::note(tx, &people, now).await?;
        }
        for (head, letter) in heads {
            let token = clock::new_token().map_err(VaultError::from)?;
            let message = Message {
                id: head.id,
                campaign: open.campaign.name.clone(),
                contact: head.contact.id,
                plan: head.plan,
                state: MessageState::Submitting,
                attempt: head.attempt + 1,
                fence: self.fence,
                channel: channel.as_str().to_owned(),
                account: account.to_owned(),
                language: head.language,
                variant: head.variant,
                state_at: now,
            };
            let (id, n, going) = (message.id, message.attempt, Token::parse(&token));
            let going = going.ok_or(DbError::Unknown("token"))?;
            claimed.push(Claimed { message, token: going, channel, letter, validity_s });
            attempts.push(NewAttempt { message: id, n, token });
        }
        let lease = steady + FIRST_BYTE_MS + self.answer_within_ms + LEASE_MARGIN_MS;
        let begun = attempt::begun(account, &attempts, self.fence, lease, now);
        tx.run_all(taken.into_iter().chain(begun).collect()).await?;
        Ok(claimed)
    }
}

/// How long sends may begin on a day: what is promised for a day has to go in this time.
pub(super) fn open_for(window: &Window) -> Duration {
    window.begins_for().unsigned_abs()
}

/// A rate with its place in the database and its clock.
struct Tokens {
    key: String,
    rate: Rate,
    now_us: i64,
    tolerance_us: i64,
}

/// Takes as many tokens of both rates as both have, at most `want`: how many, and what notes it.
async fn take_both(tx: &mut Tx, one: &Tokens, other: &Tokens, want: usize) -> Result<(usize, Option<Sql>), DbError> {
    if want == 0 {
        return Ok((0, None));
    }
    let want = u32::try_from(want).unwrap_or(u32::MAX);
    let [first, second] = meta::buckets(tx, [&one.key, &other.key]).await?.map(|next_us| Bucket { next_us });
    let mut trial = first;
    let here = trial.take(one.now_us, one.rate, one.tolerance_us, want);
    let mut trial = second;
    let both = trial.take(other.now_us, other.rate, other.tolerance_us, here);
    // Stored also when nothing was taken: the bucket may have found that its clock began anew.
    let after = [(one, first), (other, second)].map(|(tokens, mut bucket)| {
        bucket.take(tokens.now_us, tokens.rate, tokens.tolerance_us, both);
        (tokens.key.as_str(), bucket.next_us)
    });
    Ok((both as usize, Some(meta::set_buckets(after))))
}
