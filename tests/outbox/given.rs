//! What tests begin with: numbers that are nobody's, a campaign's definition, and the gateway's news.

use lykt::campaign::file::Definition;
use lykt::domain::message::ReceiptStatus;
use lykt::gateway::{Code, ProviderId, Receipt, Token};
use serde_json::{Value, json};

use crate::fault_gateway::Accept;
use crate::outbox::house::ACCOUNT;

pub fn number(n: u32) -> String {
    assert!(n < 999, "the numbers that are nobody's are used up");
    format!("+447700900{n:03}")
}

pub fn receipt_of(accept: &Accept, status: ReceiptStatus, code: Option<u32>) -> Receipt {
    Receipt {
        provider_id: ProviderId::parse(&accept.sid).unwrap(),
        token: accept.token.as_deref().and_then(Token::parse),
        status,
        code: code.map(Code::from),
        class: code.map(lykt::gateway::twilio::class_of),
        to: None,
    }
}

/// A campaign that is open at noon on working days; `other` replaces fields.
pub fn definition(name: &str, other: Value) -> Definition {
    let window =
        json!({ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "11:00", "until": "18:00", "holidays": "NO" });
    let mut definition = json!({
        "name": name, "title": "Vinter", "goal": null, "basis": "DPIA", "starts": "2026-01-01", "ends": "2027-01-31",
        "list": "lists/a.csv", "columns": { "phone": "telefon" }, "where": {}, "channels": ["sms"],
        "account": ACCOUNT, "sender": "Amanda", "image": null, "require_language": false, "variants": [],
        "window": window, "rate": "1000000/s", "follow_ups": [],
    });
    for (key, value) in other.as_object().unwrap() {
        definition[key] = value.clone();
    }
    serde_json::from_value(definition).unwrap()
}

/// A call three working days after the message.
pub fn with_call() -> Value {
    json!({ "follow_ups": [{ "after": "3 working days", "within": "7 days", "unless": [], "attempts": 2, "scripts": {} }] })
}
