//! The faults of a living provider (FAULTS.md 1 to 9), over real sockets.

use std::time::Duration;

use jiff::Timestamp;
use lykt::gateway::http::Http;
use lykt::gateway::{Class, Doubt, Gateway, Outgoing, Probe, Request, Unsent, Verdict};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{PERSON, account, message, twilio};
use crate::fault_gateway::{Fault, FaultGateway, Faults};

fn http() -> Http {
    Http::new(|| 0, Duration::from_millis(400)).unwrap()
}

async fn send(gateway: &Gateway, message: &Outgoing) -> Verdict {
    gateway.send(&http(), message, Timestamp::UNIX_EPOCH).await.verdict
}

#[tokio::test]
async fn each_fault_gets_its_verdict_and_no_second_request() {
    let doubt = |why| Verdict::InDoubt { why };
    let mut table = vec![
        (Fault::AcceptThenDrop, doubt(Doubt::Broken), 1),
        (Fault::AcceptThen500, doubt(Doubt::ServerError), 1),
        (Fault::AcceptThenHang, doubt(Doubt::Timeout), 1),
        (Fault::AcceptThenSay("{}".to_owned()), doubt(Doubt::Unreadable), 1),
        (Fault::Hang, doubt(Doubt::Timeout), 0),
        (Fault::Drop, doubt(Doubt::Broken), 0),
        (Fault::Status(503), doubt(Doubt::ServerError), 0),
        (Fault::Status(403), doubt(Doubt::Unreadable), 0),
        (Fault::Unauthorised, Verdict::Refused { code: Some(20003.into()), class: Class::Config }, 0),
        (Fault::Refuse(21610), Verdict::Refused { code: Some(21610.into()), class: Class::OptedOut }, 0),
        (
            Fault::Throttle(Some(86_400)),
            Verdict::NotSent { why: Unsent::Throttled, retry_after: Some(Duration::from_secs(86_400)) },
            0,
        ),
        (Fault::Say("text/html", "x".repeat(1_000_000)), doubt(Doubt::Unreadable), 0),
    ];
    table.extend(Fault::bad_bodies().into_iter().map(|fault| (fault, doubt(Doubt::Unreadable), 0)));
    for (fault, expected, accepted) in table {
        let server = FaultGateway::start().await;
        server.fail_next(fault.clone());
        assert_eq!(send(&twilio(&server.base_url()), &message(1)).await, expected, "{fault:?}");
        assert_eq!(server.accepts().len(), accepted, "{fault:?}");
        assert!(server.requests() <= 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_healthy_gateway_takes_each_message_once_over_a_kept_connection() {
    let server = FaultGateway::start().await;
    server.set_latency(Duration::from_millis(1));
    let (gateway, http) = (twilio(&server.base_url()), http());
    for n in 0..20 {
        let verdict = gateway.send(&http, &message(n), Timestamp::UNIX_EPOCH).await.verdict;
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    }
    let accepts = server.accepts();
    assert_eq!(server.counts().get(PERSON), Some(&20));
    assert_eq!(accepts[7].token.as_deref(), Some("token-00000007"));
    assert_eq!(accepts[7].body, *message(7).text.expose());
    assert!(accepts.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms && pair[0].sid != pair[1].sid));
    assert_eq!(accepts[0].fields.get("From").map(String::as_str), Some(accepts[0].from.as_str()));
}

#[tokio::test]
async fn faults_can_be_planned_by_number_and_by_share() {
    let server = FaultGateway::start().await;
    let (gateway, http) = (twilio(&server.base_url()), http());
    server.fail_for(PERSON, Some(Fault::Refuse(21211)));
    assert!(matches!(send(&gateway, &message(0)).await, Verdict::Refused { class: Class::BadNumber, .. }));
    server.fail_for(PERSON, None);
    let faults: Faults = "accept_then_500=5%,refuse=5%".parse().unwrap();
    server.set_faults(faults.seeded(7));
    let mut failed = 0;
    for n in 0..200 {
        let verdict = gateway.send(&http, &message(n), Timestamp::UNIX_EPOCH).await.verdict;
        failed += usize::from(!matches!(verdict, Verdict::Accepted { .. }));
    }
    assert!((8..40).contains(&failed), "{failed}");
}

#[tokio::test]
async fn a_late_accept_after_a_drop_is_a_doubt_at_once() {
    let server = FaultGateway::start().await;
    server.fail_next(Fault::AcceptLater(Duration::from_millis(1)));
    assert_eq!(send(&twilio(&server.base_url()), &message(1)).await, Verdict::InDoubt { why: Doubt::Broken });
    while server.accepts().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_carries_no_secret_away() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = FaultGateway::start().await;
    server.fail_next(Fault::Redirect(format!("http://{}/steal", elsewhere.local_addr().unwrap())));
    let verdict = send(&twilio(&server.base_url()), &message(1)).await;
    assert_eq!(verdict, Verdict::InDoubt { why: Doubt::Redirect });
    // The answer is here, so a request to elsewhere would be in its queue by now.
    let nobody = std::future::poll_fn(|cx| std::task::Poll::Ready(elsewhere.poll_accept(cx).is_pending())).await;
    assert!(nobody);
}

#[tokio::test]
async fn a_closed_port_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let unsent = Verdict::NotSent { why: Unsent::NoConnection, retry_after: None };
    assert_eq!(send(&twilio(&url), &message(1)).await, unsent);
    assert_eq!(twilio(&url).test(&http()).await, Probe::Unreachable);
}

#[tokio::test]
async fn a_tls_handshake_that_never_ends_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let http = Http::new(|| 0, Duration::from_secs(5)).unwrap();
    let verdict = twilio(&url).send(&http, &message(1), Timestamp::UNIX_EPOCH).await.verdict;
    assert_eq!(verdict, Verdict::NotSent { why: Unsent::NoConnection, retry_after: None });
}

