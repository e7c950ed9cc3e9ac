//! The program as people run it: a backup beside a daemon, a restore, and the way out of quarantine.

use std::fs;
use std::time::Duration;

use crate::fault_gateway::FaultGateway;
use crate::keep::installed::{House, list, wait};

fn told(out: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_is_backed_up_while_it_runs_restored_and_let_go_on_by_a_person() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(30);
    let house = House::new(&gateway, &csv, "5/s", None);
    let daemon = house.serve();
    house.approve();
    wait("some are sent", || gateway.counts().len() > 5);
    let written = house.json(&["backup", "a.lyktbackup"]);
    assert!(written["rows"].as_i64().unwrap() > 30 && written["database"] == "sqlite", "{written}");
    let twice = house.lykt(&["backup", "a.lyktbackup"]);
    assert_eq!(twice.status.code(), Some(2), "{}", told(&twice));
    let other = fs::File::create(house.root().join("b.lyktbackup.part")).unwrap();
    other.lock().unwrap();
    for (lang, said) in [("en", "wait until it is done"), ("nb", "vent til den er ferdig")] {
        let at_once = house.lykt(&["--lang", lang, "backup", "b.lyktbackup"]);
        assert!(at_once.status.code() == Some(2) && told(&at_once).contains(said), "{}", told(&at_once));
    }
    drop(other);
    let busy = house.lykt(&["restore", "a.lyktbackup", "--over", "--yes"]);
    assert!(!busy.status.success() && told(&busy).contains("stop it first"), "{}", told(&busy));
    wait("all are sent", || gateway.counts().len() == 30);
    daemon.kill();

    let full = house.lykt(&["restore", "a.lyktbackup"]);
    assert_eq!(full.status.code(), Some(3), "{}", told(&full));
    assert_eq!(house.lykt(&["restore", "a.lyktbackup", "--over"]).status.code(), Some(2), "nobody is asked in a pipe");
    assert_eq!(house.json(&["restore", "a.lyktbackup", "--check"])["rows"], written["rows"]);
    let bytes = fs::read(house.root().join("a.lyktbackup")).unwrap();
    fs::write(house.root().join("b.lyktbackup"), &bytes[..bytes.len() / 2]).unwrap();
    let cut = house.lykt(&["restore", "b.lyktbackup", "--over", "--yes"]);
    assert_eq!(cut.status.code(), Some(1), "{}", told(&cut));
    assert_eq!(house.count("queued"), 0, "a cut backup changed nothing");

    let done = house.json(&["restore", "a.lyktbackup", "--over", "--yes"]);
    assert!(house.root().join(done["kept"].as_str().unwrap()).exists(), "{done}");
    assert!(house.count("queued") > 0);
    let daemon = house.serve();
    let doctor = house.lykt(&["doctor"]);
    assert_eq!(doctor.status.code(), Some(1));
    assert!(told(&doctor).contains("in quarantine"), "{}", told(&doctor));
    assert!(told(&house.lykt(&["status", "vinter"])).contains("In quarantine"));
    let nobody = house.lykt(&["doctor", "--confirm-restore"]);
    assert_eq!(nobody.status.code(), Some(2), "{}", told(&nobody));
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(gateway.counts().values().sum::<usize>(), 30, "nothing is sent in quarantine");
    // The clock of this house lapses, so its lists are not asked: what waits is cancelled before it goes on.
    house.lykt(&["cancel", "vinter"]);
    wait("the noes are brought back", || {
        house.lykt(&["doctor", "--confirm-restore", "--reason", "the drill", "--as", "Kari"]).status.success()
    });
    assert!(!told(&house.lykt(&["doctor"])).contains("in quarantine"));
    drop(daemon);
    assert_eq!(gateway.counts().values().sum::<usize>(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_put_back_by_hand_is_noticed() {
    let gateway = FaultGateway::start().await;
    let (csv, _) = list(10);
    let house = House::new(&gateway, &csv, "100/s", None);
    house.serve().terminate();
    fs::copy(house.root().join("lykt.db"), house.root().join("old.db")).unwrap();
    let daemon = house.serve();
    house.approve();
    wait("all are sent", || gateway.counts().len() == 10);
    daemon.kill();
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(house.root().join(format!("lykt.db{end}")));
    }
    fs::copy(house.root().join("old.db"), house.root().join("lykt.db")).unwrap();
    let daemon = house.serve();
    house.json(&["plan", "vinter"]);
    house.approve();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(gateway.counts().values().sum::<usize>(), 10, "nobody is written to again");
    assert!(told(&house.lykt(&["doctor"])).contains("older than what this machine has seen"));
    drop(daemon);
}
