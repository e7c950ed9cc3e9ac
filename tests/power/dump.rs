//! A program that crashes leaves nothing of its memory on a disk.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::power::house::House;
use crate::power::run::wait;

/// Crashes as a program does that has broken its memory.
const CRASH: &str = "ulimit -c unlimited; cd \"$0\" && kill -ABRT $$";

#[tokio::test]
async fn a_daemon_that_crashes_leaves_no_core_dump() {
    let elsewhere = crate::power::house::folder();
    let other = Command::new("sh").args(["-c", CRASH]).arg(elsewhere.path()).status().unwrap();
    if !other.core_dumped() {
        crate::power::say("this machine writes no core dumps at all: only the limit was looked at");
    }

    let house = House::planned(None);
    let served = format!("ulimit -c unlimited; exec '{}' serve", env!("CARGO_BIN_EXE_lykt"));
    let mut daemon = house.command_of("sh", &["-c", &served]).spawn().unwrap();
    wait(&house, "the daemon runs", async || house.log().contains("lykt runs")).await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", daemon.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    kill_process(Pid::from_child(&daemon), Signal::ABORT).unwrap();
    let ended = daemon.wait().unwrap();
    assert_eq!(ended.signal(), Some(Signal::ABORT.as_raw()));
    assert!(!ended.core_dumped(), "the system wrote its memory to a file");
}
