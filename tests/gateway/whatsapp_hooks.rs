//! The WhatsApp Cloud API: webhook -> events, as data: Meta's samples and others, signatures, and bad items in a batch.

use lykt::domain::messaging_limit::MessagingLimit;
use lykt::domain::private::Private;
use lykt::domain::reply::ReplyKind;
use lykt::gateway::whatsapp_cloud::{Account, WhatsAppCloud};
use lykt::gateway::{
    About, Address, Class, Event, Forbidden, Gateway, Hook, HookKind, ReceiptStatus, Reply, Token, Unreadable,
};
use serde_json::{Value, json};

use crate::fault_gateway::whatsapp::NUMBER_ID;
use crate::gateway::specs;
use crate::gateway::whatsapp::{account, whatsapp};

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
        assert!(reply.provider_id.as_str().starts_with("wamid-"), "{file}");
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
    ] {
        let events = parse(&hook("messages", &[json!({ "contacts": contacts, "messages": [message] })]));
        let reply = reply(&events[0]);
        assert_eq!((reply.from.expose(), reply.also.as_ref().map(Address::expose)), expected);
        assert_eq!(reply.to.expose(), "whatsapp:+447700900001");
    }
}

#[test]
fn who_sends_their_own_number_when_asked_is_known_by_it_and_by_their_id() {
    let card = |origin: &str| {
        let card = json!({ "origin": origin, "phones": [{ "phone": "+44 7700 900123", "wa_id": "447700900123" }] });
        let message = json!({ "from_user_id": "GB.1", "id": "wamid.C", "type": "contacts", "contacts": [card] });
        let events = parse(&hook("messages", &[json!({ "messages": [message] })]));
        let reply = reply(&events[0]);
        (reply.from.expose().to_owned(), reply.also.as_ref().map(|also| also.expose().to_owned()))
    };
    let both = ("whatsapp:+447700900123".to_owned(), Some("whatsapp:GB.1".to_owned()));
    assert_eq!(card("contact_request"), both);
    assert_eq!(card("other"), ("whatsapp:GB.1".to_owned(), None), "anybody's card may be passed on");
}

