//! What follows from what providers tell.

use super::news;
use crate::gateway::Event;
use crate::inbox::{self, Receipts};
use crate::ledger::Ledger;
use crate::outbox::Settler;
use crate::store::{DbError, Tx};

/// Whoever lets it take effect. Cheap to clone.
#[derive(Clone)]
pub(super) struct Effects {
    pub ledger: Ledger,
    pub settler: Settler,
    pub receipts: Receipts,
}

impl Effects {
    /// Lets one thing take effect.
    pub async fn apply(&self, tx: &mut Tx, account: &str, event: &Event) -> Result<(), DbError> {
        match event {
            Event::Reply(reply) => {
                let news = inbox::receive(&self.ledger, tx, account, reply).await?;
                // What the provider took for a no itself, it answers itself.
                match news.filter(|_| reply.hint.is_none()) {
                    Some(answer) => self.receipts.queue(&self.ledger, tx, answer).await,
                    None => Ok(()),
                }
            }
            Event::Receipt(receipt) => self.settler.receipt(tx, account, receipt).await,
            Event::Reached(one) => inbox::reached(&self.ledger, tx, account, &[one]).await,
            Event::Same(one, other) => inbox::same(&self.ledger, tx, one, other).await,
            Event::Notice(news) => news::tell(&self.ledger, tx, account, news).await,
        }
    }
}
