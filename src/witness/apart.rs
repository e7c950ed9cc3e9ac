//! The noes kept apart: a file that is only added to, a line for each no or lifted no, so that no restore loses one.
//!
//! A line has the day, the source, the blind index, and how many keys made that, when it was more than one.
//! Each line ends with a digest over itself and the line before. A line that was changed still counts as a no: it may
//! block somebody, and never lets anybody through.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::store::blind::Blind;
use crate::store::no::No;
use crate::vault::Vault;

const PURPOSE: &[u8] = b"noes";
const LIFTED: &str = "lifted";

/// The file, and what stands in it.
pub(super) struct Apart {
    path: PathBuf,
    standing: HashMap<Blind, No>,
    last: String,
    /// How long it was left, in bytes.
    size: u64,
    /// How many lines it has.
    pub lines: u64,
    /// The first line that is not as it was written.
    pub damaged: Option<u64>,
}

impl Apart {
    /// A file that nothing is known of.
    pub(super) fn none(path: &Path) -> Self {
        Self { path: path.to_owned(), standing: HashMap::new(), last: String::new(), size: 0, lines: 0, damaged: None }
    }

    /// Reads the file; half a line at its end, from a power cut, is cut away.
    pub(super) fn open(path: &Path, vault: &Vault) -> io::Result<Self> {
        let mut apart = Self::none(path);
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(apart),
            Err(e) => return Err(e),
        };
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < bytes.len() {
            File::options().write(true).open(path)?.set_len(whole as u64)?;
        }
        apart.size = whole as u64;
        for line in String::from_utf8_lossy(&bytes[..whole]).lines() {
            apart.lines += 1;
            let (told, mac) = line.rsplit_once(' ').unwrap_or((line, ""));
            if mac != digest(vault, &apart.last, told) {
                apart.damaged.get_or_insert(apart.lines);
            }
            apart.last = mac.to_owned();
            apart.take(vault, told);
        }
        Ok(apart)
    }

    fn take(&mut self, vault: &Vault, told: &str) {
        let mut words = told.split(' ');
        let (Some(day), Some(source), Some(blind)) = (words.next(), words.next(), words.next()) else { return };
        let Some(blind) = URL_SAFE_NO_PAD.decode(blind).ok().and_then(|b| Blind::try_from(b).ok()) else { return };
        let links = words.next().map_or(Some(1), |links| links.parse().ok()).unwrap_or(usize::MAX);
        if links > vault.links() {
            // By a key that this database does not know of yet.
            self.damaged.get_or_insert(self.lines);
            return;
        }
        let blind = vault.forward(blind, links, vault.links());
        if source == LIFTED {
            // Only as somebody wrote it: a forged line lifts nothing.
            if self.damaged.is_none() {
                self.standing.remove(&blind);
            }
        } else {
            self.standing.insert(blind, No { blind, day: day.to_owned(), source: source.to_owned() });
        }
    }

    /// Whether the file is as long as it was left, at least: nobody has taken it away, or something out of it.
    pub(super) fn is_whole(&self) -> bool {
        fs::metadata(&self.path).map_or(0, |data| data.len()) >= self.size
    }

    /// The noes that stand.
    pub(super) fn standing(&self) -> impl Iterator<Item = &No> {
        self.standing.values()
    }

    /// Adds what is news; on the disk when this returns.
    pub(super) fn add(&mut self, vault: &Vault, noes: &[No], lifted: &[Blind], day: &str) -> io::Result<()> {
        let mut text = String::new();
        let mut last = self.last.clone();
        let mut fresh: Vec<String> = Vec::new();
        let mut told: HashSet<Blind> = HashSet::new();
        let index = |blind: &Blind| match vault.links() {
            1 => URL_SAFE_NO_PAD.encode(blind),
            links => format!("{} {links}", URL_SAFE_NO_PAD.encode(blind)),
        };
        for no in noes.iter().filter(|no| !self.standing.contains_key(&no.blind)) {
            if told.insert(no.blind) {
                fresh.push(format!("{} {} {}", word(&no.day), word(&no.source), index(&no.blind)));
            }
        }
        for blind in lifted.iter().filter(|blind| self.standing.contains_key(*blind)) {
            if told.insert(*blind) {
                fresh.push(format!("{day} {LIFTED} {}", index(blind)));
            }
        }
        if fresh.is_empty() {
            return Ok(());
        }
        for line in &fresh {
            last = digest(vault, &last, line);
            text.push_str(&format!("{line} {last}\n"));
        }
        let mut file = File::options().append(true).create(true).mode(0o600).open(&self.path)?;
        let before = file.metadata()?.len();
        if let Err(e) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
            // Half of it would be taken for damage.
            let _ = file.set_len(before);
            return Err(e);
        }
        self.last = last;
        self.size = before + text.len() as u64;
        self.lines += fresh.len() as u64;
        fresh.iter().for_each(|line| self.take(vault, line));
        Ok(())
    }
}

