//! What providers are asked to delete: one request after another, each again until it is done.

use std::sync::Arc;

use tracing::{error, info};

use crate::domain::span::{DAY_MS, MINUTE_MS};
use crate::gateway::erase::Erased;
use crate::gateway::{Accounts, ProviderId};
use crate::ledger::{Ledger, trust};
use crate::store::erasure::{self, Asked};
use crate::store::{Db, DbError};

/// Requests in one step.
const MANY: i64 = 20;
/// The first try that failed is followed by another after this long, each next one after twice as long, but
/// never more than a day.
const AGAIN_MS: i64 = MINUTE_MS;
/// A provider that has not done it by then never will; somebody must ask it in another way.
const LONGEST_MS: i64 = 30 * DAY_MS;

/// Asks providers to delete what they keep of people who are forgotten, and of texts whose time is over.
pub struct Eraser {
    db: Db,
    ledger: Ledger,
    accounts: Arc<Accounts>,
}

impl Eraser {
    /// One for these accounts.
    pub fn new(db: Db, ledger: Ledger, accounts: Arc<Accounts>) -> Self {
        Self { db, ledger, accounts }
    }

    /// Asks for what is due; how much is gone. No transaction is open while a request is under way.
    ///
    /// # Errors
    /// As the database has it; what is gone by then may be asked for once more.
    pub async fn step(&self) -> Result<u64, DbError> {
        let mut tx = self.db.read().await?;
        if !trust::is_trusted(&mut tx, &self.ledger.clock).await? {
            return Ok(0);
        }
        let due = erasure::due(&mut tx, self.ledger.clock.now_ms(), MANY).await?;
        drop(tx);
        let mut gone = 0;
        for asked in &due {
            gone += u64::from(self.ask(asked).await?);
        }
        if gone > 0 {
            info!(messages = gone, "providers have deleted what they were asked to");
        }
        Ok(gone)
    }

    async fn ask(&self, asked: &Asked) -> Result<bool, DbError> {
        let erased = match ProviderId::parse(&asked.provider_id) {
            Some(id) => self.accounts.erase(&asked.account, &id).await,
            None => Erased::Cannot,
        };
        let now = self.ledger.clock.now_ms();
        let mut tx = self.db.begin().await?;
        match erased {
            Erased::Later(_) if now - asked.asked_at > LONGEST_MS => {
                error!(
                    account.name = asked.account,
                    provider.id = asked.provider_id,
                    "the provider has not deleted a message for thirty days, or its account is not in the settings; delete it in the provider's console"
                );
                erasure::done(&mut tx, asked).await?;
            }
            Erased::Later(wait) => {
                let doubled = AGAIN_MS.saturating_mul(1 << asked.tries.clamp(0, 12));
                let wait = wait.map_or(0, |wait| i64::try_from(wait.as_millis()).unwrap_or(DAY_MS));
                erasure::later(&mut tx, asked, now + doubled.max(wait).min(DAY_MS)).await?;
            }
            Erased::Gone | Erased::Cannot => erasure::done(&mut tx, asked).await?,
        }
        tx.commit().await?;
        Ok(erased == Erased::Gone)
    }
}
