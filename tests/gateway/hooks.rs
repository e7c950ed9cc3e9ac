//! Signatures on webhooks: the published vectors, and what forgers try.

use lykt::domain::private::Private;
use lykt::gateway::twilio::{Account, Twilio};
use lykt::gateway::{Forbidden, Gateway, Hook, HookKind};

use crate::{account, fault_gateway, specs, twilio};

fn form(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .fold(reqwest::Url::parse("http://a").unwrap(), |mut url, (name, value)| {
            url.query_pairs_mut().append_pair(name, value);
            url
        })
        .query()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn the_published_signatures_are_told_apart() {
    let Some(spec) = specs::read("twilio_signatures.json") else { return };
    let mut seen = 0;
    for vector in spec["vectors"].as_array().unwrap() {
        let text = |key: &str| vector[key].as_str().unwrap();
        if text("algorithm") != "HMAC_SHA1" || vector["params"].is_null() {
            continue;
        }
        let pairs: Vec<(&str, &str)> = (vector["params"].as_array().unwrap().iter())
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
            .collect();
        let gateway = Gateway::Twilio(
            Twilio::new(Account { auth_token: Private::new(text("token").to_owned()), ..account("http://a") }).unwrap(),
        );
        let headers = [("X-Twilio-Signature".to_owned(), text("signature").to_owned())];
        let body = form(&pairs);
        let hook = Hook { method: "POST", url: text("url"), headers: &headers, body: body.as_bytes() };
        let verified = gateway.verify(&hook);
        assert_eq!(verified.is_ok(), text("expect") == "valid", "{}: {verified:?}", text("name"));
        seen += 1;
    }
    assert!(seen >= 6);
}

#[test]
fn a_hook_signed_by_the_test_gateway_is_verified_and_a_foreign_one_is_not() {
    let url = "https://lykt.example.org/hooks/twilio-oslo/status?token=token-00000001";
    let fields = [("MessageSid", "SM1"), ("MessageStatus", "sent"), ("Body", "blå & grønn = 🌹")];
    let headers = [("x-twilio-signature".to_owned(), fault_gateway::sign(url, &fields))];
    let body = form(&fields);
    let hook = Hook { method: "POST", url, headers: &headers, body: body.as_bytes() };
    assert_eq!(twilio("http://a").verify(&hook), Ok(()));
    let foreign = Account { auth_token: Private::new("another".to_owned()), ..account("http://a") };
    assert_eq!(Twilio::new(foreign).unwrap().verify(&hook), Err(Forbidden::WrongSignature));
}

#[test]
fn nothing_over_http_is_from_the_simulator() {
    let gateway = Gateway::Simulator(lykt::gateway::simulator::Simulator::new().unwrap());
    let hook = Hook { method: "POST", url: "http://a", headers: &[], body: b"" };
    assert_eq!(gateway.verify(&hook), Err(Forbidden::NoWebhooks));
    assert!(gateway.parse(HookKind::Inbound, "", b"{}").is_err());
}
