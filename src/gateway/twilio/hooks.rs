//! Twilio's webhooks: answers from people and receipts for messages.
//!
//! Which of the two a webhook is stands in the webhook itself; the address it came to decides only when it does not.
//! A console with the two addresses swapped must not cost anybody their STOP. Of a person on WhatsApp the profile's name
//! is not looked at.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::domain::handle::is_whatsapp_id;
use crate::domain::hex::hex;
use crate::domain::private::Private;
use crate::domain::reply::ReplyKind;
use crate::gateway::error::Unreadable;
use crate::gateway::event::{Event, HookKind, Receipt, ReceiptStatus, Reply};
use crate::gateway::form;
use crate::gateway::outgoing::{Address, Token};
use crate::gateway::twilio::{codes, request};
use crate::gateway::verdict::{Class, Code, ProviderId};

/// Reads a verified webhook.
pub(super) fn parse(kind: HookKind, query: &str, body: &[u8]) -> Result<Vec<Event>, Unreadable> {
    let fields = Fields::read(body)?;
    let status = fields.get("MessageStatus").or_else(|| fields.get("SmsStatus")).or_else(|| fields.get("EventType"));
    let reply = match (kind, status) {
        (_, Some("received" | "receiving")) | (HookKind::Inbound | HookKind::Any, None) => true,
        (HookKind::Inbound | HookKind::Any, Some(_)) => fields.get("Body").is_some(),
        (HookKind::Status, _) => false,
    };
    let event = if reply {
        Event::Reply(fields.reply()?)
    } else {
        Event::Receipt(fields.receipt(status.ok_or(Unreadable::Missing("MessageStatus"))?, query)?)
    };
    Ok(vec![event])
}

struct Fields<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// Twilio writes UTF-8. One byte that is none must not cost anybody their STOP: it becomes a mark, the rest stays.
fn text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
    }
}

impl<'a> Fields<'a> {
    fn read(body: &'a [u8]) -> Result<Self, Unreadable> {
        let pairs = form::decode(body).ok_or(Unreadable::TooManyParameters)?;
        Ok(Self(pairs.into_iter().map(|(name, value)| (text(name), text(value))).collect()))
    }

    /// A field that is there and not empty; the first, if there are several.
    fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(field, _)| field == name)?;
        Some(&**value).filter(|value| !value.is_empty())
    }

    fn sid(&self) -> Result<ProviderId, Unreadable> {
        let sid = self.get("MessageSid").or_else(|| self.get("SmsSid")).ok_or(Unreadable::Missing("MessageSid"))?;
        ProviderId::parse(sid).ok_or(Unreadable::Malformed)
    }

    fn reply(&self) -> Result<Reply, Unreadable> {
        let from = self.who()?;
        Ok(Reply {
            from: Address::new(from.as_str()),
            // Nothing depends on it, and a no must not.
            to: Address::new(self.get("To").unwrap_or_default()),
            text: Private::new(self.words().unwrap_or_default().to_owned()),
            // One that lacks its id must not cost anybody their STOP.
            provider_id: match self.sid() {
                Err(Unreadable::Missing(_)) => ProviderId::made(&[&from, self.words().unwrap_or_default()]),
                sid => sid?,
            },
            media: self.media(),
            hint: self.get("OptOutType").filter(|kind| kind.eq_ignore_ascii_case("STOP")).map(|_| ReplyKind::OptOut),
            also: self.also(&from),
            answers: self.get("OriginalRepliedMessageSid").and_then(ProviderId::parse),
            keyword: 0,
            written_at: None,
        })
    }

    /// Who wrote; an answer without a sender is somebody's all the same.
    fn who(&self) -> Result<String, Unreadable> {
        match (self.get("From"), self.sid()) {
            (Some(from), _) => Ok(from.to_owned()),
            (None, Ok(sid)) if self.words().is_some() || self.media() > 0 => {
                Ok(somebody(&sid, self.get("To").unwrap_or_default()))
            }
            (None, _) => Err(Unreadable::Missing("From")),
        }
    }

    fn media(&self) -> u32 {
        self.get("NumMedia").and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    /// What was written; else what stands on the button that was pressed, or the name of a place.
    fn words(&self) -> Option<&str> {
        ["Body", "ButtonText", "ListTitle", "Label", "Address"].into_iter().find_map(|name| self.get(name))
    }

    /// On WhatsApp a person may have a number and an id: whichever does not stand in `From`.
    fn also(&self, from: &str) -> Option<Address> {
        let from = from.strip_prefix("whatsapp:")?;
        let id = self.get("ExternalUserId").or_else(|| self.get("ExternalUserIdentifier"));
        let id = id.map(|id| format!("whatsapp:{}", id.trim_start_matches("whatsapp:")));
        let number = self.get("WaId").filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let other = match from.starts_with('+') {
            true => id.filter(|id| is_whatsapp_id(id)),
            false => number.map(|digits| format!("whatsapp:+{digits}")),
        };
        other.map(Address::new)
    }

    fn receipt(&self, status: &str, query: &str) -> Result<Receipt, Unreadable> {
        let code = self.get("ErrorCode").and_then(|code| code.parse().ok()).filter(|code| *code != 0);
        let (status, class) = self::status(status, code);
        let no = class.filter(|class| class.is_a_no());
        let to = no.and_then(|_| self.get("To")).map(|to| Address::new(to.to_owned()));
        Ok(Receipt { provider_id: self.sid()?, token: token(query), status, code: code.map(Code::from), class, to })
    }
}