#[test]
fn an_answer_says_which_of_our_messages_it_answers() {
    let answers = |context: Value| {
        let text = json!({ "from": "447700900123", "id": "wamid.B", "type": "text", "text": { "body": "Hei" }, "context": context });
        let events = parse(&hook("messages", &[json!({ "messages": [text] })]));
        reply(&events[0]).answers.clone()
    };
    let sent = parse(&hook("messages", &[json!({ "statuses": [{ "id": "wamid.A==", "status": "sent" }] })]));
    let [Event::Receipt(receipt)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(answers(json!({ "from": "447700900001", "id": "wamid.A==" })).as_ref(), Some(&receipt.provider_id));
    for none in [json!({ "forwarded": true }), json!({ "id": 7 }), Value::Null] {
        assert_eq!(answers(none), None);
    }
}

#[test]
fn people_without_a_number_or_an_id_are_each_themselves() {
    let from = |message: Value| {
        let events = parse(&hook("messages", &[json!({ "messages": [message] })]));
        let Reply { from, also, .. } = reply(&events[0]);
        assert!(from.expose().starts_with("whatsapp:unknown-") && also.is_none(), "{}", from.expose());
        from.expose().to_owned()
    };
    let nobody = |id: &str| from(json!({ "id": id, "type": "text", "text": { "body": "hei" } }));
    let odd = |who: &str, id: &str| from(json!({ "from_user_id": who, "id": id, "type": "text" }));
    assert_ne!(nobody("wamid.A"), nobody("wamid.B"));
    assert_eq!(nobody("wamid.A"), nobody("wamid.A"), "told twice");
    assert_eq!(odd("NO.<b>", "wamid.A"), odd("NO.<b>", "wamid.B"), "the same person again");
    assert_ne!(odd("NO.<b>", "wamid.A"), odd("NO.<i>", "wamid.A"));
    let system = json!({ "id": "wamid.S", "type": "system", "system": { "type": "user_changed_number", "wa_id": "447700900124" } });
    let events = parse(&hook("messages", &[json!({ "messages": [system] })]));
    assert_eq!((reply(&events[0]).from.expose(), &reply(&events[0]).also), ("whatsapp:+447700900124", &None));
}

#[test]
fn a_contact_beside_several_people_is_not_taken_for_any_of_them() {
    let text = |from: Value| {
        let mut message = json!({ "id": "wamid.T", "type": "text", "text": { "body": "hei" } });
        message.as_object_mut().unwrap().extend(from.as_object().unwrap().clone());
        message
    };
    let also = |value: Value| -> Vec<Option<String>> {
        let events = parse(&hook("messages", &[value]));
        let replies = events.iter().filter_map(|event| match event {
            Event::Reply(reply) => Some(reply.also.as_ref().map(|also| also.expose().to_owned())),
            _ => None,
        });
        replies.collect()
    };
    let contacts = json!([{ "wa_id": "447700900123" }]);
    let both = [text(json!({ "from": "447700900123" })), text(json!({ "from_user_id": "GB.1" }))];
    assert_eq!(also(json!({ "contacts": contacts, "messages": both })), [None, None]);
    let other = json!([{ "wa_id": "447700900123", "user_id": "GB.2" }]);
    assert_eq!(also(json!({ "contacts": other, "messages": [text(json!({ "from_user_id": "GB.1" }))] })), [None]);
}

#[test]
fn a_reaction_answers_the_message_that_it_is_to() {
    let one = json!({ "from": "447700900123", "id": "wamid.R", "type": "reaction",
        "reaction": { "message_id": "wamid.A==", "emoji": "🛑" } });
    let events = parse(&hook("messages", &[json!({ "messages": [one] })]));
    assert_eq!(reply(&events[0]).answers.as_ref().unwrap().as_str(), "wamid-91787351450b2580520727dd1445db75");
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
    let older = json!({ "from": "447700900123", "id": "wamid.A", "type": "system",
        "system": { "body": "b", "type": "customer_changed_number", "new_wa_id": "447700900124" } });
    assert_eq!(system(older), moved);
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
        .filter(|event| matches!(event, Event::Reply(reply) if reply.from.expose().starts_with("whatsapp:unknown-")))
        .count();
    let receipts = events.iter().filter(|event| matches!(event, Event::Receipt(_))).count();
    assert_eq!((said, odd, receipts), (3, 2, 1), "{events:?}");
}

#[test]
fn a_body_that_is_none_is_an_error_and_no_panic() {
    let gateway = Gateway::WhatsAppCloud(whatsapp());
    let read = |body: &[u8]| gateway.parse(HookKind::Any, "", body);
    assert_eq!(read(b""), Err(Unreadable::Broken));
    assert_eq!(read(b"{}"), Err(Unreadable::Missing("entry")));
    assert_eq!(read(&[b'['; 100_000]), Err(Unreadable::Broken));
    assert_eq!(read(br#"{"entry":[]}"#), Ok(Vec::new()));
}

#[test]
fn a_status_is_as_far_as_the_message_came_and_says_why_it_did_not() {
    let status = |word: &str, code: Option<u32>| {
        let errors: Vec<Value> = code.iter().map(|code| json!({ "code": code, "title": "t" })).collect();
        let one = json!({ "id": "wamid.A==", "status": word, "timestamp": "1", "recipient_id": "447700900123",
            "biz_opaque_callback_data": "token-00000001", "errors": errors });
        let events = parse(&hook("messages", &[json!({ "statuses": [one] })]));
        let [Event::Reached(reached), Event::Receipt(receipt)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((Some(&reached.token), reached.who.expose()), (receipt.token.as_ref(), "whatsapp:+447700900123"));
        assert_eq!(receipt.token, Token::parse("token-00000001"));
        assert_eq!(receipt.provider_id.as_str(), "wamid-91787351450b2580520727dd1445db75", "shows nothing of their id");
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
    assert!(
        choice("stop", 1).1.is_made(),
        "it is kept under a key: by its digest, whoever tries all numbers finds whose it is"
    );
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
    assert_eq!((quality.limit, paused.limit), (Some(MessagingLimit(Some(250))), None));
    let more = json!({ "max_daily_conversations_per_business": 2000, "max_daily_conversation_per_phone": 1000 });
    assert_eq!(told("business_capability_update", more).limit, Some(MessagingLimit(Some(2000))));
    let all = json!({ "max_daily_conversations_per_business": -1 });
    assert_eq!(told("business_capability_update", all).limit, Some(MessagingLimit(None)));
    assert_eq!(told("account_update", json!({ "odd": [] })).about, About::Account);
}

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
