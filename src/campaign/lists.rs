//! The folder of list files: what is in it, which campaigns read it, and putting a file there or taking it away.
//!
//! What a file holds is never carried out or shown as anything but text; what its name may be is decided here.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::folder::Folder;
use super::media;
use crate::clock;
use crate::domain::lang::Text;
use crate::text;

/// Where lists stand, from the folder of campaigns.
const LISTS: &str = "lists";
/// What a file that is not complete yet begins with.
const PART: &str = ".part-";
/// Nothing has been written for so long to a part that a crash left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(3_600);
/// The longest name, in bytes.
const LONGEST: usize = 100;

/// The folder of lists.
#[derive(Clone, Debug)]
pub struct Lists {
    campaigns: Folder,
}

/// A list file.
#[derive(Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// How large it is.
    pub bytes: u64,
    /// When it was written, unix milliseconds.
    pub written_ms: i64,
    /// Which campaigns name it.
    pub used_by: Vec<String>,
}

/// Why a file is not put there.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Its name will not do.
    #[error("a list's name has letters, digits, spaces, - and _ and ends in .csv, .xlsx or .txt")]
    Name,
    /// There is one of this name.
    #[error("there is a list of this name")]
    Taken,
    /// The disk said no.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl Refused {
    /// What a person reads.
    pub fn text(&self) -> Text {
        match self {
            Refused::Name => text!(
                "A list's name has letters, digits, spaces, - and _ and ends in .csv, .xlsx or .txt.",
                "Navnet på en liste har bokstaver, sifre, mellomrom, - og _ og slutter på .csv, .xlsx eller .txt."
            ),
            Refused::Taken => text!(
                "There is a list of this name already. Give yours another name, or say that it takes the other's place.",
                "Det finnes alt en liste med dette navnet. Gi din et annet navn, eller si at den skal ta den andres plass."
            ),
            Refused::Disk(_) => {
                text!(
                    "The disk did not take the file; nothing was changed.",
                    "Disken tok ikke imot filen; ingenting er endret."
                )
            }
        }
    }
}

/// A file that is not complete yet; it goes when nothing becomes of it.
#[derive(Debug)]
pub struct Part {
    path: PathBuf,
    /// What is written to.
    pub file: File,
}

impl Drop for Part {
    fn drop(&mut self) {
        // It has become a list, or nothing: either way this name goes.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether a name is one that a list may have; only its last part counts, as some browsers send a whole path.
///
/// # Errors
/// When it may not.
pub fn name(written: &str) -> Result<String, Refused> {
    let name = written.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let plain = name.chars().all(|c| c.is_alphanumeric() || " -_.".contains(c));
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let known = ["csv", "xlsx", "txt"].iter().any(|one| ending.eq_ignore_ascii_case(one));
    let begins = name.starts_with(char::is_alphanumeric);
    if plain && known && begins && name.len() <= LONGEST { Ok(name.to_owned()) } else { Err(Refused::Name) }
}

impl Lists {
    /// The lists beside these campaigns.
    pub fn of(campaigns: Folder) -> Self {
        Self { campaigns }
    }

    /// The folder of campaigns beside which they stand.
    pub fn campaigns(&self) -> &Path {
        self.campaigns.path()
    }

    fn path(&self) -> PathBuf {
        self.campaigns.path().join(LISTS)
    }

    /// Every list, the newest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn all(&self) -> io::Result<Vec<Entry>> {
        let used = self.used();
        let read = match self.path().read_dir() {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read?,
        };
        let mut all: Vec<Entry> = read.flatten().filter_map(|entry| entry_of(&entry, &used)).collect();
        all.sort_by(|one, other| other.written_ms.cmp(&one.written_ms).then_with(|| one.name.cmp(&other.name)));
        Ok(all)
    }

    /// Which campaigns read a list.
    pub fn used_by(&self, name: &str) -> Vec<String> {
        campaigns_of(name, &self.used())
    }

    /// The list that each campaign names.
    fn used(&self) -> Vec<(String, String)> {
        let names = self.campaigns.names().unwrap_or_default();
        let list = |name: &String| {
            let text = fs::read_to_string(self.campaigns.file(name)).ok()?;
            let table = text.parse::<toml::Table>().ok()?;
            Some(table.get("targets")?.get("list")?.as_str()?.trim_start_matches("./").to_owned())
        };
        names.into_iter().filter_map(|name| Some((list(&name)?, name))).collect()
    }

    /// The file of a list; `None` when there is none of this name.
    pub fn file(&self, written: &str) -> Option<PathBuf> {
        let name = name(written).ok().filter(|name| name == written)?;
        media::inside(self.campaigns.path(), &format!("{LISTS}/{name}")).ok()
    }

    /// A file to write to, that only we can read.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn part(&self) -> io::Result<Part> {
        fs::create_dir_all(self.path())?;
        let lot = u64::from_ne_bytes(clock::random::<8>().map_err(|why| io::Error::other(why.to_string()))?);
        let path = self.path().join(format!("{PART}{lot:016x}"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Part { path, file })
    }

    /// Makes what was written a list; one of the same name only goes when `replace` says so.
    ///
    /// # Errors
    /// When there is one of this name, or the disk says no.
    pub fn put(&self, part: Part, name: &str, replace: bool) -> Result<(), Refused> {
        part.file.sync_all()?;
        let to = self.path().join(name);
        if replace {
            return Ok(fs::rename(&part.path, to)?);
        }
        match fs::hard_link(&part.path, to) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Err(Refused::Taken),
            linked => Ok(linked?),
        }
    }

