//! The letters that a plan sealed.

use crate::domain::id::PlanId;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::DbError;
use crate::store::message::Letter;
use crate::store::target::{self, Target};
use crate::vault::Place;

/// Opens the letter that a plan sealed for a target.
///
/// # Errors
/// When it does not open.
pub fn letter(ledger: &Ledger, plan: PlanId, target: &Target) -> Result<Option<Letter>, DbError> {
    let Some(sealed) = &target.sealed else { return Ok(None) };
    let row = target::row(plan, target.n);
    let open = ledger.vault.open_text(Place { table: "target", column: "sealed", row: &row }, sealed)?;
    let open = Private::new(open);
    serde_json::from_str(open.expose()).map(Some).map_err(|_| DbError::Unknown("letter"))
}
