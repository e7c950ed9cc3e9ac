//! What the gateway tells the program under test: signed receipts and answers.

use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::{ACCOUNT_SID, AUTH_TOKEN, Accept, Hooks, Shared};

impl Shared {
    /// Posts a callback again and again while the other side is down, as Twilio does on request.
    pub(super) async fn receipt_until_taken(&self, hooks: &Hooks, accept: &Accept, status: &str) {
        for _ in 0..600 {
            if self.receipt(hooks, accept, status, None).await.is_ok_and(|answer| !answer.is_server_error()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub(super) async fn receipt(
        &self,
        hooks: &Hooks,
        accept: &Accept,
        status: &str,
        code: Option<u32>,
    ) -> reqwest::Result<StatusCode> {
        let Some(url) = &accept.status_callback else { return Ok(StatusCode::NOT_FOUND) };
        let code = code.map(|code| code.to_string());
        let mut fields = vec![
            ("MessageSid", accept.sid.as_str()),
            ("SmsSid", &accept.sid),
            ("AccountSid", ACCOUNT_SID),
            ("MessageStatus", status),
            ("SmsStatus", status),
            ("From", &accept.from),
            ("To", &accept.to),
            ("ApiVersion", "2010-04-01"),
        ];
        fields.extend(code.as_deref().map(|code| ("ErrorCode", code)));
        self.post(hooks, url, &fields).await
    }

    pub(super) async fn post(&self, hooks: &Hooks, url: &str, fields: &[(&str, &str)]) -> reqwest::Result<StatusCode> {
        let local = match url.strip_prefix(hooks.public.as_str()) {
            Some(path) => format!("{}{path}", hooks.local),
            None => url.to_owned(),
        };
        let call = self.client.post(local).header("X-Twilio-Signature", sign(url, fields)).form(fields);
        Ok(call.send().await?.status())
    }
}

/// Twilio's signature over a URL and its fields.
pub fn sign(url: &str, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(AUTH_TOKEN.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}
