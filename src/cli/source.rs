//! The folder of campaign files: what is in it, and whether a campaign is ready to be planned.

use std::path::PathBuf;

use anyhow::Context;
use jiff::civil::Date;

use super::app::App;
use super::{Ctx, Exit};
use crate::campaign::file::{self, AccountFacts, Checked, Definition};
use crate::domain::channel::Channel;
use crate::say;
use crate::settings::Settings;

/// The folder of campaign files, with the accounts they may name.
pub(super) struct Folder {
    path: PathBuf,
    accounts: Vec<AccountFacts>,
    languages: Vec<String>,
}

/// A campaign whose file has no mistakes.
pub(super) struct Ready {
    pub definition: Definition,
    pub file_hash: String,
    pub list_hash: String,
    pub list: PathBuf,
}

impl Folder {
    /// The folder that the settings name.
    pub fn of(app: &App) -> Self {
        Self::named(&app.settings)
    }

    /// The folder that these settings name.
    pub fn named(settings: &Settings) -> Self {
        Self {
            path: settings.path(&settings.campaigns.folder),
            accounts: facts(settings),
            languages: settings.organisation.languages.clone(),
        }
    }

    /// The campaigns in the folder: files' names without `.toml`, in order.
    pub fn names(&self) -> anyhow::Result<Vec<String>> {
        let folder =
            std::fs::read_dir(&self.path).with_context(|| format!("cannot read the folder {}", self.path.display()))?;
        let mut names: Vec<String> = folder
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
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
        file::check(&self.file(name), &self.path, today, Some(&self.accounts), &self.languages)
    }

    /// The campaign, when its file has no mistakes; else they are shown, all at once.
    pub fn ready(&self, ctx: &Ctx, name: &str, today: Date) -> anyhow::Result<Result<Ready, Exit>> {
        let file = self.file(name);
        if !file.is_file() {
            let known = self.names()?.join(", ");
            eprintln!(
                "{}",
                say!(
                    ctx.lang,
                    "there is no campaign {name}: the folder has {known}",
                    "det finnes ingen kampanje {name}: mappen har {known}"
                )
            );
            return Ok(Err(Exit::Usage));
        }
        let checked = self.check(name, Some(today));
        let Some(definition) = checked.definition else {
            eprintln!("{}", super::check::told(ctx, &file, &checked));
            return Ok(Err(Exit::Usage));
        };
        let list = definition.list_in(&self.path);
        Ok(Ok(Ready { definition, file_hash: checked.file_hash, list_hash: checked.list_hash, list }))
    }
}

/// What `check` must know of the accounts.
pub(super) fn facts(settings: &Settings) -> Vec<AccountFacts> {
    settings
        .gateways
        .iter()
        .map(|(name, account)| AccountFacts {
            name: name.clone(),
            channels: vec![Channel::Sms],
            takes_replies: account.takes_replies(),
        })
        .collect()
}
