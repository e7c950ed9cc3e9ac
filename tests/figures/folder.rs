//! An installation in a folder, made by `lykt init` and worked by the real program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    pub fn new() -> Folder {
        let dir = tempfile::tempdir().unwrap();
        let made = program().args(["init", "h"]).current_dir(dir.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let folder = Folder { dir };
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        folder.settings(&format!("[server]\nlisten = \"{free}\"\n[gateways.simulator]\nkind = \"simulator\"\n"));
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("h").join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        self.mode(name, 0o600);
    }

    pub fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Settings after a name and a page.
    pub fn settings(&self, more: &str) {
        let name = "[organisation]\nname = \"Lykten\"\nabout_url = \"https://lykt.example.org/om\"\n";
        self.write("lykt.toml", &format!("{name}{more}"));
    }

    pub fn run(&self, args: &[&str], env: &[(&str, &str)]) -> Output {
        self.command(args).envs(env.iter().copied()).output().unwrap()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.args(args).current_dir(self.dir.path().join("h")).stdin(Stdio::null());
        command
    }

    pub fn shown(&self, args: &[&str]) -> String {
        let output = self.run(args, &[]);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the doctor says of each cause, and how it ended.
    pub fn doctor(&self, more: &[&str]) -> (Vec<(String, String)>, i32) {
        let output = self.run(&[&["doctor", "--json"], more].concat(), &[]);
        let list: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&output.stderr)));
        let of = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        for finding in list.as_array().unwrap() {
            let todo = finding["do"].as_str();
            assert_eq!(todo.is_none(), finding["state"] == "ok", "what is not well says what to do: {finding}");
        }
        let found =
            list.as_array().unwrap().iter().map(|finding| (of(finding, "cause"), of(finding, "state"))).collect();
        (found, output.status.code().unwrap())
    }

    /// The doctor finds this cause in this state, and ends as it must.
    pub fn ails(&self, cause: &str, state: &str) {
        let (found, code) = self.doctor(&[]);
        assert!(found.contains(&(cause.to_owned(), state.to_owned())), "{cause} is not {state}: {found:?}");
        let broken = found.iter().any(|(_, state)| state == "broken");
        assert_eq!(code, i32::from(broken), "{found:?}");
    }
}

/// The program, in English and without the tester's own environment.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
    for name in ["LC_ALL", "LC_CTYPE", "COLUMNS", "CREDENTIALS_DIRECTORY", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("LANG", "en_GB.UTF-8");
    command
}
