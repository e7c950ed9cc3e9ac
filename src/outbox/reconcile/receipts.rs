//! Receipts off a list: those that say more than we know are applied as if a webhook had brought them.

use std::slice;

use tracing::error;

use super::Reconciler;
use crate::gateway::Receipt;
use crate::store::DbError;

/// Receipts in one transaction.
const CHUNK: usize = 32;

impl Reconciler {
    /// Applies the receipts that say more than we know.
    pub(super) async fn hear(&self, account: &str, mut news: Vec<Receipt>) -> Result<(), DbError> {
        let ids: Vec<&str> = news.iter().map(|receipt| receipt.provider_id.as_str()).collect();
        let mut tx = self.db.read().await?;
        let known = self.known(&mut tx, &ids).await?;
        drop(tx);
        news.retain(|receipt| {
            let state = known.get(receipt.provider_id.as_str());
            state.is_some_and(|state| state.after_receipt(receipt.status).is_some())
        });
        for chunk in news.chunks(CHUNK) {
            match self.tell(account, chunk).await {
                Err(e @ DbError::Away(_)) => return Err(e),
                Err(_) => self.tell_apart(account, chunk).await?,
                Ok(()) => {}
            }
        }
        Ok(())
    }

    async fn tell(&self, account: &str, news: &[Receipt]) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        for receipt in news {
            self.settler.receipt(&mut tx, account, receipt).await?;
        }
        tx.commit().await
    }

    /// One receipt that cannot be applied does not stop the others.
    async fn tell_apart(&self, account: &str, news: &[Receipt]) -> Result<(), DbError> {
        for receipt in news {
            match self.tell(account, slice::from_ref(receipt)).await {
                Err(e @ DbError::Away(_)) => return Err(e),
                Err(e) => error!(account.name = account, error = %e, "a listed receipt cannot be applied"),
                Ok(()) => {}
            }
        }
        Ok(())
    }
}
