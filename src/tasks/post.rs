//! Calls an address of the operator's with the JSON of an alarm: a chat, a pager. The address is a secret, for whoever
//! has it may write there.

use std::time::Duration;

use crate::clock::boot_ms;
use crate::domain::private::Private;
use crate::gateway::http::{Http, NoClient};
use crate::gateway::{Auth, Body, Request};

/// An answer that takes longer is none.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The call begins within this time.
const BEGINS_MS: i64 = 5_000;

/// Where alarms are posted.
pub struct Post {
    http: Http,
    url: Private,
}

impl Post {
    /// For this address; connects to nothing yet.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new(url: Private) -> Result<Self, NoClient> {
        Ok(Self { http: Http::new(boot_ms, ANSWER_WITHIN)?, url })
    }

    /// Posts; whether it was taken.
    pub async fn post(&self, json: &str) -> bool {
        let body = Body::Json(Private::new(json.as_bytes().to_vec()));
        let request = Request::post(self.url.expose(), Auth::None, body);
        let sent = self.http.send(request, boot_ms() + BEGINS_MS).await;
        sent.is_ok_and(|answer| (200..300).contains(&answer.status))
    }
}
