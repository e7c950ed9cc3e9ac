//! How sending grows with nodes on one PostgreSQL, against a gateway that takes 50 ms, each node with the default number
//! of requests at the same time.
//!
//! `cargo bench --bench nodes`; `LYKT_BENCH_MESSAGES` sets the number of messages. Each node has its own connections and
//! its own sending loop; all share this process, its processors and those of the server.

mod support;

use jiff::tz::TimeZone;
use lykt::clock::Clock;
use lykt::gateway::http::ensure_crypto;
use lykt::outbox::Outbox;
use support::gateway::{self, Gateway};
use support::house::{House, On};
use support::measure::{Took, median, size, took};

const NODES: [usize; 3] = [1, 2, 4];
/// `[sending] under_way`, as it is without a word in the settings.
const UNDER_WAY: usize = 32;
const LATENCY_MS: u64 = 50;

fn main() -> anyhow::Result<()> {
    ensure_crypto();
    let runtime = tokio::runtime::Runtime::new()?;
    match gateway::asked() {
        Some(latency) => runtime.block_on(gateway::be(latency)),
        None => runtime.block_on(figures()),
    }
}

async fn figures() -> anyhow::Result<()> {
    let messages = size("LYKT_BENCH_MESSAGES", 6_000);
    println!(
        "{messages} messages, {UNDER_WAY} requests under way a node, {LATENCY_MS} ms latency: at most {} a second and node;\n\
         ratio to one node, the median of three\n",
        UNDER_WAY as u64 * 1_000 / LATENCY_MS
    );
    println!("nodes  sends/s   ratio  cpu s/1000");
    let mut one = None;
    for nodes in NODES {
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(run(nodes, messages).await?);
        }
        let rate = median(all.iter().map(|took| messages as f64 / took.seconds).collect());
        let cpu = median(all.iter().map(|took| took.cpu * 1000.0 / messages as f64).collect());
        println!("{nodes:>5} {rate:>8.0} {:>7.2} {cpu:>11.3}", rate / *one.get_or_insert(rate));
    }
    Ok(())
}

/// Sends a queue through so many nodes, and checks that the gateway took each message once.
async fn run(nodes: usize, messages: u64) -> anyhow::Result<Took> {
    let gateway = Gateway::start(LATENCY_MS)?;
    let house = House::new(On::Postgres, Clock::real(TimeZone::UTC)).await?;
    let plan = house.campaign().await?;
    house.queue(plan, 0..messages).await?;
    let mut outboxes = Vec::new();
    for _ in 0..nodes {
        outboxes.push(house.node(&gateway.base_url, UNDER_WAY).await?);
    }
    let ((), took) = took(async {
        let mut loops = tokio::task::JoinSet::new();
        for outbox in outboxes {
            loops.spawn(drain(outbox));
        }
        while let Some(ended) = loops.join_next().await {
            ended??;
        }
        Ok(())
    })
    .await?;
    #[expect(clippy::disallowed_methods, reason = "asks the gateway what it took")]
    let client = reqwest::Client::new();
    let taken = gateway.taken(&client).await?;
    anyhow::ensure!(taken == messages, "the gateway took {taken} of {messages}");
    Ok(took)
}

/// Until nothing is left for this node.
async fn drain(mut outbox: Outbox) -> anyhow::Result<()> {
    loop {
        let stepped = outbox.step().await?;
        if stepped.under_way > 0 {
            outbox.wait().await;
        } else if stepped.settled + stepped.began == 0 {
            return Ok(());
        }
    }
}
