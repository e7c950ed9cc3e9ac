//! The gateway's HTTP side: takes a request whole, meets its fault, hangs up when told to.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{delete, get, post};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use super::answer::{Instead, answer, cut, dropped};
use super::chance::sid;
use super::fault::Fault;
use super::gateway::Shared;
use super::message::{Accept, Asked};
use super::shape::Shape;
use super::twilio::ACCOUNT_SID;
use super::wire::json;
use super::{content, elks, list, tell, whatsapp};

/// Takes connections for ever.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new()
        .route("/2010-04-01/Accounts/{sid}/Messages.json", post(twilio).get(list::of_twilio))
        .route("/2010-04-01/Accounts/{sid}/Messages/{file}", delete(list::erase_of_twilio))
        .route("/2010-04-01/Accounts/{file}", get(account))
        .route("/v1/ContentAndApprovals", get(content::page))
        .route("/{version}/{number}/messages", post(whatsapp))
        .route("/{version}/{waba}/message_templates", get(whatsapp::templates))
        .route("/{version}/{number}", get(whatsapp::number))
        .route("/a1/sms", post(elks).get(list::of_elks))
        .route("/a1/me", get(elks::me))
        .route("/accepts", get(counts))
        .route("/replies", post(tell::reply))
        .with_state(shared);
    while let Ok((stream, _)) = listener.accept().await {
        let router = router.clone();
        let _ = stream.set_nodelay(true);
        // An error instead of a response makes hyper hang up without a word.
        let service = tower::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let router = router.clone();
            async move {
                let response =
                    router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never: Infallible| match never {});
                match response.extensions().get::<Instead>() {
                    Some(Instead::Drop) => Err("dropped on demand"),
                    Some(Instead::Hang) => std::future::pending().await,
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
    if file != format!("{ACCOUNT_SID}.json") || !Shape::Twilio.knows(&headers, ACCOUNT_SID) {
        return Shape::Twilio.refused_as(401);
    }
    json(200, format!(r#"{{"sid":"{ACCOUNT_SID}","status":"active","type":"Full"}}"#))
}

async fn twilio(State(shared): State<Arc<Shared>>, Path(account): Path<String>, request: Request) -> Response {
    message(shared, Shape::Twilio, &account, request).await
}

async fn whatsapp(
    State(shared): State<Arc<Shared>>,
    Path((_, number_id)): Path<(String, String)>,
    request: Request,
) -> Response {
    message(shared, Shape::WhatsApp, &number_id, request).await
}

async fn elks(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    message(shared, Shape::Elks, "", request).await
}

/// A request for one message.
async fn message(shared: Arc<Shared>, shape: Shape, account: &str, request: Request) -> Response {
    let headers = request.headers().clone();
    let (came_ms, latency) = {
        let mut plan = shared.plan();
        if plan.next.front() == Some(&Fault::Drop) {
            plan.next.pop_front();
            return dropped();
        }
        ((plan.clock)(), plan.latency)
    };
    // A body that is shorter than its length is an error here, and never accepted (fault 9).
    let Ok(body) = Bytes::from_request(request, &()).await else { return dropped() };
    let number = shared.requests.fetch_add(1, Ordering::SeqCst) as u64;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if !shape.knows(&headers, account) {
        return shape.refused_as(401);
    }
    let asked = match shape.read(account, &body) {
        Ok(asked) => asked,
        Err(code) => return shape.refused(400, code),
    };
    let fault = shared.fault(number, shape, &asked.to);
    // What was begun is done also when the caller hangs up meanwhile.
    let done = tokio::spawn(async move {
        match fault {
            None => {
                let accept = shared.accept(number, shape, asked, came_ms).await;
                shape.taken(&accept)
            }
            Some(Fault::AcceptLater(wait)) => {
                tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    shared.accept(number, shape, asked, came_ms).await;
                });
                dropped()
            }
            Some(fault) if fault.accepts_at_once() => {
                let accept = shared.accept(number, shape, asked, came_ms).await;
                match fault {
                    Fault::AcceptThenCutHead => cut(shape.taken(&accept), |_| 0).await,
                    Fault::AcceptThenCutBody => cut(shape.taken(&accept), |whole| whole / 2).await,
                    fault => answer(shape, fault),
                }
            }
            Some(fault) => answer(shape, fault),
        }
    });
    done.await.unwrap_or_else(|_| dropped())
}

impl Shared {
    /// Counts a message as sent, and says so as the plan has it.
    async fn accept(self: &Arc<Self>, number: u64, shape: Shape, asked: Asked, came_ms: i64) -> Accept {
        let (accept, receipts, callback) = {
            let mut plan = self.plan();
            let accept = Accept {
                shape,
                sid: shape.id(&sid(number, &asked.to)),
                to: asked.to,
                from: asked.from,
                body: asked.body,
                token: asked.token,
                status_callback: asked.callback,
                fields: asked.fields,
                came_ms,
                at_ms: (plan.clock)(),
            };
            plan.accepts.push(accept.clone());
            if let Some(log) = &mut plan.log {
                // Whoever reads the log may have read enough.
                let _ = writeln!(log, "{}", accept.line()).and_then(|()| log.flush());
            }
            (accept, plan.receipts.clone(), plan.faults.of_callback(number))
        };
        if let Some((hooks, after, statuses)) = receipts {
            self.tell(hooks, &accept, after, statuses, callback).await;
        }
        accept
    }
}

/// What was accepted, for scripts.
async fn counts(State(shared): State<Arc<Shared>>) -> Response {
    let plan = shared.plan();
    let mut people = BTreeMap::<&str, usize>::new();
    for accept in &plan.accepts {
        *people.entry(&accept.to).or_default() += 1;
    }
    let twice = people.values().filter(|n| **n > 1).count();
    let said = serde_json::json!({ "requests": shared.requests.load(Ordering::SeqCst), "accepts": plan.accepts.len(),
        "people": people.len(), "twice": twice, "erased": plan.erased.len(), "faults": plan.met, "by_person": people });
    json(200, said.to_string())
}
