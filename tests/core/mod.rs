//! The core under a seeded scheduler: outbox, reaper, reconciler, settler, inbox, plan and retention as they are, with one
//! to three nodes, a provider in memory and a clock that is moved. A plain model says after every event what must hold.
//!
//! `LYKT_SEED` plays one world again, `LYKT_CAMPAIGN_DAYS` plays for longer.

mod check;
mod coordinator;
mod dice;
mod events;
mod forget;
mod law;
mod model;
mod moves;
mod peace;
mod people;
mod provider;
mod rules;
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use world::{Tally, World};

/// Days of a world before it comes to rest.
const DAYS: usize = 60;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|said| said.parse().unwrap_or_else(|_| panic!("{name}={said} is no number")))
}

/// One world on a thread of its own; what it saw.
fn play(seed: u64) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new(seed).await;
        world.live(DAYS).await;
        world.tally
    })
}

#[test]
fn in_no_world_is_a_promise_broken() {
    let began = now();
    let first = number("LYKT_SEED");
    let seed = first.unwrap_or_else(|| {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).unwrap();
        u64::from(u32::from_le_bytes(bytes))
    });
    let enough = if first.is_some() { 1 } else { number("LYKT_CAMPAIGN_DAYS").unwrap_or(20_000) };
    let many = if first.is_some() { 1 } else { std::thread::available_parallelism().map_or(2, usize::from).min(4) };
    let (next, sum) = (AtomicU64::new(seed), Mutex::new(Tally::default()));
    let enough = |sum: &Tally| sum.broken || sum.campaign_days >= enough;
    std::thread::scope(|threads| {
        for _ in 0..many {
            threads.spawn(|| {
                while !enough(&sum.lock().unwrap()) {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    let one =
                        std::panic::catch_unwind(|| play(seed)).unwrap_or(Tally { broken: true, ..Tally::default() });
                    sum.lock().unwrap().add(one);
                }
            });
        }
    });
    let Tally { campaign_days, campaigns, events, sends, doubts, noes, deaths, broken } = *sum.lock().unwrap();
    assert!(!broken, "a world broke; its seed and its last events stand above");
    crate::support::say(&format!(
        "core: {campaign_days} campaign-days, seed {seed}, {campaigns} campaigns, {events} events, {sends} sends, {doubts} doubts, \
         {noes} noes, {deaths} deaths, 0 broken, {} s",
        began.elapsed().as_secs()
    ));
}

#[expect(clippy::disallowed_methods, reason = "tests measure how long the program takes")]
fn now() -> Instant {
    Instant::now()
}
