//! An installation in a temporary folder, worked as a person would: by the command line.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::fault_gateway::{ACCOUNT_SID, AUTH_TOKEN, FaultGateway, Hooks};

/// Nothing that will happen takes longer, on however busy a machine.
const LONGEST: Duration = Duration::from_secs(180);
/// What a campaign's file says besides the list.
pub const CAMPAIGN: &str = r#"
title = "Gratis vaksine"
goal = "20 personer får første dose"
basis = "public task, DPIA 2026-04 section 3"
starts = 2026-12-01
ends = 2026-12-31

[targets]
list = "lists/vinter.csv"
columns = { phone = "telefon", language = "språk" }

[message]
channels = ["sms"]
gateway = { sms = "twilio-oslo" }
sender = "Amanda"
[[message.variant]]
name = "personal"
text.nb = "Hei! Dette er {{ sender }} fra Lykten. Gratis lege og advokat. Svar STOPP for å slippe flere."
text.en = "Hi! This is {{ sender }} from Lykten. Free doctor and lawyer. Reply STOP to opt out."

[window]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "09:00"
until = "20:00"
holidays = "NO"
rate = "RATE"

[[follow_up]]
kind = "call"
after = "3 working days"
within = "7 days"
unless = ["replied", "visited"]
attempts = 2
script.nb = "Hei, dette er {{ sender }}."
"#;

/// An installation.
pub struct House {
    pub dir: TempDir,
    pub port: u16,
}

impl House {
    /// Makes one with an account at this gateway, a clock that stands at a Tuesday noon and goes on, and this list.
    pub fn new(gateway: &FaultGateway, list: &str, rate: &str, database: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let house = Self { dir, port };
        let made = Command::new(binary()).args(["init", "h"]).current_dir(house.dir.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let base_url = gateway.base_url();
        let database = database.map(|url| format!("[database]\nurl = \"{url}\"\n")).unwrap_or_default();
        house.write(
            "lykt.toml",
            &format!(
                "{database}[organisation]\nname = \"Lykten\"\n[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"https://lykt.example.org\"\n\
                 [gateways.twilio-oslo]\nkind = \"twilio\"\naccount_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"twilio.token\" }}\n\
                 from = \"+4759440000\"\nrate = \"1000/s\"\nbase_url = \"{base_url}\"\n\
                 [clock]\nstart = \"2026-12-01T12:00:00\"\nday = \"1440 minutes\"\n"
            ),
        );
        house.write("twilio.token", AUTH_TOKEN);
        house.write("campaigns/vinter.toml", &CAMPAIGN.replace("RATE", rate));
        house.write("campaigns/lists/vinter.csv", list);
        house
    }

    pub fn root(&self) -> std::path::PathBuf {
        self.dir.path().join("h")
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).unwrap();
    }

    /// Runs a command.
    pub fn lykt(&self, args: &[&str]) -> Output {
        Command::new(binary()).args(args).current_dir(self.root()).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs a command that must succeed, and reads its JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        let out = self.lykt(&[args, &["--json"]].concat());
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    }

    /// Plans and approves everybody who is eligible; how many that is.
    pub fn approve(&self) -> i64 {
        let eligible = self.json(&["plan", "vinter"])["eligible"].as_i64().unwrap();
        self.json(&["approve", "vinter", "--people", &eligible.to_string()]);
        eligible
    }

    /// Starts the daemon and waits until it listens.
    pub fn serve(&self) -> Daemon {
        self.serve_into(fs::OpenOptions::new().create(true).append(true).open(self.root().join("serve.log")).unwrap())
    }

    /// Starts it with its log going elsewhere.
    pub fn serve_into(&self, log: impl Into<Stdio>) -> Daemon {
        let child = Command::new(binary())
            .arg("serve")
            .current_dir(self.root())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let daemon = Daemon(child);
        wait("the daemon listens", || std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok());
        daemon
    }

    /// Where a gateway finds this house.
    pub fn hooks(&self) -> Hooks {
        Hooks { local: format!("http://127.0.0.1:{}", self.port), public: "https://lykt.example.org".to_owned() }
    }

    /// How many messages stand in a state.
    pub fn count(&self, state: &str) -> i64 {
        self.json(&["status", "vinter"])["messages"][state].as_i64().unwrap()
    }

    /// Everything the program has written to disk, but for the list and the keys, which are the organisation's own.
    pub fn kept(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.root()).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() && entry.path().extension().is_none_or(|e| e != "keys") {
                files.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap()));
            }
        }
        files
    }
}

/// A running `lykt serve`; killed when dropped.
pub struct Daemon(Child);

impl Daemon {
    /// `kill -9`.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// SIGTERM; how long it took to end.
    pub fn terminate(self) -> Duration {
        self.end(rustix::process::Signal::TERM)
    }

    /// SIGHUP, as when its terminal goes; how long it took to end.
    pub fn hang_up(self) -> Duration {
        self.end(rustix::process::Signal::HUP)
    }

    fn end(mut self, signal: rustix::process::Signal) -> Duration {
        let began = now();
        let pid = i32::try_from(self.0.id()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
        assert!(self.0.wait().unwrap().success(), "{signal:?} ends the daemon well");
        began.elapsed()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program under test.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_lykt"))
}

/// Waits until something holds; fails loudly when it does not in time.
pub fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    let began = now();
    while !holds() {
        assert!(began.elapsed() < LONGEST, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[expect(clippy::disallowed_methods, reason = "tests measure how long the program takes")]
fn now() -> Instant {
    Instant::now()
}

/// A list of people, each in one of ten spellings, with a double of every tenth.
pub fn list(people: usize) -> (String, Vec<String>) {
    let mut csv = String::from("telefon;språk\n");
    let mut numbers = Vec::new();
    for n in 0..people {
        let digits = format!("9{:07}", 1_000_000 + n * 7);
        numbers.push(format!("+47{digits}"));
        csv.push_str(&format!("{};{}\n", spell(&digits, n), if n % 3 == 0 { "en" } else { "nb" }));
        if n % 10 == 0 {
            csv.push_str(&format!("{};nb\n", spell(&digits, n + 3)));
        }
    }
    (csv, numbers)
}

fn spell(number: &str, way: usize) -> String {
    let (a, b, c, d) = (&number[..2], &number[2..4], &number[4..6], &number[6..]);
    match way % 10 {
        0 => number.to_owned(),
        1 => format!("{a} {b} {c} {d}"),
        2 => format!("+47 {} {c} {d}", &number[..4]),
        3 => format!("0047{number}"),
        4 => format!("47{number}"),
        5 => format!("(+47) {a}.{b}.{c}.{d}"),
        6 => format!("{} {} {}", &number[..3], &number[3..5], &number[5..]),
        7 => format!("tlf: {a} {b} {c} {d} ring etter 12"),
        8 => number.chars().map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap()).collect(),
        _ => format!("{a}\u{a0}{b}-{c}\u{200b}{d}"),
    }
}
