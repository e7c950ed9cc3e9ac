//! Where a provider recognises our reference, a doubt is settled by asking again with the same one: the provider sends
//! nothing that it has, and says so. Only its acceptance is proof; after anything else the message stays in doubt.
//!
//! It may be the first time that the message truly goes, so everything is checked as before a send, and nobody decides
//! meanwhile that it is sent anew.

use jiff::Timestamp;
use tracing::info;

use super::{FEW, Reconciler, TURN_MS, next_at, schedule};
use crate::domain::campaign::CampaignState;
use crate::domain::channel::Channel;
use crate::domain::message::MessageState;
use crate::gateway::{Address, Outgoing, Token, Verdict};
use crate::ledger::trust;
use crate::outbox::Tried;
use crate::outbox::claim::{FIRST_BYTE_MS, LEASE_MARGIN_MS};
use crate::outbox::hearing::deaf;
use crate::outbox::room::take_one;
use crate::store::listing::{self, Doubt, What};
use crate::store::message::{self, Message};
use crate::store::{DbError, Tx, account, campaign, contact};

impl Reconciler {
    /// Asks again for the doubts of an account whose turn it is, one after the other.
    pub(super) async fn repeat(&self, account: &str) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        let mut tx = self.db.read().await?;
        if listing::due(&mut tx, account, What::Sent, now).await?.is_none() {
            return Ok(());
        }
        let doubts = listing::doubts(&mut tx, account, schedule::FIRST_LOOK_MS, now, FEW as i64).await?;
        drop(tx);
        if doubts.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        let mine = listing::take(&mut tx, account, What::Sent, now, now + TURN_MS).await?;
        tx.commit().await?;
        if !mine {
            return Ok(());
        }
        for doubt in &doubts {
            self.repeat_one(account, doubt).await?;
        }
        let mut tx = self.db.begin().await?;
        listing::next(&mut tx, account, What::Sent, self.ledger.clock.now_ms() + schedule::APART_MS).await?;
        tx.commit().await
    }

    async fn repeat_one(&self, account: &str, doubt: &Doubt) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        let again = self.again(&mut tx, account, doubt).await?;
        listing::looked(&mut tx, &[(doubt, 0, next_at(doubt, self.ledger.clock.now_ms()))]).await?;
        if again.is_some() {
            let lease = FIRST_BYTE_MS.saturating_add(self.accounts.answer_within_ms()).saturating_add(LEASE_MARGIN_MS);
            let until = tx.steady_ms(&self.ledger.clock).await? + lease.min(listing::LONGEST_REPEAT_MS);
            listing::repeat_until(&mut tx, doubt, until).await?;
        }
        // Read before the commit, as before every send.
        let deadline_ms = self.ledger.clock.steady_ms() + FIRST_BYTE_MS;
        tx.commit().await?;
        let Some((message, outgoing)) = again else { return Ok(()) };
        let outcome = self.accounts.send(account, &Outgoing { deadline_ms, ..outgoing }, self.ledger.clock.now()).await;
        let shown = matches!(outcome.verdict, Verdict::Accepted { .. });
        let tried = Tried { message, verdict: outcome.verdict, later: outcome.later };
        let mut tx = self.db.begin().await?;
        self.settler.repeated(&mut tx, &tried).await?;
        listing::repeat_until(&mut tx, doubt, 0).await?;
        tx.commit().await?;
        if shown {
            info!(message.id = %doubt.id, "the provider knows a message in doubt by its reference");
        }
        Ok(())
    }

    /// The same message with the same reference, when it may go now.
    async fn again(&self, tx: &mut Tx, account: &str, doubt: &Doubt) -> Result<Option<(Message, Outgoing)>, DbError> {
        let clock = &self.ledger.clock;
        let Some(m) = message::get(tx, doubt.id).await? else { return Ok(None) };
        if m.state != MessageState::InDoubt || m.attempt != doubt.attempt || m.account != account {
            return Ok(None);
        }
        let Some(closes) = self.may_go(tx, &m).await? else { return Ok(None) };
        let Ok(letter) = message::open(&self.ledger.vault, m.id, &doubt.sealed) else { return Ok(None) };
        let steady = tx.steady_ms(clock).await?;
        // Another node asks about it.
        if listing::is_repeated(tx, m.id, m.attempt, steady).await? {
            return Ok(None);
        }
        if !take_one(tx, &self.accounts, account, steady, false).await? {
            return Ok(None);
        }
        let channel = Channel::parse(&m.channel).ok_or(DbError::Unknown("channel"))?;
        let outgoing = Outgoing {
            to: Address::new(letter.to.as_str()),
            channel,
            text: letter.text.into(),
            media_url: letter.media.as_deref().map(|name| self.accounts.media_url(name)),
            template: letter.template.filter(|_| channel == Channel::WhatsApp),
            token: Token::parse(&doubt.token).ok_or(DbError::Unknown("token"))?,
            validity_s: u32::try_from((closes.as_millisecond() - clock.now_ms()) / 1000).ok(),
            deadline_ms: 0,
        };
        Ok(Some((m, outgoing)))
    }

    /// Until when the message may go, if it may go at all: its campaign runs, its window is open, nobody said no or was in
    /// touch.
    async fn may_go(&self, tx: &mut Tx, m: &Message) -> Result<Option<Timestamp>, DbError> {
        let clock = &self.ledger.clock;
        if !trust::is_trusted(tx, clock).await? {
            return Ok(None);
        }
        let runs = campaign::get(tx, &m.campaign).await?.is_some_and(|c| c.state == CampaignState::Running);
        let person = contact::lock(tx, m.contact).await?;
        // Somebody may have been in touch by hand since the doubt.
        let open = person.is_some_and(|p| {
            let held = p.opted_out || p.unread > 0 || p.left_out.is_some() || p.calling.is_some();
            !held && !self.ledger.is_too_soon(&p)
        });
        let deaf = deaf(tx, &self.accounts, clock).await?.contains(&m.account);
        if !runs || !open || deaf || account::paused(tx, clock.now_ms()).await?.contains_key(&m.account) {
            return Ok(None);
        }
        let definition = self.settler.definition(tx, m.plan).await?;
        let today = clock.today();
        let lasts = (definition.starts..=definition.ends).contains(&today);
        Ok(definition.window.may_begin_at(clock.now(), clock.zone()).filter(|_| lasts))
    }
}
