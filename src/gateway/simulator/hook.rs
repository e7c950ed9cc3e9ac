//! The simulator's own webhooks: JSON that only it writes and reads.

use serde::{Deserialize, Serialize};

use crate::domain::private::Private;
use crate::gateway::error::Unreadable;
use crate::gateway::event::{Event, Receipt, ReceiptStatus, Reply};
use crate::gateway::outgoing::{Address, Token};
use crate::gateway::verdict::{Class, Code, ProviderId};

/// The sender that simulated people answer to.
const SENDER: &str = "simulator";

#[derive(Deserialize, Serialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
enum Told {
    Receipt { id: String, token: String, status: String, code: Option<u32>, class: Option<String> },
    Reply { id: String, from: String, to: String, text: String },
}

pub(super) fn receipt(id: &ProviderId, token: &Token, status: ReceiptStatus, why: Option<(u32, Class)>) -> Vec<u8> {
    write(&Told::Receipt {
        id: id.as_str().to_owned(),
        token: token.expose().to_owned(),
        status: status.as_str().to_owned(),
        code: why.map(|(code, _)| code),
        class: why.map(|(_, class)| class.as_str().to_owned()),
    })
}

pub(super) fn reply(id: &str, from: &Address, text: &str) -> Vec<u8> {
    write(&Told::Reply {
        id: id.to_owned(),
        from: from.expose().to_owned(),
        to: SENDER.to_owned(),
        text: text.to_owned(),
    })
}

fn write(told: &Told) -> Vec<u8> {
    serde_json::to_vec(told).expect("strings and numbers always have a JSON form")
}

/// Reads back what the simulator told.
pub fn parse(body: &[u8]) -> Result<Vec<Event>, Unreadable> {
    let id = |id: &str| ProviderId::parse(id).ok_or(Unreadable::Malformed);
    let event = match serde_json::from_slice(body).map_err(|_| Unreadable::Malformed)? {
        Told::Receipt { id: sid, token, status, code, class } => Event::Receipt(Receipt {
            provider_id: id(&sid)?,
            token: Token::parse(&token),
            status: ReceiptStatus::parse(&status).ok_or(Unreadable::Malformed)?,
            code: code.map(Code::from),
            class: class.as_deref().and_then(Class::parse),
            to: None,
        }),
        Told::Reply { id: sid, from, to, text } => Event::Reply(Reply {
            from: Address::new(from),
            to: Address::new(to),
            text: Private::new(text),
            provider_id: id(&sid)?,
            media: 0,
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: None,
        }),
    };
    Ok(vec![event])
}
