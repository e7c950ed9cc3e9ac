//! WhatsApp through Twilio, as data: message -> request, answer -> verdict, webhook -> events, list -> what is asked.

use std::time::Duration;

use lykt::gateway::twilio::{Account, Twilio};
use lykt::gateway::{Body, Class, Code, Event, HookKind, Outgoing, Response, Template, Unsent, Variable, Verdict};
use serde_json::{Value, json};

use super::{account, message};
use crate::fault_gateway;

const OURS: &str = "whatsapp:+447700900001";
const ID: &str = "HX00000000000000000000000000000001";

pub fn on_whatsapp(base_url: &str) -> Account {
    Account { from: Some(OURS.to_owned()), ..account(base_url) }
}

pub fn template(names: &[Option<&str>]) -> Template {
    let place =
        |(n, name): (usize, &Option<&str>)| Variable { name: name.map(str::to_owned), value: format!("a\n{n}") };
    let variables = names.iter().enumerate().map(place).collect();
    Template { name: "vaccine".to_owned(), language: ID.to_owned(), variables, buttons: vec!["Stopp".to_owned()] }
}

fn fields(message: &Outgoing) -> Vec<(String, String)> {
    match Twilio::new(on_whatsapp("http://a")).unwrap().request(message).body {
        Body::Form(form) => form.into_iter().map(|(name, value)| (name, value.expose().clone())).collect(),
        _ => panic!("no form"),
    }
}

fn field(fields: &[(String, String)], name: &str) -> Option<String> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
}

#[test]
fn words_go_out_as_a_body_and_a_template_by_its_id_and_places() {
    let words = fields(&message(1));
    assert_eq!(field(&words, "To").as_deref(), Some("whatsapp:+447700900123"));
    assert_eq!(field(&words, "From").as_deref(), Some(OURS));
    assert!(field(&words, "Body").is_some() && field(&words, "ContentSid").is_none());

    let picture = || Some("https://lykt.example.org/media/0123.png".to_owned());
    let numbered = [None, None];
    for (names, media_url, places) in [
        (&numbered[..], None, json!({ "1": "a 0", "2": "a 1" })),
        (&numbered[..], picture(), json!({ "1": "a 0", "2": "a 1", "3": "0123.png" })),
        (&[Some("first")][..], picture(), json!({ "first": "a 0", "image": "0123.png" })),
    ] {
        let sent = fields(&Outgoing { template: Some(template(names)), media_url, ..message(2) });
        assert_eq!(field(&sent, "ContentSid").as_deref(), Some(ID));
        let said: Value = serde_json::from_str(&field(&sent, "ContentVariables").unwrap()).unwrap();
        assert_eq!(said, places);
        assert!(field(&sent, "Body").is_none() && field(&sent, "MediaUrl").is_none(), "what is said is the template's");
    }
    let bare = fields(&Outgoing { template: Some(template(&[])), ..message(3) });
    assert_eq!(field(&bare, "ContentVariables"), None);
}

#[test]
fn an_sms_takes_no_notice_of_a_template() {
    let request =
        Twilio::new(account("http://a")).unwrap().request(&Outgoing { template: Some(template(&[])), ..message(1) });
    let sent = String::from_utf8(request.body.bytes()).unwrap();
    assert!(sent.contains("Body=") && !sent.contains("Content") && !sent.contains("whatsapp"), "{sent}");
}

#[test]
fn a_refusal_on_whatsapp_is_told_apart() {
    let refused = |code: u32, class| Verdict::Refused { code: Some(Code::from(code)), class };
    let capped = Verdict::NotSent { why: Unsent::Capped, retry_after: Some(Duration::from_hours(24)) };
    for (code, expected) in [
        (63_003, refused(63_003, Class::BadNumber)),
        (63_024, refused(63_024, Class::BadNumber)),
        (63_016, refused(63_016, Class::Content)),
        (63_032, refused(63_032, Class::Blocked)),
        (63_041, refused(63_041, Class::Template)),
        (63_112, refused(63_112, Class::Config)),
        (63_018, capped.clone()),
        (63_049, capped),
    ] {
        let body = format!(r#"{{"code":{code},"message":"m","status":400}}"#);
        let sent = Ok(Response { status: 400, retry_after: None, body: Some(body.into_bytes()) });
        assert_eq!(Twilio::new(on_whatsapp("http://a")).unwrap().verdict(&sent), expected, "{code}");
    }
}

#[test]
fn a_signed_answer_on_whatsapp_becomes_a_reply_of_the_same_person() {
    let url = "https://lykt.example.org/hooks/twilio-wa/inbound";
    let fields = [
        ("From", "whatsapp:+447700900123"),
        ("To", OURS),
        ("MessageSid", "SM1"),
        ("SmsStatus", "received"),
        ("Body", "Stopp"),
        ("ButtonText", "Stopp"),
        ("WaId", "447700900123"),
        ("ProfileName", "Anna"),
    ];
    let headers = [("x-twilio-signature".to_owned(), fault_gateway::sign(url, &fields))];
    let body = reqwest::Url::parse_with_params("http://a", fields).unwrap().query().unwrap().to_owned();
    let twilio = Twilio::new(on_whatsapp("http://a")).unwrap();
    let hook = lykt::gateway::Hook { method: "POST", url, headers: &headers, body: body.as_bytes() };
    assert_eq!(twilio.verify(&hook), Ok(()));
    let events = twilio.parse(HookKind::Inbound, "", body.as_bytes()).unwrap();
    let [Event::Reply(reply)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((reply.from.expose(), reply.text.expose().as_str()), ("whatsapp:+447700900123", "Stopp"));
    assert!(!format!("{reply:?}").contains("Anna"));
}
