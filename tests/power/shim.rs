//! The shim, compiled once, and the board by which it and a test know of each other.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A class of calls, in the order of the shim's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Write,
    Sync,
    Out,
    In,
}

/// What happens at the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Killed before the call.
    Before,
    /// Killed after it.
    After,
    /// The power goes before the call: what was not synced is gone.
    Power,
    /// The power goes in the middle of it: half of what was not synced is gone.
    Torn,
    /// It fails, once.
    Error,
    /// There is no room from now on, until released.
    Full,
    /// It stands still until released.
    Hang,
}

impl Call {
    pub const ALL: [Call; 4] = [Call::Write, Call::Sync, Call::Out, Call::In];

    fn as_str(self) -> &'static str {
        ["write", "sync", "out", "in"][self as usize]
    }

    /// What can happen to such a call.
    pub fn kinds(self) -> &'static [Kind] {
        use Kind::{After, Before, Error, Full, Hang, Power, Torn};
        match self {
            Call::Write => &[Before, After, Power, Torn, Error, Full, Hang],
            Call::Sync | Call::Out | Call::In => &[Before, After, Power, Torn, Error, Hang],
        }
    }
}

impl Kind {
    fn as_str(self) -> &'static str {
        ["before", "after", "power", "torn", "error", "full", "hang"][self as usize]
    }

    /// Whether the program does not live on.
    pub fn is_deadly(self) -> bool {
        matches!(self, Kind::Before | Kind::After | Kind::Power | Kind::Torn)
    }

    /// Whether it goes on until the test ends it.
    pub fn lasts(self) -> bool {
        matches!(self, Kind::Full | Kind::Hang)
    }
}

/// A point, and what happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub call: Call,
    /// Which call of its class, from 1.
    pub at: u64,
    pub kind: Kind,
}

const MET: u64 = 4;
const RELEASED: u64 = 5;
const NUMBERS: u64 = 6;

/// What a program under the shim counts, and whether it has met its fault.
pub struct Board {
    path: PathBuf,
    file: File,
}

impl Board {
    /// A new one in this folder, which must not be the house.
    pub fn new(folder: &Path) -> Self {
        let path = folder.join("board");
        let file = File::options().create(true).truncate(true).read(true).write(true).open(&path).unwrap();
        file.set_len(NUMBERS * 8).unwrap();
        Self { path, file }
    }

    fn number(&self, n: u64) -> u64 {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, n * 8).unwrap();
        u64::from_ne_bytes(bytes)
    }

    /// How many calls of a class there were.
    pub fn count(&self, call: Call) -> u64 {
        self.number(call as u64)
    }

    /// Whether the point was reached.
    pub fn is_met(&self) -> bool {
        self.number(MET) != 0
    }

    /// Ends what lasts.
    pub fn release(&self) {
        self.file.write_all_at(&1_u64.to_ne_bytes(), RELEASED * 8).unwrap();
    }

    /// Puts the shim before a program that works on this house.
    pub fn watch(&self, command: &mut Command, house: &Path, fault: Option<Fault>) {
        command.env("LD_PRELOAD", library()).env("POWER_HOUSE", house).env("POWER_BOARD", &self.path);
        if let Some(Fault { call, at, kind }) = fault {
            command.env("POWER_CALL", call.as_str()).env("POWER_AT", at.to_string()).env("POWER_KIND", kind.as_str());
            command.env("POWER_SEED", (at * 7 + call as u64).to_string());
        }
    }
}

/// The shim as a library, compiled at the first use.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power/shim");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(folder).unwrap();
        let (library, new) = (folder.join("power.so"), folder.join(format!("power-{}.so", std::process::id())));
        let mut cc = Command::new("cc");
        cc.args(["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"]).arg(&new);
        cc.args(["point.c", "disk.c", "net.c"].map(|name| sources.join(name))).args(["-ldl", "-lpthread"]);
        let made = cc.output().expect("these tests need a C compiler: `apt-get install gcc libc6-dev`");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::rename(&new, &library).unwrap();
        library
    })
}
