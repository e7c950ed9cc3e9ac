//! Who stands at the door, and what every answer carries.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Router};
use tower_http::csrf::CsrfLayer;
use tracing::warn;

use super::allow::Allow;
use super::cookie::Cookie;
use super::failure::Failure;
use super::frame::{Frame, page};
use super::house::House;
use super::{api, way_back};
use crate::access::Visitor;
use crate::audit::{Who, acting};
use crate::clock::Clock;
use crate::domain::lang::Lang;
use crate::domain::role::Role;
use crate::metrics;
use crate::second;
use crate::store::{DbError, reply};

/// A form is never larger; what is, says so at its own door.
const FORM_BYTES: usize = 64 * 1024;
/// A page that takes longer is given up.
const WITHIN: Duration = Duration::from_secs(60);
/// Our own server alone, and nothing inside a page.
const CONTENT: &str = "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; require-trusted-types-for 'script'; trusted-types lykt; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Our own script asks with it for a part of a page.
const PART: &str = "lykt-part";
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), browsing-topics=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What the guard of one door knows.
#[derive(Clone)]
pub struct Guarded {
    pub(super) house: Arc<House>,
    pub(super) allow: Allow,
}

/// Lets in who may come in, and dresses what goes wrong as a page.
pub async fn guard(State(at): State<Guarded>, request: Request, next: Next) -> Response {
    if let Allow::Scope(scope) = at.allow {
        return api::guard::guard(&at.house, scope, request, next).await;
    }
    let (mut parts, body) = request.into_parts();
    let frame = match frame(&at.house, &parts).await {
        Ok(frame) => frame,
        Err(why) => return problem(&Frame::default(), Failure::from(why)),
    };
    if let Err(response) = admit(&at, &frame, &parts) {
        return match is_signed_out(&frame, &parts) {
            true => unsaved(&frame, Request::from_parts(parts, body)).await,
            false => *response,
        };
    }
    parts.extensions.insert(frame.clone());
    let request = Request::from_parts(parts, body);
    let mut response = match &frame.visitor {
        Some(visitor) => acting(Who::User(visitor.user), next.run(request)).await,
        None => next.run(request).await,
    };
    match response.extensions_mut().remove::<Failure>() {
        Some(why) => problem(&frame, why),
        None if response.status() == StatusCode::PAYLOAD_TOO_LARGE => problem(&frame, Failure::too_large()),
        None if is_bare(&response) => problem(&frame, Failure::unread(response.status())),
        None => response,
    }
}

/// Whether what was sent could not be read, and the answer is no page of ours.
fn is_bare(response: &Response) -> bool {
    let plain =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    plain && response.status().is_client_error()
}

fn admit(at: &Guarded, frame: &Frame, parts: &Parts) -> Result<(), Box<Response>> {
    let Allow::Roles(roles) = at.allow else { return Ok(()) };
    match frame.role() {
        Some(role) if roles.contains(&role) => Ok(()),
        Some(role) => {
            warn!(route.path = frame.path, visitor.role = role.as_str(), "a page of another role was asked for");
            Err(Box::new(problem(frame, Failure::missing())))
        }
        None if frame.asked && !frame.part => {
            Err(Box::new(Redirect::to(&way_back::address(&parts.uri)).into_response()))
        }
        None => Err(Box::new(problem(frame, Failure::signed_out()))),
    }
}

/// Whether a form came from somebody who was signed out while they filled it in.
fn is_signed_out(frame: &Frame, parts: &Parts) -> bool {
    frame.visitor.is_none() && !frame.part && parts.method == Method::POST
}

/// A form that is not saved yet: it is given back, to be sent again by who has signed in. Secrets are not.
async fn unsaved(frame: &Frame, request: Request) -> Response {
    let action = request.uri().path().to_owned();
    let fields = Form::<Vec<(String, String)>>::from_request(request, &()).await.map(|form| form.0).unwrap_or_default();
    let again = !fields.is_empty() && !fields.iter().any(|(name, _)| name.contains("password"));
    let status = StatusCode::UNAUTHORIZED;
    let mut response =
        page(&Unsaved { f: frame, action: again.then_some(action), fields }).unwrap_or_else(|_| status.into_response());
    *response.status_mut() = status;
    response
}

/// What is asked for and is not there.
pub async fn nowhere(State(house): State<Arc<House>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if parts.uri.path().starts_with("/api/") {
        return api::problem::Problem::missing("there is nothing at this address").into_response();
    }
    match frame(&house, &parts).await {
        Ok(frame) => problem(&frame, Failure::missing()),
        Err(why) => problem(&Frame::default(), Failure::from(why)),
    }
}

