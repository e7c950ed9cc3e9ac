//! An installation in a folder, worked by the real program; and its ledger, to put into it what providers would.

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

/// A person, in E.164 and as people write it.
pub const PERSON: &str = "+46701740605";
pub const SPELLINGS: [&str; 5] =
    ["+46 70 174 06 05", "0046701740605", "tlf: +46-70-1740605", "＋４６７０１７４０６０５", "+46(0)701740605"];

pub struct Desk {
    folder: tempfile::TempDir,
    pub db: Db,
    pub ledger: Ledger,
}

impl Desk {
    /// Opened on 1 December 2026; a day lasts a day.
    pub async fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("lykt.keys");
        Keys::generate().unwrap().save(&keys).unwrap();
        let settings =
            "[clock]\nstart = \"2026-12-01T12:00:00\"\nday = \"1440 minutes\"\n[organisation]\nname = \"Lykten\"\n";
        std::fs::write(folder.path().join("lykt.toml"), settings).unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("lykt.db").display())).await.unwrap();
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2026-12-01T12:00:00+01:00".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::load(&keys).unwrap()));
        Desk {
            folder,
            db,
            ledger: Ledger {
                vault,
                clock,
                cooldown: "6 months".parse().unwrap(),
                region: lykt::domain::phone::Region::default(),
            },
        }
    }

    /// A file of the installation.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
        command.arg("--config").arg(self.folder.path().join("lykt.toml")).args(args);
        command.env_remove("LC_ALL").env_remove("LC_CTYPE").env_remove("COLUMNS").env("LANG", "C");
        command
    }

    /// Runs a command with a text on stdin.
    pub fn say(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> Output {
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(stdin.as_ref());
        child.wait_with_output().unwrap()
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.say(args, "")
    }

    /// What a command answers in JSON; it must have ended well.
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        assert!(output.status.success(), "{args:?}: {}", complaint(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Somebody answers.
    pub async fn answers(&self, from: &str, id: &str, text: &str) {
        let reply = Reply {
            from: Address::new(from),
            to: Address::new("x"),
            text: Private::new(text.to_owned()),
            provider_id: ProviderId::parse(id).unwrap(),
            media: 0,
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: None,
        };
        let mut tx = self.db.begin().await.unwrap();
        lykt::inbox::receive(&self.ledger, &mut tx, "twilio-oslo", &reply).await.unwrap().unwrap();
        tx.commit().await.unwrap();
    }
}

/// What a command printed.
pub fn shown(output: &Output) -> String {
    assert!(output.status.success(), "{}", complaint(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it complained about.
pub fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}
