//! Every point of a small campaign on SQLite.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::power::choice::Choice;
use crate::power::house::House;
use crate::power::run::run;
use crate::power::shim::{Call, Fault};

/// Runs at the same time: they mostly wait.
const AT_ONCE: usize = 6;

/// The chosen points, and what they meet.
pub fn faults(counts: [u64; 4], choice: Choice) -> Vec<Fault> {
    let mut faults = Vec::new();
    for call in Call::ALL {
        for at in (1..=counts[call as usize]).filter(|at| choice.takes(*at)) {
            let kinds = choice.of(call as u64, at, call.kinds());
            faults.extend(kinds.iter().map(|kind| Fault { call, at, kind: *kind }));
        }
    }
    faults
}

#[test]
fn whatever_call_to_the_disk_or_the_network_is_the_last_nothing_is_sent_twice_and_nothing_is_lost() {
    let choice = Choice::said();
    let counts = block_on(async || run(&House::planned(None), None).await).counts;
    let faults = faults(counts, choice);
    let runs = faults.len();
    crate::power::say(&format!("writes, syncs, calls out, calls in: {counts:?}; {runs} runs, {choice}"));
    let ended = Mutex::new(Vec::new());
    at_once(faults, || {
        let (house, ended) = (House::planned(None), &ended);
        move |fault| {
            let done = block_on(async || run(&house, Some(fault)).await);
            ended.lock().unwrap().push((fault, done));
        }
    });
    let (mut met, mut doubts) = (BTreeMap::new(), 0);
    for (fault, done) in ended.into_inner().unwrap() {
        *met.entry(format!("{:?} {:?}", fault.call, fault.kind)).or_insert(0) += usize::from(done.met);
        doubts += done.doubts;
    }
    let fell: usize = met.values().sum();
    crate::power::say(&format!("{runs} runs, {fell} met their fault, 0 twice, 0 lost, {doubts} in doubt; {met:?}"));
    // How many calls there are differs from run to run: what lies behind the last is not met.
    assert!(fell * 4 >= runs * 3, "only {fell} of {runs} points were met");
}

/// Does work on each, some at the same time; each worker is made where it works. The first that fails ends them all.
pub fn at_once<T: Send, W: FnMut(T)>(points: Vec<T>, worker: impl Fn() -> W + Sync) {
    struct StopAtFailure<'a, T>(&'a Mutex<std::vec::IntoIter<T>>);
    impl<T> Drop for StopAtFailure<'_, T> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                *self.0.lock().unwrap() = Vec::new().into_iter();
            }
        }
    }
    let left = Mutex::new(points.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let _stop = StopAtFailure(&left);
                let mut work = worker();
                while let Some(point) = { left.lock().unwrap().next() } {
                    work(point);
                }
            });
        }
    });
}

/// A runtime for one run: its gateway ends with it.
pub fn block_on<T>(work: impl AsyncFnOnce() -> T) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work())
}
