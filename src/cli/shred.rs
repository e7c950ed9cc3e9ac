//! `lykt approve --shred-list`: removes the list file once its people are sealed into the approved plan.
//!
//! Decides before the approval whether the file may go, and touches it only after. Must not undo an approval.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::source::{Folder, Ready};
use super::{Ctx, Exit, refuse};
use crate::campaign::media;
use crate::say;

/// A list file that may be removed.
pub(super) struct Shred {
    /// Its path as a person knows it, from the folder of campaigns.
    written: String,
    /// The file itself.
    file: PathBuf,
    /// The name that led to it, when that is a link.
    link: Option<PathBuf>,
    /// SHA-256 of the bytes that were approved.
    hash: String,
}

/// Who else needs a list.
enum Other {
    /// Another campaign names it.
    Campaign(String),
    /// Another campaign cannot be read, so it may.
    Unreadable(String),
}

impl Shred {
    /// Whether the list of a campaign may go; else it is said why not.
    pub fn new(ctx: &Ctx, folder: &Folder, name: &str, ready: &Ready) -> anyhow::Result<Result<Self, Exit>> {
        let written = ready.definition.list.clone();
        let Ok(file) = media::inside(folder.path(), &written) else {
            return Ok(Err(refuse(say!(
                ctx.lang,
                "nothing was approved: {written} lies outside campaigns/, and Lykt removes nothing there",
                "ingenting er godkjent: {written} ligger utenfor campaigns/, og der fjerner ikke Lykt noe"
            ))));
        };
        if has_other_names(&file)? {
            return Ok(Err(refuse(say!(
                ctx.lang,
                "nothing was approved: {written} has another name elsewhere (a hard link); remove that first",
                "ingenting er godkjent: {written} har et annet navn et annet sted (en hard lenke); fjern det først"
            ))));
        }
        match other(folder, name, &written, &file)? {
            Some(Other::Campaign(other)) => Ok(Err(refuse(say!(
                ctx.lang,
                "nothing was approved: campaigns/{other}.toml needs {written} too; approve without --shred-list",
                "ingenting er godkjent: campaigns/{other}.toml trenger {written} også; godkjenn uten --shred-list"
            )))),
            Some(Other::Unreadable(other)) => Ok(Err(refuse(say!(
                ctx.lang,
                "nothing was approved: campaigns/{other}.toml cannot be read, and may need {written} too; mend it first",
                "ingenting er godkjent: campaigns/{other}.toml kan ikke leses, og kan trenge {written} også; rett den først"
            )))),
            None => {
                let link = folder.path().join(&written);
                let link = link.symlink_metadata()?.is_symlink().then_some(link);
                Ok(Ok(Self { written, file, link, hash: ready.list_hash.clone() }))
            }
        }
    }

    /// Removes the file; what became of it is said either way, and the approval stands.
    pub fn remove(&self, ctx: &Ctx) -> Exit {
        let written = &self.written;
        let left = match self.removed() {
            Ok(Gone::Overwritten) => {
                let told = say!(
                    ctx.lang,
                    "{written} was removed, and what it held is overwritten. Copies stay where they are: in backups, in sent mail,\n\
                     and on an SSD perhaps in parts of it that no program reaches.",
                    "{written} er fjernet, og det den inneholdt er overskrevet. Kopier blir der de er: i sikkerhetskopier, i sendt\n\
                     e-post, og på en SSD kanskje i deler av den som ingen programmer når."
                );
                if ctx.json {
                    eprintln!("{told}")
                } else {
                    println!("{told}")
                }
                return Exit::Done;
            }
            Ok(Gone::Removed(error)) => say!(
                ctx.lang,
                "approved, and {written} is removed, but what it held could not be overwritten ({error}).",
                "godkjent, og {written} er fjernet, men det den inneholdt kunne ikke overskrives ({error})."
            ),
            Ok(Gone::Changed) => say!(
                ctx.lang,
                "approved, but {written} was not removed: it has changed since. Look at it, and remove it by hand.",
                "godkjent, men {written} er ikke fjernet: den er endret siden. Se på den, og fjern den selv."
            ),
            Err(error) => say!(
                ctx.lang,
                "approved, but {written} could not be removed ({error}). Remove it by hand.",
                "godkjent, men {written} kunne ikke fjernes ({error}). Fjern den selv."
            ),
        };
        eprintln!("{left}");
        Exit::Fault
    }

    /// Removes and overwrites the file that was approved, and no other that lies there now.
    ///
    /// Its name goes first: a daemon that watches must never see the list as another one, for that voids the approval.
    fn removed(&self) -> io::Result<Gone> {
        let file = OpenOptions::new().write(true).open(&self.file)?;
        if media::hash(&self.file)? != self.hash || has_other_names(&self.file)? {
            return Ok(Gone::Changed);
        }
        fs::remove_file(&self.file)?;
        if let Some(link) = &self.link {
            fs::remove_file(link)?;
        }
        Ok(overwrite(file).map_or_else(Gone::Removed, |()| Gone::Overwritten))
    }
}

/// What became of a file.
enum Gone {
    /// Nothing: it is another one by now.
    Changed,
    /// Only its name is gone.
    Removed(io::Error),
    /// Its name and what it held; what the disk keeps of the old bytes is the disk's to say.
    Overwritten,
}

fn overwrite(mut file: File) -> io::Result<()> {
    let mut left = file.metadata()?.len();
    let zeros = [0; 64 * 1024];
    while left > 0 {
        let step = usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len());
        file.write_all(&zeros[..step])?;
        left -= step as u64;
    }
    file.sync_all()
}

#[cfg(unix)]
fn has_other_names(file: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.nlink() > 1)
}

#[cfg(not(unix))]
fn has_other_names(_file: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Another campaign in the folder that names the same file, by whatever path.
fn other(folder: &Folder, name: &str, written: &str, file: &Path) -> anyhow::Result<Option<Other>> {
    let last = written.rsplit('/').next().unwrap_or(written);
    for other in folder.names()?.into_iter().filter(|other| other != name) {
        let Ok(text) = fs::read_to_string(folder.file(&other)) else { return Ok(Some(Other::Unreadable(other))) };
        let Ok(table) = text.parse::<toml::Table>() else {
            if text.contains(last) {
                return Ok(Some(Other::Unreadable(other)));
            }
            continue;
        };
        let list = table.get("targets").and_then(|targets| targets.get("list")).and_then(|list| list.as_str());
        let same = |list: &str| match media::inside(folder.path(), list) {
            Ok(path) => path == file,
            Err(_) => false,
        };
        if list.is_some_and(same) {
            return Ok(Some(Other::Campaign(other)));
        }
    }
    Ok(None)
}
