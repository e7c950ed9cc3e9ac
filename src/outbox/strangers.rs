//! A receipt of a message that we do not know: sent by another system with the same account, or of before a restore. That the
//! person said no is news all the same.

use tracing::info;

use super::Settler;
use crate::domain::phone::PhoneNumber;
use crate::domain::private::Private;
use crate::gateway::Receipt;
use crate::ledger::NoSource;
use crate::store::{DbError, Tx};

/// The longest number that E.164 allows.
const LONGEST: usize = 15;

impl Settler {
    /// Takes the no that a stranger's receipt tells of, if it does, and says whose number it is.
    pub(super) async fn hear_of_a_stranger(&self, tx: &mut Tx, account: &str, news: &Receipt) -> Result<(), DbError> {
        info!(account.name = account, "a receipt for a message that is not ours");
        let Some(to) = news.to.as_ref().filter(|_| news.class.is_some_and(|class| class.is_a_no())) else {
            return Ok(());
        };
        // `whatsapp:+46..` is the person with that number.
        let written = to.expose().rsplit(':').next().unwrap_or_default();
        let digits = written.strip_prefix('+').unwrap_or_default();
        if !(1..=LONGEST).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(());
        }
        let read = PhoneNumber::parse(written, self.ledger.region);
        // A number that no plan knows stays as it is, as in an answer.
        let number = read.map_or_else(|_| written.to_owned(), |number| number.expose().to_owned());
        let contact = self.ledger.contact(tx, &Private::new(number)).await?;
        if contact.opted_out {
            return Ok(());
        }
        self.ledger.opt_out(tx, contact.id, NoSource::Provider, None).await.map(drop)
    }
}
