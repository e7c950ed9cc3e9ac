//! Lists as a person meets them: the program itself, on files as they come. Numbers are set aside for fiction.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const CAMPAIGN: &str = r#"
title = "Gratis vaksine"
goal = "20 personer får første dose"
basis = "public task, DPIA 2026-04 section 3"
starts = 2026-12-01
ends = 2099-12-31
[targets]
list = "lists/vinter.csv"
columns = { phone = "telefon" }
[message]
channels = ["sms"]
gateway = { sms = "simulator" }
sender = "Amanda"
[[message.variant]]
name = "personal"
text.nb = "Hei! Dette er {{ sender }} fra Lykten. Gratis lege. Svar STOPP for å slippe flere."
[window]
from = "09:00"
until = "20:00"
holidays = "NO"
"#;

/// An installation with one campaign and this list.
struct House(TempDir);

impl House {
    fn new(list: &[u8]) -> Self {
        let house = House(tempfile::tempdir().unwrap());
        assert!(lykt(&house.0, &["init", "h"]).status.success());
        house.write("campaigns/vinter.toml", CAMPAIGN.as_bytes());
        house.write("campaigns/lists/vinter.csv", list);
        house
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join("h").join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        fs::write(self.path(path), bytes).unwrap();
    }

    fn lykt(&self, args: &[&str]) -> Output {
        lykt(&self.0, &[&["--config", "h/lykt.toml", "--lang", "en"], args].concat())
    }

    fn plan(&self) -> Value {
        let out = self.lykt(&["plan", "vinter", "--json"]);
        assert!(out.status.success(), "{}", said(&out));
        serde_json::from_slice(&out.stdout).unwrap()
    }
}

