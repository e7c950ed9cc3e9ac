//! A copy of the project in which every mutant stands behind a switch. What did not change is not written again, so that
//! cargo builds only what did.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::edits::Mutant;
use crate::plant::Planter;

const SWITCH: &str = include_str!("switch.rs");
/// What a build or a run has made, or does not go into one.
const NOT_COPIED: [&str; 3] = ["target", ".git", "lykt-demo"];

/// The copy, with what was put into it.
pub struct Copy {
    pub folder: PathBuf,
    pub mutants: Vec<Mutant>,
    /// Where each of them stands in its file of the copy.
    pub places: Vec<(String, u32, Range<usize>)>,
    /// Whether it is another one than it was.
    pub changed: bool,
}

/// Makes it from the project in the current folder, without the mutants that are `off`.
pub fn make(folder: &Path, files: &[String], off: &BTreeSet<String>) -> io::Result<Copy> {
    let mut all = BTreeSet::new();
    walk(Path::new("."), &mut all)?;
    let mut old = BTreeSet::new();
    if folder.is_dir() {
        let here = std::env::current_dir()?;
        std::env::set_current_dir(folder)?;
        walk(Path::new("."), &mut old)?;
        std::env::set_current_dir(here)?;
    }
    let mut planter = Planter::default();
    let mut copy = Copy { folder: folder.to_owned(), mutants: Vec::new(), places: Vec::new(), changed: false };
    for path in &all {
        let to = folder.join(path);
        let name = path.to_string_lossy().trim_start_matches("./").to_owned();
        if name.ends_with(".rs") && files.iter().any(|file| belongs(&name, file)) {
            let source = fs::read_to_string(path)?;
            let edits = planter.plant(&name, &source).map_err(|e| io::Error::other(format!("{name}: {e}")))?;
            let off: HashSet<u32> =
                planter.mutants.iter().filter(|mutant| off.contains(&mutant.key())).map(|mutant| mutant.id).collect();
            let planted = edits.apply(&source, &off);
            copy.places.extend(planted.places.into_iter().map(|(id, place)| (name.clone(), id, place)));
            copy.changed |= write(&to, planted.text.as_bytes())?;
        } else if name == "src/lib.rs" {
            let text = format!("#![allow(warnings)]\n{}\npub mod mutant;\n", fs::read_to_string(path)?);
            copy.changed |= write(&to, text.as_bytes())?;
        } else if !same(path, &to)? {
            fs::create_dir_all(to.parent().unwrap_or(folder))?;
            fs::copy(path, &to)?;
            copy.changed = true;
        }
    }
    copy.changed |= write(&folder.join("src/mutant.rs"), SWITCH.as_bytes())?;
    for gone in old.difference(&all).filter(|path| !path.ends_with("src/mutant.rs")) {
        fs::remove_file(folder.join(gone))?;
        copy.changed = true;
    }
    copy.mutants = planter.mutants;
    Ok(copy)
}

/// Whether a file is one of these, or lies in one of these folders.
pub fn belongs(name: &str, file: &str) -> bool {
    let file = file.trim_start_matches("./").trim_end_matches('/');
    name == file || name.strip_prefix(file).is_some_and(|rest| rest.starts_with('/'))
}

fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if folder == Path::new(".") && NOT_COPIED.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), found)?;
        } else {
            found.insert(entry.path());
        }
    }
    Ok(())
}

fn same(one: &Path, other: &Path) -> io::Result<bool> {
    Ok(other.is_file() && fs::metadata(one)?.len() == fs::metadata(other)?.len() && fs::read(one)? == fs::read(other)?)
}

fn write(to: &Path, text: &[u8]) -> io::Result<bool> {
    if fs::read(to).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    fs::create_dir_all(to.parent().unwrap_or(Path::new(".")))?;
    fs::write(to, text).map(|()| true)
}
