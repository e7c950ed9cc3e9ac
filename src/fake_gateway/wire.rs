//! What requests and answers are made of, whoever the provider: forms, logins, JSON.

use std::collections::HashMap;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::gateway::form;

/// A form's fields; what is no text is left out.
pub(super) fn fields(body: &[u8]) -> HashMap<String, String> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let pairs = form::decode(body).unwrap_or_default().into_iter();
    pairs.filter_map(|(name, value)| Some((text(&name)?, text(&value)?))).collect()
}

/// A parameter of an address.
pub(super) fn parameter(url: &str, name: &str) -> Option<String> {
    fields(url.split_once('?')?.1.as_bytes()).remove(name)
}

pub(super) fn has_login(headers: &HeaderMap, user: &str, secret: &str) -> bool {
    is_authorised(headers, &format!("Basic {}", STANDARD.encode(format!("{user}:{secret}"))))
}

pub(super) fn is_authorised(headers: &HeaderMap, login: &str) -> bool {
    headers.get(header::AUTHORIZATION).is_some_and(|sent| sent.as_bytes() == login.as_bytes())
}

pub(super) fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

pub(super) fn json(code: u16, body: String) -> Response {
    (status(code), [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
