//! Clients that are slow, endless or many: told off in time, and nobody else is kept waiting.

use std::time::{Duration, Instant};

use lykt::webhook::Limits;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::webhook::house::{House, TWILIO};
use crate::webhook::wire::{self, answer, ask};

/// As in real life, but shorter.
fn short() -> Limits {
    let short = Duration::from_millis(400);
    Limits { head: short, body: short, ..Limits::default() }
}

#[expect(clippy::disallowed_methods, reason = "tests measure how long the program takes")]
fn now() -> Instant {
    Instant::now()
}

async fn begin(house: &House, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", house.port)).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_cut_off() {
    let house = House::on_sqlite(short()).await;
    for head in ["", "POST /hooks/twilio", "GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: "] {
        let began = now();
        let mut stream = begin(&house, head.as_bytes()).await;
        let told = answer(&mut stream).await;
        assert_ne!(told.status, 200, "{head:?}");
        assert!(began.elapsed() >= Duration::from_millis(300) && began.elapsed() < Duration::from_secs(10), "{head:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_trickles_in_does_not_buy_time() {
    let house = House::on_sqlite(short()).await;
    let began = now();
    let mut stream = begin(&house, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ").await;
    while stream.write_all(b"a").await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10), "still open");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_comes_is_answered_in_time() {
    let house = House::on_sqlite(short()).await;
    let head = format!("POST /hooks/{TWILIO}/inbound HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nBody=");
    let mut stream = begin(&house, head.as_bytes()).await;
    assert_eq!(answer(&mut stream).await.status, 408);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_or_endless_is_413() {
    let house = House::on_sqlite(short()).await;
    let path = format!("/hooks/{TWILIO}/inbound");
    let large = wire::signed_post(&path, &"a".repeat(3_000_000), "x");
    assert_eq!(ask(house.port, &large).await.status, 413);

    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    let stream = begin(&house, head.as_bytes()).await;
    let (mut reading, mut writing) = stream.into_split();
    let endless = tokio::spawn(async move {
        let chunk = format!("4000\r\n{}\r\n", "a".repeat(0x4000));
        while writing.write_all(chunk.as_bytes()).await.is_ok() {}
    });
    let mut status = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut reading, &mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 413");
    drop(reading);
    tokio::time::timeout(Duration::from_secs(20), endless).await.expect("the connection is closed").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_parameters_and_a_head_without_end_are_refused() {
    let house = House::on_sqlite(short()).await;
    let path = format!("/hooks/{TWILIO}/inbound");
    let many = wire::signed_post(&path, &"a=1&".repeat(100_000), "x");
    assert_eq!(ask(house.port, &many).await.status, 403);
    let query = wire::get(&format!("/healthz?{}", "a=1&".repeat(100_000)));
    let told = ask(house.port, &query).await.status;
    assert!((400..500).contains(&told) || told == 0, "{told}");
    let garbage = ask(house.port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await.status;
    assert!((400..500).contains(&garbage) || garbage == 0, "{garbage}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_slow_connections_keep_nobody_waiting() {
    let limits = Limits { head: Duration::from_secs(60), ..Limits::default() };
    let house = House::on_sqlite(limits).await;
    let mut slow = Vec::new();
    for _ in 0..2_000 {
        slow.push(begin(&house, b"POST /hooks/twilio-oslo/inbound HTTP/1.1\r\nX-Slow: ").await);
    }
    let began = now();
    assert_eq!(house.says("+447700900101", "SM1", "STOP").await.status, 200);
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(slow.len(), 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_are_closed_and_make_room_again() {
    let house = House::on_sqlite(Limits { connections: 4, ..short() }).await;
    let mut slow = Vec::new();
    for _ in 0..4 {
        slow.push(begin(&house, b"GET /").await);
    }
    // Each of the four is told off in time; then there is room.
    assert_eq!(ask(house.port, &wire::get("/healthz")).await.status, 0);
    for mut stream in slow {
        answer(&mut stream).await;
    }
    assert_eq!(ask(house.port, &wire::get("/healthz")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_idle_and_slow_connections_within_seconds() {
    let limits = Limits { head: Duration::from_secs(60), grace: Duration::from_millis(500), ..Limits::default() };
    let house = House::on_sqlite(limits).await;
    let idle = begin(&house, b"").await;
    let slow = begin(&house, b"GET /heal").await;
    let port = house.port;
    let began = now();
    house.stop().await;
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err(), "nobody listens any more");
    drop((idle, slow));
}
