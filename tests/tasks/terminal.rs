//! `lykt tasks` as people and scripts see it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use lykt::store::message::{self, Letter};
use lykt::store::sql;
use lykt::store::task::TaskState;
use lykt::store::touch::{self, TouchKind};
use serde_json::Value;

use crate::tasks::house::{House, Person};

struct Desk {
    folder: tempfile::TempDir,
    house: House,
    people: Vec<Person>,
}

impl Desk {
    /// Three calls that fell due on Tuesday 8 December, seen at this local time.
    async fn at(now: &str) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let house = House::in_folder(folder.path(), now).await;
        let people = vec![house.person().await, house.person().await, house.person().await];
        Desk { folder, house, people }
    }

    fn run(&self, args: &str) -> Output {
        self.say(args, "")
    }

    fn say(&self, args: &str, stdin: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
        command.args(["--config"]).arg(self.folder.path().join("lykt.toml")).arg("tasks").args(args.split(' '));
        command.env_remove("LC_ALL").env_remove("LC_CTYPE").env("LANG", "C");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What a command answers in JSON; it must have ended well.
    fn json(&self, args: &str) -> Value {
        let output = self.run(&format!("{args} --json"));
        assert!(output.status.success(), "{args}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The short id of the first call.
    async fn first(&self) -> String {
        self.house.call(&self.people[0]).await.id.short()
    }
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[tokio::test]
async fn the_days_list_is_what_scripts_expect_and_has_no_number() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    let list = desk.json("today");
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 3);
    let first = list[0].as_object().unwrap();
    let mut keys: Vec<_> = first.keys().map(String::as_str).collect();
    keys.sort();
    assert_eq!(keys, ["contact", "due", "id", "kind", "state", "why"]);
    assert_eq!((&first["kind"], &first["state"]), (&"call".into(), &"open".into()));
    assert_eq!(first["due"], "2026-12-08T09:00:00+01:00");
    assert_eq!(first["why"], "SMS 5 days ago, no answer");
    assert!(desk.people.iter().any(|person| first["contact"] == person.contact.to_string()));
}

#[tokio::test]
async fn a_no_is_kept_also_where_nobody_reads_what_is_said_of_it() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    let id = desk.first().await;
    desk.json(&format!("claim {id} --as Kari"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
    command.args(["--config"]).arg(desk.folder.path().join("lykt.toml"));
    command.args(["tasks", "done", &id, "--as", "Kari", "--outcome", "opt_out"]);
    assert!(command.stdin(Stdio::null()).stdout(writer).status().unwrap().success());
    let call = desk.house.call(&desk.people[0]).await;
    assert_eq!((call.state, call.outcome.as_deref()), (TaskState::Done, Some("opt_out")));
}

#[tokio::test]
async fn the_table_fits_eighty_columns_in_both_languages() {
    let desk = Desk::at("2026-12-10T12:00:00").await;
    for (lang, overdue) in [("en", "2 d ago"), ("nb", "2 d siden")] {
        let table = text(&desk.run(&format!("today --lang {lang}")));
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
        assert!(table.contains(overdue) && table.contains(&desk.first().await), "{table}");
    }
}

#[tokio::test]
async fn a_number_is_shown_only_to_who_holds_the_call_and_that_is_noted() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    let (id, person) = (desk.first().await, &desk.people[0]);
    let seen = text(&desk.run(&format!("show {id}")));
    assert!(seen.contains("+44 *** ** *00") && seen.contains("Hei, dette er Noor."), "{seen}");
    assert!(!seen.contains(&person.number[3..]), "{seen}");

    assert_eq!(code(&desk.run(&format!("show {id} --reveal"))), 2, "nobody said who they are");
    assert_eq!(code(&desk.run(&format!("show {id} --reveal --as Kari"))), 3, "Kari does not hold it");
    assert_eq!(code(&desk.run(&format!("claim {id} --as Kari"))), 0);
    assert_eq!(code(&desk.run(&format!("show {id} --reveal --as Ola"))), 3);
    let shown = desk.json(&format!("show {id} --reveal --as Kari"));
    assert_eq!(shown["numbers"][0], person.number);

    let mut tx = desk.house.db.read().await.unwrap();
    let history = touch::history(&mut tx, &desk.house.tasks.ledger.vault, person.contact).await.unwrap();
    let noted: Vec<_> = history.iter().filter(|touch| touch.kind == TouchKind::Revealed).collect();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].actor.as_deref(), Some("Kari"));
}

