//! Whether the database has lost a try that it had: a standby that had not heard of it took over, or an older one stands in
//! its place. The witness would see it within seconds; the next message must not wait for that.

use tracing::error;

use super::Outbox;
use crate::ledger::quarantine::{self, Quarantine, Why};
use crate::ledger::{Ledger, trust};
use crate::store::{DbError, Tx, message};

impl Outbox {
    /// Whether the newest try of ours is gone; the house is in quarantine from the commit on.
    pub(super) async fn has_gone_back(&self, tx: &mut Tx) -> Result<bool, DbError> {
        let Some((id, n)) = self.newest else { return Ok(false) };
        // Whoever was forgotten meanwhile is no loss.
        if message::get(tx, id).await?.is_none_or(|message| message.attempt >= n) {
            return Ok(false);
        }
        if quarantine::get(tx).await?.is_none() {
            hold(tx, &self.ledger).await?;
        }
        Ok(true)
    }
}

/// Puts the house into quarantine from the commit on: its database has lost a try of ours.
pub(super) async fn hold(tx: &mut Tx, ledger: &Ledger) -> Result<(), DbError> {
    let now = ledger.clock.now_ms();
    let known = trust::heartbeat(tx).await?.unwrap_or(now);
    quarantine::begin(tx, Quarantine::new(Why::Behind, known, now)).await?;
    error!(
        quarantine.why = Why::Behind.as_str(),
        "the database has lost what was sent a moment ago; nothing is sent until `lykt doctor --confirm-restore`"
    );
    Ok(())
}
