//! What the gateway tells the daemon: receipts and people's answers, signed as the provider signs; odd, where asked to be.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::chance::sid;
use super::fault::Callback;
use super::gateway::{FaultGateway, Shared};
use super::hooks::Hooks;
use super::message::Accept;
use super::shape::Shape;
use super::{elks, twilio, whatsapp};
use crate::clock::boot_ms;
use crate::domain::private::Private;
use crate::gateway::{Auth, Body, Request};

/// The gateway waits so long for the daemon to take a callback, as providers do.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How often an answer is told that was not taken: as providers do, whose patience is ten seconds too. On a disk under
/// load a commit may take as long.
const TRIES: usize = 8;
/// A receipt is told so often while the daemon is down, each time this much later: for a minute.
const RECEIPT_TRIES: usize = 600;
const AGAIN: Duration = Duration::from_millis(100);
/// How late a late callback is, at least.
const LATE: Duration = Duration::from_secs(2);

impl FaultGateway {
    /// Posts one signed status callback for an accepted message; the answer's status.
    pub async fn receipt(&self, hooks: &Hooks, accept: &Accept, status: &str, code: Option<u32>) -> StatusCode {
        self.shared.receipt(hooks, accept, status, code).await
    }

    /// Posts one signed answer from a person to a Twilio account's inbound hook, again and again while it is not taken;
    /// the last status.
    pub async fn reply(&self, hooks: &Hooks, account: &str, from: &str, to: &str, text: &str) -> StatusCode {
        let sid = Shape::Twilio.id(&sid(self.requests() as u64, &format!("{from}{text}")));
        self.reply_as(hooks, account, &sid, from, to, text).await
    }

    /// The same with an id of one's own: twice the same id is the same answer told twice.
    pub async fn reply_as(
        &self,
        hooks: &Hooks,
        account: &str,
        sid: &str,
        from: &str,
        to: &str,
        text: &str,
    ) -> StatusCode {
        let url = format!("{}/hooks/{account}/inbound", hooks.public);
        let fields = twilio::reply(sid, from, to, text);
        self.shared.until_taken(|| signed(hooks, &url, &fields)).await
    }

    /// Posts one signed answer from a person once; the answer's status, `None` where nobody listens.
    pub async fn says(&self, hooks: &Hooks, account: &str, sid: &str, from: &str, to: &str, text: &str) -> Option<u16> {
        let url = format!("{}/hooks/{account}/inbound", hooks.public);
        let told = self.shared.post(signed(hooks, &url, &twilio::reply(sid, from, to, text))).await;
        Some(told.as_u16()).filter(|told| *told != StatusCode::BAD_GATEWAY.as_u16())
    }

    /// Posts a change of this field, signed, again and again while it is not taken; the last status.
    pub async fn meta(&self, hooks: &Hooks, account: &str, field: &str, value: Value) -> StatusCode {
        let body = whatsapp::change(field, value);
        self.shared.until_taken(|| document(hooks, account, &body, &whatsapp::sign(&body))).await
    }
}

impl Shared {
    /// Tells what became of a message, later and by itself; only an early callback is told before this returns.
    pub(super) async fn tell(
        self: &Arc<Self>,
        hooks: Hooks,
        accept: &Accept,
        after: Duration,
        mut statuses: Vec<&'static str>,
        odd: Option<Callback>,
    ) {
        let mut after = after;
        match odd {
            Some(Callback::Never) => return,
            Some(Callback::Late) => after = (after * 20).max(LATE),
            Some(Callback::OutOfOrder) => statuses.reverse(),
            Some(Callback::Twice) => statuses = statuses.iter().flat_map(|status| [*status; 2]).collect(),
            Some(Callback::Early) if !statuses.is_empty() => {
                self.receipt(&hooks, accept, statuses.remove(0), None).await;
            }
            Some(Callback::Early | Callback::Forged) | None => {}
        }
        let (shared, accept) = (self.clone(), accept.clone());
        tokio::spawn(async move {
            if odd == Some(Callback::Forged) {
                tokio::time::sleep(after).await;
                shared.forge(&hooks, &accept).await;
            }
            for status in statuses {
                tokio::time::sleep(after).await;
                shared.receipt_until_taken(&hooks, &accept, status).await;
            }
        });
    }