#[tokio::test]
async fn an_endless_answer_is_cut_off_and_a_doubt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n").await;
        while stream.write_all(b"5\r\n     \r\n").await.is_ok() {}
    });
    assert_eq!(send(&twilio(&url), &message(1)).await, Verdict::InDoubt { why: Doubt::Unreadable });
}

#[tokio::test]
async fn a_date_to_retry_after_is_measured_against_the_answers_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = "HTTP/1.1 429 x\r\ndate: Tue, 24 Nov 2026 10:00:00 GMT\r\n\
                          retry-after: Tue, 24 Nov 2026 10:02:00 GMT\r\ncontent-length: 0\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let retry_after = Some(Duration::from_secs(120));
    assert_eq!(send(&twilio(&url), &message(1)).await, Verdict::NotSent { why: Unsent::Throttled, retry_after });
}

#[tokio::test]
async fn the_test_gateway_refuses_a_body_that_stops_short() {
    let server = FaultGateway::start().await;
    let request: Request = match twilio(&server.base_url()) {
        Gateway::Twilio(twilio) => twilio.request(&message(1)),
        _ => unreachable!(),
    };
    let body = request.body.bytes();
    let head = format!(
        "POST /2010-04-01/Accounts/{}/Messages.json HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n",
        account("http://a").account_sid,
        body.len()
    );
    let mut stream = TcpStream::connect(server.base_url().trim_start_matches("http://")).await.unwrap();
    stream.write_all(&[head.as_bytes(), &body[..body.len() - 1]].concat()).await.unwrap();
    stream.shutdown().await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    assert_eq!((server.accepts().len(), server.requests()), (0, 0));
}

#[tokio::test]
async fn the_harmless_call_works_and_sends_nothing() {
    let server = FaultGateway::start().await;
    assert_eq!(twilio(&server.base_url()).test(&http()).await, Probe::Works);
    assert_eq!((server.accepts().len(), server.requests()), (0, 0));
}
