//! A copy of the whole ledger in one sealed file, made while the daemon runs, and put back into an empty database.
//!
//! The file has rows, not pages: both databases write and read the same one, so a house can also move from one to the
//! other with it. Without the key file it reads as noise. Knows nothing of what the rows mean.

mod file;
mod read;
mod record;
pub mod routine;
mod write;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::store::DbError;
pub use file::named;
pub use read::{Backup, look};
pub use write::write;

/// What sealing is for: a backup opens as nothing else.
const PURPOSE: &str = "backup";
/// The form of the records.
const FORM: u32 = 1;
/// What is nobody's to bring back: who was signed in, which nodes ran, and what may have been
/// used up since: codes, and what a second person agreed to.
const LEFT_OUT: [&str; 4] = ["session", "node", "recovery", "second"];

/// What a backup says of itself; sealed as all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    form: u32,
    /// Which Lykt wrote it.
    pub version: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// When, civil, unix milliseconds.
    pub at: i64,
    /// The steps that its schema had taken.
    pub steps: Vec<i64>,
    /// How many rows it has.
    pub rows: u64,
}

/// How far the work is: rows done.
pub type Progress<'a> = &'a mut (dyn FnMut(u64, u64) + Send);

/// Why there is no backup, or none that can be put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file of this name.
    #[error("{} is there already: name another file", .0.display())]
    Exists(PathBuf),
    /// Another backup is being written to it.
    #[error("another backup is being written to {}: wait until it is done, or name another file", .0.display())]
    Busy(PathBuf),
    /// There is no room.
    #[error("there is no room for a backup in {}: about {needed_mb} MB are needed, {free_mb} MB are free", folder.display())]
    NoRoom {
        /// Where.
        folder: PathBuf,
        /// How much is needed.
        needed_mb: u64,
        /// How much is free.
        free_mb: u64,
    },
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// What is in it is no backup that this version reads.
    #[error("{} is sealed by these keys and is no backup that this lykt reads: use the lykt that wrote it, or a newer one", .0.display())]
    Unreadable(PathBuf),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}
