//! Three nodes on one PostgreSQL: nodes are killed, stopped and continued, the database dies, and commits are not answered.

use std::time::Duration;

use lykt::fake_gateway::FaultGateway;
use rustix::process::Signal;

use crate::fire::check::{Fire, check};
use crate::fire::dice::{Dice, cycles};
use crate::fire::house::{House, Node, wait_or};
use crate::fire::people::People;
use crate::fire::proxy::Proxy;
use crate::fire::sqlite::{FAULTS, WAVE, lists};
use crate::support::postgres::{Fsync, Server};

const NODES: usize = 3;
/// New people in a wave.
const NEW: usize = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_under_fire_on_postgresql_send_nothing_twice_and_lose_nothing() {
    let (mut dice, cycles) = (Dice::new(), cycles(100));
    crate::fire::say(&format!("three nodes on PostgreSQL: {cycles} cycles, LYKT_SEED={}", dice.seed));
    let mut server = Server::start(Fsync::Off);
    let direct = server.create("fire").await;
    let (login, at) = direct.split_once('@').unwrap();
    let (place, name) = at.split_once('/').unwrap();
    let proxy = Proxy::start(place.to_owned()).await;
    let cut = format!("{login}@{}/{name}", proxy.address);
    let gateway = FaultGateway::start().await;
    gateway.set_latency(Duration::from_millis(60));
    gateway.set_faults(FAULTS.parse::<lykt::fake_gateway::Faults>().unwrap().seeded(dice.seed));
    let mut house = House::new(&gateway, NODES, Some(&[cut.clone(), cut.clone(), cut, direct.clone()]));
    // Receipts go to one node; while it is dead they wait for it.
    gateway.send_receipts(house.hooks(0), Duration::from_millis(100), &["sent", "delivered"]);
    let hooks = (0..NODES).map(|n| house.hooks(n)).collect();
    let answering = People::begin(gateway.clone(), hooks, dice.seed, Duration::from_millis(200));
    let mut nodes: Vec<Node> = (0..NODES).map(|n| house.start(n)).collect();
    let (mut blows, mut stopped, mut crashes) = (0, None::<(usize, u64)>, 0);
    for cycle in 0..cycles {
        if cycle % WAVE == 0 {
            let wave = (cycle / WAVE) as usize;
            house.wave(lists(wave, NEW), "60/s");
            answering.reach((wave + 1) * NEW);
        }
        if let Some((n, _)) = stopped.take_if(|(_, until)| cycle >= *until) {
            nodes[n].signal(Signal::CONT);
        }
        std::thread::sleep(Duration::from_millis(100 + dice.below(300)));
        let n = dice.below(NODES as u64) as usize;
        match dice.below(10) {
            // A node dies. One that is stopped is not continued by it.
            0..=3 => {
                let fresh = house.start(n);
                // The port is still the old one's: it must go first.
                std::mem::replace(&mut nodes[n], fresh).kill();
                stopped.take_if(|(other, _)| *other == n);
                blows += 1;
            }
            // A node is stopped for longer than its lease, while the others go on.
            4 | 5 if stopped.is_none() => {
                nodes[n].signal(Signal::STOP);
                stopped = Some((n, cycle + 5 + dice.below(25)));
                blows += 1;
            }
            // And for a moment.
            4..=6 => {
                nodes[n].signal(Signal::STOP);
                std::thread::sleep(Duration::from_millis(dice.below(1_300)));
                if stopped.is_none_or(|(other, _)| other != n) {
                    nodes[n].signal(Signal::CONT);
                }
                blows += 1;
            }
            7 => {
                proxy.lose_commit();
                blows += 1;
            }
            8 => {
                proxy.lose_answer();
                blows += 1;
            }
            _ => {
                server.crash();
                server.revive();
                crashes += 1;
                blows += NODES as u64;
            }
        }
        // A node that could not start beside its predecessor, or while the database was away, is started again.
        for (n, node) in nodes.iter_mut().enumerate() {
            if node.has_ended() {
                *node = house.start(n);
            }
        }
    }
    for (n, node) in nodes.iter_mut().enumerate() {
        node.signal(Signal::CONT);
        wait_or(
            Duration::from_secs(300),
            "every node runs again",
            || house.log(),
            || {
                if node.has_ended() {
                    *node = house.start(n);
                }
                house.listens(n)
            },
        );
    }
    let (noes, others) = answering.end().await;
    let people = cycles.div_ceil(WAVE) as usize * NEW;
    check(
        &house,
        &gateway,
        &Fire { what: "three nodes on PostgreSQL", seed: dice.seed, cycles, blows, people, noes, others },
    );
    let [answers, commits] = proxy.lost();
    crate::fire::say(&format!(
        "{crashes} crashes of PostgreSQL, {answers} answers to COMMIT lost, {commits} COMMITs lost"
    ));
    drop(nodes);
}
