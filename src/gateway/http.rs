//! The one HTTP client: HTTP/1.1, no redirect, no proxy, no retry, and a gate that no byte passes after its deadline.
//!
//! Every body that is sent goes through its gate. Knows requests and answers; not whose they are.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, RETRY_AFTER};
use thiserror::Error;

use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::gateway::exchange::{Auth, Failure, Method, Request, Response, Sent, Wire};
use crate::gateway::gate::{Gate, GatedBody, Steady};
use crate::gateway::reach::Outside;
use crate::text;

/// More of an answer than this is not read.
const BODY_CAP: usize = 64 * 1024;
/// And of a page of a list.
const LIST_CAP: usize = 8 * 1024 * 1024;
/// A connection must stand within this time; sends have a deadline besides.
const CONNECT: Duration = Duration::from_millis(900);
/// Bytes that the peer's machine has not confirmed after this time are thrown away by our kernel, also after we hung
/// up: a request is not delivered late.
const UNCONFIRMED: Duration = Duration::from_secs(5);
/// Shorter than the idle time of the providers' servers, so that few reused connections are dead.
const IDLE: Duration = Duration::from_secs(20);

/// The client cannot be made: the system's certificates cannot be read.
#[derive(Debug, Error)]
#[error("cannot start the HTTP client; are the system's certificates installed (ca-certificates)?")]
pub struct NoClient(#[source] reqwest::Error);

impl NoClient {
    /// What is wrong, and what to do.
    pub fn text(&self) -> Text {
        text!("{self}", "kan ikke starte HTTP-klienten; er systemets sertifikater installert (ca-certificates)?")
    }
}

/// The one HTTP client. Cloning shares its connections.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    /// The same client, which connects to nothing inside the operator's own network; it shares no connection with it.
    outside: reqwest::Client,
    steady: Steady,
    /// Where the last request went: most go there again, and reading an address takes as long as writing a letter.
    last: Arc<RwLock<Option<Url>>>,
    /// Instead of the network.
    wire: Option<Arc<dyn Wire>>,
}

