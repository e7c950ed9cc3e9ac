//! Gateways, through one harness: message -> expected request; response -> expected verdict; webhook -> expected
//! events; and what the wire may do to us.

mod callbacks;
mod codes;
mod cuts;
mod deadline;
mod declarative;
mod events;
mod faults;
mod hooks;
mod lists;
mod official;
mod requests;
mod shapes;
mod simulator;
mod specs;
mod twilio_whatsapp;
mod verdicts;
mod whatsapp;
mod whatsapp_hooks;

use crate::fault_gateway;
use lykt::domain::channel::Channel;
use lykt::domain::private::Private;
use lykt::gateway::twilio::{Account, Twilio};
use lykt::gateway::{Address, Gateway, Outgoing, Token};

/// The person that tests write to.
pub const PERSON: &str = "+447700900123";
/// A deadline that no test's clock reaches.
pub const NEVER: i64 = i64::MAX;

/// An account as the settings give it.
pub fn account(base_url: &str) -> Account {
    Account {
        name: "twilio-oslo".to_owned(),
        account_sid: fault_gateway::ACCOUNT_SID.to_owned(),
        auth_token: Private::new(fault_gateway::AUTH_TOKEN.to_owned()),
        shared_key: None,
        from: Some("+447700900001".to_owned()),
        messaging_service_sid: None,
        base_url: base_url.to_owned(),
        content_url: base_url.to_owned(),
        status_callback: Some("https://lykt.example.org/hooks/twilio-oslo/status".to_owned()),
    }
}

/// A Twilio account at an address.
pub fn twilio(base_url: &str) -> Gateway {
    Gateway::Twilio(Twilio::new(account(base_url)).unwrap())
}

/// One short message to the person, under the `n`th token.
pub fn message(n: usize) -> Outgoing {
    Outgoing {
        to: Address::new(PERSON),
        channel: Channel::Sms,
        text: Private::new("Hei! Gratis HPV-vaksine & lege. Svar STOPP for å slippe flere.".to_owned()),
        media_url: None,
        template: None,
        token: Token::parse(&format!("token-{n:08}")).unwrap(),
        validity_s: None,
        deadline_ms: NEVER,
    }
}
