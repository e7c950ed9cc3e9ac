//! A provider in memory, in Twilio's words: it takes each request as it comes, and answers when and as it is told.
//!
//! What it took is the truth that everything else is held against.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lykt::gateway::exchange::{Body, Method, Wire};
use lykt::gateway::{Failure, Request, Response, Sent};
use serde_json::json;
use tokio::sync::oneshot;

/// The account's own sender.
pub const FROM: &str = "+46701740699";
const SID: &str = "AC00000000000000000000000000000001";

/// One request to send.
pub struct Asked {
    /// Which node made it.
    pub node: usize,
    pub to: String,
    pub text: String,
    pub token: String,
    /// The provider's id, if it takes it.
    pub sid: String,
    /// When it took it, civil.
    pub taken_at: Option<i64>,
    answer: Option<oneshot::Sender<Sent>>,
}

impl Asked {
    pub fn is_waiting(&self) -> bool {
        self.answer.is_some()
    }
}

/// What the list does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum List {
    Honest,
    Fails,
    FailsOnSecondPage,
    /// Each message stands there twice, under two ids.
    Doubled,
    /// Beside each message, one of another system.
    Foreign,
    /// Nothing of what was taken is there.
    Lacking,
}

pub struct Told {
    pub asked: Vec<Asked>,
    pub list: List,
}

#[derive(Clone)]
pub struct Provider(Arc<Mutex<Told>>);

impl Provider {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Told { asked: Vec::new(), list: List::Honest })))
    }

    pub fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap()
    }

    /// The line of one node.
    pub fn line(&self, node: usize) -> Arc<dyn Wire> {
        Arc::new(Line { provider: self.clone(), node })
    }

    /// Takes the message; the person gets it.
    pub fn take(&self, request: usize, now: i64) {
        let asked = &mut self.told().asked[request];
        assert!(asked.taken_at.replace(now).is_none(), "a provider takes a request once");
    }

    /// Answers, if anybody still listens.
    pub fn answer(&self, request: usize, answer: Sent) {
        if let Some(waiting) = self.told().asked[request].answer.take() {
            let _ = waiting.send(answer);
        }
    }
}

struct Line {
    provider: Provider,
    node: usize,
}

impl Wire for Line {
    fn carry(&self, request: Request) -> Pin<Box<dyn Future<Output = Sent> + Send + '_>> {
        if request.method == Method::Get {
            return Box::pin(std::future::ready(self.page(&request.url)));
        }
        let Body::Form(fields) = request.body else { panic!("Twilio is asked by a form") };
        let field =
            |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.expose().clone()).unwrap();
        let (answer, answered) = oneshot::channel();
        let mut told = self.provider.told();
        let sid = format!("SM{:032x}", told.asked.len() + 1);
        let token = field("StatusCallback").split_once("token=").unwrap().1.to_owned();
        let (to, text) = (field("To"), field("Body"));
        told.asked.push(Asked { node: self.node, to, text, token, sid, taken_at: None, answer: Some(answer) });
        Box::pin(async move { answered.await.unwrap_or(Err(Failure::Broken)) })
    }
}

impl Line {
    fn page(&self, url: &str) -> Sent {
        let told = self.provider.told();
        let second = url.contains("Page=1&");
        if told.list == List::Fails || (told.list == List::FailsOnSecondPage && second) {
            return Ok(Response { status: 503, ..Response::default() });
        }
        let to = url.split_once("To=%2B").map(|(_, to)| format!("+{}", to.split('&').next().unwrap()));
        let mut messages = Vec::new();
        for (n, asked) in told.asked.iter().enumerate() {
            let Some(at) = asked.taken_at.filter(|_| to.as_ref().is_none_or(|to| *to == asked.to)) else { continue };
            let one = |sid: &str, text: &str| {
                json!({ "sid": sid, "direction": "outbound-api", "status": "sent", "to": asked.to, "from": FROM, "body": text,
                    "date_created": written(at), "num_media": "0", "messaging_service_sid": null, "error_code": null })
            };
            match told.list {
                List::Lacking => continue,
                List::Doubled => messages.push(one(&format!("SMd{n:031x}"), &asked.text)),
                List::Foreign => messages.push(one(&format!("SMe{n:031x}"), "Pakken din er her")),
                _ => {}
            }
            messages.push(one(&asked.sid, &asked.text));
        }
        messages.reverse();
        let next = (told.list == List::FailsOnSecondPage)
            .then(|| format!("/2010-04-01/Accounts/{SID}/Messages.json?Page=1&PageSize=500"));
        Ok(said(200, &json!({ "messages": messages, "next_page_uri": next })))
    }
}

fn written(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap().to_zoned_datetime(TimeZone::UTC);
    jiff::fmt::rfc2822::to_string(&at).unwrap()
}

/// An answer with a body.
pub fn said(status: u16, body: &serde_json::Value) -> Response {
    Response { status, retry_after: None, body: Some(body.to_string().into_bytes()) }
}

/// "We have it."
pub fn taken(sid: &str) -> Sent {
    Ok(said(201, &json!({ "sid": sid, "status": "queued" })))
}

/// "We will not send this."
pub fn refused(code: u32) -> Sent {
    Ok(said(400, &json!({ "code": code, "message": "no", "status": 400 })))
}

/// "Come again later."
pub fn throttled(wait: Duration) -> Sent {
    let body = json!({ "code": 20429, "message": "too many", "status": 429 });
    Ok(Response { retry_after: Some(wait), ..said(429, &body) })
}
