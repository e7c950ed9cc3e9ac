//! Webhooks that lie until their time: the simulator's news. They take effect the same way as a provider's.

use tracing::error;

use super::{Webhooks, raw};
use crate::gateway::HookKind;
use crate::store::hook::{self, Hook};
use crate::store::{DbError, Tx};

/// Webhooks in one transaction.
const CHUNK: i64 = 64;

impl Webhooks {
    /// Works on the webhooks whose civil time has come, a chunk of them; how many they were.
    ///
    /// # Errors
    /// As the database has it; what was begun is undone.
    pub async fn due(&self) -> Result<usize, DbError> {
        let mut tx = self.db.read().await?;
        let waits = hook::waits(&mut tx, self.ledger.clock.now_ms()).await?;
        drop(tx);
        if !waits {
            return Ok(0);
        }
        match self.chunk(CHUNK).await {
            Err(e @ DbError::Away(_)) => Err(e),
            // One of them cannot be applied: alone, it is put aside.
            Err(_) => self.alone_or_aside().await,
            done => done,
        }
    }

    async fn chunk(&self, limit: i64) -> Result<usize, DbError> {
        let now = self.ledger.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let due = hook::due(&mut tx, &self.ledger.vault, now, limit).await?;
        for hook in &due {
            let problem = self.work_on(&mut tx, hook).await?;
            hook::done(&mut tx, hook.id, problem.as_deref(), now).await?;
        }
        tx.commit().await?;
        Ok(due.len())
    }

    async fn alone_or_aside(&self) -> Result<usize, DbError> {
        let now = self.ledger.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let Some(hook) = hook::due(&mut tx, &self.ledger.vault, now, 1).await?.pop() else { return Ok(0) };
        drop(tx);
        match self.chunk(1).await {
            Err(e) if matches!(e, DbError::Away(_)) || e.is_conflict() => Err(e),
            Err(e) => {
                error!(account.name = hook.account, hook.id = %hook.id, error = %e, "a stored webhook cannot be applied");
                let mut tx = self.db.begin().await?;
                hook::done(&mut tx, hook.id, Some("it could not be applied"), now).await?;
                tx.commit().await?;
                Ok(1)
            }
            done => done,
        }
    }

    /// Applies what a stored webhook tells; gives what was wrong with it, if anything.
    async fn work_on(&self, tx: &mut Tx, hook: &Hook) -> Result<Option<String>, DbError> {
        let (Some(gateway), Some(kind)) = (self.accounts.get(&hook.account), HookKind::parse(&hook.kind)) else {
            return Ok(Some("its account is not in the settings any more".to_owned()));
        };
        let (query, body) = raw::part(&hook.raw);
        match gateway.parse(kind, query, body) {
            Ok(events) => {
                for event in &events {
                    self.effects.apply(tx, &hook.account, event).await?;
                }
                Ok(None)
            }
            Err(why) => Ok(Some(why.to_string())),
        }
    }
}
