//! Many tries or receipts at once, a few statements for all of them. What needs a closer look is settled alone.
//!
//! Changes nothing that [`settle`](super::settle) would not change one by one.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::{Settler, Tried};
use crate::campaign::file::Definition;
use crate::domain::id::{MessageId, PlanId};
use crate::domain::message::MessageState;
use crate::gateway::{Receipt, Token, Verdict};
use crate::ledger::messages_out;
use crate::store::batch::{self, AT_ONCE, Accepted, Known};
use crate::store::message::Message;
use crate::store::{DbError, Sql, Tx};

impl Settler {
    /// Settles tries by our own verdicts, as [`settle`](Self::settle) does each.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn settle_all(&self, tx: &mut Tx, all: &[Tried]) -> Result<(), DbError> {
        let mut alone: Vec<&Tried> = Vec::new();
        let mut by_account: BTreeMap<&str, Vec<(&Tried, &str)>> = BTreeMap::new();
        for tried in all {
            match &tried.verdict {
                Verdict::Accepted { provider_id } if tried.later.is_empty() => {
                    by_account.entry(&tried.message.account).or_default().push((tried, provider_id.as_str()));
                }
                _ => alone.push(tried),
            }
        }
        for (account, accepted) in by_account {
            for chunk in accepted.chunks(AT_ONCE) {
                alone.extend(self.accept_chunk(tx, account, chunk).await?);
            }
        }
        for tried in alone {
            self.settle(tx, tried).await?;
        }
        Ok(())
    }

    /// Settles what is as plain as can be: under way by this very try, and accepted under an id that is new. Gives back
    /// the others.
    async fn accept_chunk<'a>(
        &self,
        tx: &mut Tx,
        account: &str,
        chunk: &[(&'a Tried, &'a str)],
    ) -> Result<Vec<&'a Tried>, DbError> {
        let mut ids: HashSet<&str> = HashSet::new();
        let new = chunk.iter().filter(|(_, provider_id)| ids.insert(provider_id));
        let mut new: Vec<Accepted<'_>> =
            new.map(|(tried, provider_id)| Accepted { message: &tried.message, provider_id }).collect();
        // Where receipts are looked at one by one, they lock messages in the same order.
        new.sort_unstable_by_key(|accepted| accepted.message.id);
        let now = self.now_ms();
        let definitions = self.definitions_of(tx, &new).await?;
        // What follows is put together while the database notes the tries.
        let (out, follows) =
            tokio::join!(batch::accept_tries(tx, account, &new, now), async { self.follows(&definitions, &new, now) });
        let out = out?;
        let follows = if out.len() == new.len() { follows } else { self.follows(&definitions, &out, now) };
        tx.run_all(follows).await?;
        let out: HashSet<(MessageId, i64)> = out.iter().map(|one| (one.message.id, one.message.attempt)).collect();
        let is_out = |m: &Message| out.contains(&(m.id, m.attempt));
        Ok(chunk.iter().map(|(tried, _)| *tried).filter(|tried| !is_out(&tried.message)).collect())
    }

    async fn definitions_of(
        &self,
        tx: &mut Tx,
        all: &[Accepted<'_>],
    ) -> Result<BTreeMap<PlanId, Arc<Definition>>, DbError> {
        let mut found = BTreeMap::new();
        for Accepted { message, .. } in all {
            if let Entry::Vacant(place) = found.entry(message.plan) {
                place.insert(self.definition(tx, message.plan).await?);
            }
        }
        Ok(found)
    }

    /// What follows for messages that have just been accepted.
    fn follows(&self, definitions: &BTreeMap<PlanId, Arc<Definition>>, all: &[Accepted<'_>], now: i64) -> Vec<Sql> {
        if all.is_empty() {
            return Vec::new();
        }
        let all: Vec<&Message> = all.iter().map(|accepted| accepted.message).collect();
        let mut follows = vec![batch::accepted(&all, now)];
        follows.extend(messages_out(&all, now, MessageState::Accepted.as_str()));
        for (plan, definition) in definitions {
            let of_plan: Vec<&Message> = all.iter().copied().filter(|m| m.plan == *plan).collect();
            follows.extend(self.follow_ups(definition, &of_plan, now));
        }
        follows
    }

    /// Applies verified receipts, as [`receipt`](Self::receipt) does each.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn receipts(&self, tx: &mut Tx, account: &str, all: &[&Receipt]) -> Result<(), DbError> {
        for chunk in all.chunks(AT_ONCE) {
            for news in self.raise_chunk(tx, account, chunk).await? {
                self.receipt(tx, account, news).await?;
            }
        }
        Ok(())
    }

    /// Applies good news of messages that are out already; gives back the others, in their order.
    async fn raise_chunk<'a>(
        &self,
        tx: &mut Tx,
        account: &str,
        chunk: &[&'a Receipt],
    ) -> Result<Vec<&'a Receipt>, DbError> {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut alike: BTreeMap<&'static str, Vec<(usize, &'a str)>> = BTreeMap::new();
        for (at, news) in chunk.iter().copied().enumerate() {
            // A second receipt for the same try must see what the first one changed.
            let Some(token) = news.token.as_ref().map(Token::expose).filter(|token| seen.insert(*token)) else {
                continue;
            };
            if is_good(news) {
                alike.entry(news.status.as_str()).or_default().push((at, token));
            }
        }
        let mut raised: HashSet<usize> = HashSet::new();
        for mut all in alike.into_values() {
            // Whoever else has news of the same tries locks their messages in the same order.
            all.sort_unstable_by_key(|(_, token)| *token);
            let Some(status) = all.first().map(|(at, _)| chunk[*at].status) else { continue };
            let told: Vec<(&str, &str)> =
                all.iter().map(|(at, token)| (*token, chunk[*at].provider_id.as_str())).collect();
            let rises = |state: &MessageState| is_well_out(*state) && state.after_receipt(status).is_some();
            let from: Vec<MessageState> = MessageState::ALL.into_iter().filter(rises).collect();
            let up = batch::raise(tx, account, &told, status, &from, self.now_ms()).await?;
            raised.extend(all.iter().filter(|(_, token)| up.contains(token)).map(|(at, _)| at));
        }
        let rest: Vec<&Receipt> =
            (0..).zip(chunk).filter(|(at, _)| !raised.contains(at)).map(|(_, news)| *news).collect();
        if rest.is_empty() { Ok(rest) } else { self.raise_known(tx, account, &rest).await }
    }

    /// The same where not all of them are plain: each is looked at.
    async fn raise_known<'a>(
        &self,
        tx: &mut Tx,
        account: &str,
        chunk: &[&'a Receipt],
    ) -> Result<Vec<&'a Receipt>, DbError> {
        let tokens: Vec<&str> = chunk.iter().filter_map(|news| Some(news.token.as_ref()?.expose())).collect();
        if tokens.is_empty() {
            return Ok(chunk.to_vec());
        }
        let tries = batch::tries(tx, account, &tokens).await?;
        let tries: HashMap<&str, &Known> = tries.iter().map(|one| (one.token.as_str(), one)).collect();
        let mut seen: HashSet<MessageId> = HashSet::new();
        let mut noted: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
        let mut raised: BTreeMap<MessageState, Vec<MessageId>> = BTreeMap::new();
        let mut alone = Vec::new();
        for news in chunk {
            let found = news.token.as_ref().and_then(|token| tries.get(token.expose()));
            // A second receipt for the same message must see what the first one changed.
            let Some(one) = found.filter(|one| is_plain(news, one) && seen.insert(one.message)) else {
                seen.extend(found.map(|one| one.message));
                alone.push(*news);
                continue;
            };
            if let Some(to) = one.state.after_receipt(news.status) {
                noted.entry(news.status.as_str()).or_default().push(&one.token);
                raised.entry(to).or_default().push(one.message);
            }
        }
        for (verdict, tries) in noted {
            batch::note_tries(tx, &tries, verdict, self.now_ms()).await?;
        }
        for (to, ids) in raised {
            batch::move_messages(tx, &ids, to, self.now_ms()).await?;
        }
        Ok(alone)
    }
}

/// Good news that comes with no code of its own: nothing follows but a higher rank.
fn is_good(news: &Receipt) -> bool {
    !news.status.is_bad() && news.code.is_none() && news.class.is_none()
}

/// Whether a message is out as far as we know; what was taken for out of reach needs a closer look.
fn is_well_out(state: MessageState) -> bool {
    state.is_out() && state != MessageState::Undelivered
}

/// Good news of the newest try of a message that is out, under the id we know.
fn is_plain(news: &Receipt, one: &Known) -> bool {
    is_good(news)
        && one.n == one.newest
        && one.provider_id.as_deref() == Some(news.provider_id.as_str())
        && is_well_out(one.state)
}
