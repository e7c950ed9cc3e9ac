//! A reused connection, cut at every byte: no request is ever transmitted twice.
//!
//! Libraries below us know how to "retry" a request that found its connection dead. Here a server takes one request on
//! a connection, then hangs up at a chosen byte of the second, and counts on all connections how often the second was
//! begun and how often it arrived whole.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use lykt::gateway::http::Http;
use lykt::gateway::{Doubt, Gateway, Unsent, Verdict};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{message, twilio};

const ANSWER: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 44\r\n\r\n\
    {\"sid\":\"SM0123456789abcdef0123456789abcdef\"}";

/// Where the server hangs up.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Nowhere.
    None,
    /// After so many bytes of the request.
    Request(usize),
    /// After so many bytes of the answer.
    Answer(usize),
    /// After a whole answer, before the next request.
    Idle,
}

#[derive(Default)]
struct Counts {
    begun: usize,
    whole: usize,
    /// The length of the last whole request.
    length: usize,
}

#[derive(Clone)]
struct Server {
    cut: Arc<Mutex<(Cut, bool)>>,
    counts: Arc<Mutex<Counts>>,
    url: String,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { cut: Arc::new(Mutex::new((Cut::None, false))), counts: Arc::default(), url };
        let shared = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(shared.clone().connection(stream));
            }
        });
        server
    }

    /// Cuts so from now on; `reset` with a RST, otherwise with a FIN.
    fn plan(&self, cut: Cut, reset: bool) {
        *self.cut.lock().unwrap() = (cut, reset);
        *self.counts.lock().unwrap() = Counts { length: self.length(), ..Counts::default() };
    }

    fn length(&self) -> usize {
        self.counts.lock().unwrap().length
    }

    fn counted(&self) -> (usize, usize) {
        let counts = self.counts.lock().unwrap();
        (counts.begun, counts.whole)
    }

    async fn connection(self, mut stream: TcpStream) {
        loop {
            // Looks before it reads, so that a request is counted as begun even if none of it is read.
            if !matches!(stream.peek(&mut [0]).await, Ok(1)) {
                return;
            }
            self.counts.lock().unwrap().begun += 1;
            let (cut, reset) = *self.cut.lock().unwrap();
            let limit = if let Cut::Request(bytes) = cut { bytes } else { usize::MAX };
            let mut request = Vec::new();
            while request.len() < limit && !is_whole(&request) {
                let mut some = [0; 4096];
                let room = some.len().min(limit - request.len());
                match stream.read(&mut some[..room]).await {
                    Ok(bytes @ 1..) => request.extend_from_slice(&some[..bytes]),
                    _ => return,
                }
            }
            if is_whole(&request) {
                let mut counts = self.counts.lock().unwrap();
                counts.whole += 1;
                counts.length = request.len();
            }
            let answer = match cut {
                Cut::Request(_) => &[],
                Cut::Answer(bytes) => &ANSWER[..bytes],
                Cut::None | Cut::Idle => ANSWER,
            };
            stream.write_all(answer).await.unwrap();
            if answer.len() < ANSWER.len() || matches!(cut, Cut::Idle) {
                if reset {
                    stream.set_zero_linger().unwrap();
                } else {
                    let _ = stream.shutdown().await;
                }
                return;
            }
        }
    }
}

fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    request.len() - end - 4 == length.map_or(0, |length| length.trim().parse().unwrap())
}

async fn send(gateway: &Gateway, http: &Http, n: usize) -> Verdict {
    gateway.send(http, &message(n), Timestamp::UNIX_EPOCH).await.verdict
}

/// Sends one message to warm a connection up, then another that meets the cut.
async fn cut(server: &Server, gateway: &Gateway, http: &Http, cut: Cut, reset: bool) -> Verdict {
    server.plan(Cut::None, reset);
    let warm = send(gateway, http, 1).await;
    assert!(matches!(warm, Verdict::Accepted { .. }), "{cut:?}: {warm:?}");
    server.plan(cut, reset);
    send(gateway, http, 2).await
}

#[tokio::test]
async fn a_reused_connection_cut_at_every_byte_carries_no_request_twice() {
    let server = Server::start().await;
    let gateway = twilio(&server.url);
    let http = Http::new(|| 0, Duration::from_secs(5)).unwrap();
    send(&gateway, &http, 1).await;
    let length = server.length();
    assert!(length > 300);
    let cuts = (0..length).map(Cut::Request).chain((0..=ANSWER.len()).map(Cut::Answer));
    for (at, reset) in cuts.flat_map(|at| [(at, true), (at, false)]) {
        let verdict = cut(&server, &gateway, &http, at, reset).await;
        let (begun, whole) = server.counted();
        assert_eq!(begun, 1, "{at:?} reset={reset}: begun {begun} times, {verdict:?}");
        match at {
            Cut::Request(_) => assert_eq!((whole, verdict), (0, Verdict::InDoubt { why: Doubt::Broken }), "{at:?}"),
            Cut::Answer(bytes) if bytes == ANSWER.len() => assert!(matches!(verdict, Verdict::Accepted { .. })),
            _ => assert!(whole == 1 && matches!(verdict, Verdict::InDoubt { .. }), "{at:?} {whole} {verdict:?}"),
        }
    }
}

#[tokio::test]
async fn a_connection_cut_while_idle_never_makes_two_of_one() {
    let server = Server::start().await;
    let gateway = twilio(&server.url);
    let http = Http::new(|| 0, Duration::from_secs(5)).unwrap();
    let mut again = 0;
    for n in 0..400 {
        // The server hangs up behind each answer, so that the next request races with the news.
        server.plan(Cut::Idle, n % 2 == 0);
        let verdict = send(&gateway, &http, n).await;
        let (begun, whole) = server.counted();
        assert!(begun <= 1 && whole <= 1, "begun {begun}, whole {whole}: {verdict:?}");
        match verdict {
            Verdict::Accepted { .. } => again += 1,
            Verdict::InDoubt { why: Doubt::Broken } => {}
            Verdict::NotSent { why: Unsent::NoConnection, .. } => assert_eq!(begun, 0),
            other => panic!("{other:?}"),
        }
    }
    assert!(again > 100, "{again}");
}

#[tokio::test]
async fn the_counting_server_does_notice_a_second_transmission() {
    let server = Server::start().await;
    let gateway = twilio(&server.url);
    let http = Http::new(|| 0, Duration::from_secs(5)).unwrap();
    server.plan(Cut::None, false);
    for _ in 0..2 {
        send(&gateway, &http, 1).await;
    }
    assert_eq!(server.counted(), (2, 2));
}
