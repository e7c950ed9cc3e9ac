//! A receipt of a message that we do not know: sent by another system with the same account, or of before a restore. That the
//! person said no is news all the same.

use tracing::info;

use super::Settler;
use crate::domain::phone::PhoneNumber;
use crate::domain::private::Private;
use crate::gateway::Receipt;
use crate::ledger::NoSource;
use crate::store::{DbError, Tx};

impl Settler {
    /// Takes the no that a stranger's receipt tells of, if it does, and says whose number it is.
    pub(super) async fn hear_of_a_stranger(&self, tx: &mut Tx, account: &str, news: &Receipt) -> Result<(), DbError> {
        info!(account.name = account, "a receipt for a message that is not ours");
        let Some(to) = news.to.as_ref().filter(|_| news.class.is_some_and(|class| class.is_a_no())) else {
            return Ok(());
        };
        // `whatsapp:+46..` is the person with that number.
        let written = to.expose().rsplit(':').next().unwrap_or_default();
        let Some(number) = PhoneNumber::dialled(written, self.ledger.region) else { return Ok(()) };
        let contact = self.ledger.contact(tx, &Private::new(number.expose().to_owned())).await?;
        if contact.opted_out {
            return Ok(());
        }
        self.ledger.opt_out(tx, contact.id, NoSource::Provider, None).await.map(drop)
    }
}
