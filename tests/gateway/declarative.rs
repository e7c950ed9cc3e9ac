//! Providers that a file describes: against the bodies that providers have published, and over real sockets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lykt::domain::private::Private;
use lykt::gateway::declarative::{Account, Declarative, Definition, providers};
use lykt::gateway::http::Http;
use lykt::gateway::{Body, Doubt, Event, Gateway, Hook, Response, Unsent, Verdict};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{message, specs};

/// An account whose values are their own names.
pub fn opened(name: &str, base_url: Option<&str>, secrets: &[(&str, &str)]) -> Declarative {
    let definition = Definition::read(providers::find(name).unwrap()).unwrap();
    let own = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    let (values, all): (BTreeMap<String, String>, BTreeMap<String, String>) = match name {
        "46elks" => (own(&["username"]), own(&["password", "hook_key"])),
        "sveve" => (own(&["user"]), own(&["password", "hook_key"])),
        "link" => (own(&["username", "platform_partner_id"]), own(&["password", "hook_key"])),
        "puzzel" => (
            [("service_id".to_owned(), "1000".to_owned()), ("username".to_owned(), "u".to_owned())].into(),
            own(&["password", "hook_key"]),
        ),
        "vonage" => (own(&["api_key"]), own(&["api_secret", "hook_key"])),
        "android" => (own(&["username"]), own(&["password", "signing_key"])),
        other => panic!("{other}"),
    };
    let mut all: BTreeMap<String, Private> = all.into_iter().map(|(name, word)| (name, Private::new(word))).collect();
    for (name, secret) in secrets {
        all.insert((*name).to_owned(), Private::new((*secret).to_owned()));
    }
    let account = Account {
        name: name.to_owned(),
        from: Some("+46701740699".to_owned()),
        values,
        secrets: all,
        base_url: base_url
            .map(str::to_owned)
            .or_else(|| (name == "puzzel").then(|| "https://api.example.com".to_owned())),
        allow_hosts: Vec::new(),
        hooks_url: format!("https://lykt.example.org/hooks/{name}"),
    };
    Declarative::new(Arc::new(definition), account).unwrap()
}

