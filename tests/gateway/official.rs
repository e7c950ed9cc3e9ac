//! Every request is one that the provider's official description takes: Prism serves the description as it is, and
//! refuses what does not fit.
//!
//! `tests/run` brings Prism and says where it is; without it these tests fail and say so.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lykt::gateway::http::Http;
use lykt::gateway::twilio::{Account, Twilio};
use lykt::gateway::whatsapp_cloud::WhatsAppCloud;
use lykt::gateway::{Method, Outgoing, Request, Template, Variable};
use serde_json::Value;

use super::{NEVER, account, declarative, message, specs, twilio_whatsapp, whatsapp};

/// A description that is served.
struct Prism {
    program: Child,
    url: String,
}

impl Prism {
    /// Serves a description; `None` when the folder of descriptions is not at hand.
    fn serve(description: &str) -> Option<Self> {
        let file = specs::path(description)?;
        let prism = std::env::var("LYKT_PRISM").expect("Prism is missing: run the tests by `tests/run`");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut program = Command::new(prism)
            .args(["mock", "--errors", "--port", &port.to_string()])
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Prism starts");
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("is listening")), "Prism does not serve {description}");
        // What it says from now on is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { program, url: format!("http://127.0.0.1:{port}") })
    }

    /// Has a request judged; what is wrong with it stands in the answer.
    async fn takes(&self, what: &str, request: Request) {
        let http = Http::new(|| 0, Duration::from_secs(20)).unwrap();
        let sent = match request.method {
            Method::Get => http.get(request).await,
            _ => http.send(request, NEVER).await,
        };
        let answer = sent.unwrap_or_else(|why| panic!("{what}: {why}"));
        let body = answer.body.unwrap_or_default();
        // A description may contradict itself in the answer that Prism makes up; the request was taken all the same.
        let of_its_answer = serde_json::from_slice::<Value>(&body).is_ok_and(|told| {
            let found = told["validation"].as_array();
            found.is_some_and(|found| found.iter().all(|one| one["location"][0] == "response"))
        });
        let taken = (200..300).contains(&answer.status) || of_its_answer;
        assert!(taken, "{what}: {} {}", answer.status, String::from_utf8_lossy(&body));
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twilio_takes_every_request_of_ours() {
    let Some(prism) = Prism::serve("twilio_messages_openapi.prism.json") else { return };
    let account = account(&prism.url);
    let picture = Some("https://lykt.example.org/media/0123.png".to_owned());
    let service = Some("MG00000000000000000000000000000001".to_owned());
    let on_whatsapp = twilio_whatsapp::on_whatsapp(&prism.url);
    let template = |names| Some(twilio_whatsapp::template(names));
    for (what, account, message) in [
        ("words on WhatsApp", on_whatsapp.clone(), message(6)),
        ("a picture on WhatsApp", on_whatsapp.clone(), Outgoing { media_url: picture.clone(), ..message(7) }),
        ("a template", on_whatsapp.clone(), Outgoing { template: template(&[None, None]), ..message(8) }),
        (
            "a template with a picture",
            on_whatsapp,
            Outgoing { template: template(&[Some("first")]), media_url: picture.clone(), ..message(9) },
        ),
        ("a text", account.clone(), message(1)),
        ("a picture", account.clone(), Outgoing { media_url: picture, ..message(2) }),
        ("a validity", account.clone(), Outgoing { validity_s: Some(1_000_000), ..message(3) }),
        ("no callback", Account { status_callback: None, ..account.clone() }, message(4)),
        ("a service", Account { from: None, messaging_service_sid: service, ..account }, message(5)),
    ] {
        prism.takes(what, Twilio::new(account).unwrap().request(&message)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatsapp_takes_every_request_of_ours() {
    let Some(prism) = Prism::serve("whatsapp_cloud_openapi.prism.json") else { return };
    let whatsapp = WhatsAppCloud::new(whatsapp::account(&prism.url)).unwrap();
    let place = |name: Option<&str>| Variable { name: name.map(str::to_owned), value: "Amanda".to_owned() };
    let template = |name: Option<&str>, buttons: &[&str]| Template {
        name: "vaccine".to_owned(),
        language: "en_US".to_owned(),
        variables: vec![place(name), place(name)],
        buttons: buttons.iter().map(|title| (*title).to_owned()).collect(),
    };
    let picture = || Some("https://lykt.example.org/media/0123.png".to_owned());
    for (what, message) in [
        ("a text", message(1)),
        ("a picture", Outgoing { media_url: picture(), ..message(2) }),
        ("a template", Outgoing { template: Some(template(None, &[])), ..message(3) }),
        (
            "a template with all it can have",
            Outgoing {
                template: Some(template(Some("first_name"), &["Ja takk", "Stopp"])),
                media_url: picture(),
                ..message(4)
            },
        ),
        // Somebody without a number cannot be here: this description is older than `recipient`.
    ] {
        prism.takes(what, whatsapp.request(&message)).await;
    }
    prism.takes("the templates", whatsapp.templates_request(None)).await;
    prism.takes("their next page", whatsapp.templates_request(Some("QVFIU"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_android_app_takes_every_request_of_ours() {
    let Some(prism) = Prism::serve("android_sms_gateway_openapi.json") else { return };
    let android = declarative::opened("android", Some(&prism.url), &[]);
    let now = jiff::Timestamp::UNIX_EPOCH;
    for (what, message) in [("a text", message(1)), ("a validity", Outgoing { validity_s: Some(600), ..message(2) })] {
        prism.takes(what, android.request(&message, now).unwrap()).await;
    }
}
