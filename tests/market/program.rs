//! `lykt market`, `lykt services` and `lykt routine` as people and scripts see them.

use std::process::{Command, Output};

use serde_json::Value;

use crate::tasks::house::House;

struct Desk {
    folder: tempfile::TempDir,
    _house: House,
}

impl Desk {
    async fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        super::furnish(folder.path());
        let house = House::in_folder(folder.path(), "2026-12-08T12:00:00").await;
        Desk { folder, _house: house }
    }

    fn run(&self, args: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
        command.current_dir(self.folder.path()).args(args.split_whitespace());
        command.env_remove("LC_ALL").env("LANG", "C").output().unwrap()
    }

    /// What a command prints; it must have ended well.
    fn well(&self, args: &str) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Why a command did nothing.
    fn refused(&self, args: &str) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(2), "{args}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }
}

#[tokio::test]
async fn what_is_exported_is_imported_again_and_a_wrong_row_imports_nothing() {
    let desk = Desk::new().await;
    desk.well("market add x --week 2026-W48 --ads 100 --women 80 --as Kari");
    desk.well("market add y --ads 5 --as Kari");
    let exported = desk.well("market export");
    desk.write("a.csv", &exported);
    assert!(desk.well("market import a.csv --as Ola").contains("Weeks written: 0. There already: 2."));
    desk.write("b.csv", "uke;annonser;kvinner\n2026-W40;50;20\n2026-W41;40;50\n2027-W40;1;1\n");
    let wrong = desk.refused("market import b.csv --platform x --as Ola");
    assert!(
        wrong.contains("b.csv:3:") && wrong.contains("b.csv:4:") && wrong.contains("nothing was imported"),
        "{wrong}"
    );
    assert_eq!(desk.well("market export"), exported);
    desk.write("c.csv", "week,platform,ads\n2026-W48,x,120\n");
    assert!(desk.well("market import c.csv --as Ola").contains("Weeks written: 1."));
    let weeks: Value = serde_json::from_str(&desk.well("market list x --json")).unwrap();
    assert_eq!((&weeks[0]["ads"], &weeks[0]["counted_by"]), (&120.into(), &"Ola".into()));
    assert!(desk.well("market list x").contains("not counted"), "this week");
    assert!(desk.well("market chart x").starts_with("<svg xmlns="));
    assert!(desk.refused("market add z --ads 1 --as Kari").contains("there are: x, y"));
    assert!(desk.refused("market add x --ads 1").contains("--as"));
    assert!(desk.well("market answer where street --as Kari").contains("on the street"));
}

#[tokio::test]
async fn services_are_found_without_keys_and_a_wrong_file_is_named() {
    let desk = Desk::new().await;
    std::fs::create_dir_all(desk.folder.path().join("campaigns/services")).unwrap();
    let service = "[[service]]\nname = \"olafia\"\ntitle = \"Olafia\"\nkind = \"sti_test\"\nwhere = [\"Oslo\"]\nchecked = 2026-01-01\n";
    desk.write("campaigns/services/a.toml", service);
    std::fs::remove_file(desk.folder.path().join("lykt.keys")).unwrap();
    assert!(desk.well("services near oslo kommune").contains("Olafia"));
    let near: Value = serde_json::from_str(&desk.well("services near 0301 --json")).unwrap();
    assert_eq!((&near[0]["name"], &near[0]["near"]), (&"olafia".into(), &"here".into()));
    assert!(desk.refused("services near Herøy").contains("Herøy (Nordland)"));
    assert!(desk.refused("services near Atlantis").contains("no municipality or county"));
    assert!(desk.well("services check").contains("olafia: last checked 2026-01-01"));
    desk.write("campaigns/services/b.toml", &service.replace("Oslo", "Atlantis"));
    assert_eq!(desk.run("services check").status.code(), Some(2));
    let told = desk.refused("check campaigns/services/b.toml");
    assert!(told.is_empty(), "{told}");
}

#[tokio::test]
async fn a_routine_is_listed_done_and_taken_back() {
    let desk = Desk::new().await;
    let routine = "[[routine]]\nname = \"log-in\"\ntitle.nb = \"Logg inn\"\ntitle.en = \"Log in\"\ncron = \"0 * * * *\"\nowner = \"Kari\"\nsubstitute = \"Ola\"\n";
    desk.write("campaigns/routines.toml", routine);
    let listed: Value = serde_json::from_str(&desk.well("routine list --json")).unwrap();
    assert_eq!((&listed[0]["routine"], &listed[0]["last_done"]), (&"log-in".into(), &Value::Null));
    let house = &desk._house;
    let mut tx = house.db.begin().await.unwrap();
    // As if it had been known for a day.
    tx.run(lykt::store::sql("update routine set upto = upto - 86400000")).await.unwrap();
    tx.commit().await.unwrap();
    let today: Value = serde_json::from_str(&desk.well("tasks today --json")).unwrap();
    assert_eq!(
        (&today[0]["kind"], &today[0]["contact"], &today[0]["why"]),
        (&"routine".into(), &Value::Null, &"Log in".into())
    );
    let id = today[0]["id"].as_str().unwrap().to_owned();
    desk.well(&format!("tasks claim {id} --as Ola"));
    assert!(desk.well(&format!("tasks show {id}")).contains("Owner: Kari"));
    assert_eq!(desk.run(&format!("tasks release {id} --as Kari")).status.code(), Some(3), "Ola has it");
    desk.well(&format!("tasks done {id} --as Kari"));
    let listed: Value = serde_json::from_str(&desk.well("routine list --json")).unwrap();
    assert_eq!(listed[0]["last_done_by"], "Kari");
    desk.well(&format!("tasks undo {id} --as Kari"));
    assert!(desk.well("tasks today").contains("Log in"));
}
