//! Message -> expected request.

use lykt::domain::private::Private;
use lykt::gateway::twilio::{Account, Twilio};
use lykt::gateway::{Auth, Body, Outgoing, Request};
use serde_json::Value;

use super::{PERSON, account, message, specs};

fn request(account: Account, message: &Outgoing) -> Request {
    Twilio::new(account).unwrap().request(message)
}

fn form(request: &Request) -> &[(String, Private<String>)] {
    match &request.body {
        Body::Form(form) => form,
        _ => panic!("no form"),
    }
}

fn field<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    form(request).iter().find(|(field, _)| *field == name).map(|(_, value)| value.expose().as_str())
}

#[test]
fn a_message_becomes_the_form_that_twilio_documents() {
    let request = request(account("http://127.0.0.1:1/"), &message(7));
    assert_eq!(request.url, "http://127.0.0.1:1/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json");
    assert_eq!(
        String::from_utf8(request.body.bytes()).unwrap(),
        "To=%2B447700900123&From=%2B447700900001&Body=Hei%21%20Gratis%20HPV-vaksine%20%26%20lege.%20Svar%20STOPP\
         %20for%20%C3%A5%20slippe%20flere.&StatusCallback=https%3A%2F%2Flykt.example.org%2Fhooks%2Ftwilio-oslo\
         %2Fstatus%3Ftoken%3Dtoken-00000007"
    );
    assert!(matches!(request.auth, Auth::Basic(user, _) if user == "AC00000000000000000000000000000001"));
}

#[test]
fn a_messaging_service_takes_the_place_of_a_sender() {
    let service = Some("MG00000000000000000000000000000001".to_owned());
    let request =
        request(Account { from: None, messaging_service_sid: service.clone(), ..account("http://a") }, &message(1));
    assert_eq!(field(&request, "MessagingServiceSid"), service.as_deref());
    assert_eq!(field(&request, "From"), None);
}

#[test]
fn validity_stays_within_what_twilio_takes() {
    for (asked, sent) in [(0, "1"), (5, "5"), (600, "600"), (36_000, "36000"), (1_000_000, "36000")] {
        let request = request(account("http://a"), &Outgoing { validity_s: Some(asked), ..message(1) });
        assert_eq!(field(&request, "ValidityPeriod"), Some(sent));
    }
    assert_eq!(field(&request(account("http://a"), &message(1)), "ValidityPeriod"), None);
}

#[test]
fn without_a_public_url_no_callback_is_asked_for() {
    let request = request(Account { status_callback: None, ..account("http://a") }, &message(1));
    assert_eq!(field(&request, "StatusCallback"), None);
}

#[test]
fn nothing_of_person_or_secret_is_printed() {
    let shown = format!("{:?} {:?}", request(account("http://a"), &message(1)), account("http://a"));
    for secret in [PERSON, "HPV", "fault-gateway-secret", "token-"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn every_field_is_one_of_the_official_description() {
    let Some(spec) = specs::read("twilio_messages_openapi.prism.json") else { return };
    let post = &spec["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"];
    let schema = &post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    let known = schema["properties"].as_object().unwrap();
    let everything = Outgoing {
        media_url: Some("https://lykt.example.org/media/pictograms.png".to_owned()),
        validity_s: Some(3600),
        text: Private::new("Hi".to_owned()),
        ..message(1)
    };
    let service = Some("MG00000000000000000000000000000001".to_owned());
    for account in [account("http://a"), Account { from: None, messaging_service_sid: service, ..account("http://a") }]
    {
        let request = request(account, &everything);
        assert_eq!(form(&request).len(), 6);
        for (name, _) in form(&request) {
            assert!(known.contains_key(name), "{name}");
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            assert!(field(&request, name).is_some(), "{name}");
        }
    }
}
