//! What outlives the database, and which node this is.

use std::path::PathBuf;

use serde::Deserialize;

use super::read::{file, schedule, some_file, whole};
use crate::domain::schedule::Schedule;

/// `[backup]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backups {
    /// Where the daemon's own backups go; it makes none when missing.
    #[serde(default, deserialize_with = "some_file")]
    pub folder: Option<PathBuf>,
    /// When they are made.
    #[serde(deserialize_with = "schedule")]
    pub at: Schedule,
    /// How many are kept.
    #[serde(deserialize_with = "whole::<1, 65_535, _, _>")]
    pub keep: u16,
}

/// `[witness]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessFile {
    /// The file that tells a restored database from the one that was lost; the noes kept apart stand beside it.
    #[serde(deserialize_with = "file")]
    pub file: PathBuf,
}

/// `[node]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its name; the machine's own, with the port, when empty.
    pub name: String,
    /// Whether it sends, and does what happens by the passing of time.
    pub sends: bool,
}

impl Node {
    /// The name, or the machine's with the port it listens on: two daemons of one machine have different ones.
    pub fn named(&self, port: u16) -> String {
        match self.name.trim() {
            "" => {
                let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
                let machine = if machine.trim().is_empty() { "lykt" } else { machine.trim() };
                format!("{machine}:{port}")
            }
            name => name.to_owned(),
        }
    }
}
