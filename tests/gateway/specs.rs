//! The official descriptions and published vectors, which live outside the project.

use std::path::PathBuf;

use serde_json::Value;

/// Where a file of the folder is that `LYKT_SPECS` names; says aloud when there is none.
pub fn path(file: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("LYKT_SPECS") else {
        eprintln!("LEFT OUT: {file}: set LYKT_SPECS to the folder with the official specifications");
        return None;
    };
    Some(PathBuf::from(folder).join(file))
}

/// Reads a file of that folder.
pub fn read(file: &str) -> Option<Value> {
    let path = path(file)?;
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(serde_json::from_str(&text).unwrap())
}