/// Somebody whom Twilio does not name: known by what they sent, so that the same told twice is one person's.
pub(super) fn somebody(sid: &ProviderId, ours: &str) -> String {
    let channel = if ours.starts_with("whatsapp:") { "whatsapp:" } else { "" };
    format!("{channel}unknown-{}", &hex(&Sha256::digest(sid.as_str())[..8]))
}

/// What Twilio's word for a status and its code say, in callbacks and in the list alike.
pub(super) fn status(word: &str, code: Option<u32>) -> (ReceiptStatus, Option<Class>) {
    let status = match word.to_ascii_lowercase().as_str() {
        "sent" => ReceiptStatus::Sent,
        "delivered" => ReceiptStatus::Delivered,
        "undelivered" => ReceiptStatus::Undelivered,
        // A message that was called back never went out.
        "failed" | "canceled" => ReceiptStatus::Failed,
        "read" => ReceiptStatus::Read,
        // accepted, scheduled, queued, sending, partially_delivered, and what Twilio thinks of next year.
        _ => ReceiptStatus::Accepted,
    };
    (status, status.is_bad().then(|| codes::class_of(code.unwrap_or(0))))
}

fn token(query: &str) -> Option<Token> {
    let pairs = form::decode(query.as_bytes())?;
    let (_, token) = pairs.into_iter().find(|(name, _)| **name == *request::TOKEN.as_bytes())?;
    Token::parse(std::str::from_utf8(&token).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: &str = "SM0123456789abcdef0123456789abcdef";

    fn receipt(status: &str, more: &str) -> Receipt {
        let body = format!("MessageSid={SID}&MessageStatus={status}&To=%2B447700900123{more}");
        match parse(HookKind::Status, "token=tok-00000001", body.as_bytes()).unwrap().remove(0) {
            Event::Receipt(receipt) => receipt,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn whom_it_was_sent_to_is_kept_only_where_they_said_no() {
        assert_eq!(receipt("failed", "&ErrorCode=21610").to, Some(Address::new("+447700900123")));
        assert_eq!(receipt("undelivered", "&ErrorCode=30005").to, None);
        assert_eq!(receipt("delivered", "").to, None);
    }

    #[test]
    fn a_receipt_brings_its_token_status_code_and_meaning() {
        let receipt = receipt("undelivered", "&ErrorCode=30005");
        assert_eq!(receipt.token, Token::parse("tok-00000001"));
        assert_eq!((receipt.provider_id.as_str(), receipt.status), (SID, ReceiptStatus::Undelivered));
        assert_eq!(receipt.code, Some(Code::from(30005)));
        assert!(receipt.class.unwrap().never_reached_never_will());
    }

    #[test]
    fn a_status_nobody_knows_proves_that_twilio_has_the_message() {
        for status in ["queued", "scheduled", "partially_delivered", "teleported"] {
            assert_eq!(receipt(status, "").status, ReceiptStatus::Accepted);
        }
        assert_eq!(receipt("delivered", "&ErrorCode=").class, None);
    }

    fn whatsapp(more: &str) -> Reply {
        let body = format!("SmsStatus=received&To=whatsapp%3A%2B447700900001&MessageSid={SID}&ProfileName=Anna&{more}");
        match parse(HookKind::Inbound, "", body.as_bytes()).unwrap().remove(0) {
            Event::Reply(reply) => reply,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_on_whatsapp_may_be_a_button_a_picture_or_a_place() {
        let from = "From=whatsapp%3A%2B447700900123&WaId=447700900123";
        for (more, words, media) in [
            ("Body=STOPP&NumMedia=0", "STOPP", 0),
            ("Body=Stopp&ButtonText=Stopp&ButtonPayload=stopp&MessageType=button", "Stopp", 0),
            ("Body=&ButtonText=Nei%20takk&ButtonPayload=no", "Nei takk", 0),
            ("Body=&ListTitle=Oslo&ListId=1", "Oslo", 0),
            ("Body=&NumMedia=1&MediaContentType0=image%2Fjpeg&MediaUrl0=https%3A%2F%2Fa.example%2F1", "", 1),
            ("Body=&Latitude=59.9&Longitude=10.7&Label=Lykten", "Lykten", 0),
        ] {
            let reply = whatsapp(&format!("{from}&{more}"));
            assert_eq!((reply.text.expose().as_str(), reply.media), (words, media), "{more}");
            assert_eq!((reply.from.expose(), reply.also), ("whatsapp:+447700900123", None));
        }
    }

    #[test]
    fn who_comes_with_an_id_and_a_number_is_one_person() {
        let also = |fields: &str| whatsapp(&format!("Body=Hei&{fields}")).also.map(|also| also.expose().to_owned());
        let number = "From=whatsapp%3A%2B447700900123&WaId=447700900123";
        assert_eq!(also(&format!("{number}&ExternalUserId=GB.1502576394")).as_deref(), Some("whatsapp:GB.1502576394"));
        assert_eq!(also(&format!("{number}&ExternalUserId=anna")), None);
        assert!(also(&format!("{number}&ExternalUserIdentifier=GB.1502576394")).is_some());
        let id = "From=whatsapp%3AGB.1502576394&ExternalUserId=GB.1502576394";
        assert_eq!(also(&format!("{id}&WaId=447700900123")).as_deref(), Some("whatsapp:+447700900123"));
        assert_eq!((also(id), also(&format!("{id}&WaId=GB.1502576394"))), (None, None));
    }

    #[test]
    fn a_receipt_on_whatsapp_may_say_what_happened_in_its_own_word() {
        let body = format!("MessageSid={SID}&EventType=READ&ChannelPrefix=whatsapp&ChannelToAddress=%2B4477009XXXX");
        let events = parse(HookKind::Status, "token=tok-00000001", body.as_bytes()).unwrap();
        assert!(matches!(&events[..], [Event::Receipt(receipt)] if receipt.status == ReceiptStatus::Read));
        assert_eq!(receipt("read", "&EventType=READ").status, ReceiptStatus::Read);
        let gone = receipt("undelivered", "&ErrorCode=63003&EventType=UNDELIVERED");
        assert!(gone.class.unwrap().never_reached_never_will());
        assert_eq!(receipt("failed", "&ErrorCode=63049").class, Some(Class::Capped));
    }

    #[test]
    fn an_answer_at_the_wrong_address_is_still_an_answer() {
        let body = format!("SmsStatus=received&From=%2B447700900123&To=%2B447700900001&MessageSid={SID}&Body=STOP");
        for kind in [HookKind::Inbound, HookKind::Status] {
            let events = parse(kind, "", body.as_bytes()).unwrap();
            assert!(matches!(&events[..], [Event::Reply(reply)] if reply.text.expose() == "STOP"), "{kind:?}");
        }
        let receipt = format!("MessageSid={SID}&MessageStatus=sent");
        let events = parse(HookKind::Inbound, "", receipt.as_bytes()).unwrap();
        assert!(matches!(&events[..], [Event::Receipt(_)]));
    }

    #[test]
    fn bytes_that_are_no_text_leave_the_rest_readable() {
        let body = b"SmsStatus=received&From=%2B447700900123&To=%2B447700900001&MessageSid=SM1&Body=STOP%FF&x=\xfe";
        let events = parse(HookKind::Inbound, "", body).unwrap();
        assert!(matches!(&events[..], [Event::Reply(reply)] if reply.text.expose() == "STOP\u{fffd}"), "{events:?}");
    }

    #[test]
    fn an_answer_whose_sender_is_missing_is_somebodys_by_its_id() {
        let from = |fields: &str| match parse(HookKind::Inbound, "", fields.as_bytes()).unwrap().remove(0) {
            Event::Reply(reply) => (reply.from.expose().to_owned(), reply.provider_id.as_str().to_owned()),
            other => panic!("{other:?}"),
        };
        let one = from("SmsStatus=received&From=&To=%2B447700900001&MessageSid=SM1&Body=STOPP");
        assert!(one.0.starts_with("unknown-") && one.1 == "SM1", "{one:?}");
        assert_eq!(from("MessageSid=SM1&Body=STOPP"), one, "the same told again");
        assert_ne!(from("MessageSid=SM2&Body=STOPP").0, one.0);
        assert!(from("MessageSid=SM3&NumMedia=1").0.starts_with("unknown-"));
        let whatsapp = from("From=&To=whatsapp%3A%2B447700900001&MessageSid=SM4&Body=hei");
        assert!(whatsapp.0.starts_with("whatsapp:unknown-"), "{whatsapp:?}");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let parse = |body: &[u8]| parse(HookKind::Inbound, "", body).unwrap_err();
        assert_eq!(parse(b""), Unreadable::Missing("From"));
        assert_eq!(parse(b"Body=STOPP"), Unreadable::Missing("From"));
        assert_eq!(parse(b"MessageSid=SM1"), Unreadable::Missing("From"));
        assert_eq!(parse(b"From=1&To=2&MessageSid=%00"), Unreadable::Malformed);
        assert_eq!(parse("a=1&".repeat(100_000).as_bytes()), Unreadable::TooManyParameters);
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_the_reader_panic(body in proptest::collection::vec(0u8.., 0..300), query in ".{0,40}") {
            let _ = parse(HookKind::Inbound, &query, &body);
            let _ = parse(HookKind::Status, &query, &body);
        }
    }
}
