//! Builds the copy once. What the compiler does not take is left out, and the rest built again.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::copy::{self, Copy};
use crate::edits::Mutant;

/// So often the compiler may refuse something.
const TRIES: usize = 20;

/// The programs of the tests, and the mutants that stand in them.
pub struct Built {
    pub copy: PathBuf,
    pub unit: PathBuf,
    pub all: PathBuf,
    pub mutants: Vec<Mutant>,
}

pub fn build(folder: &Path, files: &[String]) -> io::Result<Built> {
    let mut off = HashSet::new();
    for _ in 0..TRIES {
        let copy = copy::make(&folder.join("copy"), files, &off)?;
        println!("{} mutants, {} of them left out; building", copy.mutants.len(), off.len());
        let done = Command::new("cargo")
            .args([
                "test",
                "--locked",
                "--no-run",
                "--lib",
                "--test",
                "all",
                "--message-format",
                "short",
                "--color",
                "never",
            ])
            .current_dir(&copy.folder)
            .env("CARGO_TARGET_DIR", folder.join("build"))
            .env("CARGO_INCREMENTAL", "0")
            .output()?;
        let said = String::from_utf8_lossy(&done.stderr);
        if done.status.success() {
            let program = |begins: &str| {
                let line = said.lines().find(|line| line.trim_start().starts_with(begins));
                let path = line.and_then(|line| line.split_once('(')).map(|(_, path)| path.trim_end_matches(')'));
                path.map(PathBuf::from).ok_or_else(|| io::Error::other(format!("cargo names no program for {begins}")))
            };
            let (unit, all) = (program("Executable unittests src/lib.rs")?, program("Executable tests/main.rs")?);
            let mutants = copy.mutants.into_iter().filter(|m| !off.contains(&m.id)).collect();
            return Ok(Built { copy: copy.folder, unit, all, mutants });
        }
        let before = off.len();
        for (file, line, column) in said.lines().filter_map(error) {
            let culprit = at(&copy, &file, line, column)?;
            for mutant in copy.mutants.iter().filter(|mutant| Some(mutant.id) == culprit && off.insert(mutant.id)) {
                println!("left out: {}:{}: {}", mutant.file, mutant.line, mutant.what);
            }
        }
        if off.len() == before {
            return Err(io::Error::other(format!("the copy does not build:\n{said}")));
        }
    }
    Err(io::Error::other("the copy does not build"))
}

/// `src/a.rs:12:3: error[..]: ..`
fn error(line: &str) -> Option<(String, usize, usize)> {
    let (place, rest) = line.split_once(": ")?;
    let mut parts = place.rsplitn(3, ':');
    let (column, line, file) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
    rest.starts_with("error").then(|| (file.to_owned(), line, column))
}

/// The innermost mutant around a place of the copy.
fn at(copy: &Copy, file: &str, line: usize, column: usize) -> io::Result<Option<u32>> {
    let text = std::fs::read_to_string(copy.folder.join(file))?;
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let inside: usize = text[start..].chars().take(column - 1).map(char::len_utf8).sum();
    let around = copy.places.iter().filter(|(name, _, place)| name == file && place.contains(&(start + inside)));
    Ok(around.min_by_key(|(_, _, place)| place.len()).map(|(_, id, _)| *id))
}
