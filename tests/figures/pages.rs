//! What people see: `lykt report` as a table, JSON and CSV, and everything within the columns there are.

use lykt::domain::message::MessageState as State;
use lykt::vault::{Keys, Vault};
use unicode_width::UnicodeWidthStr;

use crate::figures::folder::Folder;
use crate::figures::ledger::House;

/// An installation with two versions, the second of which is answered far more often.
async fn folder(waiting: bool) -> Folder {
    let folder = Folder::new();
    folder.write("campaigns/vinter.toml", "goal = \"20 personer får første dose\"\n");
    let vault = Vault::new(Keys::load(&folder.path("lykt.keys")).unwrap());
    let house = House::on(&format!("sqlite:{}", folder.path("lykt.db").display()), vault, None).await;
    for n in 0..80 {
        let (variant, language) = (["formal", "personal"][n % 2], ["nb", "en"][n % 4 / 2]);
        house.message(n, variant, language, State::Delivered, None).await;
        if n % 2 == 1 && n < 41 {
            house.answers(n, &format!("SM{n}"), "Takk, det går fint").await;
        }
    }
    house.comes(1).await;
    house.comes(3).await;
    if waiting {
        house.message(99, "formal", "nb", State::Queued, None).await;
    }
    house.db.close().await;
    folder
}

#[tokio::test]
async fn a_report_says_what_came_of_it_and_which_version_is_best() {
    let folder = folder(false).await;
    let report: serde_json::Value =
        serde_json::from_str(&folder.shown(&["report", "vinter", "--by", "variant", "--json"])).unwrap();
    assert_eq!(report["goal"], "20 personer får første dose");
    assert_eq!((&report["comparison"], &report["best"]), (&"named".into(), &"personal".into()), "{report}");
    let answers = &report["groups"][1]["rates"]["answers"];
    assert_eq!((answers["count"].as_i64(), answers["of"].as_i64()), (Some(20), Some(40)));
    assert_eq!((&answers["low"], &answers["high"]), (&0.352.into(), &0.648.into()), "Wilson, 20 of 40");
    let table = folder.shown(&["report", "vinter", "--by", "variant"]);
    for part in ["goal: 20 personer", "so far:", "35 to 65 %", "“personal”"] {
        assert!(table.contains(part), "{part} in\n{table}");
    }
    let language = folder.shown(&["report", "vinter", "--by", "language"]);
    assert!(language.contains("by lot"), "{language}");
}

#[tokio::test]
async fn the_report_says_who_came_and_what_they_answered_in_the_readers_words_also_beside_outcomes() {
    let folder = folder(false).await;
    folder.write("campaigns/vinter.toml", "[[outcome]]\nname = \"first_dose\"\ntitle.nb = \"Første dose\"\n");
    for counted in [false, true] {
        if counted {
            folder.shown(&["outcome", "add", "vinter", "first_dose", "--after-message", "yes"]);
        }
        for (lang, head, row, answers) in [
            ("en", "2 people came", ["2", "came"], "answers: thanks 20"),
            ("nb", "2 personer kom", ["2", "kom"], "svar: takk 20"),
        ] {
            let report = folder.shown(&["report", "vinter", "--lang", lang]);
            assert!(report.contains(head) && report.contains(answers), "{report}");
            assert!(report.lines().any(|line| line.split_whitespace().eq(row)), "{report}");
            assert_eq!(
                report.contains("so far: 1 outcome, ") || report.contains("så langt: 1 utfall"),
                counted,
                "{report}"
            );
        }
    }
}

#[tokio::test]
async fn no_version_is_named_while_a_message_waits() {
    let folder = folder(true).await;
    let table = folder.shown(&["report", "vinter", "--by", "variant"]);
    assert!(table.contains("Too early to tell"), "{table}");
    assert!(folder.shown(&["report", "vinter", "--by", "variant", "--lang", "nb"]).contains("For tidlig"));
}

#[tokio::test]
async fn a_spreadsheet_gets_a_line_a_figure() {
    let folder = folder(false).await;
    let csv = folder.shown(&["report", "vinter", "--csv", "--by", "variant"]);
    assert!(csv.starts_with("date,campaign,variant,language,figure,count,of,share,low,high,too_early\r\n"), "{csv}");
    assert!(csv.contains(",vinter,personal,,answered,20,40,0.5000,0.3520,0.6480,false\r\n"), "{csv}");
    let both = folder.run(&["report", "vinter", "--csv", "--json"], &[]);
    assert_eq!(both.status.code(), Some(2));
    assert_eq!(folder.run(&["report", "sommer"], &[]).status.code(), Some(2));
}

#[tokio::test]
async fn nothing_is_wider_than_the_columns_there_are() {
    let folder = folder(true).await;
    for columns in [60, 80] {
        for lang in ["en", "nb"] {
            for args in [
                &["report", "vinter"][..],
                &["report", "vinter", "--by", "variant"],
                &["report", "vinter", "--by", "language"],
                &["status", "vinter"],
                &["doctor"],
                &["gateway", "list"],
                &["inbox", "list"],
                &["doubt", "list"],
                &["tasks", "today"],
            ] {
                let output = folder.run(&[args, &["--lang", lang]].concat(), &[("COLUMNS", &columns.to_string())]);
                let told = String::from_utf8(output.stdout).unwrap();
                let wide = told.lines().find(|line| line.width() > columns);
                assert_eq!(wide, None, "{args:?} in {lang} at {columns}:\n{told}");
                assert!(!told.contains('\u{1b}'), "no colours in a pipe");
            }
        }
    }
}

#[tokio::test]
async fn colours_come_when_they_are_forced_and_go_when_they_are_refused() {
    let folder = folder(false).await;
    let coloured = |args: &[&str], env: &[(&str, &str)]| folder.run(args, env).stdout.contains(&0x1b);
    assert!(coloured(&["doctor"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["doctor"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["doctor", "--no-color"], &[("CLICOLOR_FORCE", "1")]));
}

#[tokio::test]
async fn a_reader_who_has_read_enough_is_no_fault() {
    use std::process::{Command, Stdio};
    let folder = folder(false).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
    command.args(["report", "vinter", "--csv"]).current_dir(folder.path("."));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
}
