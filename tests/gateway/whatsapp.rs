//! The WhatsApp Cloud API: message -> request, answer -> verdict, webhook -> events, as data.

use std::collections::BTreeSet;
use std::time::Duration;

use lykt::domain::private::Private;
use lykt::domain::reply::ReplyKind;
use lykt::gateway::http::Http;
use lykt::gateway::template::Wanted;
use lykt::gateway::whatsapp_cloud::{Account, WhatsAppCloud, class_of};
use lykt::gateway::{
    About, Address, Auth, Body, Class, Doubt, Event, Failure, Forbidden, Gateway, Hook, HookKind, Outgoing, Probe,
    ReceiptStatus, Reply, Response, Sent, Template, Token, Unreadable, Unsent, Variable, Verdict,
};
use serde_json::{Value, json};

use crate::fault_gateway::{self, Fault, FaultGateway};
use crate::{PERSON, message, specs};

use fault_gateway::whatsapp::NUMBER_ID;

pub fn account(base_url: &str) -> Account {
    let secret = |word: &str| Private::new(word.to_owned());
    Account {
        name: "wa-oslo".to_owned(),
        phone_number_id: NUMBER_ID.to_owned(),
        waba_id: "102290129340398".to_owned(),
        access_token: secret("EAAB-token"),
        app_secret: secret("app-secret-0123456789abcdef"),
        verify_token: secret("sesame"),
        graph_version: "v25.0".to_owned(),
        base_url: base_url.to_owned(),
    }
}

fn whatsapp() -> WhatsAppCloud {
    WhatsAppCloud::new(account("http://a")).unwrap()
}

fn template() -> Template {
    let variable =
        |name: Option<&str>, value: &str| Variable { name: name.map(str::to_owned), value: value.to_owned() };
    Template {
        name: "vaccine".to_owned(),
        language: "nb".to_owned(),
        variables: vec![variable(None, "Amanda"), variable(None, "Oslo\n\tsentrum     nord")],
        buttons: vec!["Ja takk".to_owned(), "Stopp".to_owned()],
    }
}

fn asked(message: &Outgoing) -> Value {
    let request = whatsapp().request(message);
    assert_eq!(request.url, format!("http://a/v25.0/{NUMBER_ID}/messages"));
    assert!(matches!(&request.auth, Auth::Bearer(token) if token.expose() == "EAAB-token"));
    match &request.body {
        Body::Json(json) => serde_json::from_slice(json.expose()).unwrap(),
        _ => panic!("no JSON"),
    }
}

#[test]
fn each_kind_of_message_becomes_the_document_that_meta_describes() {
    let picture = || Some("https://lykt.example.org/media/x.png".to_owned());
    let short = || Private::new("Hei".to_owned());
    let head = |to: Value, kind: &str, content: Value| {
        let mut document = json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "type": kind,
            "biz_opaque_callback_data": "token-00000001" });
        document.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
        document[kind] = content;
        document
    };
    let to = || json!({ "to": PERSON });
    let link = json!({ "link": "https://lykt.example.org/media/x.png" });
    let text = |text: &str| json!({ "type": "text", "text": text });
    for (outgoing, expected) in [
        (Outgoing { text: short(), ..message(1) }, head(to(), "text", json!({ "body": "Hei" }))),
        (
            Outgoing { text: short(), media_url: picture(), ..message(1) },
            head(to(), "image", json!({ "link": "https://lykt.example.org/media/x.png", "caption": "Hei" })),
        ),
        (
            Outgoing { text: Private::new(String::new()), media_url: picture(), ..message(1) },
            head(to(), "image", link.clone()),
        ),
        (
            Outgoing { to: Address::new("whatsapp:NO.1502576394655843"), text: short(), ..message(1) },
            head(json!({ "recipient": "NO.1502576394655843" }), "text", json!({ "body": "Hei" })),
        ),
        (
            Outgoing { template: Some(template()), media_url: picture(), ..message(1) },
            head(
                to(),
                "template",
                json!({ "name": "vaccine", "language": { "code": "nb" }, "components": [
                    { "type": "header", "parameters": [{ "type": "image", "image": link }] },
                    { "type": "body", "parameters": [text("Amanda"), text("Oslo sentrum nord")] },
                    { "type": "button", "sub_type": "quick_reply", "index": "0",
                      "parameters": [{ "type": "payload", "payload": "Ja takk" }] },
                    { "type": "button", "sub_type": "quick_reply", "index": "1",
                      "parameters": [{ "type": "payload", "payload": "Stopp" }] },
                ] }),
            ),
        ),
    ] {
        assert_eq!(asked(&outgoing), expected);
    }
    let named = Variable { name: Some("sender".to_owned()), value: "Amanda".to_owned() };
    let named = Template { variables: vec![named], buttons: Vec::new(), ..template() };
    assert_eq!(
        asked(&Outgoing { template: Some(named), ..message(1) })["template"]["components"],
        json!([{ "type": "body", "parameters": [{ "type": "text", "parameter_name": "sender", "text": "Amanda" }] }])
    );
}

