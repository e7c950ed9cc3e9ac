//! What is no longer as approved is held: each kind of change, each state, each database.

use std::fs;

use lykt::daemon::folder::Guard;
use lykt::domain::campaign::CampaignState::{Approved, Paused, Planned, Running};
use lykt::domain::id::MessageId;
use lykt::domain::lang::Lang;
use lykt::store::{message, sql, waiting};

use crate::folder::desk::{Desk, PEOPLE, SAVED};

fn because(reason: &str) -> Option<String> {
    Some(reason.to_owned())
}

#[tokio::test]
async fn a_changed_file_pauses_what_runs_and_only_the_approved_one_lets_it_go_on() {
    for desk in Desk::both().await {
        let approved = desk.text();
        let mut guard = desk.guard().await;
        assert_eq!(desk.look(&mut guard).await, (Running, None));
        desk.write(&approved.replace("Gratis lege", "Gratis tannlege"));
        assert_eq!(desk.look(&mut guard).await, (Paused, because("file_changed")));

        let refused = desk.house.lykt(&["resume", "vinter"]);
        assert_eq!(refused.status.code(), Some(3));
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(told.contains("vinter.toml is not the file that was approved"), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
        let status = desk.house.json(&["status", "vinter"]);
        assert_eq!((&status["state"], &status["reason"]), (&"paused".into(), &"file_changed".into()));
        assert_eq!(status["changed"], "file");
        let shown = desk.house.lykt(&["status", "vinter", "--lang", "nb"]);
        assert!(String::from_utf8(shown.stdout).unwrap().contains("er ikke filen som ble godkjent"));
        let notices = desk.notices().await;
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert_eq!(notices[0].0, "Lykt: vinter is paused");

        desk.write(&approved);
        assert_eq!(desk.look(&mut guard).await, (Paused, because("file_changed")), "a person lets it go on");
        assert!(desk.house.lykt(&["resume", "vinter"]).status.success());
        assert_eq!(desk.look(&mut guard).await, (Running, None));
        desk.ledger.clock.advance_ms(60_000);
        assert_eq!(desk.look(&mut guard).await, (Running, None));
    }
}

#[tokio::test]
async fn a_resume_at_once_after_the_file_was_put_back_is_not_undone() {
    let desk = Desk::on(None).await;
    let approved = desk.text();
    let mut guard = desk.guard().await;
    desk.write("title = 1");
    assert_eq!(desk.look(&mut guard).await.0, Paused);
    desk.write(&approved);
    assert!(desk.house.lykt(&["resume", "vinter"]).status.success());
    guard.step().await.unwrap();
    assert_eq!(desk.look(&mut guard).await, (Running, None));
}

#[tokio::test]
async fn what_is_resumed_past_the_check_is_paused_again() {
    let desk = Desk::on(None).await;
    let mut guard = desk.guard().await;
    desk.write("");
    assert_eq!(desk.look(&mut guard).await.0, Paused);
    desk.becomes(Running).await;
    guard.step().await.unwrap();
    assert_eq!(desk.state().await, (Paused, because("file_changed")));
}

#[tokio::test]
async fn a_save_that_changes_nothing_pauses_nothing() {
    let desk = Desk::on(None).await;
    let (approved, folder) = (desk.text(), desk.house.root().join("campaigns"));
    let mut guard = desk.guard().await;
    let mut looks = async |step: &dyn Fn()| {
        step();
        guard.step().await.unwrap();
        desk.ledger.clock.advance_ms(SAVED / 2);
    };
    // Write in place; rename away, write anew; write beside and rename over; touch.
    looks(&|| desk.write("")).await;
    looks(&|| desk.write(&approved[..90])).await;
    looks(&|| desk.write(&approved)).await;
    looks(&|| fs::rename(folder.join("vinter.toml"), folder.join("vinter.toml~")).unwrap()).await;
    looks(&|| desk.write(&approved)).await;
    looks(&|| fs::write(folder.join(".vinter.toml.swp"), &approved).unwrap()).await;
    looks(&|| fs::rename(folder.join(".vinter.toml.swp"), folder.join("vinter.toml")).unwrap()).await;
    looks(&|| fs::File::open(folder.join("vinter.toml")).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap()).await;
    assert_eq!(desk.look(&mut guard).await, (Running, None));
}

#[tokio::test]
async fn a_file_that_is_written_again_and_again_is_paused_all_the_same() {
    let desk = Desk::on(None).await;
    let mut guard = desk.guard().await;
    for n in 0..11 {
        desk.write(&format!("# {n}"));
        guard.step().await.unwrap();
        desk.ledger.clock.advance_ms(SAVED / 2);
    }
    assert_eq!(desk.state().await, (Paused, because("file_changed")));
}

#[tokio::test]
async fn a_removed_file_pauses_and_its_return_still_waits_for_a_person() {
    for desk in Desk::both().await {
        let approved = desk.text();
        let mut guard = desk.guard().await;
        desk.remove("campaigns/vinter.toml");
        assert_eq!(desk.look(&mut guard).await, (Paused, because("file_removed")));
        assert_eq!(desk.house.json(&["status", "vinter"])["changed"], "removed");
        assert_eq!(desk.house.lykt(&["resume", "vinter"]).status.code(), Some(3));
        desk.write(&approved);
        assert_eq!(desk.look(&mut guard).await, (Paused, because("file_removed")));
        assert!(desk.house.lykt(&["resume", "vinter"]).status.success());
        assert_eq!(desk.look(&mut guard).await, (Running, None));
    }
}

#[tokio::test]
async fn a_node_whose_folder_never_had_the_file_holds_nobody() {
    let [alone, shared] = Desk::both().await;
    for (desk, expected) in [(&alone, Paused), (&shared, Running)] {
        desk.remove("campaigns/vinter.toml");
        let mut guard = desk.guard().await;
        assert_eq!(desk.look(&mut guard).await.0, expected);
    }
    // Another file than the approved one holds, on whichever node it lies.
    shared.write("title = \"other\"");
    let mut guard = shared.guard().await;
    assert_eq!(shared.look(&mut guard).await, (Paused, because("file_changed")));
}

#[tokio::test]
async fn what_changed_while_nothing_ran_is_found_at_the_first_look() {
    for change in ["file", "image", "account", "removed"] {
        let desk = Desk::on(None).await;
        match change {
            "file" => desk.write(&desk.text().replace("1000/s", "999/s")),
            "image" => desk.house.write("campaigns/media/a.gif", "GIF89a\x02\0\x02\0"),
            "account" => {
                let settings = fs::read_to_string(desk.house.root().join("lykt.toml")).unwrap();
                desk.house.write("lykt.toml", &settings.replace("+4759440000", "+4759440001"));
            }
            _ => desk.remove("campaigns/vinter.toml"),
        }
        desk.guard().await;
        let reason = if change == "removed" { "file_removed" } else { "file_changed" };
        assert_eq!(desk.state().await, (Paused, because(reason)), "{change}");
        assert_eq!(desk.house.json(&["status", "vinter"])["changed"], change);
        assert_eq!(desk.house.lykt(&["resume", "vinter"]).status.code(), Some(3), "{change}");
    }
}

#[tokio::test]
async fn a_picture_that_is_exchanged_pauses_what_runs() {
    let desk = Desk::on(None).await;
    let mut guard = desk.guard().await;
    desk.house.write("campaigns/media/a.gif", "GIF89a\x02\0\x02\0");
    assert_eq!(desk.look(&mut guard).await, (Paused, because("file_changed")));
}

#[tokio::test]
async fn a_variants_picture_that_is_exchanged_pauses_what_runs() {
    let own = |text: String| text.replace("[[message.variant]]\n", "[[message.variant]]\nimage = \"media/noor.gif\"\n");
    let desk = Desk::saying(None, own).await;
    let mut guard = desk.guard().await;
    assert_eq!(desk.look(&mut guard).await, (Running, None));
    desk.house.write("campaigns/media/noor.gif", "GIF89a\x02\0\x02\0");
    assert_eq!(desk.look(&mut guard).await, (Paused, because("file_changed")));
}

#[tokio::test]
async fn a_link_that_leads_out_of_the_folder_is_another_file() {
    let desk = Desk::on(None).await;
    let mut guard = desk.guard().await;
    let file = desk.house.root().join("campaigns/vinter.toml");
    fs::rename(&file, desk.house.root().join("elsewhere.toml")).unwrap();
    std::os::unix::fs::symlink("../elsewhere.toml", &file).unwrap();
    assert_eq!(desk.look(&mut guard).await, (Paused, because("file_changed")));
    assert_eq!(desk.house.lykt(&["plan", "vinter"]).status.code(), Some(2));
}

#[tokio::test]
async fn a_link_to_itself_is_no_disk_that_does_not_answer() {
    let desk = Desk::on(None).await;
    let mut guard = desk.guard().await;
    assert_eq!(desk.look(&mut guard).await.0, Running);
    let file = desk.house.root().join("campaigns/vinter.toml");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("vinter.toml", &file).unwrap();
    assert_eq!(desk.look(&mut guard).await, (Paused, because("file_changed")));
}

#[tokio::test]
async fn a_list_that_changes_or_goes_pauses_nobody_who_was_planned() {
    for desk in Desk::both().await {
        let mut guard = desk.guard().await;
        desk.house.write("campaigns/lists/vinter.csv", "telefon;språk\n91000000;nb\n91999999;nb\n");
        assert_eq!(desk.look(&mut guard).await, (Running, None));
        let status = desk.house.lykt(&["status", "vinter"]);
        let told = String::from_utf8(status.stdout).unwrap();
        assert!(told.contains("the list of vinter is not the one that was approved"), "{told}");
        assert!(desk.house.lykt(&["pause", "vinter"]).status.success());
        assert!(desk.house.lykt(&["resume", "vinter"]).status.success());
        desk.remove("campaigns/lists/vinter.csv");
        assert_eq!(desk.look(&mut guard).await, (Running, None));
        assert_eq!(desk.house.json(&["status", "vinter"])["changed"], serde_json::Value::Null);
    }
}

impl Desk {
    /// The list gets this many bytes, zeros at its end.
    fn list_becomes(&self, bytes: u64) {
        let list = self.house.root().join("campaigns/lists/vinter.csv");
        fs::File::options().write(true).open(list).unwrap().set_len(bytes).unwrap();
    }
}

#[tokio::test]
async fn a_list_that_has_grown_beyond_any_is_another_one_without_being_read() {
    let desk = Desk::on(None).await;
    let mut guard = desk.guard().await;
    desk.list_becomes(1 << 40);
    assert_eq!(desk.look(&mut guard).await, (Running, None));
    assert_eq!(desk.house.json(&["status", "vinter"])["changed"], "list");
    desk.becomes(Approved).await;
    assert_eq!(desk.look(&mut guard).await, (Planned, because("list_changed")));
}

#[tokio::test]
async fn the_first_step_holds_what_changed_and_leaves_a_long_list_to_the_next() {
    for (file_too, first) in [(false, (Approved, None)), (true, (Planned, because("file_changed")))] {
        let desk = Desk::on(None).await;
        desk.becomes(Approved).await;
        desk.list_becomes(17 * 1024 * 1024);
        if file_too {
            desk.write("");
        }
        let mut guard = Guard::new(desk.db.clone(), desk.ledger.clone(), desk.folder(), Lang::En);
        guard.begin().await.unwrap();
        assert_eq!(desk.state().await, first);
        let then = if file_too { first } else { (Planned, because("list_changed")) };
        assert_eq!(desk.look(&mut guard).await, then);
    }
}

#[tokio::test]
async fn an_approval_that_has_not_begun_is_void_by_any_change() {
    for (path, reason) in [
        ("campaigns/vinter.toml", "file_changed"),
        ("campaigns/media/a.gif", "file_changed"),
        ("campaigns/lists/vinter.csv", "list_changed"),
    ] {
        for desk in Desk::both().await {
            desk.becomes(Approved).await;
            assert_eq!(desk.messages().await, PEOPLE);
            let mut guard = desk.guard().await;
            assert_eq!(desk.look(&mut guard).await, (Approved, None));
            let before = fs::read(desk.house.root().join(path)).unwrap();
            fs::write(desk.house.root().join(path), [&before[..], b"\n"].concat()).unwrap();
            assert_eq!(desk.look(&mut guard).await, (Planned, because(reason)), "{path}");
            assert_eq!(desk.messages().await, 0, "what had been put in the outbox is out again");
            let people = PEOPLE.to_string();
            assert_eq!(desk.house.lykt(&["approve", "vinter", "--people", &people]).status.code(), Some(3));
            assert_eq!(desk.notices().await[0].0, "Lykt: the approval of vinter is void");
            assert_eq!(desk.house.approve(), PEOPLE, "planned anew, it is everybody again");
            assert_eq!(desk.look(&mut guard).await, (Running, None));
        }
    }
}

#[tokio::test]
async fn what_a_crash_left_in_the_outbox_of_a_void_approval_is_taken_back() {
    let desk = Desk::on(None).await;
    desk.becomes(Planned).await;
    desk.guard().await;
    assert_eq!(desk.messages().await, 0);
}

/// A service for the whole country, and a text that names it.
const SERVICE: &str = "[[service]]\nname = \"olafia\"\ntitle = \"Olafia\"\nkind = \"sti_test\"\nwhere = [\"Norge\"]\n\
    text.nb = \"gratis test\"\nchecked = 2026-10-01\n";

impl Desk {
    fn services(&self, text: &str) {
        fs::create_dir_all(self.house.root().join("campaigns/services")).unwrap();
        self.house.write("campaigns/services/a.toml", text);
    }

    /// On each database, with a campaign that names a service, approved and running.
    async fn naming_a_service() -> [Desk; 2] {
        let desks = Desk::both().await;
        for desk in &desks {
            // As if its first approval had never been.
            desk.becomes(Planned).await;
            desk.guard().await;
            desk.services(SERVICE);
            let list: String = (0..PEOPLE).map(|n| format!("+467017406{:02};nb;Oslo\n", n + 5)).collect();
            desk.house.write("campaigns/lists/vinter.csv", &format!("telefon;språk;sted\n{list}"));
            let text = desk.text().replace("language = \"språk\"", "language = \"språk\", region = \"sted\"");
            desk.write(&text.replace("Gratis lege", "{{ services.sti_test }}, lege"));
            assert_eq!(desk.house.approve(), PEOPLE);
        }
        desks
    }

    /// How many of the messages that wait say this.
    async fn saying_of(&self, words: &str) -> usize {
        let mut tx = self.db.read().await.unwrap();
        let query = "select id from message where campaign = 'vinter' and state = 'queued'";
        let ids: Vec<MessageId> = tx.all(sql(query)).await.unwrap().iter().map(|row| row.id(0).unwrap()).collect();
        let mut n = 0;
        for id in ids {
            let sealed = waiting::letter(&mut tx, id).await.unwrap();
            n += usize::from(message::open(&self.ledger.vault, id, &sealed).unwrap().text.contains(words));
        }
        n
    }
}

#[tokio::test]
async fn other_services_change_no_text_that_was_approved_and_newcomers_need_a_yes_of_their_own() {
    for desk in Desk::naming_a_service().await {
        let mut guard = desk.guard().await;
        assert_eq!(desk.look(&mut guard).await, (Running, None));
        desk.services(&SERVICE.replace("2026-10-01", "2026-11-20"));
        assert_eq!(desk.look(&mut guard).await, (Running, None));
        assert!(desk.house.json(&["status", "vinter"])["changed"].is_null(), "no message says when it was looked at");
        desk.services(&SERVICE.replace("text.nb", "tekst.nb"));
        assert_eq!(desk.look(&mut guard).await, (Running, None));
        assert!(desk.house.json(&["status", "vinter"])["changed"].is_null(), "a mistake says nothing");

        desk.services(&SERVICE.replace("gratis test", "test uten kø"));
        assert_eq!(desk.look(&mut guard).await, (Running, None));
        assert_eq!(desk.house.json(&["status", "vinter"])["changed"], "services");
        assert_eq!(desk.saying_of("gratis test").await, PEOPLE as usize);
        assert_eq!(desk.house.json(&["plan", "vinter"])["newcomers"], 0);
        assert_eq!(desk.house.lykt(&["approve", "vinter", "--people", "0"]).status.code(), Some(3), "nothing is new");
        let list = fs::read_to_string(desk.house.root().join("campaigns/lists/vinter.csv")).unwrap();
        desk.house.write("campaigns/lists/vinter.csv", &format!("{list}+46701740620;nb;Oslo\n"));
        let planned = desk.house.json(&["plan", "vinter"]);
        assert_eq!((&planned["kind"], &planned["newcomers"]), (&"supplement".into(), &1.into()), "{planned}");
        assert_eq!(desk.saying_of("test uten kø").await, 0, "not before the yes");
        desk.services(&SERVICE.replace("gratis test", "noe ingen har sett"));
        let refused = desk.house.lykt(&["approve", "vinter", "--people", "1"]);
        assert_eq!(refused.status.code(), Some(3));
        assert!(String::from_utf8(refused.stderr).unwrap().contains("says of services has changed"));
        desk.services(&SERVICE.replace("gratis test", "test uten kø"));
        assert!(desk.house.lykt(&["approve", "vinter", "--people", "1"]).status.success());
        assert_eq!(desk.saying_of("gratis test").await, PEOPLE as usize);
        assert_eq!(desk.saying_of("test uten kø").await, 1);
        assert!(desk.house.lykt(&["pause", "vinter"]).status.success());
        let planned = desk.house.json(&["plan", "vinter"]);
        assert_eq!((&planned["kind"], &planned["rewritten"]), (&"change".into(), &(PEOPLE + 1).into()), "{planned}");
    }
}

#[tokio::test]
async fn what_waits_is_written_anew_with_other_services_when_the_campaign_is_paused_and_approved_again() {
    for desk in Desk::naming_a_service().await {
        desk.services(&SERVICE.replace("gratis test", "test uten kø"));
        assert!(desk.house.lykt(&["pause", "vinter"]).status.success());
        let planned = desk.house.json(&["plan", "vinter"]);
        assert_eq!((&planned["kind"], &planned["rewritten"]), (&"change".into(), &PEOPLE.into()), "{planned}");
        assert_eq!(desk.saying_of("gratis test").await, PEOPLE as usize, "not before the yes");
        assert!(desk.house.lykt(&["resume", "vinter"]).status.success(), "as approved it may go on");
        assert!(desk.house.lykt(&["pause", "vinter"]).status.success());
        let people = PEOPLE.to_string();
        assert!(desk.house.lykt(&["approve", "vinter", "--people", &people]).status.success());
        assert_eq!(desk.saying_of("test uten kø").await, PEOPLE as usize);
    }
}

#[tokio::test]
async fn other_services_void_an_approval_that_has_not_begun() {
    for desk in Desk::naming_a_service().await {
        desk.becomes(Approved).await;
        let mut guard = desk.guard().await;
        assert_eq!(desk.look(&mut guard).await, (Approved, None));
        desk.services(&SERVICE.replace("Norge", "Bergen"));
        assert_eq!(desk.look(&mut guard).await, (Planned, because("services_changed")));
        assert_eq!(desk.saying_of("gratis test").await, 0, "what had been put in the outbox is out again");
    }
}
