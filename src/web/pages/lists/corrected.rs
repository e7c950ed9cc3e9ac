//! Corrected copies of lists, by their names.

use crate::campaign::lists::Lists;

/// What the name of a corrected list ends in.
const CORRECTED: &str = "-corrected.csv";

/// Whether a list is such a copy.
pub(super) fn is_corrected(name: &str) -> bool {
    name.ends_with(CORRECTED)
}

/// The name of the corrected copy of a list.
pub(super) fn corrected(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem}{CORRECTED}")
}

/// The list that this one is a corrected copy of, when that is still there and may have its place taken: a workbook
/// does not become text under its own name.
pub(super) fn original(folder: &Lists, name: &str) -> Option<String> {
    let stem = name.strip_suffix(CORRECTED)?;
    ["csv", "txt"].iter().map(|ending| format!("{stem}.{ending}")).find(|name| folder.file(name).is_some())
}
