//! A campaign of calls, or by hand, hands over instead of sending: the message becomes a task on the list, in the
//! transaction that re-checks everything. No gateway, and nothing under way afterwards.

use super::Outbox;
use super::claim::{BATCH, BURST_MS, OpenCampaign, open_for};
use crate::campaign::file::Calls;
use crate::domain::calls;
use crate::domain::channel::Channel;
use crate::domain::id::{ContactId, MessageId};
use crate::domain::message::MessageState;
use crate::domain::rate::Bucket;
use crate::store::message;
use crate::store::queue::{self, Head};
use crate::store::task::{self, NewTask};
use crate::store::{DbError, Tx, calling, meta};

impl Outbox {
    /// Hands over as many tasks of a campaign as its rate lets through, and for calls their hours.
    pub(super) async fn hand_over(&self, tx: &mut Tx, open: &OpenCampaign, calls: &Calls) -> Result<(), DbError> {
        let clock = &self.ledger.clock;
        let (now, name) = (clock.now_ms(), &open.campaign.name);
        let hours = self.settler.hours();
        let channel = open.definition.channel();
        if channel == Channel::Call && !hours.are_open(clock.now()) {
            return Ok(());
        }
        let heads = queue::heads(tx, name, channel, now, BATCH as i64).await?;
        if heads.is_empty() {
            return Ok(());
        }
        let mut fit = self.decide(tx, (channel, &open.definition.account), heads, now).await?;
        // Their rows are locked by now, so that what began elsewhere meanwhile is seen only by a new look.
        let contacts: Vec<ContactId> = fit.iter().map(|(head, _)| head.contact.id).collect();
        let under_way = message::open_of(tx, name, &contacts).await?;
        let stands = |state| matches!(state, MessageState::Submitting | MessageState::InDoubt);
        fit.retain(|(head, _)| !under_way.iter().any(|open| open.contact == head.contact.id && stands(open.state)));
        let allowed = self.take_calls(tx, open, fit.len(), now).await?;
        let heads: Vec<Head> = fit.into_iter().take(allowed).map(|(head, _)| head).collect();
        let people: Vec<(MessageId, ContactId)> = heads.iter().map(|head| (head.id, head.contact.id)).collect();
        calling::begin(tx, name, &people, now).await?;
        let today = clock.today();
        let last = calls::lapses_on(today, calls.within, hours.holidays()).min(open.definition.ends);
        for head in &heads {
            let message = message::find(tx, head.id).await?.ok_or(DbError::Unknown("message"))?;
            let new = NewTask {
                message: &message,
                step: 0,
                due_at: now,
                lapses_at: hours.close_at(last).as_millisecond(),
                attempts: i64::from(calls.attempts).max(1),
            };
            task::plan(tx, new, now).await?;
        }
        Ok(())
    }

    /// Takes tokens of the campaign's rate; there is no account whose rate could count.
    async fn take_calls(&self, tx: &mut Tx, open: &OpenCampaign, want: usize, now: i64) -> Result<usize, DbError> {
        if want == 0 {
            return Ok(0);
        }
        let definition = &open.definition;
        let key = format!("campaign:{}", definition.name);
        let rate = definition.rate.within(open_for(&definition.window));
        let [next_us] = meta::buckets(tx, [&key]).await?;
        let mut bucket = Bucket { next_us };
        let tolerance = self.ledger.clock.civil_ms_per_second() * BURST_MS;
        let taken = bucket.take(now.saturating_mul(1000), rate, tolerance, u32::try_from(want).unwrap_or(u32::MAX));
        tx.run(meta::set_buckets([(&key, bucket.next_us)])).await?;
        Ok(taken as usize)
    }
}
