//! The provider's list: what is asked, what is understood, what is proof of nothing.

use std::time::Duration;

use jiff::Timestamp;
use lykt::domain::message::ReceiptStatus;
use lykt::domain::private::Private;
use lykt::gateway::http::Http;
use lykt::gateway::listing::{Listed, Query, Unlisted, Way};
use lykt::gateway::twilio::{Account, Twilio};
use lykt::gateway::{Address, Auth, Body, Class, Gateway, Request};
use serde_json::{Value, json};

use super::{NEVER, PERSON, account, message, specs, twilio};
use crate::fault_gateway::{Fault, FaultGateway, Hooks};

const OURS: &str = "+447700900001";

fn query(way: Way, to: Option<&str>) -> Query {
    Query { way, to: to.map(Address::new), since: Timestamp::UNIX_EPOCH }
}

async fn read(gateway: &Gateway, query: &Query) -> (Vec<Listed>, Result<(), Unlisted>) {
    let http = Http::new(|| 0, Duration::from_secs(5)).unwrap();
    let mut listed = Vec::new();
    let ended = gateway.list(&http, query, Duration::ZERO, |one| listed.push(one)).await;
    (listed, ended)
}

/// What a page says of one message with these fields.
async fn said(gateway: impl Fn(&str) -> Gateway, fields: Value) -> (Vec<Listed>, Result<(), Unlisted>) {
    let server = FaultGateway::start().await;
    let mut message = json!({
        "sid": "SM0123456789abcdef0123456789abcdef", "direction": "outbound-api", "status": "sent", "to": PERSON,
        "from": OURS, "body": "hei", "date_created": "Thu, 03 Dec 2026 11:00:00 +0000", "date_sent": null,
        "num_media": "0", "messaging_service_sid": null, "error_code": null,
    });
    for (key, value) in fields.as_object().unwrap() {
        message[key] = value.clone();
    }
    let page = json!({ "messages": [message], "next_page_uri": null }).to_string();
    server.fail_list(0, Fault::Say("application/json", page));
    read(&gateway(&server.base_url()), &query(Way::Out, None)).await
}

#[tokio::test]
async fn every_page_is_read_and_each_message_once() {
    let server = FaultGateway::start().await;
    server.set_page(3);
    server.set_clock(|| 1_800_000_000_000);
    for n in 0..10 {
        server.hears(&format!("+4477009001{n:02}"), OURS, "STOPP");
        server.takes(OURS, PERSON, "hei");
    }
    let gateway = twilio(&server.base_url());
    let (inbound, ended) = read(&gateway, &query(Way::In, None)).await;
    assert_eq!((inbound.len(), ended), (10, Ok(())));
    let reply = inbound[0].reply();
    assert_eq!((reply.to.expose(), reply.text.expose().as_str()), (OURS, "STOPP"));
    let (outbound, ended) = read(&gateway, &query(Way::Out, Some(PERSON))).await;
    assert_eq!((outbound.len(), ended), (10, Ok(())));
    assert!(outbound.iter().all(|listed| listed.ours && listed.status == ReceiptStatus::Sent));
    assert!(outbound.iter().all(|listed| listed.created_at.map(Timestamp::as_second) == Some(1_800_000_000)));
    server.becomes(outbound[0].provider_id.as_str(), "undelivered", Some(30005));
    let (again, _) = read(&gateway, &query(Way::Out, Some(PERSON))).await;
    assert_eq!((again[0].status, again[0].class), (ReceiptStatus::Undelivered, Some(Class::BadNumber)));
    assert!(!format!("{outbound:?}{inbound:?}").contains("7700"), "persons are not printed");
    assert_eq!(server.pages(), 12);
}

#[tokio::test]
async fn an_answer_that_no_webhook_could_bring_stands_on_the_fake_gateways_list() {
    let server = FaultGateway::start().await;
    let nowhere = Hooks { local: "http://127.0.0.1:9".to_owned(), public: "https://lykt.example.org".to_owned() };
    server.send_receipts(nowhere, Duration::ZERO, &[]);
    let (gateway, http) = (twilio(&server.base_url()), Http::new(|| 0, Duration::from_secs(5)).unwrap());
    gateway.send(&http, &message(1), Timestamp::UNIX_EPOCH).await;
    let said =
        [("from", PERSON), ("text", "STOPP")].map(|(name, text)| (name.to_owned(), Private::new(text.to_owned())));
    let url = format!("{}/replies", server.base_url());
    let told = http.send(Request::post(url, Auth::None, Body::Form(said.to_vec())), NEVER).await.unwrap();
    assert_eq!(told.status, 200, "the gateway heard it");
    let (inbound, ended) = read(&gateway, &query(Way::In, None)).await;
    assert_eq!((inbound.len(), ended), (1, Ok(())));
    let reply = inbound[0].reply();
    assert_eq!((reply.from.expose(), reply.text.expose().as_str()), (PERSON, "STOPP"));
}