    /// Takes away what a crash left behind of lists that were never complete; how many files that were.
    pub fn sweep(&self) -> usize {
        let parts = self.path().read_dir().into_iter().flatten().flatten();
        let parts = parts.filter(|entry| entry.file_name().to_string_lossy().starts_with(PART));
        let left = parts.filter(|part| {
            let written = part.metadata().and_then(|data| data.modified());
            written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LEFT_BEHIND))
        });
        left.filter(|part| fs::remove_file(part.path()).is_ok()).count()
    }

    /// Takes a list away.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn remove(&self, file: &Path) -> io::Result<()> {
        fs::remove_file(file)
    }
}

fn entry_of(entry: &fs::DirEntry, used: &[(String, String)]) -> Option<Entry> {
    let name = entry.file_name().into_string().ok().filter(|written| name(written).is_ok())?;
    let data = entry.path().metadata().ok().filter(fs::Metadata::is_file)?;
    let written = data.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let written_ms = written.and_then(|at| i64::try_from(at.as_millis()).ok()).unwrap_or_default();
    Some(Entry { bytes: data.len(), written_ms, used_by: campaigns_of(&name, used), name })
}

fn campaigns_of(name: &str, used: &[(String, String)]) -> Vec<String> {
    let path = format!("{LISTS}/{name}");
    used.iter().filter(|(list, _)| *list == path).map(|(_, campaign)| campaign.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn what_a_crash_left_of_a_list_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("lykt.toml");
        fs::write(&settings, "").unwrap();
        let lists = Lists::of(Folder::named(&Settings::load(&settings).unwrap()));
        assert_eq!(lists.sweep(), 0);
        let [left, written] = [(), ()].map(|()| lists.part().unwrap());
        let now = written.file.metadata().unwrap().modified().unwrap();
        let long_ago = now - LEFT_BEHIND - Duration::from_secs(1);
        left.file.set_modified(long_ago).unwrap();
        let list = lists.path().join("a.csv");
        File::create(&list).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(lists.sweep(), 1);
        assert!(!left.path.exists() && written.path.exists() && list.exists());
    }

    #[test]
    fn a_name_leads_nowhere_and_ends_as_lists_do() {
        assert_eq!(name("Oslo uke 48.csv").unwrap(), "Oslo uke 48.csv");
        assert_eq!(name("C:\\Users\\kari\\Bærum.XLSX").unwrap(), "Bærum.XLSX");
        assert_eq!(name("../../etc/a.csv").unwrap(), "a.csv");
        for bad in ["", ".csv", ".hidden.csv", "a.toml", "a.csv\0", "a\n.csv", "a<b>.csv", "-a.csv", "../..", "a.csv/"]
        {
            assert!(matches!(name(bad), Err(Refused::Name)), "{bad:?}");
        }
    }
}
