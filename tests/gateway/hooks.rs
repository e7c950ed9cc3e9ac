//! Signatures on webhooks: the published vectors, and what forgers try.

use lykt::domain::private::Private;
use lykt::gateway::twilio::{Account, Twilio};
use lykt::gateway::{Forbidden, Gateway, Hook, HookKind};
use serde_json::Value;

use super::{account, specs, twilio};
use crate::fault_gateway;

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

/// A vector as a request: what is null in it is not there.
fn request(vector: &Value) -> (Vec<(String, String)>, String) {
    let algorithm = vector["algorithm"].as_str().unwrap();
    let signature = vector["signature"].as_str().unwrap_or_default();
    let mut headers = vec![("X-Twilio-Signature".to_owned(), signature.to_owned())];
    if algorithm != "HMAC_SHA1" {
        let settings = format!("key=webhooks_sharedkey_1,algorithm={algorithm}");
        headers.push(("X-Twilio-Webhooks-Signature-Settings".to_owned(), settings));
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pairs = |value: &Value| (text(&value[0]), text(&value[1]));
    let body = match (&vector["params"], vector["body"].as_str()) {
        (_, Some(body)) => {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
            body.to_owned()
        }
        (Value::Array(params), None) => {
            let params: Vec<(String, String)> = params.iter().map(pairs).collect();
            form(&params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
        }
        _ => String::new(),
    };
    (headers, body)
}

#[test]
fn the_published_signatures_are_told_apart() {
    let Some(spec) = specs::read("twilio_signatures.json") else { return };
    let vectors = spec["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 6);
    for vector in vectors {
        let text = |key: &str| vector[key].as_str().unwrap();
        let secret = Private::new(text("token").to_owned());
        // The key of a second-scheme vector is a shared key; the auth token is then another.
        let account = match text("algorithm") {
            "HMAC_SHA1" => Account { auth_token: secret, ..account("http://a") },
            _ => Account { shared_key: Some(secret), ..account("http://a") },
        };
        let (headers, body) = request(vector);
        let hook = Hook { method: "POST", url: text("url"), headers: &headers, body: body.as_bytes() };
        let verified = Twilio::new(account).unwrap().verify(&hook);
        assert_eq!(verified.is_ok(), text("expect") == "valid", "{}: {verified:?}", text("name"));
    }
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
