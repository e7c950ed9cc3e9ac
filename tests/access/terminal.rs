//! `lykt user` and `lykt token` as people and scripts see them.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        assert!(folder.say("init .", "").status.success());
        folder
    }

    pub fn say(&self, args: &str, stdin: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
        command.current_dir(self.0.path()).args(args.split(' ')).env_remove("LC_ALL").env("LANG", "C");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that asks for nothing may have ended.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub fn json(&self, args: &str, stdin: &str) -> Value {
        let output = self.say(&format!("{args} --json"), stdin);
        assert!(output.status.success(), "{args}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub fn code(&self, args: &str, stdin: &str) -> Option<i32> {
        self.say(args, stdin).status.code()
    }
}

#[test]
fn the_first_user_is_made_at_the_terminal() {
    let folder = Folder::new();
    let siri = folder.json("user add Siri --role admin", "");
    assert_eq!(siri["password"].as_str().unwrap().len(), 27);
    let bo = folder.json("user add Bo --role staff --password-stdin", "hest batteri stift riktig\n");
    assert!(bo.get("password").is_none(), "a password that was given is not shown");
    assert_eq!(folder.json("user role Bo coordinator", "")["role"], "coordinator");
    assert_eq!(folder.json("user disable Bo", "")["disabled"], true);
    assert_eq!(folder.json("user enable Bo", "")["disabled"], false);
    assert_eq!(folder.json("user factor reset Bo", "")["second_factor"], false);
    assert_eq!(folder.json("user list", "").as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_is_refused_with_the_right_code() {
    let folder = Folder::new();
    assert_eq!(folder.code("user add Bo --role staff --password-stdin", "kort\n"), Some(3));
    assert_eq!(folder.code("user add Bo --role staff --password-stdin", ""), Some(3));
    assert_eq!(folder.code("user add Bo --role boss", ""), Some(2));
    assert_eq!(folder.code("user disable Nobody", ""), Some(2));
    assert_eq!(folder.code("token add journal --scope everything", ""), Some(2));
    assert_eq!(folder.code("token revoke journal", ""), Some(2));
}

#[test]
fn whoever_changes_an_entry_of_the_audit_is_found_at_the_terminal() {
    let folder = Folder::new();
    let none = folder.json("audit verify", "");
    assert_eq!((&none["whole"], &none["last"]), (&true.into(), &0.into()));
    folder.json("user add Rut --role auditor", "");
    folder.json("contact check +46701740605", "");
    folder.json("contact opt-out +46701740605", "");
    let whole = folder.json("audit verify", "");
    assert_eq!((&whole["whole"], &whole["good"], &whole["last"]), (&true.into(), &3.into(), &3.into()));
    assert_eq!((&whole["anchored"], whole["hash"].as_str().unwrap().len()), (&Value::Null, 64));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let file = folder.0.path().join("lykt.db");
        let db = lykt::store::Db::open(&format!("sqlite:{}", file.display())).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.run(lykt::store::sql("update audit set act = 'signed_in' where n = 2")).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
    });
    let broken = folder.say("audit verify --json", "");
    assert_eq!(broken.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&broken.stdout).unwrap();
    assert_eq!((&told["problem"], &told["entry"]), (&"changed".into(), &2.into()));
    let said = folder.say("audit verify --lang nb", "");
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("oppføring 2 i revisjonsloggen er ikke slik den ble skrevet"), "{said}");
    assert_eq!(folder.code("doctor", ""), Some(1), "the doctor says so too");
}

#[test]
fn a_token_is_shown_once() {
    let folder = Folder::new();
    let made = folder.json("token add journal --scope contacts:check --scope tasks:read", "");
    assert!(made["token"].as_str().unwrap().starts_with("lykt_"));
    let list = folder.json("token list", "");
    assert_eq!(list[0]["scopes"], serde_json::json!(["contacts:check", "tasks:read"]));
    assert!(!list.to_string().contains(made["token"].as_str().unwrap()));
    assert_eq!(folder.json("token revoke journal", "")["revoked"], true);
}