fn lykt(folder: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
    command.args(args).current_dir(folder.path()).stdin(Stdio::null()).output().unwrap()
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// What `list inspect` understands of a file: its lines as JSON, or the exit code.
fn inspect(name: &str, bytes: &[u8]) -> Result<Vec<Value>, (Option<i32>, String)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let out = lykt(&folder, &["list", "inspect", name, "--json", "--region", "SE", "--lang", "en"]);
    if !out.status.success() {
        return Err((out.status.code(), said(&out)));
    }
    Ok(String::from_utf8(out.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn addresses(name: &str, bytes: &[u8]) -> Vec<Value> {
    inspect(name, bytes).unwrap().into_iter().map(|row| row["addresses"].clone()).collect()
}

// Fault 25.
#[test]
fn one_number_in_every_spelling_is_one_person() {
    let list = "telefon\n+46 70 174 06 05\n0046701740605\n46 701740605\n０７０－１７４ ０６ ０５\n070\u{a0}174\u{202f}06 05\n\
                \u{202a}070-1740605\u{202c}\n=\"0701740605\"\n";
    for row in addresses("a.csv", list.as_bytes()) {
        assert_eq!(row, serde_json::json!(["+46701740605"]));
    }
}

// Faults 26 and 27.
#[test]
fn one_number_in_three_ads_is_one_person_however_often_the_list_is_read() {
    let list = "navn;telefon\nA;+46 70 174 06 05\nB;0046701740605\nC;+46701740605\nD;+46701740606\n";
    let house = House::new(list.as_bytes());
    let first = house.plan();
    assert_eq!((&first["targets"], &first["eligible"]), (&4.into(), &2.into()));
    assert_eq!(first["left_out"]["duplicate"], 2);
    let cut = list.len() - 20;
    house.write("campaigns/lists/vinter.csv", &list.as_bytes()[..cut]);
    house.plan();
    house.write("campaigns/lists/vinter.csv", list.as_bytes());
    assert_eq!(house.plan(), first);
}

// Fault 28.
#[test]
fn a_row_without_a_number_is_listed_with_its_line_and_the_others_go_on() {
    let list = "telefon\nspør meg\ntlf: 070 174 06 05, ring after 12\n070-1740606 / 070-1740607\n070 174 O6 05\n08-123 456 78\n9.0000000E7\n";
    let rows = inspect("a.csv", list.as_bytes()).unwrap();
    let of = |row: usize| (&rows[row]["addresses"], &rows[row]["problem"]["code"], &rows[row]["problem"]["suggestion"]);
    assert_eq!(rows[0]["line"], 2);
    assert_eq!(of(0), (&serde_json::json!([]), &"no_number".into(), &Value::Null));
    assert_eq!(rows[1], serde_json::json!({"line": 3, "addresses": ["+46701740605"], "problem": null}));
    assert_eq!(rows[2]["addresses"], serde_json::json!(["+46701740606", "+46701740607"]));
    assert_eq!(of(3), (&serde_json::json!([]), &"looks_like".into(), &"+46701740605".into()));
    assert_eq!(rows[4]["addresses"], serde_json::json!(["+46812345678"]), "a landline is an address");
    assert_eq!(of(5), (&serde_json::json!([]), &"spreadsheet_number".into(), &Value::Null));
}

// Fault 29.
#[test]
fn odd_files_are_understood_or_refused_with_a_sentence() {
    assert_eq!(addresses("one.csv", b"telefon\n070-1740605"), [serde_json::json!(["+46701740605"])]);
    assert_eq!(inspect("header.csv", b"telefon;navn\n").unwrap(), Vec::<Value>::new());
    let wide: String = (0..10_000).map(|n| format!(";c{n}")).collect();
    let list = format!("telefon{wide}\n070-1740605{}\n", ";".repeat(10_000));
    assert_eq!(addresses("wide.csv", list.as_bytes()).len(), 1);
    for (name, bytes, sentence) in [
        ("empty.csv", &b""[..], "empty"),
        ("no-header.csv", b"070-1740605\n070-1740606\n", "column names"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
        ("cut.xlsx", b"PK\x03\x04cut", "damaged"),
        ("page.xls", b"<html><table>", "web page"),
        ("zeros.csv", b"telefon\n07\0x", "no list"),
    ] {
        let (code, said) = inspect(name, bytes).unwrap_err();
        assert_eq!(code, Some(2), "{name}");
        assert!(said.contains(name) && said.contains(sentence) && said.lines().count() == 1, "{said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let out = lykt(&folder, &["list", "inspect", ".", "--lang", "en"]);
    assert_eq!((out.status.code(), said(&out).contains("folder")), (Some(2), true));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.csv")).status().unwrap().success());
    let out = lykt(&folder, &["list", "inspect", "pipe.csv", "--lang", "en"]);
    assert_eq!((out.status.code(), said(&out).contains("pipe or a device")), (Some(2), true));
}

const TWO: &[u8] = b"telefon\n+46701740605\n+46701740606\n";

#[test]
fn a_shredded_list_is_gone_and_its_people_are_not() {
    let house = House::new(TWO);
    house.plan();
    let refused = house.lykt(&["approve", "vinter", "--people", "1", "--shred-list"]);
    assert_eq!(refused.status.code(), Some(3), "never before the approval");
    assert!(house.path("campaigns/lists/vinter.csv").exists());
    let out = house.lykt(&["approve", "vinter", "--people", "2", "--shred-list"]);
    assert!(out.status.success(), "{}", said(&out));
    assert!(!house.path("campaigns/lists/vinter.csv").exists());
    let status = house.lykt(&["status", "vinter", "--json"]);
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status["planned"], 2);
}

#[test]
fn a_list_that_somebody_else_needs_is_not_shredded() {
    let house = House::new(TWO);
    house.plan();
    house.write("campaigns/host.toml", CAMPAIGN.replace("lists/vinter.csv", "./lists/vinter.csv").as_bytes());
    let out = house.lykt(&["approve", "vinter", "--people", "2", "--shred-list"]);
    assert_eq!((out.status.code(), said(&out).contains("host.toml needs")), (Some(3), true), "{}", said(&out));
    fs::remove_file(house.path("campaigns/host.toml")).unwrap();
    fs::hard_link(house.path("campaigns/lists/vinter.csv"), house.path("elsewhere.csv")).unwrap();
    let out = house.lykt(&["approve", "vinter", "--people", "2", "--shred-list"]);
    assert_eq!((out.status.code(), said(&out).contains("hard link")), (Some(3), true), "{}", said(&out));
    assert_eq!(fs::read(house.path("elsewhere.csv")).unwrap(), TWO);
}

#[test]
fn how_a_list_was_understood_is_said() {
    let house = House::new(b"telefon;navn\n+46701740605;Bj\xf8rn\n");
    let out = house.lykt(&["plan", "vinter"]);
    assert!(said(&out).contains("lists/vinter.csv: read as CSV in Windows-1252, ; between cells"), "{}", said(&out));
    let out = house.lykt(&["check", "h/campaigns/vinter.toml"]);
    let shown = String::from_utf8_lossy(&out.stdout).into_owned() + said(&out).as_str();
    assert!(shown.contains("1 row in lists/vinter.csv, read as CSV in Windows-1252"), "{shown}");
}
