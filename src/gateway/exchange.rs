//! One request and what came of it, as adapters see HTTP: nothing of how it travels.

use std::pin::Pin;
use std::time::Duration;

use thiserror::Error;

use crate::domain::private::Private;
use crate::gateway::form;

/// The methods that adapters use. Only GET is sent without a body; what sends has one, and the gate holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; harmless.
    Get,
    /// Sends.
    Post,
    /// Sends, or puts something in its place.
    Put,
    /// Takes something away.
    Delete,
}

/// How a request says whose it is.
#[derive(Clone)]
pub enum Auth {
    /// Not at all, or in its body.
    None,
    /// A user name and its secret.
    Basic(String, Private<String>),
    /// `Authorization: Bearer`.
    Bearer(Private<String>),
    /// A header of the provider's own.
    Header(String, Private<String>),
}

/// What a request carries.
pub enum Body {
    /// Nothing; for what sends no message.
    None,
    /// A form's fields, in order.
    Form(Vec<(String, Private<String>)>),
    /// A JSON document.
    Json(Private<Vec<u8>>),
    /// Bytes of our own.
    Bytes(Private<Vec<u8>>),
}

/// One request, complete. Its `Debug` shows the method and no more, since URLs carry account ids.
pub struct Request {
    /// How.
    pub method: Method,
    /// Where.
    pub url: String,
    /// Whose.
    pub auth: Auth,
    /// Headers beyond those that follow from the rest.
    pub headers: Vec<(String, Private<String>)>,
    /// What it carries.
    pub body: Body,
}

impl Request {
    /// A request that reads.
    pub fn get(url: impl Into<String>, auth: Auth) -> Self {
        Self { method: Method::Get, url: url.into(), auth, headers: Vec::new(), body: Body::None }
    }

    /// A request that sends.
    pub fn post(url: impl Into<String>, auth: Auth, body: Body) -> Self {
        Self { method: Method::Post, url: url.into(), auth, headers: Vec::new(), body }
    }
}

impl Body {
    /// The media type.
    pub fn media_type(&self) -> Option<&'static str> {
        match self {
            Body::None => None,
            Body::Form(_) => Some("application/x-www-form-urlencoded"),
            Body::Json(_) => Some("application/json"),
            Body::Bytes(_) => Some("application/octet-stream"),
        }
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Body::None => Vec::new(),
            Body::Form(fields) => {
                form::encode(fields.iter().map(|(name, value)| (name.as_str(), value.expose().as_str()))).into_bytes()
            }
            Body::Json(bytes) | Body::Bytes(bytes) => bytes.expose().clone(),
        }
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// An answer: its status for certain, its body as far as we could get it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// How long the provider asks us to wait.
    pub retry_after: Option<Duration>,
    /// The whole body; `None` when it was cut off, late or too large. Never logged.
    pub body: Option<Vec<u8>>,
}

impl Response {
    /// Whether it is a page for people, which no provider answers a program with.
    pub fn is_web_page(&self) -> bool {
        let body = String::from_utf8_lossy(self.body.as_deref().unwrap_or_default());
        let start: String = body.trim_start_matches('\u{feff}').trim_start().chars().take(14).collect();
        let start = start.to_ascii_lowercase();
        start.starts_with("<!doctype html") || start.starts_with("<html")
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("retry_after", &self.retry_after)
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish()
    }
}

/// Why there was no answer at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// No connection could be made; not one byte of the request left.
    #[error("no connection to the provider; check the network and `base_url`")]
    Connect,
    /// The deadline passed before the first byte; not one left.
    #[error("the deadline passed before the first byte; nothing was written")]
    Late,
    /// The request could not be built from the settings, or would send without a body; nothing left.
    #[error("the request cannot be built; check the account's `base_url`")]
    Unbuildable,
    /// The provider did not answer in time. It may have acted.
    #[error("the provider did not answer in time")]
    Timeout,
    /// The connection broke after the request began. The provider may have acted.
    #[error("the connection broke before the provider answered")]
    Broken,
}

/// What came of one request: exactly one of the two.
pub type Sent = Result<Response, Failure>;

/// Carries requests in the network's stead: to a provider in memory, for tests that decide when each answer comes.
pub trait Wire: Send + Sync {
    /// Carries one request there, and its answer back.
    fn carry(&self, request: Request) -> Pin<Box<dyn Future<Output = Sent> + Send + '_>>;
}
