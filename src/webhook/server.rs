//! The HTTP server: connections with real timeouts, so that slow or endless clients cost a little and block nobody.
//!
//! axum's own `serve` gives hyper no timer, and its header timeout then does nothing; so connections are built here.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;
use tracing::{info, warn};

use super::Webhooks;
use super::caller::caller;
use super::limits::Limits;
use super::route::router;

/// Files kept for the database and the gateways, when the system allows only so many.
const OTHER_FILES: u64 = 128;
/// A request's head fits in this, or is refused.
const HEAD_BYTES: usize = 16 * 1024;

/// Takes in webhooks, and serves `pages` beside them, until the stop; then lets what is under way end.
pub async fn serve(listener: TcpListener, webhooks: Arc<Webhooks>, pages: Router, stopped: watch::Receiver<bool>) {
    serve_within(listener, webhooks, pages, stopped, Limits::default()).await;
}

/// As [`serve`], with other limits.
pub async fn serve_within(
    listener: TcpListener,
    webhooks: Arc<Webhooks>,
    pages: Router,
    stopped: watch::Receiver<bool>,
    limits: Limits,
) {
    let router = router(webhooks, limits).merge(pages);
    let slots = Arc::new(Semaphore::new(limits.connections.min(files_for_connections())));
    let mut open = JoinSet::new();
    let mut failing = false;
    let mut ending = stopped.clone();
    loop {
        tokio::select! {
            biased;
            () = stop(&mut ending) => break,
            Some(_) = open.join_next() => {}
            taken = listener.accept() => match taken {
                Ok((stream, peer)) => {
                    failing = false;
                    // A connection too many is closed at once; those that are slow make room within seconds.
                    if let Ok(slot) = slots.clone().try_acquire_owned() {
                        open.spawn(connection((stream, peer), router.clone(), limits, stopped.clone(), slot));
                    }
                }
                Err(e) => {
                    if !failing {
                        warn!(error = %e, "connections cannot be taken for now");
                    }
                    failing = true;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
        }
    }
    drop(listener);
    if tokio::time::timeout(limits.grace, async { while open.join_next().await.is_some() {} }).await.is_err() {
        info!("some webhooks did not end in time; their senders come again");
    }
    open.shutdown().await;
}

async fn connection(
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    limits: Limits,
    mut stopped: watch::Receiver<bool>,
    _slot: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(HEAD_BYTES);
    let known = router.map_request(move |mut request: Request<Incoming>| {
        let caller = caller(peer.ip(), request.headers());
        request.extensions_mut().insert(caller);
        request
    });
    let mut talk = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(known)));
    tokio::select! {
        // How a client's connection ends is the client's matter.
        _ = talk.as_mut() => return,
        () = stop(&mut stopped) => {}
        () = tokio::time::sleep(limits.life) => {}
    }
    talk.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(limits.grace, talk).await;
}

/// Ends when the stop is said, or when nobody is left to say it.
async fn stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Asks the system for as many open files as it allows; how many of them connections may take.
fn files_for_connections() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current;
    limit.current = limit.maximum;
    let allowed = if setrlimit(Resource::Nofile, limit).is_ok() { limit.maximum } else { before };
    let connections = allowed.map_or(u64::MAX, |files| files.saturating_sub(OTHER_FILES).max(files / 2));
    usize::try_from(connections).unwrap_or(usize::MAX)
}
