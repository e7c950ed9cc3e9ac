//! The gateway's HTTP side: takes a request whole, meets its fault, hangs up when told to.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use super::{ACCOUNT_SID, AUTH_TOKEN, Fault, Shared, list};

/// Marks a response that must not be sent: the connection is dropped instead.
#[derive(Clone)]
struct DropConnection;

/// Takes connections for ever.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new()
        .route("/2010-04-01/Accounts/{sid}/Messages.json", post(message).get(list::page))
        .route("/2010-04-01/Accounts/{file}", get(account))
        .route("/{version}/{number}/messages", post(super::whatsapp::message))
        .route("/{version}/{waba}/message_templates", get(super::whatsapp::templates))
        .route("/{version}/{number}", get(super::whatsapp::number))
        .with_state(shared);
    while let Ok((stream, _)) = listener.accept().await {
        let router = router.clone();
        // An error instead of a response makes hyper hang up without a word.
        let service = tower::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let router = router.clone();
            async move {
                let response =
                    router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never: Infallible| match never {});
                match response.extensions().get::<DropConnection>() {
                    Some(_) => Err("dropped on demand"),
                    None => Ok(response),
                }
            }
        });
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)),
        );
    }
}

async fn account(Path(file): Path<String>, headers: HeaderMap) -> Response {
    if !is_known(&headers) || file != format!("{ACCOUNT_SID}.json") {
        return refusal(401, 20003);
    }
    json(200, format!(r#"{{"sid":"{ACCOUNT_SID}","status":"active","type":"Full"}}"#))
}

async fn message(State(shared): State<Arc<Shared>>, Path(sid): Path<String>, request: Request) -> Response {
    let headers = request.headers().clone();
    let head_only = shared.plan.lock().unwrap().next.front() == Some(&Fault::Drop);
    if head_only {
        shared.plan.lock().unwrap().next.pop_front();
        return dropped();
    }
    // A body that is shorter than its length is an error here, and never accepted (fault 9).
    let Ok(body) = Bytes::from_request(request, &()).await else { return dropped() };
    let number = shared.requests.fetch_add(1, Ordering::SeqCst) as u64;
    let fields: HashMap<String, String> = fields(&body);
    let latency = shared.plan.lock().unwrap().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if !is_known(&headers) || sid != ACCOUNT_SID {
        return refusal(401, 20003);
    }
    let missing = ["To", "Body"].iter().any(|name| fields.get(*name).is_none_or(String::is_empty));
    if missing || !(fields.contains_key("From") || fields.contains_key("MessagingServiceSid")) {
        return refusal(400, 21604);
    }
    let to = fields.get("To").cloned().unwrap_or_default();
    match shared.fault(number, &to) {
        None => {
            let accept = shared.accept(number, fields);
            json(201, format!(r#"{{"sid":"{}","status":"queued","error_code":null}}"#, accept.sid))
        }
        Some(Fault::AcceptLater(wait)) => {
            tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                shared.accept(number, fields);
            });
            dropped()
        }
        Some(fault) => {
            if matches!(
                fault,
                Fault::AcceptThenDrop | Fault::AcceptThen500 | Fault::AcceptThenHang | Fault::AcceptThenSay(_)
            ) {
                shared.accept(number, fields);
            }
            answer(fault).await
        }
    }
}

pub(super) async fn answer(fault: Fault) -> Response {
    match fault {
        Fault::AcceptThenDrop | Fault::AcceptLater(_) | Fault::Drop => dropped(),
        Fault::AcceptThen500 => refusal(500, 20500),
        Fault::AcceptThenHang | Fault::Hang => std::future::pending().await,
        Fault::AcceptThenSay(body) => json(201, body),
        Fault::Throttle(seconds) => {
            let mut response = refusal(429, 20429);
            if let Some(seconds) = seconds {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        Fault::Say(kind, body) => ([(header::CONTENT_TYPE, kind)], body).into_response(),
        Fault::Redirect(url) => (StatusCode::FOUND, [(header::LOCATION, url)]).into_response(),
        Fault::Unauthorised => refusal(401, 20003),
        Fault::Refuse(code) => refusal(400, code),
        Fault::Status(status) => (code(status), "<html>not Twilio</html>").into_response(),
    }
}

pub(super) fn is_known(headers: &HeaderMap) -> bool {
    let login = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT_SID}:{AUTH_TOKEN}")));
    headers.get(header::AUTHORIZATION).is_some_and(|sent| sent.as_bytes() == login.as_bytes())
}

fn fields(body: &[u8]) -> HashMap<String, String> {
    let mut url = reqwest::Url::parse("http://form.invalid/").unwrap();
    url.set_query(std::str::from_utf8(body).ok());
    url.query_pairs().into_owned().collect()
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap()
}

pub(super) fn json(status: u16, body: String) -> Response {
    (code(status), [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

pub(super) fn refusal(status: u16, code: u32) -> Response {
    let body = format!(
        r#"{{"code":{code},"message":"refused","more_info":"https://www.twilio.com/docs/errors/{code}","status":{status}}}"#
    );
    json(status, body)
}

pub(super) fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(DropConnection);
    response
}
