//! The commands, as a person at the desk uses them.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::clock::Clock;
use lykt::domain::private::Private;
use lykt::gateway::{Address, ProviderId, Reply};
use lykt::ledger::Ledger;
use lykt::store::Db;
use lykt::vault::{Keys, Vault};
use serde_json::Value;

const CAMPAIGN: &str = r#"
title = "Vinter"
basis = "DPIA"
starts = 2026-12-01
ends = 2027-01-31
[targets]
list = "lists/a.csv"
columns = { phone = "telefon", place = "sted" }
[message]
channels = ["sms"]
gateway = { sms = "simulator" }
sender = "Amanda"
[[message.variant]]
name = "personal"
text.nb = "Hei! Dette er {{ sender }} fra {{ organisation }}. Gratis lege i {{ place }}. Svar STOPP for å slippe."
[window]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "11:00"
until = "18:00"
rate = "20/min"
"#;

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// At this hour of 1 December 2026.
    fn new(hour: &str) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        Keys::generate().unwrap().save(&path.join("lykt.keys")).unwrap();
        std::fs::create_dir_all(path.join("campaigns/lists")).unwrap();
        std::fs::write(path.join("campaigns/vinter.toml"), CAMPAIGN).unwrap();
        std::fs::write(path.join("campaigns/lists/a.csv"), "telefon,sted\n+46701740605,Oslo\n").unwrap();
        std::fs::write(path.join("panel.txt"), "# agreed in November\n070-174 06 06  # Kari\n").unwrap();
        let settings = format!(
            "[clock]\nstart = \"2026-12-01T{hour}:00\"\nday = \"1440 minutes\"\n[organisation]\nname = \"Lykten\"\n\
             region = \"SE\"\npanel = {{ file = \"panel.txt\" }}\n[gateways.simulator]\nkind = \"simulator\"\n"
        );
        std::fs::write(path.join("lykt.toml"), settings).unwrap();
        Desk { folder }
    }

    fn run(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
        command.arg("--config").arg(self.folder.path().join("lykt.toml")).args(args);
        command.env_remove("LC_ALL").env("LANG", "C");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(stdin.as_ref());
        child.wait_with_output().unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat(), "");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The exit code and the complaint.
    fn refused(&self, args: &[&str]) -> (i32, String) {
        let output = self.run(args, "");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    async fn writes(&self, text: &str) -> String {
        let url = format!("sqlite:{}", self.folder.path().join("lykt.db").display());
        let db = Db::open(&url).await.unwrap();
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2026-12-01T12:00:00+01:00".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::load(&self.folder.path().join("lykt.keys")).unwrap()));
        let ledger = Ledger {
            vault,
            clock,
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let reply = Reply {
            from: Address::new("+46701740605"),
            to: Address::new("x"),
            text: Private::new(text.to_owned()),
            provider_id: ProviderId::parse("SM1").unwrap(),
            media: 0,
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: None,
        };
        let mut tx = db.begin().await.unwrap();
        let id = lykt::inbox::receive(&ledger, &mut tx, "simulator", &reply).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        id.to_string()
    }
}

#[tokio::test]
async fn an_answer_is_taken_written_and_seen() {
    let desk = Desk::new("12:00");
    let id = desk.writes("Hvem er dette?").await;
    let ready = desk.json(&["inbox", "answer", &id, "--as", "Kari"]);
    assert!(ready[0]["text"].as_str().unwrap().contains("Kari, Lykten"), "{ready}");
    assert_eq!(desk.refused(&["inbox", "answer", &id, "--text", "Hei"]).0, 2, "nobody says who");
    assert_eq!(desk.json(&["inbox", "take", &id, "--as", "Kari"])["owner"], "Kari");
    let (code, why) = desk.refused(&["inbox", "answer", &id, "--text", "Hei", "--as", "Ola"]);
    assert!(code == 3 && why.contains("Kari"), "{why}");
    assert_eq!(desk.json(&["inbox", "hand-over", &id, "--to", "Ola"])["owner"], "Ola");
    assert_eq!(desk.json(&["inbox", "answer", &id, "--ready", "other", "--as", "Ola"])["state"], "queued");
    let output = desk.run(&["inbox", "answer", &id, "--text", "-", "--as", "Ola"], "Kom innom!");
    assert!(output.status.success());
    let shown = desk.json(&["inbox", "show", &id]);
    assert_eq!((shown["owner"].as_str(), shown["answers"].as_array().unwrap().len()), (Some("Ola"), 2));
}

#[tokio::test]
async fn an_answer_that_is_no_utf_8_is_not_sent() {
    let desk = Desk::new("12:00");
    let id = desk.writes("Hvem er dette?").await;
    let output = desk.run(&["inbox", "answer", &id, "--text", "-", "--as", "Kari"], b"Vi m\xf8tes!");
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && why.contains("UTF-8"), "{why}");
    assert_eq!(desk.json(&["inbox", "show", &id])["answers"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn at_night_the_command_warns_first() {
    let desk = Desk::new("22:30");
    let id = desk.writes("hei").await;
    let (code, why) = desk.refused(&["inbox", "answer", &id, "--text", "Hei", "--as", "Kari"]);
    assert!(code == 3 && why.contains("--now"), "{why}");
    assert_eq!(desk.json(&["inbox", "answer", &id, "--text", "Hei", "--as", "Kari", "--now"])["state"], "queued");
}

#[tokio::test]
async fn a_test_goes_to_the_panel_and_to_nobody_else() {
    let desk = Desk::new("12:00");
    let sent = desk.json(&["send-test", "vinter", "--to", "+46701740606", "--as", "Kari"]);
    assert_eq!((sent["state"].as_str(), sent["variant"].as_str()), (Some("queued"), Some("personal")));
    let (code, why) = desk.refused(&["send-test", "vinter", "--to", "+46701740605"]);
    assert!(code == 3 && why.contains("panel"), "{why}");
    let (code, why) = desk.refused(&["send-test", "vinter", "--to", "+46701740606", "--variant", "x"]);
    assert!(code == 2 && why.contains("personal"), "{why}");
    assert_eq!(desk.json(&["send-test", "vinter"]).as_array().unwrap().len(), 1);
    desk.json(&["contact", "opt-out", "+46701740606"]);
    assert_eq!(desk.refused(&["send-test", "vinter", "--to", "+46701740606"]).0, 3, "a no is a no");
}
