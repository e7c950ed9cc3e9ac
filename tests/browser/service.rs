//! A morning at a made-up service: `lykt demo --web` in a folder of its own, ended with the test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A running service.
pub struct Service {
    program: Child,
    dir: TempDir,
    told: Value,
}

impl Service {
    /// Starts one; it takes some seconds until its morning comes.
    pub fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
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
        Self { program, dir, told: told["data"].clone() }
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
