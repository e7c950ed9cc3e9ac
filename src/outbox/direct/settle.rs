//! How a direct message ends: by our own answer, by a receipt, by the reaper, or with the end of a quarantine. Late proof
//! wins; nothing is tried again.

use tracing::{error, warn};

use super::{Ended, enter, entry_of};
use crate::domain::message::MessageState;
use crate::gateway::{Class, Code, Doubt, Receipt, Verdict};
use crate::ledger::{Ledger, NoSource};
use crate::outbox::Settler;
use crate::store::direct::{self, Direct};
use crate::store::{Db, DbError, Tx, account, hook, touch};

/// Rows in one look.
const CHUNK: i64 = 200;

/// Puts in doubt some of what waits, in a database that may have lost that it went: how many, none when all are.
///
/// # Errors
/// As the database has it.
pub async fn doubt_waiting(tx: &mut Tx, ledger: &Ledger) -> Result<u64, DbError> {
    let (waiting, now) = (direct::queue(tx, CHUNK).await?, ledger.clock.now_ms());
    for d in &waiting {
        if direct::move_state(tx, d, MessageState::InDoubt, Some("restored"), now).await? {
            enter(tx, ledger, d, now).await?;
        }
    }
    Ok(waiting.len() as u64)
}

impl Settler {
    /// Settles a direct message by our own verdict; when somebody knew better meanwhile, that stands.
    pub(super) async fn settle_direct(&self, tx: &mut Tx, ended: &Ended) -> Result<(), DbError> {
        let now = self.now_ms();
        for later in &ended.later {
            let (kind, due_at) = (later.kind.as_str(), later.at.as_millisecond());
            hook::add(tx, &self.ledger.vault, &ended.account, kind, &later.body, now, due_at).await?;
        }
        let Some(d) = direct::lock(tx, ended.id).await? else { return Ok(()) };
        let open = matches!(d.state, MessageState::Submitting | MessageState::InDoubt);
        match &ended.verdict {
            Verdict::Accepted { provider_id } => {
                let kept = direct::note(tx, &d, Some(provider_id.as_str()), None).await?;
                if kept.as_deref() != Some(provider_id.as_str()) {
                    // The id of another message proves nothing of this one.
                    return self.doubt_direct(tx, &d, Doubt::Unreadable.as_str()).await;
                }
                if !d.state.is_out() {
                    direct::move_state(tx, &d, MessageState::Accepted, None, now).await?;
                }
                Ok(())
            }
            Verdict::NotSent { why, .. } if open => self.fail_direct(tx, &d, why.as_str()).await,
            Verdict::Refused { code, class } => {
                let written = code.as_ref().map(Code::as_str);
                direct::note(tx, &d, None, written).await?;
                if open {
                    let reason = written.unwrap_or(class.as_str());
                    self.fail_direct(tx, &d, reason).await?;
                    if class.pauses_account() && account::pause(tx, &d.account, reason, None, now).await? {
                        error!(
                            account.name = d.account,
                            code = reason,
                            "the gateway refuses this account; it sends nothing until `lykt gateway test` succeeds"
                        );
                    }
                }
                self.hear_a_direct_no(tx, &d, *class).await
            }
            Verdict::InDoubt { why } => self.doubt_direct(tx, &d, why.as_str()).await,
            Verdict::NotSent { .. } => Ok(()),
        }
    }

    /// Applies a verified receipt to a direct message, if it is one's. Whether it was.
    pub(in crate::outbox) async fn direct_receipt(
        &self,
        tx: &mut Tx,
        account: &str,
        news: &Receipt,
    ) -> Result<bool, DbError> {
        let provider_id = news.provider_id.as_str();
        let token = news.token.as_ref().map(|token| token.expose());
        let mut found = direct::by_receipt(tx, account, token, provider_id).await?;
        if found.is_none() && token.is_some() {
            found = direct::by_receipt(tx, account, None, provider_id).await?;
        }
        let Some(found) = found else { return Ok(false) };
        // Our own answer may be on its way into the same row: only what stands after it says what this news changes.
        let Some(d) = direct::lock(tx, found.id).await? else { return Ok(false) };
        let code = news.code.as_ref().map(Code::as_str);
        direct::note(tx, &d, Some(provider_id), code).await?;
        let class = news.class.unwrap_or(Class::Other);
        if let Some(to) = d.state.after_receipt(news.status)
            && direct::move_state(tx, &d, to, code, self.now_ms()).await?
        {
            match d.contact {
                Some(contact) if to == MessageState::Undelivered && class.never_reached_never_will() => {
                    touch::uncount(tx, contact, entry_of(d.id)).await?;
                }
                // What was taken for out of reach arrived after all.
                Some(contact) => touch::recount(tx, contact, entry_of(d.id)).await?,
                None => {}
            }
        }
        self.hear_a_direct_no(tx, &d, class).await?;
        Ok(true)
    }

    /// Puts dead processes' messages in doubt, and gives up doubts from before a civil time.
    pub(in crate::outbox) async fn reap_direct(
        &self,
        db: &Db,
        dead_before: i64,
        doubts_before: Option<i64>,
    ) -> Result<(), DbError> {
        let mut tx = db.read().await?;
        let steady = tx.steady_ms(&self.ledger.clock).await?;
        let overdue = direct::overdue(&mut tx, steady, dead_before, CHUNK).await?;
        let old = match doubts_before {
            Some(before) => direct::in_doubt(&mut tx, before, CHUNK).await?,
            None => Vec::new(),
        };
        drop(tx);
        if overdue.is_empty() && old.is_empty() {
            return Ok(());
        }
        let mut tx = db.begin().await?;
        for d in &overdue {
            self.doubt_direct(&mut tx, d, "the sender did not come back").await?;
        }
        for d in &old {
            direct::move_state(&mut tx, d, MessageState::Abandoned, d.reason.as_deref(), self.now_ms()).await?;
        }
        tx.commit().await
    }

    async fn doubt_direct(&self, tx: &mut Tx, d: &Direct, why: &str) -> Result<(), DbError> {
        if d.state == MessageState::Submitting
            && direct::move_state(tx, d, MessageState::InDoubt, Some(why), self.now_ms()).await?
        {
            warn!(message.id = %d.id, why, "a message that somebody sent by hand is in doubt");
        }
        Ok(())
    }

    /// It provably reached nobody: it does not consume the cooldown.
    async fn fail_direct(&self, tx: &mut Tx, d: &Direct, reason: &str) -> Result<(), DbError> {
        if direct::move_state(tx, d, MessageState::Failed, Some(reason), self.now_ms()).await?
            && let Some(contact) = d.contact
        {
            touch::uncount(tx, contact, entry_of(d.id)).await?;
        }
        Ok(())
    }

    /// The provider says that the person said no: that stands, whatever else the news changed.
    async fn hear_a_direct_no(&self, tx: &mut Tx, d: &Direct, class: Class) -> Result<(), DbError> {
        if let Some(contact) = d.contact.filter(|_| class.is_a_no()) {
            self.ledger.opt_out(tx, contact, NoSource::Provider, None).await?;
        }
        Ok(())
    }
}
