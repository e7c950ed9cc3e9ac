//! How fast checked, durable sends are beside a bare loop on the same gateway in the same run, and what they cost.
//!
//! `cargo bench --bench sends`; `LYKT_BENCH_MESSAGES` sets the number of messages, `LYKT_BENCH_ONLY` one database, or
//! `nodes`.

#[path = "support/nodes.rs"]
mod nodes;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::tz::TimeZone;
use lykt::clock::Clock;
use lykt::gateway::http::ensure_crypto;
use lykt::outbox::Stepped;
use support::gateway::{self, ACCOUNT_SID, AUTH_TOKEN, Gateway};
use support::house::{House, On, TEXT, number};
use support::measure::{Took, median, peak_mb, reset_peak, size, took};

/// One set-up of the figures.
struct Case {
    under_way: usize,
    latency_ms: u64,
    /// What is to be reached on SQLite.
    goal: f64,
}

const CASES: [Case; 2] =
    [Case { under_way: 64, latency_ms: 0, goal: 0.35 }, Case { under_way: 512, latency_ms: 50, goal: 0.97 }];

fn main() -> anyhow::Result<()> {
    ensure_crypto();
    let runtime = tokio::runtime::Runtime::new()?;
    match gateway::asked() {
        Some(latency) => runtime.block_on(gateway::be(latency)),
        None => runtime.block_on(figures()),
    }
}

async fn figures() -> anyhow::Result<()> {
    let messages = size("LYKT_BENCH_MESSAGES", 20_000);
    let only = std::env::var("LYKT_BENCH_ONLY").unwrap_or_default().to_lowercase();
    println!(
        "{messages} messages; a ratio is durable checked sends to a bare loop on the same gateway, the median of three\n"
    );
    println!(
        "database    under way  latency   bare/s  sends/s   ratio    goal  cpu s/1000  bare cpu  peak MB  a commit"
    );
    for on in [On::Sqlite, On::Postgres].into_iter().filter(|on| on.name().to_lowercase().contains(&only)) {
        for case in &CASES {
            row(on, case, messages).await?;
        }
    }
    if "nodes".contains(&only) { nodes::figures(&client()?).await } else { Ok(()) }
}

async fn row(on: On, case: &Case, messages: u64) -> anyhow::Result<()> {
    let gateway = Gateway::start(case.latency_ms)?;
    let client = client()?;
    let (mut ratios, mut bares, mut sends, mut commits) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    reset_peak();
    for _ in 0..3 {
        let house = House::new(on, Clock::real(TimeZone::UTC)).await?;
        let plan = house.campaign().await?;
        house.queue(plan, 0..messages).await?;
        let bare = bare_loop(&client, &gateway, case.under_way, messages).await?;
        let (ours, in_commits) = drain(&house, &gateway, case.under_way, messages, &client).await?;
        commits.push(messages as f64 / f64::from(in_commits));
        ratios.push(bare.seconds / ours.seconds);
        bares.push(bare);
        sends.push(ours);
    }
    let per_second = |all: &[Took]| median(all.iter().map(|took| messages as f64 / took.seconds).collect());
    let cpu = |all: &[Took]| median(all.iter().map(|took| took.cpu * 1000.0 / messages as f64).collect());
    println!(
        "{:<11} {:>9} {:>5} ms {:>8.0} {:>8.0} {:>7.2} {:>7.2} {:>11.3} {:>9.3} {:>8.0} {:>9.0}",
        on.name(),
        case.under_way,
        case.latency_ms,
        per_second(&bares),
        per_second(&sends),
        median(ratios),
        case.goal,
        cpu(&sends),
        cpu(&bares),
        peak_mb()?,
        median(commits)
    );
    Ok(())
}

/// Sends the whole queue through the outbox, and checks that the gateway took each once.
async fn drain(
    house: &House,
    gateway: &Gateway,
    under_way: usize,
    messages: u64,
    client: &reqwest::Client,
) -> anyhow::Result<(Took, u32)> {
    let mut outbox = house.outbox(&gateway.base_url, under_way).await?;
    let before = gateway.taken(client).await?;
    let mut commits = 0_u32;
    let ((), took) = took(async {
        loop {
            let stepped: Stepped = outbox.step().await?;
            if stepped.settled + stepped.began > 0 {
                commits += 1;
            }
            if stepped.under_way > 0 {
                outbox.wait().await;
            } else if stepped.settled + stepped.began == 0 {
                return Ok(());
            }
        }
    })
    .await?;
    let taken = gateway.taken(client).await? - before;
    anyhow::ensure!(taken == messages, "the gateway took {taken} of {messages}");
    Ok((took, commits))
}

/// The same requests without any check, database or seal: so many loops at the same time.
async fn bare_loop(client: &reqwest::Client, gateway: &Gateway, at_once: usize, messages: u64) -> anyhow::Result<Took> {
    let url = Arc::new(format!("{}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json", gateway.base_url));
    let next = Arc::new(AtomicU64::new(0));
    let ((), took) = took(async {
        let mut loops = tokio::task::JoinSet::new();
        for _ in 0..at_once {
            let (client, url, next) = (client.clone(), url.clone(), next.clone());
            loops.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= messages {
                        return anyhow::Ok(());
                    }
                    let to = number(n);
                    let callback = format!("https://lykt.example.org/hooks/twilio/status?token={n:024}");
                    let form =
                        [("To", to.as_str()), ("From", "+447700900999"), ("Body", TEXT), ("StatusCallback", &callback)];
                    let call = client.post(url.as_str()).basic_auth(ACCOUNT_SID, Some(AUTH_TOKEN)).form(&form);
                    let answer: serde_json::Value = serde_json::from_slice(&call.send().await?.bytes().await?)?;
                    anyhow::ensure!(answer["sid"].is_string(), "the gateway gave no id");
                }
            });
        }
        while let Some(ended) = loops.join_next().await {
            ended??;
        }
        Ok(())
    })
    .await?;
    Ok(took)
}

/// A client with the settings of ours.
fn client() -> anyhow::Result<reqwest::Client> {
    #[expect(clippy::disallowed_methods, reason = "the bare loop has a client of its own")]
    let builder = reqwest::Client::builder();
    Ok(builder.http1_only().retry(reqwest::retry::never()).no_proxy().tcp_nodelay(true).build()?)
}