    /// Posts a callback again and again while the other side is down, as providers do.
    async fn receipt_until_taken(&self, hooks: &Hooks, accept: &Accept, status: &str) {
        for _ in 0..RECEIPT_TRIES {
            if !self.receipt(hooks, accept, status, None).await.is_server_error() {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn receipt(&self, hooks: &Hooks, accept: &Accept, status: &str, code: Option<u32>) -> StatusCode {
        let request = match (accept.shape, &accept.status_callback) {
            (Shape::WhatsApp, _) => {
                let body = whatsapp::receipt(accept, status, code, accept.at_ms);
                document(hooks, whatsapp::ACCOUNT, &body, &whatsapp::sign(&body))
            }
            (_, None) => return StatusCode::NOT_FOUND,
            (Shape::Twilio, Some(url)) => signed(hooks, url, &twilio::receipt(accept, status, code)),
            (Shape::Elks, Some(url)) => form(hooks.local(url), &elks::receipt(accept, status, accept.at_ms), None),
        };
        self.post(request).await
    }

    /// Somebody else says that it did not arrive.
    async fn forge(&self, hooks: &Hooks, accept: &Accept) {
        let bad = "undelivered";
        let request = match (accept.shape, &accept.status_callback) {
            (Shape::WhatsApp, _) => {
                let body = whatsapp::receipt(accept, bad, Some(131_026), accept.at_ms);
                document(hooks, whatsapp::ACCOUNT, &body, "sha256=00")
            }
            (_, None) => return,
            (Shape::Twilio, Some(url)) => {
                let fields = twilio::receipt(accept, bad, Some(30_005));
                form(hooks.local(url), &fields, Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned()))
            }
            (Shape::Elks, Some(url)) => {
                let url = hooks.local(url).replace(elks::HOOK_KEY, "guess");
                form(url, &elks::receipt(accept, bad, accept.at_ms), None)
            }
        };
        // Who is down for a moment has not been fooled.
        let told = self.post(request).await;
        if told != StatusCode::BAD_GATEWAY {
            let forged = &mut self.plan().forged;
            *forged = (forged.0 + 1, forged.1 + usize::from(told != StatusCode::FORBIDDEN));
        }
    }

    /// Tells something until it is taken, a few times at most; the last status.
    pub(super) async fn until_taken(&self, request: impl Fn() -> Request) -> StatusCode {
        let mut told = StatusCode::BAD_GATEWAY;
        for _ in 0..TRIES {
            told = self.post(request()).await;
            if !told.is_server_error() {
                break;
            }
        }
        told
    }

    /// The status of the answer; 502 where there is none.
    async fn post(&self, request: Request) -> StatusCode {
        match self.client.send(request, boot_ms() + PATIENCE.as_millis() as i64).await {
            Ok(response) => StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY),
            Err(_) => StatusCode::BAD_GATEWAY,
        }
    }
}

/// Fields with Twilio's signature over the public address.
pub(super) fn signed(hooks: &Hooks, url: &str, fields: &[(&'static str, String)]) -> Request {
    let said: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    form(hooks.local(url), fields, Some(twilio::sign(url, &said)))
}

fn form(url: String, fields: &[(&'static str, String)], signature: Option<String>) -> Request {
    let form = fields.iter().map(|(name, value)| ((*name).to_owned(), Private::new(value.clone()))).collect();
    let mut request = Request::post(url, Auth::None, Body::Form(form));
    request.headers.extend(signature.map(|it| ("X-Twilio-Signature".to_owned(), Private::new(it))));
    request
}

/// Meta's JSON to the one webhook that it knows of an account.
fn document(hooks: &Hooks, account: &str, body: &str, signature: &str) -> Request {
    let json = Body::Json(Private::new(body.as_bytes().to_vec()));
    let mut request = Request::post(format!("{}/hooks/{account}", hooks.local), Auth::None, json);
    request.headers.push(("X-Hub-Signature-256".to_owned(), Private::new(signature.to_owned())));
    request
}

/// What somebody who was written to answers.
#[derive(Deserialize)]
pub(super) struct Said {
    from: String,
    text: String,
}

/// A person answers, by a script: to the account that wrote to them last.
pub(super) async fn reply(State(shared): State<Arc<Shared>>, Form(said): Form<Said>) -> Response {
    let (accept, hooks, number, now) = {
        let plan = shared.plan();
        let accept = plan.accepts.iter().rfind(|accept| accept.to == said.from).cloned();
        let hooks = plan.receipts.as_ref().map(|(hooks, ..)| hooks.clone());
        (accept, hooks, plan.accepts.len() as u64, (plan.clock)())
    };
    let refuse = |why: &str| (StatusCode::NOT_FOUND, format!("{why}\n")).into_response();
    let Some(hooks) = hooks else { return refuse("start the gateway with --callbacks to let people answer") };
    let Some(accept) = accept else { return refuse("nothing was sent to this number") };
    let id = accept.shape.id(&sid(number ^ now.unsigned_abs(), &said.text));
    shared.plan().put(accept.shape, true, &id, (&said.from, &accept.from), &said.text);
    let base = accept.status_callback.as_deref().and_then(|url| url.split_once("/status"));
    let request = match (accept.shape, base) {
        (Shape::Twilio, Some((base, _))) => {
            let fields = twilio::reply(&id, &said.from, &accept.from, &said.text);
            signed(&hooks, &format!("{base}/inbound"), &fields)
        }
        (Shape::Elks, Some((base, _))) => {
            let fields = elks::reply(&id, &said.from, &accept.from, &said.text, now);
            let url = format!("{base}/inbound?key={}", elks::HOOK_KEY);
            form(hooks.local(&url), &fields, None)
        }
        (Shape::WhatsApp, _) => {
            let body = whatsapp::reply(&id, &said.from, &said.text, now);
            document(&hooks, whatsapp::ACCOUNT, &body, &whatsapp::sign(&body))
        }
        (_, None) => return refuse("the message to this number asked for no callbacks"),
    };
    let told = shared.post(request).await;
    (StatusCode::OK, Json(json!({ "told": told.as_u16() }))).into_response()
}
