//! An installation with an account of each kind and campaigns in waves, worked by the command line; its nodes are real processes.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use lykt::fake_gateway::{ACCOUNT_SID, AUTH_TOKEN, FaultGateway, HOOK_KEY, Hooks, PASSWORD, USERNAME, whatsapp};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::postgres::loopback;

/// Requests at the same time, a node.
pub const UNDER_WAY: usize = 8;
/// The number that everything comes from.
pub const FROM: &str = "+4759440000";
/// The account.
pub const ACCOUNT: &str = "twilio-oslo";
const PUBLIC: &str = "https://lykt.example.org";

/// An installation.
pub struct House {
    dir: TempDir,
    host: Ipv4Addr,
    ports: Vec<u16>,
    pub campaigns: Vec<String>,
}

impl House {
    /// Makes one with so many nodes; `databases` has an address for each node, and one more for the commands.
    pub fn new(gateway: &FaultGateway, nodes: usize, databases: Option<&[String]>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let made = Command::new(binary()).args(["init", "h"]).current_dir(dir.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let host = loopback();
        let free: Vec<TcpListener> = (0..nodes).map(|_| TcpListener::bind((host, 0)).unwrap()).collect();
        let ports: Vec<u16> = free.iter().map(|free| free.local_addr().unwrap().port()).collect();
        let house = Self { dir, host, ports, campaigns: Vec::new() };
        for (file, secret) in [
            ("twilio.token", AUTH_TOKEN),
            ("elks.password", PASSWORD),
            ("elks.hook", HOOK_KEY),
            ("wa.token", whatsapp::ACCESS_TOKEN),
            ("wa.secret", whatsapp::APP_SECRET),
        ] {
            house.write(file, secret);
        }
        let url = gateway.base_url();
        let others = format!(
            "[gateways.fake-46elks]\nkind = \"declarative\"\nprovider = \"46elks\"\nfrom = \"{FROM}\"\nvalues = {{ username = \"{USERNAME}\" }}\n\
             secrets = {{ password = {{ file = \"elks.password\" }}, hook_key = {{ file = \"elks.hook\" }} }}\nrate = \"1000/s\"\nbase_url = \"{url}\"\n\
             [gateways.{}]\nkind = \"whatsapp_cloud\"\nphone_number_id = \"{}\"\nwaba_id = \"{}\"\naccess_token = {{ file = \"wa.token\" }}\n\
             app_secret = {{ file = \"wa.secret\" }}\nverify_token = {{ file = \"wa.token\" }}\nmay_open = \"anyone\"\nrate = \"1000/s\"\nbase_url = \"{url}\"\n",
            whatsapp::ACCOUNT,
            whatsapp::NUMBER_ID,
            whatsapp::WABA_ID,
        );
        for n in 0..=nodes {
            let database = databases.map(|all| format!("[database]\nurl = \"{}\"\n", all[n])).unwrap_or_default();
            let port = house.ports.get(n).unwrap_or(&house.ports[0]);
            let name = if n == nodes { "lykt.toml".to_owned() } else { settings(n) };
            house.write(
                &name,
                &format!(
                    "{database}[organisation]\nname = \"Lykten\"\n[server]\nlisten = \"{host}:{port}\"\npublic_url = \"{PUBLIC}\"\n\
                     [sending]\nunder_way = {UNDER_WAY}\nanswer_within = \"2 seconds\"\npause_at_noes = 0\npause_at_failures = 0\n\
                     [gateways.{ACCOUNT}]\nkind = \"twilio\"\naccount_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"twilio.token\" }}\n\
                     from = \"{FROM}\"\nrate = \"1000/s\"\nbase_url = \"{url}\"\n\
                     {others}\
                     [clock]\nstart = \"2026-12-01T10:00:00\"\nday = \"1440 minutes\"\n",
                ),
            );
        }
        house
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("h")
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).unwrap();
    }

    /// Writes, plans and approves campaigns over these people; all are planned before the first is approved, so that who
    /// is on two lists is in two plans.
    pub fn wave(&mut self, all: Vec<(String, Vec<String>)>, rate: &str) {
        let mut planned = Vec::new();
        for (name, people) in all {
            let list: String = people.iter().map(|number| format!("{number}\n")).collect();
            self.write(&format!("campaigns/lists/{name}.csv"), &format!("telefon\n{list}"));
            self.write(&format!("campaigns/{name}.toml"), &campaign(&name, rate));
            let eligible = self.json(&["plan", &name])["eligible"].as_i64().unwrap();
            planned.push((name, eligible));
        }
        for (name, eligible) in planned.into_iter().filter(|(_, eligible)| *eligible > 0) {
            self.json(&["approve", &name, "--people", &eligible.to_string()]);
            self.campaigns.push(name);
        }
    }