async fn frame(house: &House, parts: &Parts) -> Result<Frame, DbError> {
    let headers = &parts.headers;
    let visitor = match Cookie::Session.read(headers, house.secure) {
        Some(cookie) => house.access.visitor(&cookie).await?,
        None => None,
    };
    let part = headers.contains_key(PART);
    Ok(Frame {
        lang: language(house, visitor.as_ref(), headers),
        unread: if part { 0 } else { unread(house, visitor.as_ref()).await? },
        outcomes: !part && outcomes(house, visitor.as_ref()).await?,
        market: !part && visitor.is_some() && house.market.is_kept(),
        second: if part { 0 } else { waiting(house, visitor.as_ref()).await? },
        path: parts.uri.path().to_owned(),
        organisation: house.settings.organisation.name.clone(),
        asked: parts.method == Method::GET,
        part,
        visitor,
    })
}

async fn unread(house: &House, visitor: Option<&Visitor>) -> Result<i64, DbError> {
    if !visitor.is_some_and(|visitor| matches!(visitor.role, Role::Coordinator | Role::Staff)) {
        return Ok(0);
    }
    let mut tx = house.db.read().await?;
    Ok(reply::unread(&mut tx).await?.values().sum())
}

/// Whether there is anything to register for who works here.
async fn outcomes(house: &House, visitor: Option<&Visitor>) -> Result<bool, DbError> {
    match visitor.map(|visitor| visitor.role) {
        Some(Role::Coordinator | Role::Staff) => house.counting.is_wanted(&mut house.db.read().await?).await,
        _ => Ok(false),
    }
}

/// What waits for this person's yes, where two persons are needed for anything.
async fn waiting(house: &House, visitor: Option<&Visitor>) -> Result<i64, DbError> {
    match visitor {
        Some(visitor) if !house.settings.access.second_person.is_empty() => {
            let waiting = second::waiting(&mut house.db.read().await?, &house.ledger, visitor.role).await?;
            Ok(i64::try_from(waiting).unwrap_or(i64::MAX))
        }
        _ => Ok(0),
    }
}

/// The language that was chosen, else the browser's, else the organisation's first.
fn language(house: &House, visitor: Option<&Visitor>, headers: &HeaderMap) -> Lang {
    let chosen = visitor.and_then(|visitor| visitor.lang);
    let cookie = || Cookie::Lang.read(headers, house.secure).as_deref().and_then(Lang::parse);
    let accepted = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(accepted);
    let own = || house.settings.organisation.languages.iter().find_map(|tag| Lang::parse(tag));
    chosen.or_else(cookie).or_else(accepted).or_else(own).unwrap_or_default()
}

/// The first language of `Accept-Language` that we have; browsers write them in the order of preference.
fn accepted(header: &str) -> Option<Lang> {
    header.split(',').find_map(|item| Lang::parse(item.split(';').next().unwrap_or_default().trim()))
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem<'a> {
    f: &'a Frame,
    why: String,
    status: u16,
}

#[derive(Template)]
#[template(path = "unsaved.html")]
struct Unsaved<'a> {
    f: &'a Frame,
    /// Where the form goes; none where it cannot be sent from here.
    action: Option<String>,
    fields: Vec<(String, String)>,
}

/// What went wrong, as a page.
fn problem(frame: &Frame, failure: Failure) -> Response {
    let Failure { status, why } = failure;
    let mut response = page(&Problem { f: frame, why: frame.say(&why), status: status.as_u16() })
        .unwrap_or_else(|_| status.into_response());
    *response.status_mut() = status;
    response
}

/// What is asked for in a way that this address does not know.
async fn no_such_method(request: Request) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    if request.uri().path().starts_with("/api/") {
        api::problem::Problem::of(status).into_response()
    } else {
        status.into_response()
    }
}

/// What every answer carries: other sites change nothing here, nothing is kept by browsers, nothing foreign is loaded.
pub(super) fn outermost(router: Router, house: &House) -> Router {
    let origin = house.settings.server.public_url.trim_end_matches('/');
    // An address with a path cannot be an origin; the comparison with `Host` is left then.
    let csrf = CsrfLayer::new();
    let csrf = csrf.clone().add_trusted_origin(origin).unwrap_or(csrf);
    router
        .method_not_allowed_fallback(no_such_method)
        .layer(csrf.with_rejection_response(|_: tower_http::csrf::ProtectionError| Failure::foreign().into_response()))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn_with_state(house.secure, headers))
        .layer(from_fn_with_state(house.ledger.clock.clone(), in_time))
}

async fn in_time(State(clock): State<Clock>, request: Request, next: Next) -> Response {
    let began = clock.steady_ms();
    let response = match tokio::time::timeout(WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(header::CONNECTION, "close")]).into_response(),
    };
    let took = Duration::from_millis((clock.steady_ms() - began).unsigned_abs());
    metrics::answered(response.status().as_u16(), took);
    response
}

async fn headers(State(secure): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(why) = response.extensions_mut().remove::<Failure>() {
        response = problem(&Frame::default(), why);
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if secure {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_language_that_we_have_counts() {
        assert_eq!(accepted("th-TH,nn;q=0.9,en;q=0.8"), Some(Lang::Nb));
        assert_eq!(accepted("en-GB, nb"), Some(Lang::En));
        assert_eq!(accepted("th"), None);
    }
}
