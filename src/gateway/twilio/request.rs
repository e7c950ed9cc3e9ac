//! One message, as Twilio wants it asked for.
//!
//! Source: the Message resource of Twilio's official description of API 2010-04-01, and for templates Twilio's page on
//! sending them: what goes into the places is a JSON object as text, by the places' numbers or names.

use serde_json::Value;

use crate::domain::private::Private;
use crate::gateway::exchange::{Auth, Body, Request};
use crate::gateway::outgoing::{Outgoing, Template};
use crate::gateway::template::{one_line, picture_place};
use crate::gateway::twilio::account::Account;

/// Twilio holds a message at most this long, in seconds.
const LONGEST_VALIDITY_S: u32 = 36_000;

/// The query parameter of the status callback that carries the try's token.
pub(super) const TOKEN: &str = "token";

/// Asks for one message.
pub(super) fn message(account: &Account, message: &Outgoing) -> Request {
    let mut form = Vec::with_capacity(6);
    let mut field = |name: &str, value: &str| form.push((String::from(name), Private::new(value.to_owned())));
    field("To", &account.address_of(message.to.expose()));
    match (&account.messaging_service_sid, &account.from) {
        (Some(service), _) => field("MessagingServiceSid", service),
        (None, Some(from)) => field("From", from),
        (None, None) => {}
    }
    // An SMS has no template, whatever the campaign says for WhatsApp.
    match message.template.as_ref().filter(|_| account.sends_whatsapp()) {
        // The words and the picture are the template's own.
        Some(template) => {
            field("ContentSid", &template.language);
            let filled = filled(template, message.media_url.as_deref());
            filled.iter().for_each(|filled| field("ContentVariables", filled));
        }
        None => {
            field("Body", message.text.expose());
            message.media_url.iter().for_each(|url| field("MediaUrl", url));
        }
    }
    if let Some(url) = &account.status_callback {
        let joint = if url.contains('?') { '&' } else { '?' };
        field("StatusCallback", &format!("{url}{joint}{TOKEN}={}", message.token.expose()));
    }
    if let Some(seconds) = message.validity_s {
        field("ValidityPeriod", &seconds.clamp(1, LONGEST_VALIDITY_S).to_string());
    }
    Request::post(address(account, "/Messages.json"), login(account), Body::Form(form))
}

/// What goes into the places: each variable, and the picture's own name where there is one.
fn filled(template: &Template, media: Option<&str>) -> Option<String> {
    let places = (1..).zip(&template.variables).map(|(n, variable)| {
        (variable.name.clone().unwrap_or_else(|| n.to_string()), Value::from(one_line(&variable.value)))
    });
    let names = template.variables.iter().map(|variable| variable.name.as_deref());
    let picture = media.and_then(|url| Some((picture_place(names), Value::from(url.rsplit('/').next()?))));
    let filled: serde_json::Map<_, _> = places.chain(picture).collect();
    (!filled.is_empty()).then(|| Value::Object(filled).to_string())
}

/// Asks for the account itself: changes nothing, costs nothing.
pub(super) fn probe(account: &Account) -> Request {
    Request::get(address(account, ".json"), login(account))
}

pub(super) fn address(account: &Account, rest: &str) -> String {
    format!("{}/2010-04-01/Accounts/{}{rest}", account.base_url, account.account_sid)
}

pub(super) fn login(account: &Account) -> Auth {
    Auth::Basic(account.account_sid.clone(), account.auth_token.clone())
}
