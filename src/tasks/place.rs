//! Where a contact is, for what is near them.

use super::Tasks;
use crate::domain::id::ContactId;
use crate::store::{DbError, Tx, message, waiting};

impl Tasks {
    /// Where the list of their newest message says that they are.
    ///
    /// # Errors
    /// As the database has it, and when a field does not open.
    pub async fn place(&self, tx: &mut Tx, contact: ContactId) -> Result<Option<String>, DbError> {
        let Some((id, sealed)) = waiting::newest(tx, contact).await? else { return Ok(None) };
        Ok(message::open(&self.ledger.vault, id, &sealed)?.region)
    }
}
