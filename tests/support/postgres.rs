//! A PostgreSQL server of our own, from Debian's binaries: started once, with a fresh database for each test.
//!
//! The server lives in `postgres.sh`, which ends with the pipe that we hold; so nothing is left behind, not even after
//! a `kill -9`.

use std::cmp::Reverse;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use lykt::store::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

/// A server; it stops when this is dropped or the process ends.
pub struct Server {
    script: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    address: String,
}

/// Whether a commit waits for the disk.
#[derive(Clone, Copy)]
pub enum Fsync {
    /// As in real life: for tests that measure, or that pull the plug.
    On,
    /// Much faster, and just as right as long as the machine stays up.
    Off,
}

impl Server {
    /// Starts a server on a free port of a loopback address of its own, with an empty cluster. Takes a second or two.
    pub fn start(fsync: Fsync) -> Server {
        let bin = programs();
        let host = loopback();
        let port = TcpListener::bind((host, 0)).and_then(|free| free.local_addr()).expect("a free port").port();
        let mut random = [0; 16];
        getrandom::fill(&mut random).expect("random bytes from the system");
        let password: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let fsync = match fsync {
            Fsync::On => "on",
            Fsync::Off => "off",
        };
        let mut script = shell()
            .args(["-c", include_str!("postgres.sh"), "lykt-postgres"])
            .arg(bin)
            .args([&port.to_string(), &password, fsync, &host.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell to start PostgreSQL with");
        let orders = script.stdin.take();
        let answers = BufReader::new(script.stdout.take().expect("stdout was piped"));
        let mut server = Server { script, orders, answers, address: format!("lykt:{password}@{host}:{port}") };
        server.await_ready();
        server
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{}/{database}", self.address)
    }

    /// Stops it as a power cut would: no goodbye to anyone, and a recovery at the next start.
    pub fn crash(&mut self) {
        self.order("crash");
    }

    /// Brings it back on the same port, with what had been committed.
    pub fn revive(&mut self) {
        self.order("start");
    }

    /// Makes a standby that has all of this moment, and hears of nothing more.
    pub fn copy(&mut self) {
        self.order("copy");
    }

    /// Makes a standby that follows, and has each commit wait for it.
    pub async fn copy_each_commit(&mut self) {
        self.order("copy");
        self.order("follow");
        self.admin("alter system set synchronous_standby_names = '*'".to_owned()).await;
        self.admin("select pg_reload_conf()".to_owned()).await;
    }

    /// The server dies, and its standby takes over under the same address.
    pub fn promote(&mut self) {
        self.order("promote");
    }

    /// Makes an empty database and gives its address.
    pub async fn create(&self, database: &str) -> String {
        self.admin(format!("create database {database}")).await;
        self.url(database)
    }

    async fn admin(&self, sql: String) {
        let mut connection = PgConnection::connect(&self.url("postgres")).await.expect("a connection to PostgreSQL");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("PostgreSQL does as it is told");
        connection.close().await.expect("PostgreSQL says goodbye");
    }

    fn order(&mut self, order: &str) {
        let orders = self.orders.as_mut().expect("the pipe stays open until the server is dropped");
        writeln!(orders, "{order}").expect("the script reads as long as we write");
        self.await_ready();
    }

    fn await_ready(&mut self) {
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the script writes text");
        let ready = answer.trim() == "ready";
        if !ready {
            let _ = self.answers.read_to_string(&mut answer);
        }
        assert!(ready, "these tests need a PostgreSQL server, and it did not start:\n{answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.script.wait();
    }
}

/// A loopback address of one's own, for what is stopped and started again on its port.
///
/// On 127.0.0.1 any connection of any test may be given a port as its own end while nobody listens there, and keeps it for
/// a minute after it has ended: whoever had listened there cannot do so again. Connections never come from this one.
pub fn loopback() -> Ipv4Addr {
    let mut random = [0; 3];
    getrandom::fill(&mut random).expect("random bytes from the system");
    let [a, b, c] = random.map(|byte: u8| byte.clamp(2, 254));
    Ipv4Addr::new(127, a, b, c)
}

static SHARED: OnceCell<Server> = OnceCell::const_new();
static MIGRATED: OnceCell<Template> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

async fn shared() -> &'static Server {
    SHARED.get_or_init(async || Server::start(Fsync::Off)).await
}

fn fresh() -> String {
    format!("t_{}", DATABASES.fetch_add(1, Ordering::Relaxed) + 1)
}

/// An empty database for one test: its address.
pub async fn empty() -> String {
    shared().await.create(&fresh()).await
}

/// A database for one test, as [`Db::open`] leaves an empty one: its address.
pub async fn migrated() -> String {
    let migrate = async |url: String| Db::open(&url).await.expect("a template").close().await;
    MIGRATED.get_or_init(async || Template::made(migrate).await).await.copy().await
}

/// A database that others are copied from.
pub struct Template(String);

impl Template {
    /// Makes an empty one and has it filled.
    pub async fn made(fill: impl AsyncFnOnce(String)) -> Template {
        let (server, name) = (shared().await, fresh());
        fill(server.create(&name).await).await;
        // It cannot be copied while somebody looks at it, and whoever filled it may have left a pool open.
        server.admin(format!("alter database {name} with is_template true allow_connections false")).await;
        server.admin(format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")).await;
        Template(name)
    }

    /// A copy: its address.
    pub async fn copy(&self) -> String {
        let (server, name) = (shared().await, fresh());
        server.admin(format!("create database {name} template {}", self.0)).await;
        server.url(&name)
    }
}

/// A shell that may start PostgreSQL: the server refuses root, so root becomes the user that Debian's package made.
fn shell() -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
    command
}

/// The folder of the server's programs: Debian's newest version, else the one on the `PATH`.
fn programs() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    found.sort_by_key(|bin| Reverse(version(bin)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    found
        .into_iter()
        .chain(std::env::split_paths(&path))
        .find(|bin| bin.join("initdb").is_file() && bin.join("pg_ctl").is_file())
        .expect("these tests need a PostgreSQL server: `apt-get install postgresql`, or put its `initdb` on the PATH")
}

/// Debian's version number of a folder such as `/usr/lib/postgresql/15/bin`.
fn version(bin: &Path) -> Option<u32> {
    bin.parent()?.file_name()?.to_str()?.parse().ok()
}
