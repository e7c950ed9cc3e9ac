//! Why there is no plan, or no yes to it.

use crate::campaign::list::ListError;
use crate::domain::lang::Text;
use crate::store::DbError;

/// Why a plan could not be made or approved.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The list cannot be read.
    #[error("the list cannot be read")]
    List(#[from] ListError),
    /// The list was written to while it was read.
    #[error("the list changed while it was read: wait until it is complete, then plan again")]
    ListChanged,
    /// The campaign waits for a partner that says nothing.
    #[error("{}", .0.en)]
    Partner(Text),
    /// The database said no.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Something happened to the campaign meanwhile.
    #[error("somebody planned, approved or ended {0} meanwhile: look again")]
    Meanwhile(String),
}
