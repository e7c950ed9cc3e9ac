//! The gateway's templates as Twilio lists them, one on a page; and answers on WhatsApp as Twilio tells them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::gateway::{FaultGateway, Shared};
use super::hooks::Hooks;
use super::shape::Shape;
use super::tell::signed;
use super::twilio::ACCOUNT_SID;
use super::wire::json;

impl FaultGateway {
    /// Posts one signed answer on WhatsApp, again and again while it is not taken: its fields besides those that every
    /// answer has; the last status.
    pub async fn reply_on_whatsapp(&self, hooks: &Hooks, account: &str, fields: &[(&'static str, &str)]) -> StatusCode {
        let head =
            [("AccountSid", ACCOUNT_SID), ("SmsStatus", "received"), ("ProfileName", "Anna"), ("NumSegments", "1")];
        let fields: Vec<_> = head.iter().chain(fields).map(|(name, value)| (*name, (*value).to_owned())).collect();
        let url = format!("{}/hooks/{account}/inbound", hooks.public);
        self.shared.until_taken(|| signed(hooks, &url, &fields)).await
    }
}

pub(super) async fn page(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if !Shape::Twilio.knows(&headers, ACCOUNT_SID) {
        return Shape::Twilio.refused_as(401);
    }
    let templates = shared.plan().templates.as_array().cloned().unwrap_or_default();
    let at: usize = asked.get("Page").and_then(|page| page.parse().ok()).unwrap_or(0);
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let next = (at + 1 < templates.len())
        .then(|| format!("http://{host}/v1/ContentAndApprovals?PageSize=1&Page={}&PageToken=DN1", at + 1));
    let contents: Vec<_> = templates.into_iter().skip(at).take(1).collect();
    let said = json!({ "contents": contents, "meta": { "page": at, "next_page_url": next, "key": "contents" } });
    json(200, said.to_string())
}