/// What a webhook must tell, as the published reading of it has it.
fn is_told(event: &Event, wanted: &Value) {
    let text = |key: &str| wanted[key].as_str();
    match event {
        Event::Reply(reply) => {
            assert_eq!(Some(reply.text.expose().as_str()), text("text"), "{wanted}");
            let from = text("from").unwrap().trim_start_matches('+');
            assert_eq!(reply.from.expose().trim_start_matches('+'), from, "{wanted}");
            if let Some(id) = text("provider_id").or(text("event_id")) {
                assert_eq!(reply.provider_id.as_str(), id);
            }
        }
        Event::Receipt(receipt) => {
            let status = match receipt.status.is_bad() {
                true => "failed",
                false => receipt.status.as_str(),
            };
            assert_eq!(Some(status), text("status"), "{wanted}");
            if let Some(id) = text("provider_id") {
                assert_eq!(receipt.provider_id.as_str(), id);
            }
            if wanted["permanent"] == true {
                assert!(receipt.class.unwrap().never_reached_never_will());
            }
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_published_body_is_read_as_its_provider_means_it() {
    let Some(spec) = specs::read("provider_payloads.json") else { return };
    let payloads = spec["payloads"].as_array().unwrap();
    let mut read = 0;
    for payload in payloads {
        let provider = match payload["provider"].as_str().unwrap() {
            "android-sms-gateway" => "android",
            other => other,
        };
        let (gateway, body) = (opened(provider, None, &[]), &payload["body"]);
        let body_text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        if payload["method"] == "response" {
            // LINK's published answer is that of a batch; ours is one of its items.
            let one = body.as_array().map_or_else(|| body.to_string(), |all| all[0].to_string());
            let sent = Ok(Response { status: 200, retry_after: None, body: Some(one.into_bytes()) });
            let Verdict::Accepted { provider_id } = gateway.verdict(&message(1), &sent) else { panic!("{payload}") };
            if let Some(id) = payload["normalised"]["provider_id"].as_str() {
                assert_eq!(provider_id.as_str(), id);
            }
            read += 1;
            continue;
        }
        let (query, form) = match payload["content_type"] == "query" {
            true => (body_text.as_str(), ""),
            false => ("parts=1", body_text.as_str()),
        };
        let events = gateway.parse(query, form.as_bytes()).unwrap();
        let wanted = match &payload["normalised"] {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        };
        assert_eq!(events.len(), wanted.len(), "{payload}");
        events.iter().zip(&wanted).for_each(|(event, wanted)| is_told(event, wanted));
        read += events.len();
    }
    assert!(read >= payloads.len());
}

#[test]
fn the_published_signatures_of_the_android_app_are_told_apart() {
    let Some(spec) = specs::read("other_signatures.json") else { return };
    for vector in spec["android_sms_gateway"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let headers: Vec<(String, String)> = vector["header"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), text(value)))
            .collect();
        let body = text(&vector["body_utf8"]);
        let verify = |key: &str, headers: &[(String, String)], body: &str| {
            let gateway = opened("android", None, &[("signing_key", key)]);
            gateway.verify(&Hook { method: "POST", url: "https://a/hooks/phone", headers, body: body.as_bytes() })
        };
        let key = text(&vector["signing_key"]);
        assert_eq!(verify(&key, &headers, &body).is_ok(), vector["expect"] == "valid");
        assert!(verify("1a2b3c4e", &headers, &body).is_err());
        assert!(verify(&key, &headers, &body.replace("sms:received", "sms:sent")).is_err());
        assert!(verify(&key, &headers[..1], &body).is_err());
        let twice = [headers.clone(), headers.clone()].concat();
        assert!(verify(&key, &twice, &body).is_err());
    }
}

#[test]
fn every_field_of_the_android_request_is_one_of_the_official_description() {
    let Some(spec) = specs::read("android_sms_gateway_openapi.json") else { return };
    let schema = &spec["components"]["schemas"]["smsgateway.Message"];
    let known = schema["properties"].as_object().unwrap();
    let mut message = message(1);
    message.validity_s = Some(3600);
    let request = opened("android", None, &[]).request(&message, Timestamp::UNIX_EPOCH).unwrap();
    assert!(
        spec["servers"]
            .as_array()
            .unwrap()
            .iter()
            .any(|server| { request.url == format!("{}/messages", server["url"].as_str().unwrap()) })
    );
    let Body::Json(json) = &request.body else { panic!("the body is JSON") };
    let json: Value = serde_json::from_slice(json.expose()).unwrap();
    for (field, value) in json.as_object().unwrap() {
        let described = known.get(field).unwrap_or_else(|| panic!("{field} is described"));
        let kind = match value {
            Value::String(text) => {
                assert!(described["maxLength"].as_u64().is_none_or(|most| text.len() as u64 <= most), "{field}");
                "string"
            }
            Value::Number(_) => "integer",
            Value::Bool(_) => "boolean",
            Value::Array(_) => "array",
            _ => "object",
        };
        assert_eq!(described["type"], kind, "{field}");
    }
    for must in schema["required"].as_array().unwrap() {
        assert!(json.get(must.as_str().unwrap()).is_some(), "{must}");
    }
}

/// A server that answers each connection with these bytes and hangs up.
async fn says(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 64 * 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    base_url
}

#[tokio::test]
async fn what_comes_over_the_wire_is_one_verdict_whatever_it_is() {
    let http = Http::new(|| 0, Duration::from_millis(500)).unwrap();
    let answer = |head: &str, body: &str| format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let doubt = |why| Verdict::InDoubt { why };
    for (head, body, expected) in [
        ("200 OK", "<html>".to_owned(), doubt(Doubt::Unreadable)),
        ("200 OK", String::new(), doubt(Doubt::Unreadable)),
        ("200 OK", "x".repeat(1_000_000), doubt(Doubt::Unreadable)),
        ("302 Found\r\nLocation: http://127.0.0.1:1/", String::new(), doubt(Doubt::Redirect)),
        ("500 Oh", "{}".to_owned(), doubt(Doubt::ServerError)),
    ] {
        for name in ["46elks", "sveve", "link", "puzzel", "vonage", "android"] {
            let base_url = says(answer(head, &body)).await;
            let gateway = Gateway::Declarative(opened(name, Some(&base_url), &[]));
            let verdict = gateway.send(&http, &message(1), Timestamp::UNIX_EPOCH).await.verdict;
            assert_eq!(verdict, expected, "{name}: {head}");
        }
    }
    let nobody = opened("sveve", Some("http://127.0.0.1:1"), &[]);
    let verdict = Gateway::Declarative(nobody).send(&http, &message(1), Timestamp::UNIX_EPOCH).await.verdict;
    assert_eq!(verdict, Verdict::NotSent { why: Unsent::NoConnection, retry_after: None });
}