/// A word of ours has no blanks; one that has must not make another line.
fn word(of: &str) -> String {
    let word: String = of.chars().filter(|c| c.is_ascii_graphic()).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}

fn digest(vault: &Vault, last: &str, told: &str) -> String {
    URL_SAFE_NO_PAD.encode(&vault.keyed(PURPOSE, format!("{last}\n{told}").as_bytes())[..12])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Keys;

    fn no(n: u8) -> No {
        No { blind: [n; 32], day: "2026-12-01".to_owned(), source: "reply".to_owned() }
    }

    fn standing(apart: &Apart) -> Vec<u8> {
        let mut all: Vec<u8> = apart.standing().map(|no| no.blind[0]).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn noes_stay_until_they_are_lifted_and_each_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let (path, vault) = (folder.path().join("lykt.noes"), Vault::new(Keys::generate().unwrap()));
        let mut apart = Apart::open(&path, &vault).unwrap();
        apart.add(&vault, &[no(1), no(2), no(2)], &[], "2026-12-02").unwrap();
        apart.add(&vault, &[no(1)], &[[2; 32], [9; 32]], "2026-12-02").unwrap();
        assert_eq!((standing(&apart), apart.lines), (vec![1], 3));
        let mut again = Apart::open(&path, &vault).unwrap();
        assert_eq!((standing(&again), again.lines, again.damaged), (vec![1], 3, None));
        again.add(&vault, &[no(2)], &[], "2026-12-03").unwrap();
        assert_eq!(standing(&Apart::open(&path, &vault).unwrap()), [1, 2]);
    }

    #[test]
    fn a_no_is_found_by_a_key_that_came_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = Keys::generate().unwrap();
        keys.add_link().unwrap();
        let (path, vault) = (folder.path().join("lykt.noes"), Vault::new(keys));
        let no = |day: &str, who| No { blind: vault.blind(who), day: day.to_owned(), source: "reply".to_owned() };
        vault.use_links(1);
        let mut apart = Apart::open(&path, &vault).unwrap();
        apart.add(&vault, &[no("2026-12-01", "one"), no("2026-12-01", "two")], &[], "2026-12-02").unwrap();
        vault.use_links(2);
        let mut apart = Apart::open(&path, &vault).unwrap();
        apart.add(&vault, &[no("2026-12-03", "three")], &[vault.blind("two")], "2026-12-03").unwrap();
        let found = Apart::open(&path, &vault).unwrap();
        let mut days: Vec<_> = found.standing().map(|no| (no.day.as_str(), no.blind)).collect();
        days.sort();
        assert_eq!(days, [("2026-12-01", vault.blind("one")), ("2026-12-03", vault.blind("three"))]);
        assert_eq!(found.damaged, None);
        vault.use_links(1);
        assert_eq!(Apart::open(&path, &vault).unwrap().damaged, Some(3), "it says that it lacks some");
    }

    #[test]
    fn half_a_line_is_cut_away_and_a_changed_one_still_counts_as_a_no() {
        let folder = tempfile::tempdir().unwrap();
        let (path, vault) = (folder.path().join("lykt.noes"), Vault::new(Keys::generate().unwrap()));
        let mut apart = Apart::open(&path, &vault).unwrap();
        apart.add(&vault, &[no(1), no(2)], &[], "2026-12-02").unwrap();
        apart.add(&vault, &[], &[[1; 32]], "2026-12-02").unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        let mut apart = Apart::open(&path, &vault).unwrap();
        assert_eq!((standing(&apart), apart.damaged), (vec![1, 2], None));
        apart.add(&vault, &[], &[[1; 32]], "2026-12-02").unwrap();
        assert_eq!(standing(&Apart::open(&path, &vault).unwrap()), [2]);
        // Somebody writes a line that lifts a no, without the key.
        let blind = URL_SAFE_NO_PAD.encode([2; 32]);
        fs::write(&path, format!("{}2026-12-05 lifted {blind} AAAAAAAAAAAAAAAA\n", fs::read_to_string(&path).unwrap()))
            .unwrap();
        let apart = Apart::open(&path, &vault).unwrap();
        assert_eq!((standing(&apart), apart.damaged), (vec![2], Some(4)));
    }
}
