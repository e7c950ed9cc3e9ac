//! What comparing with a partner costs, in time and bytes, beside the one multiplication on the curve that nobody can do
//! without, in the same run.
//!
//! `cargo bench --bench partners`; `LYKT_BENCH_CONTACTS` sets how many the partner may tell of.

mod support;

use std::hint::black_box;

use lykt::domain::partner::Says;
use lykt::partner::oprf::{Blind, Secret};
use lykt::partner::table::{Table, write};
use support::house::number;
use support::measure::{size, took};

/// Numbers that are asked about.
const NUMBERS: u64 = 10_000;

fn main() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(figures())
}

async fn figures() -> anyhow::Result<()> {
    let contacts = size("LYKT_BENCH_CONTACTS", 100_000);
    let secret = Secret::make()?;
    let inputs: Vec<String> = (0..NUMBERS).map(number).collect();
    let (_, element) = Blind::hide(b"+46701740605")?;
    let (_, bare) = took(async {
        for _ in 0..NUMBERS {
            black_box(secret.turn(&element)?);
        }
        Ok(())
    })
    .await?;
    let (hidden, hide) =
        took(async { Ok(inputs.iter().map(|of| Blind::hide(of.as_bytes())).collect::<Result<Vec<_>, _>>()?) }).await?;
    let (turned, turn) =
        took(async { Ok(hidden.iter().map(|(_, of)| secret.turn(of)).collect::<Result<Vec<_>, _>>()?) }).await?;
    let (table, make) = took(async {
        let said = (0..contacts).map(|n| Ok((secret.output(number(n).as_bytes())?, Says::No)));
        Ok(write(said.collect::<anyhow::Result<Vec<_>>>()?)?)
    })
    .await?;
    let ((), finish) = took(async {
        let read = Table::read(&table).ok_or_else(|| anyhow::anyhow!("a table"))?;
        for ((input, (blind, _)), turned) in inputs.iter().zip(&hidden).zip(&turned) {
            black_box(read.says(&blind.finish(input.as_bytes(), turned)?));
        }
        Ok(())
    })
    .await?;
    println!("{NUMBERS} numbers, a partner who may tell of {contacts}\n");
    println!("                                 ms   of the bare multiplications");
    let row = |what: &str, ms: f64, beside: f64| println!("{what:<28} {ms:>7.1}   {:>6.2}", ms / beside);
    let ms = |took: &support::measure::Took| took.seconds * 1_000.0;
    let bare = ms(&bare);
    row("bare multiplications", bare, bare);
    row("who asks: hides", ms(&hide), bare);
    row("who answers: turns", ms(&turn), bare);
    row("who asks: reads the answer", ms(&finish), bare);
    let each = bare * contacts as f64 / NUMBERS as f64;
    row("the table, once an hour", ms(&make), each);
    println!("\nbytes: {} there, {} back, and a table of {}", hidden.len() * 32, turned.len() * 32, table.len());
    Ok(())
}