#[test]
fn every_field_is_one_of_the_official_description() {
    let Some(spec) = specs::read("whatsapp_cloud_openapi.prism.json") else { return };
    let schemas = &spec["components"]["schemas"];
    let known = |name: &str| -> BTreeSet<String> {
        let all = schemas[name]["allOf"].as_array().cloned().unwrap_or_else(|| vec![schemas[name].clone()]);
        let parts = all.iter().map(|part| {
            let part = part["$ref"].as_str().map_or(part, |at| spec.pointer(&at[1..]).unwrap());
            part["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        });
        parts.flatten().collect()
    };
    let picture = Some("https://lykt.example.org/media/x.png".to_owned());
    for (outgoing, name) in [
        (message(1), "TextMessage"),
        (Outgoing { media_url: picture.clone(), ..message(1) }, "ImageMessage"),
        (Outgoing { media_url: picture, template: Some(template()), ..message(1) }, "TemplateMessage"),
    ] {
        let asked = asked(&outgoing);
        let known = known(name);
        assert!(asked.as_object().unwrap().keys().all(|key| known.contains(key)), "{name}: {known:?}");
        for key in ["messaging_product", "to", "type"] {
            assert!(asked[key].is_string(), "{key}");
        }
        let components = asked["template"]["components"].as_array().cloned().unwrap_or_default();
        for component in components {
            let kinds = &schemas["TemplateComponent"]["properties"]["type"]["enum"];
            assert!(kinds.as_array().unwrap().contains(&component["type"]), "{component}");
        }
    }
    assert!(asked(&message(1))["biz_opaque_callback_data"].as_str().unwrap().len() <= 512);
}

#[test]
fn nothing_of_person_or_secret_is_printed() {
    let shown = format!("{:?} {:?} {:?}", whatsapp().request(&message(1)), whatsapp(), template());
    for secret in [PERSON, "HPV", "EAAB", "app-secret", "sesame", "token-", "Amanda"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn answer(status: u16, body: &str) -> Sent {
    Ok(Response { status, retry_after: None, body: Some(body.as_bytes().to_vec()) })
}

fn meta_says(status: u16, code: u32) -> Sent {
    let body = json!({ "error": { "message": "(#1) m", "type": "OAuthException", "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": "d" }, "fbtrace_id": "A" } });
    answer(status, &body.to_string())
}

const TAKEN: &str = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+447700900123","wa_id":"447700900123"}],
    "messages":[{"id":"wamid.HBgLNDQ3NzAwOTAwMTIzFQIAERgSOTlD==","message_status":"accepted"}]}"#;

#[test]
fn what_meta_took_is_accepted_under_its_id() {
    let Verdict::Accepted { provider_id } = whatsapp().verdict(&answer(200, TAKEN)) else { panic!() };
    assert_eq!(provider_id.as_str(), "wamid.HBgLNDQ3NzAwOTAwMTIzFQIAERgSOTlD==");
}

#[test]
fn anything_else_that_is_no_word_of_metas_is_a_doubt() {
    let long = format!(r#"{{"messages":[{{"id":"wamid.{}"}}]}}"#, "A".repeat(10_240));
    let two = r#"{"messages":[{"id":"wamid.A"},{"id":"wamid.B"}]}"#;
    let error = r#"{"error":{"message":"m","type":"t","code":131026}}"#;
    for body in ["", "<html>", "{}", r#"{"messages":[]}"#, r#"{"messages":[{"id":"wamid.\u0000"}]}"#, &long, two, error]
    {
        assert_eq!(whatsapp().verdict(&answer(200, body)), Verdict::InDoubt { why: Doubt::Unreadable }, "{body:.40}");
    }
    let doubt = |sent: Sent| match whatsapp().verdict(&sent) {
        Verdict::InDoubt { why } => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(doubt(answer(302, "")), Doubt::Redirect);
    assert_eq!(doubt(answer(500, "")), Doubt::ServerError);
    assert_eq!(doubt(answer(502, error.replace("131026", "\"x\"").as_str())), Doubt::ServerError);
    assert_eq!(doubt(answer(403, "proxy")), Doubt::Unreadable);
    assert_eq!(doubt(answer(400, r#"{"error":{"code":131026}}"#)), Doubt::Unreadable, "not in Meta's form");
    assert_eq!(doubt(meta_says(400, 139_999)), Doubt::Unreadable);
    for code in [1, 2, 131_000, 131_016, 135_000] {
        assert_eq!(doubt(meta_says(500, code)), Doubt::ServerError, "{code}");
    }
    assert_eq!(doubt(Err(Failure::Timeout)), Doubt::Timeout);
    assert_eq!(doubt(Err(Failure::Broken)), Doubt::Broken);
}

#[test]
fn a_documented_refusal_is_a_refusal_and_says_what_it_means() {
    for (status, code, class) in [
        (400, 131_026, Class::BadNumber),
        (400, 131_050, Class::OptedOut),
        (401, 190, Class::Config),
        (403, 10, Class::Config),
        (403, 368, Class::Config),
        (400, 131_048, Class::Config),
        (404, 132_001, Class::Template),
        (400, 132_015, Class::Template),
        (400, 131_047, Class::Content),
        (400, 131_009, Class::Content),
        (403, 130_497, Class::Unroutable),
        (400, 130_472, Class::Blocked),
    ] {
        let expected = Verdict::Refused { code: Some(code.into()), class };
        assert_eq!(whatsapp().verdict(&meta_says(status, code)), expected, "{code}");
    }
    assert_eq!(whatsapp().verdict(&answer(401, "")), Verdict::Refused { code: None, class: Class::Config });
}

#[test]
fn too_fast_waits_as_long_as_meta_wants() {
    let wait = |sent: Sent| match whatsapp().verdict(&sent) {
        Verdict::NotSent { why, retry_after } => (why, retry_after.map(|wait| wait.as_secs())),
        other => panic!("{other:?}"),
    };
    assert_eq!(wait(meta_says(429, 130_429)), (Unsent::Throttled, Some(5)));
    assert_eq!(wait(meta_says(400, 80_007)), (Unsent::Throttled, Some(120)));
    assert_eq!(wait(meta_says(500, 131_057)), (Unsent::Throttled, Some(300)));
    assert_eq!(wait(meta_says(400, 131_056)), (Unsent::Capped, Some(10)));
    assert_eq!(wait(meta_says(400, 131_049)), (Unsent::Capped, Some(86_400)));
    let asked = Some(Duration::from_secs(60));
    let longer = meta_says(429, 130_429).map(|response| Response { retry_after: asked, ..response });
    assert_eq!(wait(longer), (Unsent::Throttled, Some(60)));
    assert_eq!(wait(answer(429, "")), (Unsent::Throttled, None));
    assert_eq!(wait(Err(Failure::Connect)), (Unsent::NoConnection, None));
    assert_eq!(wait(Err(Failure::Late)), (Unsent::PastDeadline, None));
}

#[test]
fn every_collected_code_means_what_was_collected() {
    let Some(spec) = specs::read("error_codes.json") else { return };
    for row in spec["whatsapp"].as_array().unwrap() {
        let code = u32::try_from(row["code"].as_u64().unwrap()).unwrap();
        let said = row["class"].as_str().unwrap();
        let expected: &[Class] = match (code, said) {
            (131_049 | 131_056, _) => &[Class::Capped],
            (1 | 2 | 131_000 | 131_016 | 135_000, _) => &[Class::Other],
            (133_016, _) => &[Class::Other],
            (131_021 | 131_026, _) => &[Class::BadNumber],
            (131_052, _) => &[Class::Content],
            (130_497, _) => &[Class::Unroutable],
            (132_000..=132_020, _) => &[Class::Template, Class::Content],
            (_, said) if said.contains("opt-out") => &[Class::OptedOut],
            (_, said) if said.contains("config") || said.contains("human") => &[Class::Config, Class::Blocked],
            (_, said) if said.contains("backoff") || said.contains("minutes") => &[Class::Throttled],
            (_, said) if said.contains("bug") || said.contains("content") => &[Class::Content],
            (_, said) if said.contains("no retry") => &[Class::Blocked, Class::Content],
            (131_062, _) => &[Class::Content],
            _ => panic!("a new code: {code} {said}"),
        };
        assert!(expected.contains(&class_of(code)), "{code} {said}: {:?}", class_of(code));
    }
}

#[test]
fn the_harmless_call_tells_a_wrong_secret_from_another_number() {
    let probe = |sent: Sent| whatsapp().probe(&sent);
    assert!(whatsapp().probe_request().url.starts_with(&format!("http://a/v25.0/{NUMBER_ID}?fields=id,")));
    assert_eq!(probe(answer(200, &format!(r#"{{"id":"{NUMBER_ID}","verified_name":"Lykten"}}"#))), Probe::Works);
    assert_eq!(probe(answer(200, r#"{"id":"1"}"#)), Probe::Unexpected);
    assert_eq!(probe(answer(200, "<html>")), Probe::Unexpected);
    assert_eq!(probe(meta_says(401, 190)), Probe::WrongSecret);
    assert_eq!(probe(meta_says(400, 100)), Probe::WrongSecret);
    assert_eq!(probe(meta_says(403, 131_031)), Probe::Inactive);
    assert_eq!(probe(answer(503, "")), Probe::Unreachable);
    assert_eq!(probe(Err(Failure::Connect)), Probe::Unreachable);
}

// Webhooks.

fn parse(body: &Value) -> Vec<Event> {
    Gateway::WhatsAppCloud(whatsapp()).parse(HookKind::Any, "", body.to_string().as_bytes()).unwrap()
}

fn hook(field: &str, values: &[Value]) -> Value {
    let change = |value: &Value| {
        let mut value = value.clone();
        value["metadata"] = json!({ "display_phone_number": "447700900001", "phone_number_id": NUMBER_ID });
        json!({ "field": field, "value": value })
    };
    let changes: Vec<Value> = values.iter().map(change).collect();
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": changes }] })
}

fn reply(event: &Event) -> &Reply {
    match event {
        Event::Reply(reply) => reply,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_sample_of_metas_is_an_answer_with_its_words() {
    for (file, words, files) in [
        ("text_message", "Does it come in another color?", 0),
        ("text_message_from_click_to_whatsapp_ad", "Hello! Can I get more info on this?", 0),
        ("text_message_with_context_product_inquiry", "Is this still available?", 0),
        ("button_message", "Unsubscribe", 0),
        ("interactive_button_reply_message", "Cancel", 0),
        ("interactive_list_reply_message", "Priority Mail Express", 0),
        ("image_message", "Taj Mahal", 1),
        ("location_message", "Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301", 0),
        ("contact_sharing_message", "", 0),
        ("order_message", "", 0),
        ("reaction_message", "👍", 0),
        ("system_message", "User Sheena Nelson changed from 16505551234 to 12195555358", 0),
        ("unsupported_message", "", 0),
    ] {
        let Some(body) = specs::read(&format!("whatsapp_webhooks/meta_{file}.json")) else { return };
        let events = parse(&body);
        let [event] = &events[..] else { panic!("{file}: {events:?}") };
        let reply = reply(event);
        assert_eq!((reply.text.expose().as_str(), reply.media), (words, files), "{file}");
        assert_eq!(reply.from.expose(), "whatsapp:+16505551234", "{file}");
        assert!(reply.provider_id.as_str().starts_with("wamid."), "{file}");
        assert_eq!(reply.hint, None);
        let moved = (file == "system_message").then_some("whatsapp:+12195555358");
        assert_eq!(reply.also.as_ref().map(Address::expose), moved, "{file}");
        assert!(!format!("{reply:?}").contains("1650"));
    }
    for file in ["group_create_message", "group_remove_participants", "group_settings_update"] {
        let Some(body) = specs::read(&format!("whatsapp_webhooks/meta_{file}.json")) else { return };
        assert_eq!(parse(&body), [], "{file}");
    }
}

#[test]
fn who_writes_with_a_number_an_id_or_both_is_known_by_what_there_is() {
    let contact = |number: Value, id: Value| json!({ "profile": { "name": "A" }, "wa_id": number, "user_id": id });
    let text = |from: Value, id: Value| json!({ "from": from, "from_user_id": id, "id": "wamid.A", "type": "text", "text": { "body": "Hei" } });
    let (number, id) = (json!("447700900123"), json!("GB.1502576394655843"));
    let both = ("whatsapp:+447700900123", Some("whatsapp:GB.1502576394655843"));
    let none = Value::Null;
    for (contacts, message, expected) in [
        (json!([contact(number.clone(), id.clone())]), text(number.clone(), id.clone()), both),
        (json!([contact(number.clone(), id.clone())]), text(number.clone(), none.clone()), both),
        (json!([contact(number.clone(), id.clone())]), text(none.clone(), id.clone()), both),
        (json!([contact(none.clone(), id.clone())]), text(number.clone(), none.clone()), both),
        (json!([]), text(number.clone(), none.clone()), ("whatsapp:+447700900123", None)),
        (json!([]), text(none.clone(), id.clone()), ("whatsapp:GB.1502576394655843", None)),
        (
            json!([contact(json!("447700900999"), id.clone())]),
            text(number.clone(), none.clone()),
            ("whatsapp:+447700900123", None),
        ),
        (json!("x"), text(json!("<b>"), json!("NO.<b>")), ("whatsapp:unknown", None)),
    ] {
        let events = parse(&hook("messages", &[json!({ "contacts": contacts, "messages": [message] })]));
        let reply = reply(&events[0]);
        assert_eq!((reply.from.expose(), reply.also.as_ref().map(Address::expose)), expected);
        assert_eq!(reply.to.expose(), "whatsapp:+447700900001");
    }
}

#[test]
fn who_has_another_number_or_id_now_is_still_one_person() {
    let system = |message: Value| {
        let events = parse(&hook("messages", &[json!({ "messages": [message] })]));
        let reply = reply(&events[0]);
        (reply.from.expose().to_owned(), reply.also.as_ref().map(|also| also.expose().to_owned()))
    };
    let number = json!({ "from": "447700900123", "id": "wamid.A", "type": "system", "system": { "body": "b",
        "type": "user_changed_number", "wa_id": "447700900124", "user_id": "GB.2", "previous_user_id": "GB.1" } });
    let moved = ("whatsapp:+447700900123".to_owned(), Some("whatsapp:+447700900124".to_owned()));
    assert_eq!(system(number), moved);
    let id = json!({ "id": "wamid.B", "type": "system", "system": { "body": "b", "type": "user_changed_user_id",
        "user_id": "GB.2", "previous_user_id": "GB.1" } });
    assert_eq!(system(id), ("whatsapp:GB.1".to_owned(), Some("whatsapp:GB.2".to_owned())));
}

#[test]
fn one_bad_item_in_a_batch_costs_no_other() {
    let text = |n: u32| json!({ "from": "447700900123", "id": format!("wamid.{n}"), "type": "text", "text": { "body": "Hei" } });
    let body = json!({ "entry": [
        7,
        { "changes": "x" },
        { "changes": [{ "value": { "messages": [text(1), "odd", { "type": 9 }, text(2)], "statuses": [{}, null] } }, null] },
        { "changes": [{ "value": { "statuses": [{ "id": "wamid.3", "status": "sent" }], "messages": [text(4)] } }] },
    ] });
    let events = parse(&body);
    let said =
        events.iter().filter(|event| matches!(event, Event::Reply(reply) if reply.text.expose() == "Hei")).count();
    let odd = events
        .iter()
        .filter(|event| matches!(event, Event::Reply(reply) if reply.from.expose() == "whatsapp:unknown"))
        .count();
    let receipts = events.iter().filter(|event| matches!(event, Event::Receipt(_))).count();
    assert_eq!((said, odd, receipts), (3, 2, 1), "{events:?}");
}

#[test]
fn a_body_that_is_none_is_an_error_and_no_panic() {
    let gateway = Gateway::WhatsAppCloud(whatsapp());
    let read = |body: &[u8]| gateway.parse(HookKind::Any, "", body);
    assert_eq!(read(b""), Err(Unreadable::Malformed));
    assert_eq!(read(b"{}"), Err(Unreadable::Missing("entry")));
    assert_eq!(read(&[b'['; 100_000]), Err(Unreadable::Malformed));
    assert_eq!(read(br#"{"entry":[]}"#), Ok(Vec::new()));
}

#[test]
fn a_status_is_as_far_as_the_message_came_and_says_why_it_did_not() {
    let status = |word: &str, code: Option<u32>| {
        let errors: Vec<Value> = code.iter().map(|code| json!({ "code": code, "title": "t" })).collect();
        let one = json!({ "id": "wamid.A==", "status": word, "timestamp": "1", "recipient_id": "447700900123",
            "biz_opaque_callback_data": "token-00000001", "errors": errors });
        let events = parse(&hook("messages", &[json!({ "statuses": [one] })]));
        let [Event::Receipt(receipt)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((receipt.provider_id.as_str(), &receipt.token), ("wamid.A==", &Token::parse("token-00000001")));
        (receipt.status, receipt.code.as_ref().map(|code| code.as_str().to_owned()), receipt.class)
    };
    assert_eq!(status("sent", None), (ReceiptStatus::Sent, None, None));
    assert_eq!(status("delivered", None), (ReceiptStatus::Delivered, None, None));
    assert_eq!(status("read", None), (ReceiptStatus::Read, None, None));
    assert_eq!(status("played", None), (ReceiptStatus::Read, None, None));
    assert_eq!(status("hologram", None), (ReceiptStatus::Accepted, None, None));
    let failed = |code: u32, class| (ReceiptStatus::Failed, Some(code.to_string()), Some(class));
    for (code, class) in [
        (131_026, Class::BadNumber),
        (131_049, Class::Capped),
        (131_050, Class::OptedOut),
        (130_472, Class::Blocked),
        (132_015, Class::Template),
        (131_000, Class::Other),
    ] {
        assert_eq!(status("failed", Some(code)), failed(code, class));
    }
    assert_eq!(status("failed", None), (ReceiptStatus::Failed, None, Some(Class::Other)));
}

#[test]
fn a_status_shows_which_number_and_id_are_one_persons() {
    let one = json!({ "id": "wamid.A", "status": "sent", "recipient_id": "447700900123", "recipient_user_id": "GB.1" });
    let events = parse(&hook("messages", &[json!({ "statuses": [one] })]));
    let same = Event::Same(Address::new("whatsapp:+447700900123"), Address::new("whatsapp:GB.1"));
    assert!(matches!(&events[..], [first, Event::Receipt(_)] if *first == same), "{events:?}");
}

#[test]
fn a_choice_in_the_app_is_a_no_or_a_task_and_the_same_one_twice_is_one() {
    let choice = |value: &str, at: u32| {
        let one = json!({ "wa_id": "447700900123", "detail": "User requested", "category": "marketing_messages",
            "value": value, "timestamp": at });
        let events = parse(&hook("user_preferences", &[json!({ "user_preferences": [one] })]));
        let reply = reply(&events[0]).clone();
        (reply.hint, reply.provider_id)
    };
    assert_eq!(choice("stop", 1).0, Some(ReplyKind::OptOut));
    assert_eq!(choice("resume", 1).0, Some(ReplyKind::Start));
    assert_eq!(choice("perhaps", 1).0, Some(ReplyKind::Suspected));
    assert_eq!(choice("stop", 1), choice("stop", 1));
    assert_ne!(choice("stop", 1).1, choice("stop", 2).1);
}

#[test]
fn news_of_template_number_and_account_are_told_without_a_person() {
    let told = |field: &str, value: Value| {
        let events = parse(&json!({ "entry": [{ "changes": [{ "field": field, "value": value }] }] }));
        let [Event::Notice(notice)] = &events[..] else { panic!("{events:?}") };
        notice.clone()
    };
    let paused = told(
        "message_template_status_update",
        json!({ "event": "PAUSED", "message_template_name": "vaccine", "message_template_language": "nb", "reason": "NONE",
            "other_info": { "title": "FIRST_PAUSE", "description": "paused for\u{202e} 3 hours" } }),
    );
    assert_eq!((paused.about, paused.name.as_str()), (About::Template, "vaccine, nb"));
    assert_eq!(paused.said, "PAUSED, FIRST_PAUSE, paused for 3 hours");
    let quality = json!({ "display_phone_number": "447700900001", "event": "DOWNGRADE", "current_limit": "TIER_250" });
    let quality = told("phone_number_quality_update", quality);
    assert_eq!((quality.about, quality.said.as_str()), (About::Number, "DOWNGRADE, TIER_250"));
    assert!(!format!("{quality:?}").contains("7700"));
    assert_eq!(told("account_update", json!({ "odd": [] })).about, About::Account);
}

// Signatures.

#[test]
fn the_published_signatures_are_told_apart() {
    let Some(spec) = specs::read("other_signatures.json") else { return };
    let vectors = spec["whatsapp"].as_array().unwrap();
    assert!(vectors.len() >= 10);
    for vector in vectors {
        let text = |key: &str| vector[key].as_str().unwrap();
        let mut headers: Vec<(String, String)> = vector["header"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
        let account = Account { app_secret: Private::new(text("app_secret").to_owned()), ..account("http://a") };
        let gateway = Gateway::WhatsAppCloud(WhatsAppCloud::new(account).unwrap());
        let verify = |headers: &[(String, String)]| {
            gateway.verify(&Hook { method: "POST", url: "http://a", headers, body: text("body_utf8").as_bytes() })
        };
        assert_eq!(verify(&headers).is_ok(), text("expect") == "valid", "{}", text("name"));
        headers.extend(headers.clone());
        assert!(matches!(verify(&headers), Err(Forbidden::SignedTwice | Forbidden::Unsigned)));
        assert_eq!(verify(&[]), Err(Forbidden::Unsigned));
    }
}

// Over real sockets.

fn at(server: &FaultGateway) -> Gateway {
    let secret = |word: &str| Private::new(word.to_owned());
    let account = Account {
        access_token: secret(fault_gateway::whatsapp::ACCESS_TOKEN),
        app_secret: secret(fault_gateway::whatsapp::APP_SECRET),
        waba_id: fault_gateway::whatsapp::WABA_ID.to_owned(),
        ..account(&server.base_url())
    };
    Gateway::WhatsAppCloud(WhatsAppCloud::new(account).unwrap())
}

#[tokio::test]
async fn each_fault_gets_its_verdict_and_no_second_request() {
    let http = Http::new(|| 0, Duration::from_millis(400)).unwrap();
    let doubt = |why| Verdict::InDoubt { why };
    let refused = |code: u32, class| Verdict::Refused { code: Some(code.into()), class };
    for (fault, expected, accepted) in [
        (Fault::AcceptThenDrop, doubt(Doubt::Broken), 1),
        (Fault::AcceptThen500, doubt(Doubt::ServerError), 1),
        (Fault::AcceptThenHang, doubt(Doubt::Timeout), 1),
        (Fault::Hang, doubt(Doubt::Timeout), 0),
        (Fault::Unauthorised, refused(190, Class::Config), 0),
        (Fault::Refuse(131_026), refused(131_026, Class::BadNumber), 0),
        (Fault::Refuse(131_000), doubt(Doubt::Unreadable), 0),
        (Fault::Redirect("http://127.0.0.1:9/".to_owned()), doubt(Doubt::Redirect), 0),
    ] {
        let server = FaultGateway::start().await;
        server.fail_next(fault.clone());
        let verdict = at(&server).send(&http, &message(1), jiff::Timestamp::UNIX_EPOCH).await.verdict;
        assert_eq!(verdict, expected, "{fault:?}");
        assert_eq!((server.accepts().len(), server.requests()), (accepted, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn the_account_answers_for_itself_and_its_templates() {
    let server = FaultGateway::start().await;
    let http = Http::new(|| 0, Duration::from_secs(5)).unwrap();
    assert_eq!(at(&server).test(&http).await, Probe::Works);
    server.set_templates(json!([{ "name": "vaccine", "language": "nb", "status": "APPROVED",
        "components": [{ "type": "BODY", "text": "Hei fra {{1}}" }] }]));
    let places = [(None, "{{ sender }}".to_owned())];
    let wanted = Wanted {
        name: "vaccine",
        language: "nb",
        image: false,
        variables: &places,
        buttons: &[],
        text: "Hei fra {{ sender }}",
    };
    assert_eq!(at(&server).misfits(&http, &[wanted]).await, Some(vec![Vec::new()]));
    let foreign = Gateway::WhatsAppCloud(WhatsAppCloud::new(account(&server.base_url())).unwrap());
    assert_eq!(foreign.misfits(&http, &[wanted]).await, None);
    assert_eq!(foreign.test(&http).await, Probe::WrongSecret);
    assert_eq!((server.accepts().len(), server.requests()), (0, 0));
}

#[tokio::test]
async fn what_the_test_gateway_signs_is_verified() {
    let server = FaultGateway::start().await;
    let (gateway, body) = (at(&server), "{\"entry\":[]}");
    let headers = [("X-Hub-Signature-256".to_owned(), fault_gateway::whatsapp::sign(body))];
    let hook = Hook { method: "POST", url: "http://a", headers: &headers, body: body.as_bytes() };
    assert_eq!(gateway.verify(&hook), Ok(()));
    // Nobody listens there: the news is told again and again, and then given up.
    let hooks = fault_gateway::Hooks { local: "http://127.0.0.1:9".to_owned(), public: "https://a".to_owned() };
    assert!(server.meta(&hooks, "wa-oslo", "messages", json!({})).await.is_server_error());
}