#[tokio::test]
async fn a_list_that_cannot_be_read_to_its_end_says_so() {
    let page = |next: Value| Fault::Say("application/json", json!({"messages": [], "next_page_uri": next}).to_string());
    for (fault, why) in [
        (Fault::Status(500), Unlisted::Unreachable),
        (Fault::Drop, Unlisted::Unreachable),
        (Fault::Unauthorised, Unlisted::Refused),
        (Fault::Throttle(Some(7)), Unlisted::Throttled(Some(Duration::from_secs(7)))),
        (Fault::Redirect("http://127.0.0.1:9/".to_owned()), Unlisted::Unreadable),
        (Fault::Say("text/html", "<html>Sign in to the hotel</html>".to_owned()), Unlisted::Unreadable),
        (Fault::Say("application/json", "{}".to_owned()), Unlisted::Unreadable),
        (Fault::Say("application/json", r#"{"messages":[]}"#.to_owned()), Unlisted::Unreadable),
        (page(json!("https://evil.example/2010-04-01/Accounts/x/Messages.json?Page=1")), Unlisted::Unreadable),
        (page(json!(7)), Unlisted::Unreadable),
    ] {
        let server = FaultGateway::start().await;
        server.set_page(1);
        server.hears(PERSON, OURS, "one");
        server.hears(PERSON, OURS, "two");
        server.fail_list(1, fault.clone());
        let (listed, ended) = read(&twilio(&server.base_url()), &query(Way::In, None)).await;
        assert_eq!((listed.len(), ended, server.pages()), (1, Err(why), 2), "{fault:?}");
    }
}

#[tokio::test]
async fn a_message_without_what_we_need_leaves_the_list_incomplete() {
    for fields in [
        json!({ "sid": "S M" }),
        json!({ "direction": null }),
        json!({ "to": [PERSON] }),
        json!({ "body": { "text": "hei" } }),
    ] {
        let (listed, ended) = said(twilio, fields.clone()).await;
        assert_eq!((listed.len(), ended), (0, Err(Unlisted::Unreadable)), "{fields}");
    }
    for fields in [
        json!({ "date_created": "yesterday" }),
        json!({ "body": null, "num_media": "1", "from": null }),
        json!({ "status": 3, "error_code": "30003", "num_media": 2, "date_created": 7, "messaging_service_sid": [] }),
    ] {
        let (listed, ended) = said(twilio, fields.clone()).await;
        assert_eq!((listed.len(), ended), (1, Ok(())), "{fields}");
    }
}

#[tokio::test]
async fn an_answer_with_odd_fields_is_read_and_what_cannot_be_read_costs_no_other() {
    let answer = |more: Value| {
        let mut answer = json!({ "sid": "SM1", "direction": "inbound", "from": PERSON, "body": "STOPP" });
        answer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        answer
    };
    let messages = [
        json!(7),
        answer(json!({})),
        json!({ "direction": "inbound" }),
        answer(json!({ "sid": "SM2", "to": OURS, "num_media": 1, "error_code": "0", "status": [] })),
        answer(json!({ "sid": "SM3", "to": OURS, "from": 447_700_900_123_u64, "body": null, "date_created": {} })),
        answer(json!({ "sid": "SM4", "to": OURS, "from": null })),
    ];
    let pages = [
        json!({ "messages": messages, "next_page_uri": null }),
        json!({ "messages": messages[1..2], "next_page_uri": "https://evil.example/" }),
        json!({ "messages": messages[1..2] }),
    ];
    for (page, wanted) in pages.iter().zip([4, 1, 1]) {
        let server = FaultGateway::start().await;
        server.fail_list(0, Fault::Say("application/json", page.to_string()));
        let (listed, ended) = read(&twilio(&server.base_url()), &query(Way::In, None)).await;
        assert_eq!((listed.len(), ended), (wanted, Err(Unlisted::Unreadable)), "{page}");
        assert!(listed.iter().all(|one| one.ours), "the list was asked for by our sender");
        assert_eq!(listed[0].text.expose(), "STOPP");
        if let [_, two, three, four] = &listed[..] {
            assert_eq!((two.media, three.from.expose()), (1, "447700900123"));
            assert!(four.from.expose().starts_with("unknown-"), "somebody all the same");
        }
    }
}

#[tokio::test]
async fn our_end_of_a_message_is_our_sender_or_our_service() {
    let service = |url: &str| {
        let service = Some("MG00000000000000000000000000000001".to_owned());
        Gateway::Twilio(Twilio::new(Account { from: None, messaging_service_sid: service, ..account(url) }).unwrap())
    };
    let mg = "MG00000000000000000000000000000001";
    for (fields, by_number, by_service) in [
        (json!({}), true, false),
        (json!({ "messaging_service_sid": mg, "from": "+447700900777" }), false, true),
        (json!({ "from": "+447700900777" }), false, false),
        (json!({ "direction": "outbound-reply" }), false, false),
        (json!({ "direction": "outbound-call", "messaging_service_sid": mg }), false, false),
    ] {
        assert_eq!(said(twilio, fields.clone()).await.0[0].ours, by_number, "{fields}");
        assert_eq!(said(service, fields.clone()).await.0[0].ours, by_service, "{fields}");
    }
}

#[tokio::test]
async fn what_a_service_sent_by_rcs_is_found_under_the_persons_number() {
    let mg = "MG00000000000000000000000000000001";
    let service = |url: &str| {
        let account = Account { from: None, messaging_service_sid: Some(mg.to_owned()), ..account(url) };
        Gateway::Twilio(Twilio::new(account).unwrap())
    };
    let to = format!("rcs:{PERSON}");
    let fields = json!({ "messaging_service_sid": mg, "from": "rcs:lykten_agent", "to": to });
    let (listed, ended) = said(service, fields).await;
    assert_eq!((listed[0].ours, listed[0].to.expose(), ended), (true, PERSON, Ok(())));
}

#[tokio::test]
async fn a_listed_status_means_what_it_means_in_a_callback() {
    for (word, code, status, class) in [
        ("queued", json!(null), ReceiptStatus::Accepted, None),
        ("delivered", json!(null), ReceiptStatus::Delivered, None),
        ("undelivered", json!(30005), ReceiptStatus::Undelivered, Some(Class::BadNumber)),
        ("failed", json!(21610), ReceiptStatus::Failed, Some(Class::OptedOut)),
        ("canceled", json!(null), ReceiptStatus::Failed, Some(Class::Other)),
    ] {
        let (listed, _) = said(twilio, json!({ "status": word, "error_code": code })).await;
        assert_eq!((listed[0].status, listed[0].class), (status, class), "{word}");
    }
}

#[tokio::test]
async fn the_text_of_a_trial_account_is_read_without_what_twilio_puts_before_it() {
    let (listed, _) = said(twilio, json!({ "body": "Sent from your Twilio trial account - hei" })).await;
    assert_eq!(listed[0].text.expose(), "hei");
}

#[tokio::test]
async fn the_examples_of_the_official_description_are_understood() {
    let Some(spec) = specs::read("twilio_messages_openapi.prism.json") else { return };
    let get = &spec["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["get"];
    let examples = get["responses"]["200"]["content"]["application/json"]["examples"].as_object().unwrap();
    for (name, example) in examples {
        let mut page = example["value"].clone();
        let more = page["next_page_uri"].is_string();
        page["next_page_uri"] = Value::Null;
        let messages = page["messages"].as_array().unwrap().clone();
        let mut seen = 0;
        for way in [Way::In, Way::Out] {
            let server = FaultGateway::start().await;
            server.fail_list(0, Fault::Say("application/json", page.to_string()));
            let (listed, ended) = read(&twilio(&server.base_url()), &query(way, None)).await;
            assert_eq!(ended, Ok(()), "{name}");
            assert!(listed.iter().all(|one| one.created_at.is_some()), "{name}");
            seen += listed.len();
        }
        assert_eq!(seen, messages.len(), "{name} {more}");
    }
    let known: Vec<&str> =
        get["parameters"].as_array().unwrap().iter().filter_map(|parameter| parameter["name"].as_str()).collect();
    for name in ["To", "From", "DateSent>", "PageSize"] {
        assert!(known.contains(&name), "{name}");
    }
}
