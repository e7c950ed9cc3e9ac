//! The gateway as Twilio: a form comes in, JSON goes out, callbacks are signed over their address and fields.

use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use super::message::{Accept, Asked, Entry};
use super::wire::{fields, has_login, json, parameter};

/// The one account.
pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
/// Its secret.
pub const AUTH_TOKEN: &str = "fault-gateway-secret";

pub(super) fn knows(headers: &HeaderMap, account: &str) -> bool {
    account == ACCOUNT_SID && has_login(headers, ACCOUNT_SID, AUTH_TOKEN)
}

pub(super) fn read(body: &[u8]) -> Result<Asked, u32> {
    let fields = fields(body);
    let field = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
    let from = field("From").or_else(|| field("MessagingServiceSid"));
    let (Some(to), Some(from)) = (field("To"), from) else { return Err(21_604) };
    if !["Body", "MediaUrl", "ContentSid"].iter().any(|name| field(name).is_some()) {
        return Err(21_619);
    }
    let body = field("Body").unwrap_or_default();
    let callback = field("StatusCallback");
    let token = callback.as_deref().and_then(|url| parameter(url, "token"));
    Ok(Asked { to, from, body, token, callback, fields })
}

pub(super) fn taken(accept: &Accept) -> Response {
    json(201, json!({ "sid": accept.sid, "status": "queued", "error_code": null }).to_string())
}

pub(super) fn refused(status: u16, code: u32) -> Response {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    json(status, json!({ "code": code, "message": "refused", "more_info": more, "status": status }).to_string())
}

pub(super) fn receipt(accept: &Accept, status: &str, code: Option<u32>) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("MessageSid", accept.sid.clone()),
        ("SmsSid", accept.sid.clone()),
        ("AccountSid", ACCOUNT_SID.to_owned()),
        ("MessageStatus", status.to_owned()),
        ("SmsStatus", status.to_owned()),
        ("From", accept.from.clone()),
        ("To", accept.to.clone()),
        ("ApiVersion", "2010-04-01".to_owned()),
    ];
    fields.extend(code.map(|code| ("ErrorCode", code.to_string())));
    fields
}

pub(super) fn reply(sid: &str, from: &str, to: &str, text: &str) -> Vec<(&'static str, String)> {
    let fields = [
        ("MessageSid", sid),
        ("SmsSid", sid),
        ("SmsMessageSid", sid),
        ("AccountSid", ACCOUNT_SID),
        ("SmsStatus", "received"),
        ("NumMedia", "0"),
        ("NumSegments", "1"),
        ("From", from),
        ("To", to),
        ("Body", text),
        ("ApiVersion", "2010-04-01"),
    ];
    fields.map(|(name, value)| (name, value.to_owned())).into()
}

/// Twilio's signature over a URL and its fields.
pub fn sign(url: &str, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(AUTH_TOKEN.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A message as the list has it.
pub(super) fn listed(entry: &Entry) -> Value {
    let at = jiff::Timestamp::from_millisecond(entry.at_ms).unwrap_or_default();
    let at = jiff::fmt::rfc2822::to_string(&at.to_zoned_datetime(jiff::tz::TimeZone::UTC)).unwrap_or_default();
    let sent = (entry.status != "queued").then_some(&at);
    let direction = if entry.incoming { "inbound" } else { "outbound-api" };
    json!({
        "account_sid": ACCOUNT_SID, "sid": entry.sid, "direction": direction, "from": entry.from, "to": entry.to,
        "body": entry.body, "status": entry.status, "error_code": entry.code, "error_message": null, "num_media": "0",
        "num_segments": "1", "date_created": at, "date_sent": sent, "date_updated": at, "messaging_service_sid": null,
        "price": null, "price_unit": "USD", "api_version": "2010-04-01",
    })
}