#[tokio::test]
async fn a_call_names_the_services_near_the_place_in_the_list() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    let (id, person) = (desk.first().await, &desk.people[0]);
    std::fs::create_dir_all(desk.folder.path().join("campaigns/services")).unwrap();
    let service = "[[service]]\nname = \"olafia\"\ntitle = \"Olafia\"\nkind = \"sti_test\"\nwhere = [\"Oslo\"]\n\
        contact = \"lykten.example\"\nchecked = 2026-12-01\n";
    std::fs::write(desk.folder.path().join("campaigns/services/a.toml"), service).unwrap();
    assert!(!text(&desk.run(&format!("show {id}"))).contains("Services near"), "nobody knows where they are");

    let letter = Letter { to: person.number.clone(), region: Some("Oslo".to_owned()), ..Letter::default() };
    let sealed = message::seal(&desk.house.tasks.ledger.vault, person.message, &letter).unwrap();
    let mut tx = desk.house.db.begin().await.unwrap();
    tx.run(sql("update message set sealed = $1 where id = $2").bind(sealed).bind(person.message)).await.unwrap();
    tx.commit().await.unwrap();
    let shown = text(&desk.run(&format!("show {id}")));
    assert!(shown.contains("Services near Oslo") && shown.contains("Olafia (here), lykten.example"), "{shown}");
    assert!(text(&desk.run(&format!("show {id} --lang nb"))).contains("sjekket 2026-12-01"));
    assert_eq!(desk.json(&format!("show {id}"))["near"]["services"][0]["name"], "olafia");
}

#[tokio::test]
async fn everything_of_one_person_goes_to_another_and_is_shown_first() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    let id = desk.first().await;
    desk.run(&format!("claim {id} --as Kim"));
    let seen = desk.json("hand-over --from Kim --to Amanda --dry-run");
    assert_eq!((&seen["tasks"], &seen["contacts"], &seen["handed_over"]), (&1.into(), &1.into(), &false.into()));
    assert_eq!(code(&desk.run(&format!("claim {id} --as Amanda"))), 3, "looking moves nothing");
    assert!(text(&desk.run("hand-over --from Kim --to Amanda --lang nb")).contains("Overlatt fra Kim til Amanda"));
    assert_eq!(code(&desk.run(&format!("claim {id} --as Amanda"))), 0);
    assert_eq!(desk.json("hand-over --from Kim --to Amanda")["tasks"], 0);
    assert_eq!(code(&desk.run("hand-over --from Kim --to Kim")), 2);
}

#[tokio::test]
async fn a_call_goes_from_the_list_to_its_outcome() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    for command in ["next", "claim abcd", "release abcd", "done abcd --outcome talked"] {
        assert_eq!(code(&desk.run(command)), 2, "{command} needs --as");
    }
    let taken = desk.json("next --as Kari");
    let id = taken["id"].as_str().unwrap();
    let short = &id[id.len() - 6..];
    assert_eq!(code(&desk.run(&format!("claim {short} --as Ola"))), 3);
    assert_eq!(code(&desk.run(&format!("done {short} --as Ola --outcome talked"))), 3);
    assert_eq!(code(&desk.run(&format!("done {short} --as Kari --outcome voicemail"))), 2);
    assert_eq!(code(&desk.run(&format!("done {short} --as Kari --outcome call-later"))), 2);
    assert_eq!(code(&desk.run(&format!("done {short} --as Kari --outcome call-later --at soon"))), 2);
    assert_eq!(code(&desk.run(&format!("done {short} --as Kari --outcome talked --at 15:00"))), 2);
    assert_eq!(code(&desk.run(&format!("done {short} --as Kari --outcome call-later --at 22:30"))), 3);
    let ended =
        desk.say(&format!("done {short} --as Kari --outcome call-later --at 2026-12-10 --note -"), "ring etter jobb\n");
    assert_eq!(code(&ended), 0, "{ended:?}");
    assert!(text(&ended).contains("2026-12-10 09:00"), "{}", text(&ended));
    assert_eq!(code(&desk.run(&format!("done {short} --as Kari --outcome talked"))), 3);

    let other = desk.json("next --as Ola")["id"].as_str().unwrap().to_owned();
    assert_ne!(other, id);
    assert_eq!(desk.json(&format!("release {other} --as Ola"))["state"], "open");
    assert_eq!(desk.json("today").as_array().unwrap().len(), 2);

    let person = desk.house.whose(id, &desk.people).await;
    let mut tx = desk.house.db.read().await.unwrap();
    let history = touch::history(&mut tx, &desk.house.tasks.ledger.vault, person.contact).await.unwrap();
    let call = history.iter().find(|touch| touch.kind == TouchKind::Call).unwrap();
    assert_eq!(call.note.as_ref().unwrap().expose(), "ring etter jobb");
}

