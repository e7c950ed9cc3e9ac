//! A house that is made once and copied for each run: one account, one approved campaign to five people. All copies have
//! the same addresses, for an approval names those of its account.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use lykt::fake_gateway::{ACCOUNT_SID, AUTH_TOKEN, FaultGateway, Hooks};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::power::shim::{Board, Fault};

pub const CAMPAIGN: &str = "vinter";
pub const ACCOUNT: &str = "twilio-oslo";
pub const FROM: &str = "+46701740699";
pub const PEOPLE: usize = 5;
/// Requests at the same time.
pub const UNDER_WAY: usize = 2;
const PUBLIC: &str = "https://lykt.example.org";

/// The first people's numbers; they belong to nobody.
pub fn number(n: usize) -> String {
    format!("+467017406{:02}", n + 5)
}

/// A folder that is in memory where the machine has one there: the shim knows what was synced, the disk need not.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// An installation.
pub struct House {
    pub root: PathBuf,
    /// Where its daemon listens, and its gateway.
    listen: SocketAddr,
    gateway: SocketAddr,
    /// The address of its database, when that is no file of its own.
    database: Option<String>,
    /// Holds the folder, and beside the house the log and the board.
    dir: TempDir,
}

impl House {
    /// Makes one without a campaign.
    pub fn initialised() -> House {
        let house = House::empty(None);
        house.lykt(&["init", "h"], house.dir.path());
        fs::write(house.root.join("twilio.token"), AUTH_TOKEN).unwrap();
        fs::write(house.root.join("lykt.toml"), house.settings()).unwrap();
        house
    }

    /// Makes one with an approved campaign; it never runs. `database` is its address, when it is no file.
    pub fn planned(database: Option<&str>) -> House {
        let house = House::empty(database);
        house.lykt(&["init", "h"], house.dir.path());
        fs::write(house.root.join("twilio.token"), AUTH_TOKEN).unwrap();
        let list: String = (0..PEOPLE).map(|n| format!("{}\n", number(n))).collect();
        fs::create_dir_all(house.root.join("campaigns/lists")).unwrap();
        fs::write(house.root.join("campaigns/lists/list.csv"), format!("telefon\n{list}")).unwrap();
        fs::write(house.root.join(format!("campaigns/{CAMPAIGN}.toml")), campaign()).unwrap();
        fs::write(house.root.join("lykt.toml"), house.settings()).unwrap();
        house.lykt(&["plan", CAMPAIGN], &house.root);
        house.lykt(&["approve", CAMPAIGN, "--people", &PEOPLE.to_string()], &house.root);
        house
    }

    fn empty(database: Option<&str>) -> House {
        let (dir, [listen, gateway]) = (folder(), addresses());
        House { root: dir.path().join("h"), listen, gateway, database: database.map(str::to_owned), dir }
    }

    /// A copy, which must not run beside this one.
    pub fn copy(&self) -> House {
        let house = self.empty_copy();
        house.fill_from(self);
        house
    }

    /// A copy that is still to be filled: its folder may be put on a disk of its own before.
    pub fn empty_copy(&self) -> House {
        let (dir, database) = (folder(), self.database.clone());
        House { root: dir.path().join("h"), database, dir, ..*self }
    }

    pub fn fill_from(&self, planned: &House) {
        copy(&planned.root, &self.root);
        fs::write(self.root.join("lykt.toml"), self.settings()).unwrap();
    }

    /// The same on another database.
    pub fn on(mut self, database: &str) -> House {
        self.database = Some(database.to_owned());
        fs::write(self.root.join("lykt.toml"), self.settings()).unwrap();
        self
    }