/// Makes ring the process's one crypto provider; any number of calls is fine.
pub fn ensure_crypto() {
    // An error means that a provider is installed already, which is all we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Http {
    /// Makes the client. `steady_ms` is the clock of the deadlines; `answer_within` is the time from the start of a
    /// request to the end of its answer.
    pub fn new(steady_ms: impl Fn() -> i64 + Send + Sync + 'static, answer_within: Duration) -> Result<Self, NoClient> {
        ensure_crypto();
        let (client, outside) =
            (Self::client(answer_within), Self::client(answer_within).dns_resolver(Arc::new(Outside)));
        let (client, outside) = (client.build().map_err(NoClient)?, outside.build().map_err(NoClient)?);
        Ok(Self { client, outside, steady: Arc::new(steady_ms), last: Arc::default(), wire: None })
    }

    /// The same client, with a wire in the network's stead; deadlines hold all the same.
    pub(super) fn over(self, wire: Arc<dyn Wire>) -> Self {
        Self { wire: Some(wire), ..self }
    }

    fn client(answer_within: Duration) -> reqwest::ClientBuilder {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that builds an HTTP client")]
        reqwest::Client::builder()
            .http1_only()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(concat!("lykt/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(answer_within)
            .tcp_user_timeout(UNCONFIRMED)
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE)
    }

    /// The client for requests that may go anywhere, or only to addresses of the world.
    pub(super) fn within(&self, anywhere: bool) -> Self {
        let client = if anywhere { &self.client } else { &self.outside };
        Self { client: client.clone(), ..self.clone() }
    }

    /// Sends what has a body. No byte leaves after `deadline_ms` of the steady clock, and none leaves twice.
    ///
    /// Without a body nothing would stand before the first byte of the head, so such a request is not made.
    pub async fn send(&self, request: Request, deadline_ms: i64) -> Sent {
        if self.is_past(deadline_ms) {
            return Err(Failure::Late);
        }
        let body = request.body.bytes();
        let (Some(media_type), false, false) =
            (request.body.media_type(), body.is_empty(), request.method == Method::Get)
        else {
            return Err(Failure::Unbuildable);
        };
        if let Some(wire) = &self.wire {
            return wire.carry(request).await;
        }
        let gate = Arc::new(Gate::new(deadline_ms, self.steady.clone()));
        let body = GatedBody::new(gate.clone(), body);
        let call = self.start(&request).header(CONTENT_TYPE, media_type).body(reqwest::Body::wrap(body));
        match call.send().await {
            Ok(answer) => Ok(read(answer, BODY_CAP).await),
            Err(error) => Err(gate.blame(&error)),
        }
    }

    /// Reads something; has no deadline, since it moves nothing.
    pub async fn get(&self, request: Request) -> Sent {
        self.get_up_to(BODY_CAP, request).await
    }

    /// Reads a page of a list.
    pub async fn get_page(&self, request: Request) -> Sent {
        self.get_up_to(LIST_CAP, request).await
    }

    /// Has something taken away; no deadline, since it does no harm late or twice.
    pub async fn take_away(&self, request: Request) -> Sent {
        match request.method {
            Method::Delete => self.carry(BODY_CAP, request).await,
            _ => Err(Failure::Unbuildable),
        }
    }

    /// Asks something that takes a body to ask; no deadline, since it moves nothing. An answer is read up to so many bytes.
    pub async fn ask(&self, request: Request, cap: usize) -> Sent {
        match request.method {
            Method::Post => self.carry(cap, request).await,
            _ => Err(Failure::Unbuildable),
        }
    }

    async fn get_up_to(&self, cap: usize, request: Request) -> Sent {
        if request.method != Method::Get {
            return Err(Failure::Unbuildable);
        }
        self.carry(cap, request).await
    }

    /// A request that moves nothing, past no gate.
    async fn carry(&self, cap: usize, request: Request) -> Sent {
        if let Some(wire) = &self.wire {
            return wire.carry(request).await;
        }
        let mut call = self.start(&request);
        if let Some(media_type) = request.body.media_type() {
            call = call.header(CONTENT_TYPE, media_type).body(request.body.bytes());
        }
        match call.send().await {
            Ok(answer) => Ok(read(answer, cap).await),
            Err(error) if error.is_builder() => Err(Failure::Unbuildable),
            Err(error) if error.is_connect() => Err(Failure::Connect),
            Err(error) if error.is_timeout() => Err(Failure::Timeout),
            Err(_) => Err(Failure::Broken),
        }
    }

    /// Whether a deadline has passed.
    pub fn is_past(&self, deadline_ms: i64) -> bool {
        (self.steady)() >= deadline_ms
    }

    fn address(&self, url: &str) -> Option<Url> {
        let known = self.last.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.as_str() == url) {
            return Some(known);
        }
        let read = Url::parse(url).ok()?;
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = Some(read.clone());
        Some(read)
    }

    fn start(&self, request: &Request) -> reqwest::RequestBuilder {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut call = match self.address(&request.url) {
            Some(address) => self.client.request(method, address),
            // It says itself what is wrong.
            None => self.client.request(method, &request.url),
        };
        for (name, value) in &request.headers {
            call = call.header(name, Unseen(value));
        }
        match &request.auth {
            Auth::None => call,
            Auth::Basic(user, secret) => call.basic_auth(user, Some(secret.expose())),
            Auth::Bearer(token) => call.bearer_auth(token.expose()),
            Auth::Header(name, value) => call.header(name, Unseen(value)),
        }
    }
}

/// A header that nothing below us prints. What is no header makes the request unbuildable.
struct Unseen<'a>(&'a Private<String>);

impl TryFrom<Unseen<'_>> for HeaderValue {
    type Error = InvalidHeaderValue;

    fn try_from(unseen: Unseen<'_>) -> Result<Self, InvalidHeaderValue> {
        let mut value = HeaderValue::from_str(unseen.0.expose())?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Reads an answer as far as it goes: a status that came is a status, whatever happened to the body.
async fn read(mut answer: reqwest::Response, cap: usize) -> Response {
    let status = answer.status().as_u16();
    let retry_after = retry_after(answer.headers());
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= cap => body.extend_from_slice(&chunk),
            Ok(None) => return Response { status, retry_after, body: Some(body) },
            Ok(Some(_)) | Err(_) => return Response { status, retry_after, body: None },
        }
    }
}

/// Reads `Retry-After`: seconds, or a date, which is measured against the answer's own `Date`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let wait = text(RETRY_AFTER)?;
    if let Ok(seconds) = wait.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let instant = |date: &str| jiff::fmt::rfc2822::parse(date).ok().map(|zoned| zoned.timestamp());
    let span = instant(wait)?.duration_since(instant(text(DATE)?)?);
    Some(Duration::try_from(span).unwrap_or(Duration::ZERO))
}
