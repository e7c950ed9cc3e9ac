//! A morning at a made-up service: `lykt demo --web` in a folder of its own, ended with the test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, Mutex};

use serde_json::Value;
use tempfile::TempDir;

/// Services at the same time, however many tests may run: each has a browser, which takes a processor.
const AT_ONCE: usize = 2;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// A running service.
pub struct Service {
    program: Child,
    dir: TempDir,
    told: Value,
    _turn: Turn,
}

/// One of those that run at the same time.
struct Turn;

impl Turn {
    fn wait() -> Self {
        let running = ENDED.wait_while(RUNNING.lock().unwrap(), |running| *running >= AT_ONCE);
        *running.unwrap() += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap() -= 1;
        ENDED.notify_one();
    }
}

impl Service {
    /// Starts one; it takes some seconds until its morning comes.
    pub fn start() -> Self {
        let (turn, dir) = (Turn::wait(), tempfile::tempdir().unwrap());
        let mut program = Command::new(env!("CARGO_BIN_EXE_lykt"))
            .args(["--json", "demo", "--web", "--listen", "127.0.0.1:0", "--dir"])
            .arg(dir.path().join("demo"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let told = lines
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find(|line| line["event"] == "web")
            .expect("the demo opens its pages");
        Self { program, dir, told: told["data"].clone(), _turn: turn }
    }

    /// The address of a page.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.told["listen"].as_str().unwrap())
    }

    /// The link that signs somebody in: Amanda (staff), Kim (coordinator), Noor (peer), Ada (admin).
    pub fn link(&self, who: &str) -> &str {
        self.told["links"][who].as_str().expect("one of the four who work here")
    }

    /// Writes a file into the installation; where it stands.
    pub fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join("demo").join(path);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
