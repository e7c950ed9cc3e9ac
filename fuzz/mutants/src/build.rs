//! Builds the copy once. What the compiler does not take is left out, and the rest built again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

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

/// Builds them, unless the copy is the one that was built before.
pub fn build(folder: &Path, files: &[String]) -> io::Result<Built> {
    let kept = folder.join("built");
    let old = fs::read_to_string(&kept).unwrap_or_default();
    let path = |line: Option<String>| line.filter(|line| !line.is_empty()).map(PathBuf::from);
    let mut lines = old.lines().map(str::to_owned);
    let mut programs = (path(lines.next()), path(lines.next()));
    let mut off: BTreeSet<String> = lines.collect();
    for _ in 0..TRIES {
        let copy = copy::make(&folder.join("copy"), files, &off)?;
        if copy.changed {
            programs = (None, None);
            // Until it is built, no program is this copy's.
            keep(&kept, None, &off)?;
        }
        if let (Some(unit), Some(all)) = programs {
            keep(&kept, Some((&unit, &all)), &off)?;
            let mutants = copy.mutants.into_iter().filter(|mutant| !off.contains(&mutant.key())).collect();
            return Ok(Built { copy: copy.folder, unit, all, mutants });
        }
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
            programs = (Some(unit), Some(all));
            continue;
        }
        programs = (None, None);
        let before = off.len();
        for (file, line, column) in said.lines().filter_map(error) {
            let culprit = at(&copy, &file, line, column)?;
            for mutant in copy.mutants.iter().filter(|mutant| Some(mutant.id) == culprit && off.insert(mutant.key())) {
                println!("left out: {}", mutant.key());
            }
        }
        if off.len() == before {
            return Err(io::Error::other(format!("the copy does not build:\n{said}")));
        }
    }
    Err(io::Error::other("the copy does not build"))
}

/// Keeps which programs are this copy's, and what the compiler did not take.
fn keep(file: &Path, programs: Option<(&Path, &Path)>, off: &BTreeSet<String>) -> io::Result<()> {
    let (unit, all) =
        programs.map_or_else(Default::default, |(unit, all)| (unit.to_string_lossy(), all.to_string_lossy()));
    fs::write(file, format!("{unit}\n{all}\n{}", off.iter().map(|key| format!("{key}\n")).collect::<String>()))
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
    let text = fs::read_to_string(copy.folder.join(file))?;
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let inside: usize = text[start..].chars().take(column - 1).map(char::len_utf8).sum();
    let around = copy.places.iter().filter(|(name, _, place)| name == file && place.contains(&(start + inside)));
    Ok(around.min_by_key(|(_, _, place)| place.len()).map(|(_, id, _)| *id))
}
