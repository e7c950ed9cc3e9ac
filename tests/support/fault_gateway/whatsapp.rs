//! The same gateway as the WhatsApp Cloud API: it takes messages under the same faults, knows its templates, and tells
//! news in Meta's form.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::server::{dropped, json};
use super::{Accept, Fault, FaultGateway, Hooks, Shared, TRIES, sid};

/// The number's id.
pub const NUMBER_ID: &str = "106540352242922";
/// The account's.
pub const WABA_ID: &str = "102290129340398";
/// The token of its user.
pub const ACCESS_TOKEN: &str = "EAAB-fault-gateway";
/// The app's secret.
pub const APP_SECRET: &str = "fault-gateway-app-secret";

impl FaultGateway {
    /// The templates that the account has, as Meta lists them.
    pub fn set_templates(&self, templates: Value) {
        self.plan().templates = templates;
    }

    /// Posts a change of this field, signed, again and again while it is not taken; the last status.
    pub async fn meta(&self, hooks: &Hooks, account: &str, field: &str, value: Value) -> StatusCode {
        let mut value = value;
        value["messaging_product"] = "whatsapp".into();
        value["metadata"] = json!({ "display_phone_number": "447700900001", "phone_number_id": NUMBER_ID });
        let body = json!({ "object": "whatsapp_business_account",
            "entry": [{ "id": WABA_ID, "changes": [{ "field": field, "value": value }] }] });
        let body = body.to_string();
        let mut told = StatusCode::BAD_GATEWAY;
        for _ in 0..TRIES {
            let call = self.shared.client.post(format!("{}/hooks/{account}", hooks.local));
            let call = call.header("X-Hub-Signature-256", sign(&body)).body(body.clone());
            told = call.send().await.map_or(StatusCode::BAD_GATEWAY, |answer| answer.status());
            if !told.is_server_error() {
                break;
            }
        }
        told
    }
}

/// Meta's signature over a body.
pub fn sign(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let sum: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={sum}")
}

pub(super) async fn number(Path((_, number)): Path<(String, String)>, headers: HeaderMap) -> Response {
    if !is_known(&headers) {
        return refusal(401, 190);
    }
    json(200, json!({ "id": number, "verified_name": "Lykten", "quality_rating": "GREEN" }).to_string())
}

pub(super) async fn templates(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !is_known(&headers) {
        return refusal(401, 190);
    }
    let templates = shared.plan.lock().unwrap().templates.clone();
    json(200, json!({ "data": templates, "paging": { "cursors": { "before": "A", "after": "B" } } }).to_string())
}

pub(super) async fn message(
    State(shared): State<Arc<Shared>>,
    Path((_, number_id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let Ok(body) = Bytes::from_request(request, &()).await else { return dropped() };
    let number = shared.requests.fetch_add(1, Ordering::SeqCst) as u64;
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else { return refusal(400, 100) };
    if !is_known(&headers) {
        return refusal(401, 190);
    }
    let to = asked["to"].as_str().or(asked["recipient"].as_str()).unwrap_or_default().to_owned();
    let kind = asked["type"].as_str().unwrap_or_default();
    if to.is_empty() || !asked[kind].is_object() || number_id != NUMBER_ID {
        return refusal(400, 131_009);
    }
    // `whatsapp:+46..` fails here alone, and not where the same person gets an SMS.
    let here = shared.plan.lock().unwrap().by_number.get(&format!("whatsapp:{to}")).cloned();
    match here.or_else(|| shared.fault(number, &to)) {
        None => {
            let accept = shared.accept_whatsapp(number, &to, &asked);
            let taken = json!({ "messaging_product": "whatsapp", "contacts": [{ "input": to, "wa_id": to }],
                "messages": [{ "id": accept.sid, "message_status": "accepted" }] });
            json(200, taken.to_string())
        }
        Some(Fault::Refuse(code)) => refusal(400, code),
        Some(Fault::Unauthorised) => refusal(401, 190),
        Some(Fault::AcceptThen500) => {
            shared.accept_whatsapp(number, &to, &asked);
            refusal(500, 131_000)
        }
        Some(Fault::Throttle(seconds)) => {
            let mut response = refusal(429, 130_429);
            if let Some(seconds) = seconds {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        Some(fault) => {
            if matches!(fault, Fault::AcceptThenDrop | Fault::AcceptThenHang | Fault::AcceptThenSay(_)) {
                shared.accept_whatsapp(number, &to, &asked);
            }
            super::server::answer(fault).await
        }
    }
}

impl Shared {
    fn accept_whatsapp(&self, number: u64, to: &str, asked: &Value) -> Accept {
        let kind = asked["type"].as_str().unwrap_or_default();
        let fields = HashMap::from([("document".to_owned(), asked.to_string()), ("kind".to_owned(), kind.to_owned())]);
        let mut plan = self.plan.lock().unwrap();
        let accept = Accept {
            to: to.to_owned(),
            from: NUMBER_ID.to_owned(),
            body: asked["text"]["body"].as_str().unwrap_or_default().to_owned(),
            sid: sid(number, to).replacen("SM", "wamid.", 1) + "==",
            token: asked["biz_opaque_callback_data"].as_str().map(str::to_owned),
            status_callback: None,
            fields,
            at_ms: plan.now_ms(),
        };
        plan.accepts.push(accept.clone());
        accept
    }
}

fn is_known(headers: &HeaderMap) -> bool {
    let login = format!("Bearer {ACCESS_TOKEN}");
    headers.get(header::AUTHORIZATION).is_some_and(|sent| sent.as_bytes() == login.as_bytes())
}

fn refusal(status: u16, code: u32) -> Response {
    let error = json!({ "error": { "message": format!("(#{code}) refused"), "type": "OAuthException", "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": "refused" }, "fbtrace_id": "A" } });
    json(status, error.to_string()).into_response()
}