#[tokio::test]
async fn in_the_evening_a_refusal_says_when_it_is_possible() {
    let desk = Desk::at("2026-12-08T21:30:00").await;
    let refused = desk.run("next --as Kari --json");
    assert_eq!(code(&refused), 3);
    let why: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!((&why["refused"], &why["again_at"]), (&"not_now".into(), &"2026-12-09T09:00:00+01:00".into()));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("2026-12-09 09:00"));
}

#[tokio::test]
async fn an_empty_list_and_an_unknown_task_are_said_plainly() {
    let desk = Desk::at("2026-12-05T12:00:00").await;
    assert_eq!(text(&desk.run("today")), "No calls today.\n");
    assert_eq!(desk.json("today"), Value::Array(Vec::new()));
    assert_eq!(desk.json("next --as Kari"), Value::Null);
    for id in ["zzzz", "abc", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(code(&desk.run(&format!("show {id}"))), 2, "{id}");
    }
}

#[tokio::test]
async fn what_is_shown_fits_eighty_columns_also_with_long_names() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    let id = desk.first().await;
    let who = "Kari-Margrethe-Fredrikke-Abrahamsen-Wilhelmsen-fra-Ullensaker";
    assert_eq!(code(&desk.run(&format!("claim {id} --as {who}"))), 0);
    let note = "hun_vil_gjerne_snakkes_igjen ".repeat(12).replace(' ', ",");
    assert_eq!(
        code(&desk.run(&format!("done {id} --as {who} --outcome no_answer --note {}", note.replace(',', "_")))),
        0
    );
    assert_eq!(code(&desk.run(&format!("undo {id} --as {who}"))), 0);
    for lang in ["en", "nb"] {
        for command in ["today".to_owned(), format!("show {id}"), format!("claim {id} --as {who}")] {
            let shown = text(&desk.run(&format!("{command} --lang {lang}")));
            let wide = shown.lines().find(|line| line.chars().count() > 80 && !line.contains("--as"));
            assert_eq!(wide, None, "{shown}");
        }
    }
}

#[tokio::test]
async fn done_without_an_outcome_lists_what_each_leads_to_and_saves_nothing() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    let id = desk.first().await;
    assert_eq!(code(&desk.run(&format!("claim {id} --as Kari"))), 0);
    let asked = desk.run(&format!("done {id} --as Kari"));
    assert_eq!(code(&asked), 2);
    let told = String::from_utf8(asked.stderr).unwrap();
    assert!(told.contains("not_in_service") && told.contains("opt_out"), "{told}");
    assert_eq!(code(&desk.run(&format!("done {id} --as Kari --outcome other-language --language klingon"))), 2);
    assert_eq!(code(&desk.run(&format!("done {id} --as Kari --outcome talked --language th"))), 2);
    let ended = desk.run(&format!("done {id} --as Kari --outcome other-language --language Thai"));
    assert!(text(&ended).starts_with("other_language: comes back for somebody"), "{ended:?}");
    let undone = desk.json(&format!("undo {id} --as Kari"));
    assert_eq!((&undone["undone"], &undone["state"]), (&"other_language".into(), &"claimed".into()));
    assert_eq!(code(&desk.run(&format!("undo {id} --as Kari"))), 3, "nothing is left to take back");
}

#[tokio::test]
async fn a_note_on_a_call_that_reads_like_a_health_record_is_warned_of() {
    let desk = Desk::at("2026-12-08T12:00:00").await;
    for (person, (lang, told)) in desk.people.iter().zip([("en", "health record: gravid"), ("nb", "journal: gravid")]) {
        let id = desk.house.call(person).await.id.short();
        assert_eq!(code(&desk.run(&format!("claim {id} --as Kari"))), 0);
        let done = desk.run(&format!("done {id} --as Kari --outcome talked --note gravid --lang {lang}"));
        let warned = String::from_utf8(done.stderr.clone()).unwrap();
        assert!(code(&done) == 0 && warned.contains(told), "{done:?}");
    }
}
