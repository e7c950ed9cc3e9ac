//! Past the deadline nothing is written: the clock jumps at every place where a sender can be stopped (fault 13).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use lykt::gateway::http::Http;
use lykt::gateway::{Outgoing, Unsent, Verdict};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::{message, twilio};
use crate::fault_gateway::FaultGateway;

const LATE: Verdict = Verdict::NotSent { why: Unsent::PastDeadline, retry_after: None };

/// A clock that stands at 0 for so many looks, and at an hour afterwards.
fn stops_after(looks: usize) -> (Arc<AtomicUsize>, impl Fn() -> i64 + Send + Sync) {
    let left = Arc::new(AtomicUsize::new(looks));
    let clock = left.clone();
    (left, move || match clock.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
        Ok(_) => 0,
        Err(_) => 3_600_000,
    })
}

fn due() -> Outgoing {
    Outgoing { deadline_ms: 1_000, ..message(1) }
}

#[tokio::test]
async fn a_sender_stopped_before_it_connects_writes_nothing() {
    let server = FaultGateway::start().await;
    let (_, clock) = stops_after(0);
    let http = Http::new(clock, Duration::from_secs(5)).unwrap();
    assert_eq!(twilio(&server.base_url()).send(&http, &due(), Timestamp::UNIX_EPOCH).await.verdict, LATE);
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_sender_stopped_after_it_connected_writes_not_one_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        bytes.len()
    });
    let (_, clock) = stops_after(1);
    let http = Http::new(clock, Duration::from_secs(5)).unwrap();
    assert_eq!(twilio(&url).send(&http, &due(), Timestamp::UNIX_EPOCH).await.verdict, LATE);
    assert_eq!(heard.await.unwrap(), 0);
}

#[tokio::test]
async fn a_sender_stopped_with_a_connection_in_hand_writes_nothing() {
    let server = FaultGateway::start().await;
    let (left, clock) = stops_after(2);
    let http = Http::new(clock, Duration::from_secs(5)).unwrap();
    let gateway = twilio(&server.base_url());
    let first = gateway.send(&http, &due(), Timestamp::UNIX_EPOCH).await.verdict;
    assert!(matches!(first, Verdict::Accepted { .. }), "{first:?}");
    left.store(1, Ordering::SeqCst);
    assert_eq!(gateway.send(&http, &due(), Timestamp::UNIX_EPOCH).await.verdict, LATE);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn the_simulator_keeps_deadlines_too() {
    let simulator = lykt::gateway::Gateway::Simulator(lykt::gateway::simulator::Simulator::new().unwrap());
    let http = Http::new(|| 1_000, Duration::from_secs(5)).unwrap();
    let outcome = simulator.send(&http, &due(), Timestamp::UNIX_EPOCH).await;
    assert_eq!(outcome.verdict, LATE);
    assert!(outcome.later.is_empty());
}
