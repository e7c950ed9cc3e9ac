//! How sending grows with nodes on one PostgreSQL, against a gateway that takes 50 ms, each node with the default number
//! of requests at the same time.
//!
//! Each node has its own connections and its own sending loop; all share this process, its processors and those of the
//! server.

use jiff::tz::TimeZone;
use lykt::clock::Clock;
use lykt::outbox::Outbox;

use crate::support::gateway::Gateway;
use crate::support::house::House;
use crate::support::measure::{Took, median, size, took};
use crate::support::postgres::{Fsync, Server};

const NODES: [usize; 3] = [1, 2, 4];
/// `[sending] under_way`, as it is without a word in the settings.
const UNDER_WAY: usize = 32;
const LATENCY_MS: u64 = 50;

/// Prints the table.
pub async fn figures(client: &reqwest::Client) -> anyhow::Result<()> {
    let messages = size("LYKT_BENCH_MESSAGES", 20_000) / 3;
    println!(
        "\n{messages} messages, {UNDER_WAY} requests under way a node, {LATENCY_MS} ms latency: at most {} a second and node;\n\
         ratio to one node, the median of three\n",
        UNDER_WAY as u64 * 1_000 / LATENCY_MS
    );
    println!("nodes  sends/s   ratio  cpu s/1000");
    let mut one = None;
    for nodes in NODES {
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(run(nodes, messages, client).await?);
        }
        let rate = median(all.iter().map(|took| messages as f64 / took.seconds).collect());
        let cpu = median(all.iter().map(|took| took.cpu * 1000.0 / messages as f64).collect());
        println!("{nodes:>5} {rate:>8.0} {:>7.2} {cpu:>11.3}", rate / *one.get_or_insert(rate));
    }
    Ok(())
}

/// Sends a queue through so many nodes, and checks that the gateway took each message once.
async fn run(nodes: usize, messages: u64, client: &reqwest::Client) -> anyhow::Result<Took> {
    let gateway = Gateway::start(LATENCY_MS)?;
    let server = Server::start(Fsync::On);
    let url = server.create("lykt").await;
    let house = house(&url).await?;
    let plan = house.campaign().await?;
    house.queue(plan, 0..messages).await?;
    let (mut houses, mut outboxes) = (Vec::new(), Vec::new());
    for _ in 0..nodes {
        let mut node = self::house(&url).await?;
        (node.ledger, node.settler) = (house.ledger.clone(), house.settler.clone());
        outboxes.push(node.outbox(&gateway.base_url, UNDER_WAY).await?);
        houses.push(node);
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
    let taken = gateway.taken(client).await?;
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

async fn house(url: &str) -> anyhow::Result<House> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    House::at(url, folder, Clock::real(TimeZone::UTC), None).await
}
