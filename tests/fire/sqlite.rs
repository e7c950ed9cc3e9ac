//! One daemon on SQLite, killed again and again while campaigns over overlapping lists go out and people answer.

use std::time::Duration;

use lykt::fake_gateway::FaultGateway;
use rustix::process::Signal;

use crate::fire::check::{Fire, check};
use crate::fire::dice::{Dice, cycles};
use crate::fire::house::{House, wait};
use crate::fire::people::{People, number};

/// What goes wrong besides.
pub const FAULTS: &str = "accept_then_drop=1%,accept_then_500=0.5%,accept_then_hang=0.3%,accept_later=0.5%,accept_then_garble=0.5%,\
    accept_then_cut_head=0.5%,accept_then_cut_body=0.5%,hang=0.2%,throttle=1%,garble=0.3%,redirect=0.3%,broken=0.3%,drop=0.5%,refuse=0.5%,\
    list_missing=5%,list_doubled=5%,list_foreign=5%,list_second_page=20%,\
    callback_twice=10%,callback_late=5%,callback_early=10%,callback_out_of_order=10%,callback_forged=5%,callback_never=5%";
/// Cycles of a wave.
pub const WAVE: u64 = 25;
/// People of a wave on the third list: of all waves fewer than Meta lets anybody write to first on a day.
const BY_WHATSAPP: usize = 30;
/// New people in a wave.
const NEW: usize = 150;

/// The lists of a wave: two that overlap, by Twilio (`a`, with the last wave's people again) and by 46elks (`b`), and a
/// few people by WhatsApp (`c`), half of whom stand on the second too.
pub fn lists(wave: usize, new: usize) -> Vec<(String, Vec<String>)> {
    let people = |from: usize, to: usize| (from..to).map(number).collect::<Vec<_>>();
    let first = wave * new;
    vec![
        (format!("w{wave}a"), people(first.saturating_sub(new / 3), first + new * 2 / 3)),
        (format!("w{wave}b"), people(first + new / 3, first + new - BY_WHATSAPP / 2)),
        (format!("w{wave}c"), people(first + new - BY_WHATSAPP, first + new)),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_on_sqlite_it_sends_nothing_twice_and_loses_nothing() {
    let (mut dice, cycles) = (Dice::new(), cycles(200));
    crate::fire::say(&format!("SQLite: {cycles} cycles, LYKT_SEED={}", dice.seed));
    let gateway = FaultGateway::start().await;
    gateway.set_latency(Duration::from_millis(60));
    gateway.set_faults(FAULTS.parse::<lykt::fake_gateway::Faults>().unwrap().seeded(dice.seed));
    let mut house = House::new(&gateway, 1, None);
    gateway.send_receipts(house.hooks(0), Duration::from_millis(100), &["sent", "delivered"]);
    let answering = People::begin(gateway.clone(), vec![house.hooks(0)], dice.seed, Duration::from_millis(250));
    let mut blows = 0;
    for cycle in 0..cycles {
        if cycle % WAVE == 0 {
            let wave = (cycle / WAVE) as usize;
            house.wave(lists(wave, NEW), "60/s");
            answering.reach((wave + 1) * NEW);
        }
        let mut node = house.start(0);
        wait(Duration::from_secs(30), "the daemon listens", || house.listens(0) || node.has_ended());
        std::thread::sleep(Duration::from_millis(30 + dice.below(300)));
        if dice.one_in(8) {
            node.signal(Signal::STOP);
            std::thread::sleep(Duration::from_millis(dice.below(1_500)));
            node.signal(Signal::CONT);
            std::thread::sleep(Duration::from_millis(dice.below(60)));
            blows += 1;
        }
        assert!(!node.has_ended(), "the daemon ended by itself\n{}", house.log());
        blows += 1;
        node.kill();
    }
    let node = house.start(0);
    let (noes, others) = answering.end().await;
    let people = cycles.div_ceil(WAVE) as usize * NEW;
    check(&house, &gateway, &Fire { what: "SQLite", seed: dice.seed, cycles, blows, people, noes, others });
    drop(node);
}
