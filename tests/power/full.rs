//! A disk that is really full: a small one in memory, filled to its last byte.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::power::check::{Ended, check, is_settled};
use crate::power::house::{House, UNDER_WAY};
use crate::power::people::{People, now_ms};
use crate::power::run::wait;

/// The gateway takes so long that the disk is full before the first outcome is known.
const LATENCY: Duration = Duration::from_millis(1_500);
/// And it stays full so long that everybody has tried.
const FULL: Duration = Duration::from_secs(3);

/// A disk of some megabytes; it goes when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// None where the machine lets nobody mount one.
    fn mount(at: &'a Path) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "lykt"]).arg(at).output();
        mounted.is_ok_and(|done| done.status.success()).then_some(Self(at))
    }

    /// Fills it to its last byte.
    fn fill(&self) {
        let mut ballast = File::create(self.ballast()).unwrap();
        while ballast.write_all(&[0; 512]).is_ok() {}
    }

    fn empty(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[tokio::test]
async fn on_a_full_disk_nothing_begins_and_when_there_is_room_it_goes_on() {
    run_full(false).await;
}

#[tokio::test]
async fn killed_on_a_full_disk_what_was_under_way_is_in_doubt_and_nothing_is_lost() {
    run_full(true).await;
}

async fn run_full(killed: bool) {
    let planned = House::planned(None);
    let house = planned.empty_copy();
    let Some(disk) = SmallDisk::mount(&house.root) else {
        crate::power::say("no disk may be mounted here: a full one is only played by the shim");
        return;
    };
    house.fill_from(&planned);
    let gateway = house.start_gateway().await;
    gateway.set_latency(LATENCY);
    let (mut people, mut again_ms) = (People::default(), None);
    let mut daemon = house.serve(None);
    wait(&house, "some are under way", async || gateway.requests() == UNDER_WAY).await;
    disk.fill();
    tokio::time::sleep(FULL).await;
    assert_eq!(gateway.requests(), UNDER_WAY, "something began without room for its intent\n{}", house.log());
    people.speak(&gateway, &house).await;
    assert!(people.heard.is_empty(), "what could not be kept was confirmed\n{}", house.log());
    let said = house.log();
    assert!(said.contains("full"), "nobody was told\n{said}");
    assert!(said.matches("nothing can be sent for now").count() <= 1, "told once\n{said}");
    if killed {
        drop(daemon);
        disk.empty();
        again_ms = Some(now_ms());
        daemon = house.serve(None);
        wait(&house, "what was under way is in doubt", async || {
            house.log().matches("is in doubt").count() == UNDER_WAY
        })
        .await;
        for accept in gateway.accepts() {
            gateway.receipt(&house.hooks(), &accept, "delivered", None).await;
        }
    } else {
        disk.empty();
    }
    gateway.set_latency(Duration::ZERO);
    let mut told = if killed { UNDER_WAY } else { 0 };
    wait(&house, "everything is known", async || {
        people.speak(&gateway, &house).await;
        for accept in gateway.accepts().iter().skip(told) {
            let taken = gateway.receipt(&house.hooks(), accept, "delivered", None).await.is_success();
            told += usize::from(taken);
        }
        people.have_spoken() && is_settled(&house, &gateway).await
    })
    .await;
    drop(daemon);
    let (house, gateway, people, what) = (&house, &gateway, &people, "a full disk");
    check(&Ended { house, gateway, people, again_ms, doubts: 0, log: "", what }).await;
}
