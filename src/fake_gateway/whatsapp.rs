//! The gateway as the WhatsApp Cloud API: JSON both ways, templates, and news in Meta's form, signed over their body.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::gateway::{FaultGateway, Shared};
use super::message::{Accept, Asked};
use super::wire::{is_authorised, json};
use crate::domain::hex::hex;

/// The number's id.
pub const NUMBER_ID: &str = "106540352242922";
/// The account's.
pub const WABA_ID: &str = "102290129340398";
/// The token of its user.
pub const ACCESS_TOKEN: &str = "EAAB-fault-gateway";
/// The app's secret.
pub const APP_SECRET: &str = "fault-gateway-app-secret";
/// Meta's code for whoever shows no token of this account.
pub(super) const NO_TOKEN: u32 = 190;
/// The account whose webhook gets the receipts that follow by themselves.
pub const ACCOUNT: &str = "fake-whatsapp";

impl FaultGateway {
    /// The templates that the account has, as Meta lists them.
    pub fn set_templates(&self, templates: Value) {
        self.plan().templates = templates;
    }
}

/// News of one kind, as Meta wraps it.
pub(super) fn change(field: &str, mut value: Value) -> String {
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({ "display_phone_number": "447700900001", "phone_number_id": NUMBER_ID });
    json!({ "object": "whatsapp_business_account",
        "entry": [{ "id": WABA_ID, "changes": [{ "field": field, "value": value }] }] })
    .to_string()
}

pub(super) fn receipt(accept: &Accept, status: &str, code: Option<u32>, at_ms: i64) -> String {
    let status = if status == "undelivered" { "failed" } else { status };
    let errors: Vec<Value> = code.iter().map(|code| json!({ "code": code, "title": "refused" })).collect();
    let mut said = json!({ "id": accept.sid, "status": status, "timestamp": (at_ms / 1000).to_string(),
        "recipient_id": accept.to.trim_start_matches('+'), "biz_opaque_callback_data": accept.token });
    if !errors.is_empty() {
        said["errors"] = errors.into();
    }
    change("messages", json!({ "statuses": [said] }))
}

pub(super) fn reply(sid: &str, from: &str, text: &str, at_ms: i64) -> String {
    let who = from.trim_start_matches('+');
    change(
        "messages",
        json!({ "contacts": [{ "wa_id": who, "profile": { "name": "A" } }],
            "messages": [{ "from": who, "id": sid, "timestamp": (at_ms / 1000).to_string(),
                "type": "text", "text": { "body": text } }] }),
    )
}

/// Meta's signature over a body.
pub fn sign(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body.as_bytes());
    format!("sha256={}", hex(mac.finalize().into_bytes()))
}

pub(super) fn knows(headers: &HeaderMap) -> bool {
    is_authorised(headers, &format!("Bearer {ACCESS_TOKEN}"))
}

pub(super) fn read(number_id: &str, body: &[u8]) -> Result<Asked, u32> {
    let asked: Value = serde_json::from_slice(body).map_err(|_| 100_u32)?;
    let to = asked["to"].as_str().or(asked["recipient"].as_str()).unwrap_or_default().to_owned();
    let kind = asked["type"].as_str().unwrap_or_default();
    if to.is_empty() || !asked[kind].is_object() || number_id != NUMBER_ID {
        return Err(131_009);
    }
    Ok(Asked {
        to,
        from: NUMBER_ID.to_owned(),
        body: asked["text"]["body"].as_str().unwrap_or_default().to_owned(),
        token: asked["biz_opaque_callback_data"].as_str().map(str::to_owned),
        callback: None,
        fields: HashMap::from([("document".to_owned(), asked.to_string()), ("kind".to_owned(), kind.to_owned())]),
    })
}

pub(super) fn taken(accept: &Accept) -> Response {
    let to = &accept.to;
    let taken = json!({ "messaging_product": "whatsapp", "contacts": [{ "input": to, "wa_id": to }],
        "messages": [{ "id": accept.sid, "message_status": "accepted" }] });
    json(200, taken.to_string())
}

pub(super) fn refused(status: u16, code: u32) -> Response {
    let error = json!({ "error": { "message": format!("(#{code}) refused"), "type": "OAuthException", "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": "refused" }, "fbtrace_id": "A" } });
    json(status, error.to_string())
}

pub(super) async fn number(Path((_, number)): Path<(String, String)>, headers: HeaderMap) -> Response {
    if !knows(&headers) {
        return refused(401, NO_TOKEN);
    }
    json(200, json!({ "id": number, "verified_name": "Lykten", "quality_rating": "GREEN" }).to_string())
}

pub(super) async fn templates(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !knows(&headers) {
        return refused(401, NO_TOKEN);
    }
    let templates = shared.plan().templates.clone();
    json(200, json!({ "data": templates, "paging": { "cursors": { "before": "A", "after": "B" } } }).to_string())
}
