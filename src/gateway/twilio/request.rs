//! One message, as Twilio wants it asked for.
//!
//! Source: the Message resource of Twilio's official description of API 2010-04-01.

use crate::domain::private::Private;
use crate::gateway::exchange::{Auth, Body, Request};
use crate::gateway::outgoing::Outgoing;
use crate::gateway::twilio::account::Account;

/// Twilio holds a message at most this long, in seconds.
const LONGEST_VALIDITY_S: u32 = 36_000;

/// The query parameter of the status callback that carries the try's token.
pub(super) const TOKEN: &str = "token";

/// Asks for one message.
pub(super) fn message(account: &Account, message: &Outgoing) -> Request {
    let mut form = Vec::with_capacity(6);
    let mut field = |name: &str, value: &str| form.push((String::from(name), Private::new(value.to_owned())));
    field("To", message.to.expose());
    match (&account.messaging_service_sid, &account.from) {
        (Some(service), _) => field("MessagingServiceSid", service),
        (None, Some(from)) => field("From", from),
        (None, None) => {}
    }
    field("Body", message.text.expose());
    if let Some(url) = &message.media_url {
        field("MediaUrl", url);
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
