//! The folder of campaign files: which campaigns are in it, and whether one of them is still what was approved.
//!
//! Only `*.toml` at its top are campaigns, but for the file of routines. Lists and pictures matter through the campaigns
//! that name them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::directory::Directory;
use super::file::practice::{self, Kind, ROUTINES};
use super::file::{self, AccountFacts, Checked, Definition, Pictures};
use super::media;
use super::stamp::Stamp;
use crate::domain::campaign::Change;
use crate::domain::channel::Channel;
use crate::domain::gather::Gather;
use crate::domain::phone::Region;
use crate::gateway::accounts::{sends_pictures, takes_replies};
use crate::settings::{Account, Settings};

/// The folder, with the accounts that its campaigns may name.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    accounts: Vec<AccountFacts>,
    digests: BTreeMap<String, String>,
    languages: Vec<String>,
    services: Directory,
}

/// What a person said yes to: a campaign and the hashes of its files.
#[derive(Clone, Debug)]
pub struct Approved {
    /// The campaign, with the hash of its picture and of its account's settings.
    pub definition: Definition,
    /// The campaign file's hash.
    pub file_hash: String,
    /// The list's hash.
    pub list_hash: String,
}

impl Folder {
    /// The folder that these settings name.
    pub fn named(settings: &Settings) -> Self {
        Self {
            path: settings.path(&settings.campaigns.folder),
            accounts: facts(settings),
            digests: settings.gateways.iter().map(|(name, account)| (name.clone(), account.digest())).gather(),
            languages: settings.organisation.languages.clone(),
            services: Directory::of(settings),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The campaigns in it: files' names without `.toml`, in order. What editors put beside a file is not among them.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let paths = self.path.read_dir()?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let mut names: Vec<String> = paths
            .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .filter(|name| !name.starts_with(['.', '#', '~']) && name != ROUTINES)
            .collect();
        names.sort();
        Ok(names)
    }

    /// The file of a campaign.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.toml"))
    }

    /// Checks the file of a campaign.
    pub fn check(&self, name: &str, today: Option<Date>) -> Checked {
        let mut checked = file::check(&self.file(name), &self.path, today, Some(&self.accounts), &self.languages);
        if let Some(definition) = &mut checked.definition {
            definition.account_digest = self.digest(definition);
            definition.services_digest = self.services.digest(definition);
        }
        checked
    }

    /// What of an approved campaign is not as it was approved; the list is asked for apart.
    pub fn change(&self, approved: &Approved) -> Option<Change> {
        let definition = &approved.definition;
        let file = self.file(&definition.name);
        match file::hash(&file, &self.path) {
            Some(hash) if hash == approved.file_hash => {}
            None if file.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) => {
                return Some(Change::Removed);
            }
            _ => return Some(Change::File),
        }
        let other = |image: &file::Image| media::image(&self.path, &image.path).ok().as_ref() != Some(&image.hash);
        if definition.images().any(other) {
            return Some(Change::Image);
        }
        (self.digest(definition) != definition.account_digest).then_some(Change::Account)
    }

    /// How the accounts of a campaign are set up; `None` when one of them is not.
    fn digest(&self, definition: &Definition) -> Option<String> {
        let digests = definition.routes().into_iter().map(|(_, account)| self.digests.get(account).cloned());
        Some(digests.collect::<Option<Vec<_>>>()?.join(" "))
    }

    /// Whether the list is there and is another than the approved one; one larger than any list is, without being read.
    pub fn list_changed(&self, approved: &Approved) -> bool {
        let Ok(list) = media::inside(&self.path, &approved.definition.list) else { return false };
        match media::hash(&list) {
            Ok(hash) => hash != approved.list_hash,
            Err(error) => error.kind() == io::ErrorKind::FileTooLarge,
        }
    }

    /// Whether messages that were planned now would say something else of services. Nobody knows while files of services
    /// have mistakes.
    pub fn services_changed(&self, approved: &Approved) -> bool {
        let Some(was) = &approved.definition.services_digest else { return false };
        self.services.digest(&approved.definition).is_some_and(|is| is != *was)
            && self.services.shelf.look().mistakes.is_empty()
    }

    /// What tells that services may have changed.
    pub fn service_stamps(&self) -> impl Iterator<Item = Option<Stamp>> {
        practice::stamps(&self.path, Kind::Services).into_iter().map(|(_, stamp)| Some(stamp))
    }
}

/// Where Twilio sends a picture as a picture; elsewhere it becomes a link. Source: Twilio's page on MMS by country.
const MMS: [&str; 3] = ["US", "CA", "AU"];

/// What becomes of pictures that an account sends to people of this house's region.
fn pictures(account: &Account, settings: &Settings) -> Pictures {
    let at_home = |code| Region::parse(code) == Some(settings.organisation.region);
    match account {
        Account::Twilio(_) if account.channels() == [Channel::Sms] && !MMS.into_iter().any(at_home) => Pictures::Linked,
        Account::Declarative(declared) if !sends_pictures(declared, settings) => Pictures::Refused,
        _ => Pictures::Shown,
    }
}

/// What `check` must know of the accounts.
pub fn facts(settings: &Settings) -> Vec<AccountFacts> {
    settings
        .gateways
        .iter()
        .map(|(name, account)| AccountFacts {
            name: name.clone(),
            channels: account.channels(),
            takes_replies: takes_replies(account, settings),
            pictures: pictures(account, settings),
            template_ids: matches!(account, Account::Twilio(_)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_editors_put_beside_a_file_is_no_campaign() {
        let house = tempfile::tempdir().unwrap();
        let folder = house.path().join("campaigns");
        fs::create_dir_all(folder.join("lists")).unwrap();
        for name in [
            "vinter.toml",
            "vinter.toml~",
            ".vinter.toml.swp",
            "4913",
            "#vinter.toml#",
            "vinter.toml.bak",
            "._vinter.toml",
            "lists/a.toml",
        ] {
            fs::write(folder.join(name), "").unwrap();
        }
        std::os::unix::fs::symlink("amanda@desk.42", folder.join(".#vinter.toml")).unwrap();
        let settings = house.path().join("lykt.toml");
        fs::write(&settings, "").unwrap();
        let folder = Folder::named(&Settings::load(&settings).unwrap());
        assert_eq!(folder.names().unwrap(), ["vinter"]);
    }
}
