//! List files that have lain in clear for longer than they should. Knows files, and nothing that is in them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::domain::span::DAY_MS;

/// A list should be removed when its campaign is approved; after so many days it is named.
pub const DAYS: i64 = 7;

/// A list file, how long ago it was written, and whether every user of the machine may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFile {
    /// The file.
    pub path: PathBuf,
    /// Whole days since it was written.
    pub days: i64,
    /// Whether others may read it.
    pub open: bool,
}

/// The list files of a folder of campaigns, by name. `now_ms` is real time, whatever the civil clock says.
pub fn list_files(campaigns: &Path, now_ms: i64) -> Vec<ListFile> {
    let mut found = Vec::new();
    // Nobody gets past a folder that is closed.
    let within_reach = campaigns.join("lists").metadata().is_ok_and(|data| may(&data, 0o001));
    let mut folders = vec![campaigns.join("lists")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let Ok(data) = entry.metadata() else { continue };
            if data.is_dir() {
                folders.push(entry.path());
            } else if data.is_file() && !hidden {
                found.push(ListFile {
                    path: entry.path(),
                    days: days(&data, now_ms),
                    open: within_reach && may(&data, 0o004),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn days(data: &std::fs::Metadata, now_ms: i64) -> i64 {
    let since = data.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    let written = since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(now_ms);
    (now_ms - written).max(0) / DAY_MS
}

fn may(data: &std::fs::Metadata, others: u32) -> bool {
    data.permissions().mode() & others != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn lists_are_found_with_their_age_and_who_may_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let lists = folder.path().join("lists");
        fs::create_dir_all(lists.join("2026")).unwrap();
        let (open, closed) = (lists.join("2026/a.csv"), lists.join("b.csv"));
        fs::set_permissions(&lists, fs::Permissions::from_mode(0o755)).unwrap();
        for (path, mode) in [(&open, 0o644), (&closed, 0o600), (&lists.join(".gitignore"), 0o644)] {
            fs::write(path, "telefon\n").unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let week = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(7 * 86_400);
        fs::File::options().write(true).open(&open).unwrap().set_modified(week).unwrap();
        fs::File::options().write(true).open(&closed).unwrap().set_modified(week).unwrap();
        let found = list_files(folder.path(), 15 * DAY_MS);
        let shown: Vec<_> = found.iter().map(|list| (list.path.clone(), list.days, list.open)).collect();
        assert_eq!(shown, [(open, 8, true), (closed, 8, false)]);
        fs::set_permissions(&lists, fs::Permissions::from_mode(0o700)).unwrap();
        assert!(list_files(folder.path(), 0).iter().all(|list| !list.open), "nobody gets past a closed folder");
        assert_eq!(list_files(&folder.path().join("none"), 0), []);
    }
}
