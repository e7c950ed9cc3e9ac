//! One request and what came of it, as adapters see HTTP: nothing of how it travels.

use std::time::Duration;

use thiserror::Error;

use crate::domain::private::Private;
use crate::gateway::form;

/// The two methods that adapters use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; harmless.
    Get,
    /// Sends a form.
    Post,
}

/// One request, complete. Its `Debug` shows the method and no more, since URLs carry account ids.
pub struct Request {
    /// How.
    pub method: Method,
    /// Where.
    pub url: String,
    /// The account's user name and secret.
    pub basic_auth: (String, Private<String>),
    /// The form's fields, in order; none with GET.
    pub form: Vec<(&'static str, Private<String>)>,
}

impl Request {
    /// The form as `application/x-www-form-urlencoded`.
    pub fn body(&self) -> String {
        form::encode(self.form.iter().map(|(name, value)| (*name, value.expose().as_str())))
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
    /// The request could not be built from the settings; nothing left.
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
