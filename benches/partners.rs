//! What comparing with a partner costs, in time and bytes, beside the one multiplication on the curve that nobody can do
//! without, in the same run.
//!
//! `cargo bench --bench partners`; `LYKT_BENCH_CONTACTS` sets how many the partner may tell of.

use std::hint::black_box;

use lykt::clock::boot_ms;
use lykt::domain::partner::Says;
use lykt::partner::oprf::{Blind, Secret};
use lykt::partner::table::{Table, write};

/// Numbers that are asked about.
const NUMBERS: u64 = 10_000;

fn main() -> anyhow::Result<()> {
    let contacts = std::env::var("LYKT_BENCH_CONTACTS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000_u64);
    let number = |n: u64| format!("+4799{n:06}").into_bytes();
    let secret = Secret::make()?;
    let (_, element) = Blind::hide(b"+46701740605")?;
    let (_, bare) = took(|| {
        for _ in 0..NUMBERS {
            black_box(secret.turn(&element)?);
        }
        Ok(())
    })?;
    let (hidden, hide) = took(|| Ok((0..NUMBERS).map(|n| Blind::hide(&number(n))).collect::<Result<Vec<_>, _>>()?))?;
    let (turned, turn) =
        took(|| Ok(hidden.iter().map(|(_, element)| secret.turn(element)).collect::<Result<Vec<_>, _>>()?))?;
    let (table, make) = took(|| {
        let said = (0..contacts).map(|n| Ok((secret.output(&number(n))?, Says::No)));
        Ok(write(said.collect::<anyhow::Result<Vec<_>>>()?)?)
    })?;
    let ((), finish) = took(|| {
        let read = Table::read(&table).ok_or_else(|| anyhow::anyhow!("this is no table"))?;
        for (n, ((blind, _), turned)) in (0..).zip(hidden.iter().zip(&turned)) {
            black_box(read.says(&blind.finish(&number(n), turned)?));
        }
        Ok(())
    })?;
    println!("for 1,000 numbers; a partner who may tell of {contacts}\n");
    println!("                                    ms  of the bare multiplications");
    let row = |what: &str, ms: f64, beside: f64| println!("{what:<30} {ms:>7.1}  {:>6.2}", ms / beside);
    let each = |ms: f64| ms * 1_000.0 / NUMBERS as f64;
    row("bare multiplications", each(bare), each(bare));
    row("who asks: hides", each(hide), each(bare));
    row("who answers: turns", each(turn), each(bare));
    row("who asks: reads the answer", each(finish), each(bare));
    row("the whole table, once an hour", make, each(bare) * contacts as f64 / 1_000.0);
    println!("\nbytes: 32,000 there, 32,000 back, and a table of {}", table.len());
    Ok(())
}

/// Does something, and says how many milliseconds it took.
fn took<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, f64)> {
    let began = boot_ms();
    let done = work()?;
    Ok((done, (boot_ms() - began) as f64))
}
