//! One message, as the Cloud API wants it asked for.
//!
//! Source: `POST /{version}/{phone-number-id}/messages` in Meta's official description. A business-scoped user id goes
//! in `recipient`, a number in `to`.

use serde_json::{Value, json};

use crate::domain::private::Private;
use crate::gateway::exchange::{Auth, Body, Request};
use crate::gateway::form;
use crate::gateway::outgoing::{Outgoing, Template};
use crate::gateway::template::one_line;
use crate::gateway::whatsapp_cloud::account::Account;

/// Templates on a page.
const PAGE: &str = "100";

/// Asks for one message.
pub(super) fn message(account: &Account, message: &Outgoing) -> Request {
    let text = message.text.expose().as_str();
    let (kind, content) = match (&message.template, &message.media_url) {
        (Some(template), media) => ("template", with(template, media.as_deref())),
        (None, Some(link)) if text.is_empty() => ("image", json!({ "link": link })),
        (None, Some(link)) => ("image", json!({ "link": link, "caption": text })),
        (None, None) => ("text", json!({ "body": text })),
    };
    let address = message.to.expose();
    let (to, address) = match address.strip_prefix("whatsapp:") {
        Some(id) if !id.starts_with('+') => ("recipient", id),
        Some(number) => ("to", number),
        None => ("to", address),
    };
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": kind,
        "biz_opaque_callback_data": message.token.expose(),
    });
    body[to] = address.into();
    body[kind] = content;
    let body = Body::Json(Private::new(body.to_string().into_bytes()));
    Request::post(number(account, "/messages"), login(account), body)
}

/// A template with what goes into it.
fn with(template: &Template, media: Option<&str>) -> Value {
    let mut components = Vec::new();
    if let Some(link) = media {
        components.push(json!({ "type": "header", "parameters": [{ "type": "image", "image": { "link": link } }] }));
    }
    if !template.variables.is_empty() {
        let places = template.variables.iter().map(|variable| match &variable.name {
            Some(name) => json!({ "type": "text", "parameter_name": name, "text": one_line(&variable.value) }),
            None => json!({ "type": "text", "text": one_line(&variable.value) }),
        });
        components.push(json!({ "type": "body", "parameters": places.collect::<Vec<_>>() }));
    }
    for (index, payload) in template.buttons.iter().enumerate() {
        components.push(json!({
            "type": "button",
            "sub_type": "quick_reply",
            "index": index.to_string(),
            "parameters": [{ "type": "payload", "payload": payload }],
        }));
    }
    json!({ "name": template.name, "language": { "code": template.language }, "components": components })
}

/// Asks for the number itself: changes nothing, costs nothing.
pub(super) fn probe(account: &Account) -> Request {
    let fields = "?fields=id,display_phone_number,verified_name,quality_rating";
    Request::get(number(account, fields), login(account))
}

/// Asks to how many people the business may write first.
pub(super) fn messaging_limit(account: &Account) -> Request {
    Request::get(number(account, "?fields=whatsapp_business_manager_messaging_limit"), login(account))
}

/// Asks for a page of the templates.
pub(super) fn templates(account: &Account, after: Option<&str>) -> Request {
    let fields = "name,language,status,category,parameter_format,components";
    let mut query = vec![("fields", fields), ("limit", PAGE)];
    query.extend(after.map(|after| ("after", after)));
    let query = form::encode(query.into_iter());
    let Account { base_url, graph_version, waba_id, .. } = account;
    Request::get(format!("{base_url}/{graph_version}/{waba_id}/message_templates?{query}"), login(account))
}

fn number(account: &Account, rest: &str) -> String {
    format!("{}/{}/{}{rest}", account.base_url, account.graph_version, account.phone_number_id)
}

fn login(account: &Account) -> Auth {
    Auth::Bearer(account.access_token.clone())
}
