//! People who answer while everything burns: some say no, some thank. What the program has confirmed to the gateway must
//! hold from then on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use lykt::fake_gateway::{FaultGateway, Hooks, scramble};

use crate::fire::house::{ACCOUNT, FROM};

/// One answer of so many people: each is read by a command in the end.
const ONE_OF: u64 = 6;

/// Who answered, and when the program had confirmed it, in unix milliseconds.
pub type Answers = BTreeMap<String, i64>;

/// People who answer, one after the other, until they are stopped.
pub struct People {
    /// How many of the people there are to choose from.
    reach: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<(Answers, Answers)>,
}

/// A number as the journeys make theirs up; nothing is ever sent to it but by the gateway of this test.
pub fn number(n: usize) -> String {
    format!("+479{:07}", 1_000_000 + n * 7)
}

impl People {
    /// Begins; each answer goes to one of the nodes and is told until one of them confirms it.
    pub fn begin(gateway: FaultGateway, nodes: Vec<Hooks>, seed: u64, every: Duration) -> Self {
        let (reach, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (limit, halt) = (reach.clone(), stop.clone());
        let task = tokio::spawn(async move {
            let told = Arc::new(Mutex::new((Answers::new(), Answers::new())));
            let mut under_way = tokio::task::JoinSet::new();
            let mut n = 0;
            while !halt.load(Ordering::SeqCst) {
                tokio::time::sleep(every).await;
                let people = limit.load(Ordering::SeqCst) as u64;
                if n >= people / ONE_OF {
                    continue;
                }
                n += 1;
                let dice = scramble(seed ^ 0x5709, n);
                let who = number((dice % people) as usize);
                let is_no = n % 12 != 0;
                let (gateway, nodes, told) = (gateway.clone(), nodes.clone(), told.clone());
                under_way.spawn(async move {
                    let text = if is_no { "STOPP" } else { "Takk, når har dere åpent?" };
                    for try_ in 0.. {
                        let hooks = &nodes[((dice >> 32) as usize).wrapping_add(try_) % nodes.len()];
                        let answer = gateway.says(hooks, ACCOUNT, &format!("SM{n:032x}"), &who, FROM, text).await;
                        if answer.is_some_and(|status| (200..300).contains(&status)) {
                            break;
                        }
                        assert!(answer.is_none_or(|status| status >= 500), "an answer is refused: {answer:?}");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    let mut told = told.lock().unwrap();
                    let of_kind = if is_no { &mut told.0 } else { &mut told.1 };
                    of_kind.entry(who).or_insert_with(now_ms);
                });
            }
            while let Some(ended) = under_way.join_next().await {
                ended.unwrap();
            }
            let told = told.lock().unwrap();
            told.clone()
        });
        Self { reach, stop, task }
    }

    /// From now on the first so many people may answer.
    pub fn reach(&self, people: usize) {
        self.reach.store(people, Ordering::SeqCst);
    }

    /// Ends: those who said no, and those who wrote something else.
    pub async fn end(self) -> (Answers, Answers) {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.unwrap()
    }
}

/// Unix milliseconds.
pub fn now_ms() -> i64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64
}
