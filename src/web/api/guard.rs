//! Lets in whoever comes with a token that has the scope, and makes every failure a problem in JSON.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::warn;

use super::problem::Problem;
use crate::access::Bearer;
use crate::audit::{Who, acting};
use crate::domain::scope::Scope;
use crate::web::House;

/// Stands at a door of the API.
pub async fn guard(house: &Arc<House>, scope: Scope, mut request: Request, next: Next) -> Response {
    let who = match admit(house, scope, request.headers()).await {
        Ok(bearer) => {
            let who = Who::Token(bearer.id);
            request.extensions_mut().insert(bearer);
            who
        }
        Err(problem) => return problem.into_response(),
    };
    let response = acting(who, next.run(request)).await;
    let json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
    let status = response.status();
    if json || status.is_success() { response } else { Problem::of(status).into_response() }
}

async fn admit(house: &House, scope: Scope, headers: &HeaderMap) -> Result<Bearer, Problem> {
    let unknown =
        || Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "send a token: Authorization: Bearer lykt_..");
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (kind, token) = header.and_then(|value| value.split_once(' ')).ok_or_else(unknown)?;
    if !kind.eq_ignore_ascii_case("bearer") {
        return Err(unknown());
    }
    let bearer = house.access.bearer(token.trim()).await?.ok_or_else(unknown)?;
    if bearer.scopes.contains(&scope) {
        return Ok(bearer);
    }
    warn!(token.id = %bearer.id, scope = scope.as_str(), "a token came without the scope that was needed");
    let needed = format!("this token has not the scope {}", scope.as_str());
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", needed))
}
