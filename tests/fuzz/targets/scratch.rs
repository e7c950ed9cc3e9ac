//! A file for what is only read from files; its folder goes with the thread.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Writes a file of this name, as a sibling of those that were written before, and gives its path.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder().join(name);
    std::fs::write(&path, bytes).expect("the folder takes files");
    path
}

/// Where they lie.
pub fn folder() -> PathBuf {
    FOLDER.with(|folder| folder.get_or_init(|| tempfile::tempdir().expect("a folder")).path().to_owned())
}

/// Writes a file below the folder once.
pub fn once(name: &str, bytes: &[u8]) {
    let path = folder().join(name);
    if !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        std::fs::write(path, bytes).expect("the folder takes files");
    }
}
