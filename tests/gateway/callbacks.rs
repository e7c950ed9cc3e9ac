//! From an accepted message to its receipts and answers, through real sockets and signatures.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use jiff::Timestamp;
use lykt::gateway::http::Http;
use lykt::gateway::{Event, Gateway, Hook, HookKind, ReceiptStatus, Verdict};
use tokio::sync::Notify;

use super::{PERSON, message, twilio};
use crate::fault_gateway::{FaultGateway, Hooks};

const PUBLIC: &str = "https://lykt.example.org";

/// The smallest program that receives webhooks: verifies, reads, remembers.
#[derive(Clone)]
struct Receiver {
    gateway: Gateway,
    events: Arc<Mutex<Vec<Event>>>,
    down: Arc<Mutex<u32>>,
    news: Arc<Notify>,
}

impl Receiver {
    async fn start(gateway: Gateway) -> (Self, Hooks) {
        let receiver = Self { gateway, events: Arc::default(), down: Arc::default(), news: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let local = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/hooks/{account}/{kind}", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, Hooks { local, public: PUBLIC.to_owned() })
    }

    fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    Path((_, kind)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    {
        let mut down = receiver.down.lock().unwrap();
        if *down > 0 {
            *down -= 1;
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    }
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let hook = Hook { method: "POST", url: &format!("{PUBLIC}{uri}"), headers: &headers, body: &body };
    if receiver.gateway.verify(&hook).is_err() {
        return StatusCode::FORBIDDEN;
    }
    let kind = HookKind::parse(&kind).unwrap();
    let events = receiver.gateway.parse(kind, uri.query().unwrap_or_default(), &body).unwrap();
    receiver.events.lock().unwrap().extend(events);
    receiver.news.notify_one();
    StatusCode::OK
}

async fn send(gateway: &Gateway) -> Verdict {
    let http = Http::new(|| 0, Duration::from_secs(5)).unwrap();
    gateway.send(&http, &message(1), Timestamp::UNIX_EPOCH).await.verdict
}

#[tokio::test]
async fn receipts_and_answers_arrive_signed_under_their_token_and_id() {
    let server = FaultGateway::start().await;
    let gateway = twilio(&server.base_url());
    let (receiver, hooks) = Receiver::start(gateway.clone()).await;
    let Verdict::Accepted { provider_id } = send(&gateway).await else { panic!() };
    let accept = server.accepts().remove(0);
    for (status, code) in [("delivered", None), ("sent", None), ("undelivered", Some(30005))] {
        assert_eq!(server.receipt(&hooks, &accept, status, code).await, StatusCode::OK);
    }
    assert_eq!(server.reply(&hooks, "twilio-oslo", PERSON, &accept.from, "Stopp å ä 🌹").await, StatusCode::OK);
    assert_eq!(server.reply_as(&hooks, "twilio-oslo", "SM1", PERSON, &accept.from, "x").await, StatusCode::OK);
    let events = receiver.events();
    let [Event::Receipt(late), Event::Receipt(early), Event::Receipt(bad), Event::Reply(reply), Event::Reply(again)] =
        &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!((&late.provider_id, &late.token), (&provider_id, &Some(message(1).token)));
    assert_eq!((late.status, early.status), (ReceiptStatus::Delivered, ReceiptStatus::Sent));
    assert!(bad.class.unwrap().never_reached_never_will());
    assert_eq!((reply.from.expose(), reply.text.expose().as_str()), (PERSON, "Stopp å ä 🌹"));
    assert_eq!(again.provider_id.as_str(), "SM1");
}

#[tokio::test]
async fn receipts_follow_by_themselves_and_are_repeated_while_we_are_down() {
    let server = FaultGateway::start().await;
    let gateway = twilio(&server.base_url());
    let (receiver, hooks) = Receiver::start(gateway.clone()).await;
    *receiver.down.lock().unwrap() = 2;
    server.send_receipts(hooks, Duration::from_millis(1), &["sent", "delivered"]);
    assert!(matches!(send(&gateway).await, Verdict::Accepted { .. }));
    while receiver.events().len() < 2 {
        receiver.news.notified().await;
    }
    let statuses: Vec<ReceiptStatus> = (receiver.events().iter())
        .map(|event| match event {
            Event::Receipt(receipt) => receipt.status,
            _ => panic!(),
        })
        .collect();
    assert_eq!(statuses, [ReceiptStatus::Sent, ReceiptStatus::Delivered]);
}

#[tokio::test]
async fn a_hook_under_another_public_url_is_forbidden() {
    let server = FaultGateway::start().await;
    let (receiver, hooks) = Receiver::start(twilio(&server.base_url())).await;
    let hooks = Hooks { public: "https://evil.example.org".to_owned(), ..hooks };
    let answer = server.reply(&hooks, "twilio-oslo", PERSON, "+447700900001", "hi").await;
    assert_eq!((answer, receiver.events().len()), (StatusCode::FORBIDDEN, 0));
}