    /// What a plan of a campaign that is never approved says of each of these people.
    pub fn decisions(&self, people: &[String]) -> BTreeMap<String, String> {
        let list: String = people.iter().map(|number| format!("{number}\n")).collect();
        self.write("campaigns/lists/everybody.csv", &format!("telefon\n{list}"));
        self.write("campaigns/everybody.toml", &campaign("everybody", "1/s"));
        let out = self.lykt(&["plan", "everybody", "--targets", "--json"]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let lines = String::from_utf8(out.stdout).unwrap();
        let read = |line: &str| -> (String, String) {
            let row: Value = serde_json::from_str(line).unwrap();
            let at = usize::try_from(row["line"].as_i64().unwrap()).unwrap();
            (people[at - 2].clone(), row["decision"].as_str().unwrap().to_owned())
        };
        lines.lines().filter(|line| line.contains("\"decision\"")).map(read).collect()
    }

    /// Runs a command.
    pub fn lykt(&self, args: &[&str]) -> Output {
        Command::new(binary()).args(args).current_dir(self.root()).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs a command again and again until it succeeds, for the database may be away; its JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        let mut last = String::new();
        let mut read = None;
        wait(Duration::from_secs(60), &format!("{args:?}"), || {
            let out = self.lykt(&[args, &["--json"]].concat());
            last = String::from_utf8_lossy(&out.stderr).into_owned();
            assert!(matches!(out.status.code(), Some(0 | 1)), "{args:?}: {last}");
            read = out.status.success().then(|| serde_json::from_slice(&out.stdout).unwrap());
            read.is_some()
        });
        read.unwrap()
    }

    /// How many messages of all campaigns stand in each state.
    pub fn states(&self) -> BTreeMap<String, i64> {
        let mut all = BTreeMap::new();
        for name in &self.campaigns {
            for (state, n) in self.json(&["status", name])["messages"].as_object().unwrap() {
                *all.entry(state.clone()).or_default() += n.as_i64().unwrap();
            }
        }
        all
    }

    /// What the program itself says of everything that still waits.
    pub fn explain(&self) -> String {
        let asked: [&[&str]; 4] = [&["status"], &["status", "--nodes"], &["doctor"], &["inbox", "list"]];
        let said = |args: &&[&str]| String::from_utf8_lossy(&self.lykt(args).stdout).into_owned();
        format!("{}\n{}", asked.iter().map(said).collect::<Vec<_>>().join("\n"), self.log())
    }

    /// Where a gateway finds a node.
    pub fn hooks(&self, node: usize) -> Hooks {
        Hooks { local: format!("http://{}:{}", self.host, self.ports[node]), public: PUBLIC.to_owned() }
    }

    /// Starts a node; does not wait until it listens.
    pub fn start(&self, node: usize) -> Node {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.root().join("serve.log")).unwrap();
        let mut command = Command::new(binary());
        command.args(["serve", "--config", &settings(node)]).current_dir(self.root());
        Node(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// Whether a node takes connections.
    pub fn listens(&self, node: usize) -> bool {
        std::net::TcpStream::connect((self.host, self.ports[node])).is_ok()
    }

    /// The end of what the nodes said.
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.root().join("serve.log")).unwrap_or_default();
        log.lines().rev().take(40).collect::<Vec<_>>().join("\n")
    }
}

fn settings(node: usize) -> String {
    format!("node{node}.toml")
}

/// The last letter of a campaign's name says by which account it goes.
fn campaign(name: &str, rate: &str) -> String {
    let (channel, account) = match name.chars().last() {
        Some('b') => ("sms", "fake-46elks"),
        Some('c') => ("whatsapp", whatsapp::ACCOUNT),
        _ => ("sms", ACCOUNT),
    };
    let template = match channel {
        "whatsapp" => format!("[message.variant.template]\nname = \"{name}\"\nvariables = [\"{{{{ sender }}}}\"]\n"),
        _ => String::new(),
    };
    format!(
        "title = \"{name}\"\nbasis = \"public task, DPIA 2026-04 section 3\"\nstarts = 2026-12-01\nends = 2026-12-31\n\
         [targets]\nlist = \"lists/{name}.csv\"\ncolumns = {{ phone = \"telefon\" }}\n\
         [message]\nchannels = [\"{channel}\"]\ngateway = {{ {channel} = \"{account}\" }}\nsender = \"Amanda\"\n\
         [[message.variant]]\nname = \"one\"\ntext.nb = \"Hei! Dette er {{{{ sender }}}} fra Lykten. Gratis lege. Svar STOPP for å slippe flere. ({name})\"\n\
         {template}\
         [window]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"09:00\"\nuntil = \"20:00\"\nrate = \"{rate}\"\n"
    )
}

/// A running `lykt serve`; killed when dropped.
pub struct Node(Child);

impl Node {
    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.0.id()).unwrap()).unwrap();
        let _ = kill_process(pid, signal);
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Whether it ended by itself, which it never should.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_lykt"))
}

/// Waits until something holds; fails loudly when it does not in time. How long it took.
pub fn wait(longest: Duration, what: &str, holds: impl FnMut() -> bool) -> Duration {
    wait_or(longest, what, String::new, holds)
}

/// The same, with more to say when it does not.
pub fn wait_or(
    longest: Duration,
    what: &str,
    explain: impl Fn() -> String,
    mut holds: impl FnMut() -> bool,
) -> Duration {
    let began = now();
    while !holds() {
        assert!(began.elapsed() < longest, "not in time: {what}\n{}", explain());
        std::thread::sleep(Duration::from_millis(50));
    }
    began.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "tests measure how long the program takes")]
pub fn now() -> Instant {
    Instant::now()
}
