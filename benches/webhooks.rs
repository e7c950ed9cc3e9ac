//! How many webhooks a second are taken in durably, beside a handler that only verifies, in the same run.
//!
//! `cargo bench --bench webhooks`; `LYKT_BENCH_MESSAGES` sets the number of messages, each with two receipts.

#[path = "support/receipts.rs"]
mod receipts;
mod support;

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::routing::post;
use jiff::tz::TimeZone;
use lykt::clock::Clock;
use lykt::gateway::http::ensure_crypto;
use lykt::gateway::{Accounts, Hook};
use lykt::store::sql;
use lykt::webhook::{Webhooks, serve};
use receipts::Receipt;
use support::gateway::{self, Gateway};
use support::house::{ACCOUNT, House, On, PUBLIC};
use support::measure::{Took, median, peak_mb, reset_peak, size, took};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The word that makes this program the one that posts webhooks: then an address, a file, and over how many connections.
const WORD: &str = "--post-webhooks";
/// Connections that the provider keeps open: on a busy day, and while a large campaign's receipts come in.
const CONNECTIONS: [usize; 2] = [64, 256];
const GOAL: f64 = 0.50;

fn main() -> anyhow::Result<()> {
    ensure_crypto();
    let runtime = tokio::runtime::Runtime::new()?;
    let mut args = std::env::args().skip_while(|arg| arg != WORD).skip(1);
    match (gateway::asked(), args.next(), args.next(), args.next()) {
        (Some(latency), ..) => runtime.block_on(gateway::be(latency)),
        (None, Some(address), Some(file), Some(at_once)) => runtime.block_on(post_all(address, file, at_once.parse()?)),
        _ => runtime.block_on(figures()),
    }
}

async fn figures() -> anyhow::Result<()> {
    let messages = size("LYKT_BENCH_MESSAGES", 10_000);
    let only = std::env::var("LYKT_BENCH_ONLY").unwrap_or_default().to_lowercase();
    println!("{} signed receipts; the median of three\n", 2 * messages);
    println!("database    connections   bare/s  durable/s   ratio    goal  cpu s/1000  bare cpu  peak MB");
    for on in [On::Sqlite, On::Postgres].into_iter().filter(|on| on.name().to_lowercase().contains(&only)) {
        for connections in CONNECTIONS {
            row(on, connections, messages).await?;
        }
    }
    Ok(())
}

async fn row(on: On, connections: usize, messages: u64) -> anyhow::Result<()> {
    let (mut ratios, mut bares, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    let receipts = 2 * messages;
    for _ in 0..3 {
        let gateway = Gateway::start(0)?;
        let house = House::new(on, Clock::real(TimeZone::UTC)).await?;
        let plan = house.campaign().await?;
        house.queue(plan, 0..messages).await?;
        let mut outbox = house.outbox(&gateway.base_url, 256).await?;
        while outbox.step().await?.under_way > 0 {
            outbox.wait().await;
        }
        anyhow::ensure!(gateway.taken(&client()?).await? == messages, "not every message went out");
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), lines(&receipts::signed(&house.db, &["sent", "delivered"]).await?))?;
        let settings = house.settings(&gateway.base_url)?;
        let accounts = Arc::new(Accounts::open(&settings, &house.ledger.clock)?);

        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let bare = tokio::spawn(async move { axum::serve(listener, only_verify(accounts)).await });
        bares.push(posted(&address, file.path(), connections).await?);
        bare.abort();

        reset_peak();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let accounts = Arc::new(Accounts::open(&settings, &house.ledger.clock)?);
        let (db, ledger, settler) = (house.db.clone(), house.ledger.clone(), house.settler.clone());
        let webhooks = Arc::new(Webhooks::new(db, ledger, settler, accounts, &settings));
        let (_stop, stopped) = watch::channel(false);
        let door = tokio::spawn(serve(listener, webhooks, axum::Router::new(), stopped));
        ours.push(posted(&address, file.path(), connections).await?);
        door.abort();

        let mut tx = house.db.read().await?;
        let delivered = tx.maybe(sql("select count(*) from message where state = 'delivered'")).await?;
        let delivered = delivered.map_or(Ok(0), |row| row.int(0))?;
        anyhow::ensure!(delivered == messages as i64, "{delivered} of {messages} messages are delivered");
        let (bare, durable) = (&bares[bares.len() - 1], &ours[ours.len() - 1]);
        ratios.push(bare.seconds / durable.seconds);
    }
    let per_second = |all: &[Took]| median(all.iter().map(|took| receipts as f64 / took.seconds).collect());
    let cpu = |all: &[Took]| median(all.iter().map(|took| took.cpu * 1000.0 / receipts as f64).collect());
    println!(
        "{:<11} {:>11} {:>8.0} {:>10.0} {:>7.2} {GOAL:>7.2} {:>11.3} {:>9.3} {:>8.0}",
        on.name(),
        connections,
        per_second(&bares),
        per_second(&ours),
        median(ratios),
        cpu(&ours),
        cpu(&bares),
        peak_mb()?
    );
    Ok(())
}

