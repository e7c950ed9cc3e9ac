//! The WhatsApp Cloud API: message -> request, answer -> verdict, as data and over real sockets.

use std::collections::BTreeSet;
use std::time::Duration;

use lykt::domain::messaging_limit::MessagingLimit;
use lykt::domain::private::Private;
use lykt::gateway::http::Http;
use lykt::gateway::template::Wanted;
use lykt::gateway::whatsapp_cloud::{Account, WhatsAppCloud, class_of};
use lykt::gateway::{
    Address, Auth, Body, Class, Doubt, Failure, Gateway, Hook, Outgoing, Probe, Response, Sent, Template, Unsent,
    Variable, Verdict,
};
use serde_json::{Value, json};

use super::{PERSON, message, specs};
use crate::fault_gateway::{self, Fault, FaultGateway};

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

pub fn whatsapp() -> WhatsAppCloud {
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
    assert_eq!(provider_id.as_str().len(), 38, "{provider_id:?} has no number in it, as their own id has");
    assert!(provider_id.as_str().starts_with("wamid-"));
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

#[test]
fn meta_says_to_how_many_people_one_may_write_first() {
    let asked = whatsapp().messaging_limit_request();
    assert_eq!(asked.url, format!("http://a/v25.0/{NUMBER_ID}?fields=whatsapp_business_manager_messaging_limit"));
    let limit = |body: &str| whatsapp().messaging_limit(&answer(200, body));
    let tier = r#"{"whatsapp_business_manager_messaging_limit":"TIER_2K","id":"1"}"#;
    assert_eq!(limit(tier), Some(MessagingLimit(Some(2000))));
    assert_eq!(limit(r#"{"whatsapp_business_manager_messaging_limit":250}"#), Some(MessagingLimit(Some(250))));
    for odd in ["", "{}", "[]", r#"{"whatsapp_business_manager_messaging_limit":null}"#] {
        assert_eq!(limit(odd), None, "{odd}");
    }
    assert_eq!(whatsapp().messaging_limit(&answer(400, tier)), None);
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
