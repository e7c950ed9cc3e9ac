//! Webhook -> expected events.

use lykt::domain::reply::ReplyKind;
use lykt::gateway::{Class, Event, HookKind, ReceiptStatus, Token, Unreadable};

use super::{PERSON, twilio};

const SID: &str = "SM0123456789abcdef0123456789abcdef";

fn parse(kind: HookKind, query: &str, body: &str) -> Result<Vec<Event>, Unreadable> {
    twilio("http://a").parse(kind, query, body.as_bytes())
}

#[test]
fn an_answer_brings_who_what_and_whether_twilio_took_it_as_a_no() {
    let more = "&SmsStatus=received&To=%2B447700900001&NumMedia=2&Body=%D0%A1%D0%A2%D0%9E%D0%9F+%E2%9D%A4";
    for (hint, expected) in [("", None), ("&OptOutType=STOP", Some(ReplyKind::OptOut)), ("&OptOutType=HELP", None)] {
        let body = format!("MessageSid={SID}&From=%2B447700900123{more}{hint}");
        let events = parse(HookKind::Inbound, "", &body).unwrap();
        let [Event::Reply(reply)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((reply.from.expose(), reply.to.expose()), (PERSON, "+447700900001"));
        assert_eq!(reply.text.expose(), "СТОП ❤");
        assert_eq!((reply.provider_id.as_str(), reply.media, reply.hint), (SID, 2, expected));
        assert!(!format!("{reply:?}").contains("7700"));
    }
}

#[test]
fn a_picture_without_a_word_is_an_answer_too() {
    let body = format!("MessageSid={SID}&From=whatsapp%3A%2B447700900123&To=whatsapp%3A%2B447700900001&NumMedia=1");
    let events = parse(HookKind::Inbound, "", &body).unwrap();
    let [Event::Reply(reply)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((reply.from.expose(), reply.text.expose().as_str()), ("whatsapp:+447700900123", ""));
}

#[test]
fn each_status_is_as_far_as_the_message_came() {
    for (word, code, status, class) in [
        ("queued", "", ReceiptStatus::Accepted, None),
        ("sent", "", ReceiptStatus::Sent, None),
        ("delivered", "", ReceiptStatus::Delivered, None),
        ("read", "", ReceiptStatus::Read, None),
        ("undelivered", "30003", ReceiptStatus::Undelivered, Some(Class::Unreachable)),
        ("undelivered", "30005", ReceiptStatus::Undelivered, Some(Class::BadNumber)),
        ("failed", "21610", ReceiptStatus::Failed, Some(Class::OptedOut)),
        ("failed", "", ReceiptStatus::Failed, Some(Class::Other)),
        ("failed", "banana", ReceiptStatus::Failed, Some(Class::Other)),
        ("partially_delivered", "", ReceiptStatus::Accepted, None),
        ("hologram", "", ReceiptStatus::Accepted, None),
    ] {
        let body = format!("MessageSid={SID}&MessageStatus={word}&ErrorCode={code}");
        let events = parse(HookKind::Status, "token=token-00000001", &body).unwrap();
        let [Event::Receipt(receipt)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((receipt.status, receipt.class), (status, class), "{word} {code}");
        assert_eq!(receipt.token, Token::parse("token-00000001"));
    }
}

#[test]
fn a_receipt_without_a_usable_token_is_still_one() {
    for query in ["", "token=", "token=a%20b%20c%20d%20e", "tok=x", "token=%FF%FF%FF%FF%FF%FF%FF%FF", "&&&=&"] {
        let events = parse(HookKind::Status, query, &format!("MessageSid={SID}&MessageStatus=sent")).unwrap();
        assert!(matches!(&events[..], [Event::Receipt(receipt)] if receipt.token.is_none()), "{query}");
    }
}

#[test]
fn what_lacks_the_necessary_is_an_error_and_no_panic() {
    assert_eq!(parse(HookKind::Status, "", "a=b"), Err(Unreadable::Missing("MessageStatus")));
    assert_eq!(parse(HookKind::Status, "", "MessageStatus=sent"), Err(Unreadable::Missing("MessageSid")));
    let made = |body: &str| match parse(HookKind::Inbound, "", body).unwrap().remove(0) {
        Event::Reply(reply) => reply.provider_id,
        other => panic!("{other:?}"),
    };
    let no = made("From=%2B447700900123&Body=STOPP");
    assert!(no.is_made(), "an answer that lacks its id is one all the same");
    assert_eq!(
        (no == made("From=%2B447700900123&Body=STOPP"), no == made("From=%2B447700900123&Body=JA")),
        (true, false)
    );
    assert_eq!(parse(HookKind::Inbound, "", "Body=STOP"), Err(Unreadable::Missing("From")));
}