/// Each as a line of path, signature and body.
fn lines(receipts: &[Receipt]) -> String {
    let line = |one: &Receipt| format!("{}\t{}\t{}\n", one.path, one.signature, one.body);
    receipts.iter().map(line).collect()
}

fn only_verify(accounts: Arc<Accounts>) -> Router {
    async fn hook(
        State(accounts): State<Arc<Accounts>>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> StatusCode {
        let url = format!("{PUBLIC}{uri}");
        let texts: Vec<(String, String)> = headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let hook = Hook { method: method.as_str(), url: &url, headers: &texts, body: &body };
        let verified = accounts.get(ACCOUNT).is_some_and(|gateway| gateway.verify(&hook).is_ok());
        if verified { StatusCode::OK } else { StatusCode::FORBIDDEN }
    }
    Router::new().route("/hooks/{account}/{kind}", post(hook)).with_state(accounts)
}

/// Has another process post every webhook of a file; what that took here.
async fn posted(address: &str, file: &std::path::Path, connections: usize) -> anyhow::Result<Took> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([WORD, address]).arg(file).arg(connections.to_string()).stdout(Stdio::piped());
    let (output, took) = took(async { Ok(tokio::task::spawn_blocking(move || command.output()).await??) }).await?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    anyhow::ensure!(output.status.success(), "the provider failed: {said}");
    Ok(Took { seconds: said.parse()?, ..took })
}

/// Is the provider: posts every line of a file, and says how many seconds that took.
async fn post_all(address: String, file: String, connections: usize) -> anyhow::Result<()> {
    let lines: Arc<Vec<String>> = Arc::new(std::fs::read_to_string(file)?.lines().map(str::to_owned).collect());
    let client = client()?;
    // The first half says sent, and is over before the second begins to say delivered.
    let ((), took) = took(async {
        for half in 0..2 {
            let next = Arc::new(AtomicUsize::new(half * lines.len() / 2));
            let end = (half + 1) * lines.len() / 2;
            let mut loops = tokio::task::JoinSet::new();
            for _ in 0..connections {
                let (client, next, lines, address) = (client.clone(), next.clone(), lines.clone(), address.clone());
                loops.spawn(async move {
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n >= end {
                            return anyhow::Ok(());
                        }
                        let mut parts = lines[n].splitn(3, '\t');
                        let mut part = || parts.next().unwrap_or_default();
                        let call = client
                            .post(format!("http://{address}{}", part()))
                            .header("X-Twilio-Signature", part())
                            .header("Content-Type", "application/x-www-form-urlencoded");
                        let answer = call.body(part().to_owned()).send().await?;
                        anyhow::ensure!(answer.status().is_success(), "answered {}", answer.status());
                        answer.bytes().await?;
                    }
                });
            }
            while let Some(ended) = loops.join_next().await {
                ended??;
            }
        }
        Ok(())
    })
    .await?;
    println!("{}", took.seconds);
    Ok(())
}

/// A client as the provider has one.
fn client() -> anyhow::Result<reqwest::Client> {
    #[expect(clippy::disallowed_methods, reason = "the provider has a client of its own")]
    let builder = reqwest::Client::builder();
    Ok(builder.no_proxy().tcp_nodelay(true).build()?)
}
