//! Why a page cannot be shown, in words for who asked. What is wrong with the house is logged here, once.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tracing::error;

use crate::domain::lang::Text;
use crate::store::DbError;
use crate::text;

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In HTTP.
    pub status: StatusCode,
    /// In words.
    pub why: Text,
}

impl Failure {
    /// There is nothing here, or nothing for this person; the two look the same.
    pub fn missing() -> Self {
        let why = text!(
            "There is nothing here, or nothing that is yours.",
            "Her er det ingenting, eller ingenting som er ditt."
        );
        Self { status: StatusCode::NOT_FOUND, why }
    }

    /// What was sent cannot be used.
    pub fn bad(why: Text) -> Self {
        Self { status: StatusCode::BAD_REQUEST, why }
    }

    /// What was sent is no form of ours.
    pub fn unread(status: StatusCode) -> Self {
        let why = text!(
            "The form came incomplete, so nothing was done. Go back, and try again.",
            "Skjemaet kom ikke helt frem, så ingenting ble gjort. Gå tilbake, og prøv igjen."
        );
        Self { status, why }
    }

    /// Nobody is signed in.
    pub fn signed_out() -> Self {
        let why = text!("Sign in first.", "Logg inn først.");
        Self { status: StatusCode::UNAUTHORIZED, why }
    }

    /// Another site sent this.
    pub fn foreign() -> Self {
        let why = text!(
            "This came from another site, so nothing was done. Open Lykt and try there.",
            "Dette kom fra et annet nettsted, så ingenting ble gjort. Åpne Lykt og prøv der."
        );
        Self { status: StatusCode::FORBIDDEN, why }
    }

    /// What was sent is larger than anything we take in.
    pub fn too_large() -> Self {
        let why = text!("This is too large.", "Dette er for stort.");
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, why }
    }

    /// The house itself is out of order for now. The reason goes to the log, and to nobody else.
    pub fn away(why: &dyn std::fmt::Display) -> Self {
        error!(error = %why, "a page could not be shown");
        let why = text!(
            "Lykt cannot answer just now. Nothing is lost: try again in a minute, and tell whoever runs it if it stays so.",
            "Lykt kan ikke svare akkurat nå. Ingenting er tapt: prøv igjen om et minutt, og si fra til den som driver Lykt hvis det ikke går over."
        );
        Self { status: StatusCode::SERVICE_UNAVAILABLE, why }
    }
}

impl From<DbError> for Failure {
    fn from(why: DbError) -> Self {
        Self::away(&why)
    }
}

impl From<std::io::Error> for Failure {
    fn from(why: std::io::Error) -> Self {
        Self::away(&why)
    }
}

impl From<askama::Error> for Failure {
    fn from(why: askama::Error) -> Self {
        Self::away(&why)
    }
}

impl IntoResponse for Failure {
    /// The bare answer; the guard makes a page of it, in the visitor's language.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
