//! The official descriptions and published vectors, which live outside the project.

use serde_json::Value;

/// Reads a file of the folder that `LYKT_SPECS` names; says aloud when there is none.
pub fn read(file: &str) -> Option<Value> {
    let Some(folder) = std::env::var_os("LYKT_SPECS") else {
        eprintln!("LEFT OUT: {file}: set LYKT_SPECS to the folder with the official specifications");
        return None;
    };
    let path = std::path::Path::new(&folder).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(serde_json::from_str(&text).unwrap())
}
