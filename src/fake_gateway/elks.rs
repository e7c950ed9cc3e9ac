//! The gateway as 46elks, for all providers that a file describes: `config/gateways/46elks.toml` names the sources.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::message::{Accept, Asked, Entry};
use super::wire::{fields, has_login, json, parameter, status};

/// The one account.
pub const USERNAME: &str = "u00000000000000000000000000000001";
/// Its secret.
pub const PASSWORD: &str = "fault-gateway-password";
/// The word in the addresses that it calls.
pub const HOOK_KEY: &str = "fault-gateway-hook";

pub(super) fn knows(headers: &HeaderMap) -> bool {
    has_login(headers, USERNAME, PASSWORD)
}

pub(super) fn read(body: &[u8]) -> Result<Asked, u32> {
    let fields = fields(body);
    let field = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
    let (Some(to), Some(from), Some(body)) = (field("to"), field("from"), field("message")) else { return Err(400) };
    let callback = field("whendelivered");
    let token = callback.as_deref().and_then(|url| parameter(url, "reference"));
    Ok(Asked { to, from, body, token, callback, fields })
}

pub(super) fn taken(accept: &Accept) -> Response {
    let Accept { to, from, body, sid, at_ms, .. } = accept;
    let said = json!({ "status": "created", "direction": "outgoing", "from": from, "to": to, "created": time(*at_ms),
        "parts": 1, "cost": 3500, "message": body, "id": sid });
    json(200, said.to_string())
}

/// 46elks says in plain words what is wrong, and knows no codes.
pub(super) fn refused(code: u16, _: u32) -> Response {
    let said = match code {
        401 => "API access requires Basic HTTP authentication.",
        400 => "Invalid value",
        _ => "Something went wrong",
    };
    (status(code), [(header::CONTENT_TYPE, "text/plain")], said).into_response()
}

pub(super) fn receipt(accept: &Accept, status: &str, at_ms: i64) -> Vec<(&'static str, String)> {
    let status = if status == "undelivered" { "failed" } else { status };
    vec![("id", accept.sid.clone()), ("status", status.to_owned()), ("delivered", time(at_ms))]
}

pub(super) fn reply(sid: &str, from: &str, to: &str, text: &str, at_ms: i64) -> Vec<(&'static str, String)> {
    let fields = [("direction", "incoming"), ("id", sid), ("from", from), ("to", to), ("message", text)];
    let mut fields = fields.map(|(name, value)| (name, value.to_owned())).to_vec();
    fields.push(("created", time(at_ms)));
    fields
}

/// A message as the list has it.
pub(super) fn listed(entry: &Entry) -> Value {
    let direction = if entry.incoming { "incoming" } else { "outgoing" };
    let status = match entry.status {
        "queued" => "created",
        "undelivered" => "failed",
        other => other,
    };
    json!({ "id": entry.sid, "direction": direction, "from": entry.from, "to": entry.to, "message": entry.body,
        "created": time(entry.at_ms), "status": status })
}

pub(super) fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

pub(super) async fn me(headers: HeaderMap) -> Response {
    if !knows(&headers) {
        return refused(401, 0);
    }
    json(200, json!({ "id": USERNAME, "displayname": "Lykten", "currency": "SEK", "balance": 100_000 }).to_string())
}
