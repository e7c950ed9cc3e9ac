//! Which address does what, and how each end is told in HTTP.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tracing::warn;

use super::Webhooks;
use super::body::{NoBody, Room};
use super::limits::Limits;
use super::receive::{Answer, Call};
use crate::gateway::HookKind;
use crate::gateway::event::HookAnswer;
use crate::settings::is_name;

/// What is called by an account's name in a wrong address is shown up to this length,
const LONGEST_SHOWN: usize = 24;
/// and with so few digits that it is nobody's number.
const MOST_DIGITS: usize = 4;

#[derive(Clone)]
struct Door {
    webhooks: Arc<Webhooks>,
    limits: Limits,
    room: Room,
}

/// The addresses that providers know.
pub(super) fn router(webhooks: Arc<Webhooks>, limits: Limits) -> Router {
    Router::new()
        .route("/hooks/{account}", get(any_hook).post(any_hook))
        .route("/hooks/{account}/", get(any_hook).post(any_hook))
        .route("/hooks/{account}/{kind}", get(hook).post(hook))
        .route("/hooks/{account}/{kind}/", get(hook).post(hook))
        .route("/hooks/{account}/{kind}/{*rest}", any(beyond))
        .route("/hooks", any(beyond))
        .route("/hooks/", any(beyond))
        .route("/media/{name}", get(picture))
        .route("/healthz", get(async || "ok"))
        .with_state(Door { webhooks, room: Room::new(&limits), limits })
}

async fn any_hook(State(door): State<Door>, Path(account): Path<String>, request: Request) -> Response {
    take(&door, &account, HookKind::Any, request).await
}

async fn hook(State(door): State<Door>, Path((account, kind)): Path<(String, String)>, request: Request) -> Response {
    if kind == "way-in" {
        // Seldom, and larger than all that a webhook needs.
        return Box::pin(own(&door, &account, request.uri().query().unwrap_or_default())).await;
    }
    match HookKind::parse(&kind) {
        Some(kind) => take(&door, &account, kind, request).await,
        None => nowhere(&door, &account),
    }
}

async fn beyond(State(door): State<Door>, request: Request) -> Response {
    nowhere(&door, request.uri().path().split('/').nth(2).unwrap_or_default())
}

/// No account of ours is called here. Whoever set the provider up must hear of it, for answers may be lost.
fn nowhere(door: &Door, account: &str) -> Response {
    let count = door.webhooks.astray.fetch_add(1, Ordering::Relaxed) + 1;
    // Anybody can call these: the log must not grow with them.
    if count.is_power_of_two() {
        warn!(
            account.name = shown(account),
            count,
            "webhooks came to an address that no account has; in the provider's console it must end in /hooks/NAME/inbound \
             or /hooks/NAME/status, with the account's name in the settings"
        );
    }
    StatusCode::NOT_FOUND.into_response()
}

/// The name in a wrong address, where it can be one: the log must show no secret and no number.
fn shown(account: &str) -> &str {
    let digits = account.bytes().filter(u8::is_ascii_digit).count();
    let harmless = is_name(account) && account.len() <= LONGEST_SHOWN && digits <= MOST_DIGITS;
    if harmless { account } else { "(not shown)" }
}

/// Our own call, which shows that answers would reach us too.
async fn own(door: &Door, account: &str, query: &str) -> Response {
    let key = query.strip_prefix("key=").unwrap_or_default();
    match door.webhooks.hear_own(account, key).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => StatusCode::FORBIDDEN.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn take(door: &Door, account: &str, kind: HookKind, request: Request) -> Response {
    let Some(gateway) = door.webhooks.accounts.get(account) else { return nowhere(door, account) };
    let (head, body) = request.into_parts();
    let body = match door.room.read(body, &door.limits).await {
        Ok(body) => body,
        Err(why) => return (status(why), [(header::CONNECTION, "close")]).into_response(),
    };
    let call = Call {
        account,
        kind,
        method: head.method.as_str(),
        path_and_query: head.uri.path_and_query().map_or("", |path| path.as_str()),
        headers: &texts(&head.headers),
        body: &body.bytes,
        from: head.extensions.get().copied(),
    };
    match door.webhooks.receive(gateway, &call).await {
        Answer::Taken(answer) => taken(answer),
        Answer::Challenge(word) => ([(header::CONTENT_TYPE, "text/plain")], word).into_response(),
        Answer::WrongMethod => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Answer::Broken => StatusCode::BAD_REQUEST.into_response(),
        Answer::Forbidden => StatusCode::FORBIDDEN.into_response(),
        Answer::Away => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn taken(answer: HookAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if answer.body.is_empty() {
        return status.into_response();
    }
    (status, [(header::CONTENT_TYPE, answer.content_type.into_owned())], answer.body.into_owned()).into_response()
}

async fn picture(State(door): State<Door>, Path(name): Path<String>) -> Response {
    match door.webhooks.picture(&name).await {
        Ok(Some((kind, bytes))) => {
            let headers = [(header::CONTENT_TYPE, kind), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (headers, bytes).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn status(why: NoBody) -> StatusCode {
    match why {
        NoBody::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        NoBody::Late => StatusCode::REQUEST_TIMEOUT,
        NoBody::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
        NoBody::Broken => StatusCode::BAD_REQUEST,
    }
}

/// The headers as text; one that is none signs nothing.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    headers.iter().filter_map(text).collect()
}
