//! How the gateway answers where something goes wrong: as the provider says it, with half of an answer, or with none.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use hyper::body::Frame;
use tokio::sync::mpsc;

use super::fault::Fault;
use super::shape::Shape;
use super::wire::{json, status};

/// After what there is of a cut answer has left, so long until the connection goes.
const BEFORE_THE_CUT: Duration = Duration::from_millis(20);

/// What happens instead of a response that carries this.
#[derive(Clone, Copy)]
pub(super) enum Instead {
    /// The connection is dropped.
    Drop,
    /// Nothing, for ever.
    Hang,
}

/// How a fault is answered.
pub(super) fn answer(shape: Shape, fault: Fault) -> Response {
    match fault {
        Fault::AcceptThenDrop
        | Fault::AcceptLater(_)
        | Fault::AcceptThenCutHead
        | Fault::AcceptThenCutBody
        | Fault::Drop => dropped(),
        Fault::AcceptThen500 => shape.refused_as(500),
        Fault::AcceptThenHang | Fault::Hang => instead(Instead::Hang),
        Fault::AcceptThenSay(body) => json(201, body),
        Fault::Throttle(seconds) => {
            let mut response = shape.refused_as(429);
            response.headers_mut().extend(seconds.map(|seconds| (header::RETRY_AFTER, seconds.into())));
            response
        }
        Fault::Say(kind, body) => ([(header::CONTENT_TYPE, kind)], body).into_response(),
        Fault::Redirect(url) => (StatusCode::FOUND, [(header::LOCATION, url)]).into_response(),
        Fault::Unauthorised => shape.refused_as(401),
        Fault::Refuse(code) => shape.refused(400, code),
        Fault::Status(code) => (status(code), "<html>not a provider</html>").into_response(),
    }
}

/// The answer with its head, as much of its body as asked for, and then no connection.
pub(super) async fn cut(answer: Response, length: impl FnOnce(usize) -> usize) -> Response {
    let (mut head, body) = answer.into_parts();
    let Ok(body) = body.collect().await.map(|body| body.to_bytes()) else { return dropped() };
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let part = body.slice(..length(body.len()));
    let (parts, rest) = mpsc::channel(2);
    tokio::spawn(async move {
        if !part.is_empty() {
            let _ = parts.send(Ok(Frame::data(part))).await;
        }
        tokio::time::sleep(BEFORE_THE_CUT).await;
        let _ = parts.send(Err("cut on demand")).await;
    });
    Response::from_parts(head, Body::new(Parts(rest)))
}

/// A body that comes in parts, and may end in the middle.
struct Parts(mpsc::Receiver<Result<Frame<Bytes>, &'static str>>);

impl hyper::body::Body for Parts {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        self.0.poll_recv(context)
    }
}

/// No answer: the connection goes.
pub(super) fn dropped() -> Response {
    instead(Instead::Drop)
}

fn instead(what: Instead) -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(what);
    response
}
