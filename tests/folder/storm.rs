//! The folder edited by five scripts at once while a campaign runs: nothing unapproved is ever sent.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::fault_gateway::FaultGateway;
use crate::folder::house::{House, list, wait};

const PEOPLE: usize = 300;
/// Times that a person puts the approved file back and resumes, in the middle of it all.
const RESUMES: usize = 4;

/// What a script does to the folder, again and again; errors are the other scripts' doing.
fn edit(script: usize, folder: &Path, approved: &str, n: usize) {
    let (file, list) = (folder.join("vinter.toml"), folder.join("lists/vinter.csv"));
    let _ = match script {
        0 => fs::write(&file, approved.replace("Gratis lege", &format!("Unapproved {n}"))),
        1 => fs::write(&list, format!("telefon;språk\n9{:07};nb\n", 5_000_000 + n)),
        2 => fs::File::options().write(true).open(&file).and_then(|file| file.set_len((n % approved.len()) as u64)),
        3 => fs::write(folder.join(".new"), approved.replace("STOPP", "Unapproved"))
            .and_then(|()| fs::rename(folder.join(".new"), &file)),
        _ => fs::remove_file(&file),
    };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_scripts_in_the_folder_get_nothing_unapproved_sent() {
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(PEOPLE);
    let house = Arc::new(House::new(&gateway, &csv, "30/s", None));
    let folder = house.root().join("campaigns");
    let approved = fs::read_to_string(folder.join("vinter.toml")).unwrap();
    house.approve();
    let daemon = house.serve();
    wait("some are sent", || !gateway.accepts().is_empty());

    let (over, calm) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let edits = Arc::new(AtomicUsize::new(0));
    let scripts: Vec<_> = (0..5)
        .map(|script| {
            let (folder, approved) = (folder.clone(), approved.clone());
            let (over, calm, edits) = (over.clone(), calm.clone(), edits.clone());
            std::thread::spawn(move || {
                for n in 0.. {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    if !calm.load(Ordering::SeqCst) {
                        edit(script, &folder, &approved, n);
                        edits.fetch_add(1, Ordering::SeqCst);
                    }
                    std::thread::sleep(Duration::from_millis(3 + script as u64 * 4));
                }
            })
        })
        .collect();
    let mut resumed = 0;
    while resumed < RESUMES {
        wait("it is paused", || house.json(&["status", "vinter"])["state"] == "paused");
        // In the middle of it all; it may succeed or be refused.
        let ended = house.lykt(&["resume", "vinter"]);
        assert!(matches!(ended.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&ended.stderr));
        // The scripts hold their breath for a moment, so that it can succeed at all.
        calm.store(true, Ordering::SeqCst);
        wait("it goes on", || {
            house.write("campaigns/vinter.toml", &approved);
            house.lykt(&["resume", "vinter"]).status.success()
                || house.json(&["status", "vinter"])["state"] == "running"
        });
        resumed += 1;
        calm.store(false, Ordering::SeqCst);
    }
    wait("it is paused in the end", || house.json(&["status", "vinter"])["state"] == "paused");
    over.store(true, Ordering::SeqCst);
    scripts.into_iter().for_each(|script| script.join().unwrap());
    let (in_the_storm, edits) = (gateway.accepts().len(), edits.load(Ordering::SeqCst));
    assert!(in_the_storm < PEOPLE, "it was held before the end");

    house.write("campaigns/vinter.toml", &approved);
    wait("it goes on", || house.lykt(&["resume", "vinter"]).status.success());
    wait("everybody has it", || gateway.accepts().len() == PEOPLE);
    drop(daemon);
    let sent: BTreeSet<String> = gateway.accepts().into_iter().map(|accept| accept.body).collect();
    let planned = ["nb", "en"].map(|language| {
        let key = format!("text.{language} = \"");
        let text = approved.split_once(&key).unwrap().1.split_once('"').unwrap().0;
        text.replace("{{ sender }}", "Amanda")
    });
    assert_eq!(sent, planned.into(), "every text is an approved one");
    let counts = gateway.counts();
    assert!(counts.values().all(|n| *n == 1) && counts.keys().all(|number| numbers.contains(number)));
    println!("{edits} edits by five scripts, {resumed} resumes, {in_the_storm} sent meanwhile: nothing unapproved");
}
