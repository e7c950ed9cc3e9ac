//! A fake gateway in a process of its own: takes everything and answers as Twilio does, after a while if asked to.
//!
//! In a process of its own so that its processor time is not counted as ours.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::net::TcpListener;

/// The word that makes a benchmark's own program a gateway.
const WORD: &str = "--be-the-gateway";

/// The account's id, secret and number with this gateway.
pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
/// Its secret.
pub const AUTH_TOKEN: &str = "bench-secret";

/// A running gateway; it ends with this value.
pub struct Gateway {
    child: Child,
    /// For `base_url`.
    pub base_url: String,
}

/// Whether this process is to be the gateway, and how long it waits before it answers.
pub fn asked() -> Option<Duration> {
    let mut args = std::env::args().skip_while(|arg| arg != WORD).skip(1);
    args.next()?.parse().ok().map(Duration::from_millis)
}

/// Is the gateway until the process is killed.
pub async fn be(latency: Duration) -> anyhow::Result<()> {
    let taken = Arc::new(AtomicU64::new(0));
    let count = taken.clone();
    let message = move |body: Bytes| {
        let n = taken.fetch_add(1, Ordering::Relaxed);
        async move {
            if latency > Duration::ZERO {
                tokio::time::sleep(latency).await;
            }
            let known = body.starts_with(b"To=");
            (if known { StatusCode::CREATED } else { StatusCode::BAD_REQUEST }, sid(n))
        }
    };
    let router = Router::new()
        .route("/2010-04-01/Accounts/{sid}/Messages.json", post(message))
        .route("/taken", get(async move || count.load(Ordering::Relaxed).to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

fn sid(n: u64) -> String {
    format!(r#"{{"sid":"SM{n:032x}","status":"queued","error_code":null}}"#)
}

impl Gateway {
    /// Starts one that answers after so many milliseconds.
    pub fn start(latency_ms: u64) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([WORD, &latency_ms.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().ok_or_else(|| anyhow::anyhow!("the gateway says nothing"))?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        Ok(Self { child, base_url: format!("http://{}", line.trim()) })
    }

    /// How many messages it took.
    pub async fn taken(&self, client: &reqwest::Client) -> anyhow::Result<u64> {
        let answer = client.get(format!("{}/taken", self.base_url)).send().await?;
        Ok(answer.text().await?.parse()?)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
