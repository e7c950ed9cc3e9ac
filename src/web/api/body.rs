//! What was sent, read as JSON; what is none is a problem like all others.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// A body of JSON.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            // What serde says may repeat what was sent, and that goes into nobody's log.
            Err(JsonRejection::JsonDataError(_)) => {
                Err(Problem::unusable("wrong_shape", "the body is JSON, and not of this shape: see openapi.json"))
            }
            Err(other) => Err(Problem::of(other.status())),
        }
    }
}