    fn settings(&self) -> String {
        let database = self.database.as_ref().map(|url| format!("[database]\nurl = \"{url}\"\n")).unwrap_or_default();
        format!(
            "{database}[organisation]\nname = \"Lykten\"\n[server]\nlisten = \"{}\"\npublic_url = \"{PUBLIC}\"\n\
             [sending]\nunder_way = {UNDER_WAY}\nanswer_within = \"2 seconds\"\n\
             [gateways.{ACCOUNT}]\nkind = \"twilio\"\naccount_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"twilio.token\" }}\n\
             from = \"{FROM}\"\nrate = \"1000/s\"\nbase_url = \"http://{}\"\n\
             [clock]\nstart = \"2026-12-01T10:00:00\"\nday = \"1440 minutes\"\n",
            self.listen, self.gateway
        )
    }

    /// Starts its gateway, which ends with the runtime.
    pub async fn start_gateway(&self) -> FaultGateway {
        FaultGateway::listen(self.gateway).await.unwrap()
    }

    fn lykt(&self, args: &[&str], folder: &Path) {
        let out = Command::new(env!("CARGO_BIN_EXE_lykt")).args(args).current_dir(folder).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    /// Where a gateway finds the daemon.
    pub fn hooks(&self) -> Hooks {
        Hooks { local: format!("http://{}", self.listen), public: PUBLIC.to_owned() }
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", self.root.join("lykt.db").display()))
    }

    /// Whether the database file is whole, as SQLite itself judges.
    pub async fn is_whole(&self) {
        if self.database.is_some() {
            return;
        }
        let mut file = SqliteConnection::connect(&self.url()).await.unwrap();
        let said: Vec<String> = sqlx::query_scalar("pragma integrity_check").fetch_all(&mut file).await.unwrap();
        assert_eq!(said, ["ok"]);
        let astray = sqlx::query("pragma foreign_key_check").fetch_all(&mut file).await.unwrap();
        assert!(astray.is_empty(), "{} rows point nowhere", astray.len());
        file.close().await.unwrap();
    }

    /// A board of its own, beside the house.
    pub fn board(&self) -> Board {
        Board::new(self.dir.path())
    }

    /// A command on this house.
    pub fn command(&self, args: &[&str]) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_lykt"), args)
    }

    /// Another program in this house, whose errors go to the same log.
    pub fn command_of(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        let log = fs::File::options().create(true).append(true).open(self.log_file()).unwrap();
        command.args(args).current_dir(&self.root).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command
    }

    /// Starts the daemon, under the shim or without.
    pub fn serve(&self, watched: Option<(&Board, Option<Fault>)>) -> Daemon {
        let mut command = self.command(&["serve"]);
        if let Some((board, fault)) = watched {
            board.watch(&mut command, &self.root, fault);
        }
        Daemon(command.spawn().unwrap())
    }

    fn log_file(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    /// All that was said in the log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }
}

/// A daemon; ended when dropped.
pub struct Daemon(Child);

impl Daemon {
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// Asks it to stop.
    pub fn stop(&self) {
        let pid = Pid::from_child(&self.0);
        // It may have ended by itself.
        let _ = kill_process(pid, Signal::TERM);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Two addresses of this machine that nobody else has, so that no port is waited for.
fn addresses() -> [SocketAddr; 2] {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let (pid, n) = (std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let ip = [127, 1 + (pid % 250) as u8, (pid / 250 % 250) as u8, 1 + (n % 250) as u8];
    [20_000, 20_001].map(|port| SocketAddr::from((ip, port)))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

fn campaign() -> String {
    format!(
        "title = \"Vinter\"\nbasis = \"public task, DPIA 2026-04 section 3\"\nstarts = 2026-12-01\nends = 2026-12-31\n\
         [targets]\nlist = \"lists/list.csv\"\ncolumns = {{ phone = \"telefon\" }}\n\
         [message]\nchannels = [\"sms\"]\ngateway = {{ sms = \"{ACCOUNT}\" }}\nsender = \"Amanda\"\n\
         [[message.variant]]\nname = \"one\"\ntext.nb = \"Hei! Dette er {{{{ sender }}}} fra Lykten. Gratis lege. Svar STOPP for å slippe flere.\"\n\
         [window]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"09:00\"\nuntil = \"20:00\"\nrate = \"8/s\"\n"
    )
}
