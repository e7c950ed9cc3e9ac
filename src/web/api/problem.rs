//! What went wrong, in the one shape that every answer of the API has which is no success.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

use crate::store::DbError;

/// What went wrong (RFC 9457), with a code for programs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// The status of the answer.
    status: u16,
    /// A word that does not change.
    code: String,
    /// A sentence for the log of whoever asked.
    detail: String,
}

impl Problem {
    /// A problem with its status.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self { status: status.as_u16(), code: code.to_owned(), detail: detail.into() }
    }

    /// What was sent is understood, and cannot be used.
    pub fn unusable(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// There is nothing here.
    pub fn missing(detail: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// A problem of HTTP itself.
    pub fn of(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("problem").to_lowercase();
        Self::new(status, &reason.replace(' ', "_"), reason)
    }
}

impl From<DbError> for Problem {
    fn from(why: DbError) -> Self {
        error!(error = %why, "an answer of the api could not be given");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "away", "lykt cannot answer just now; try again in a minute")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"lykt\""));
        }
        response
    }
}
