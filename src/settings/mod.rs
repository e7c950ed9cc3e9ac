//! Settings: `config/default.toml`, the organisation's file and the environment, checked into structs.
//!
//! Secrets stand in settings only as a reference to a file or a credential; they are read here and do not print.

mod access;
mod accounts;
mod clock;
mod environment;
mod error;
mod gateway;
mod keep;
mod line;
mod mail;
mod mistake;
mod organisation;
mod parser;
mod partner;
mod read;
mod secret;
mod server;
mod told;
mod word;
mod work;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config::Value;
use serde::Deserialize;

use crate::domain::lang::Text;
use crate::text;
use mistake::Mistake;
use told::Told;

pub use access::{DoorSettings, Limits};
pub use clock::ClockSettings;
pub use error::SettingsError;
pub use gateway::{Absent, Account, DeclarativeAccount, MayOpen, SimulatorAccount, TwilioAccount};
pub use keep::{Backups, Node, WitnessFile};
pub use mail::{Alarms, Mail, Security};
pub use organisation::{Organisation, Panel};
pub use partner::Partner;
pub use secret::Secret;
pub use server::{Campaigns, Database, Keys, SecondPerson, Server};
pub use work::{Retention, Sending, Tasks, WayInNeeded};

/// All settings, checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who we are, and the rules of the house.
    pub organisation: Organisation,
    /// Where webhooks come in.
    pub server: Server,
    /// Where the ledger stands.
    pub database: Database,
    /// Where the keys are.
    pub keys: Keys,
    /// The daemon's own backups.
    pub backup: Backups,
    /// What tells a restored database from the one that was lost.
    pub witness: WitnessFile,
    /// Which node this is, where several share a database.
    pub node: Node,
    /// How long people stay signed in, and what needs two of them.
    pub access: DoorSettings,
    /// Where campaign files are.
    pub campaigns: Campaigns,
    /// The day's list.
    pub tasks: Tasks,
    /// Forgetting.
    pub retention: Retention,
    /// How much goes on at the same time.
    pub sending: Sending,
    /// How staff are told.
    pub mail: Option<Mail>,
    /// Who is told when something is wrong.
    #[serde(default)]
    pub alarm: Alarms,
    /// Accounts with gateways, by name.
    #[serde(skip)]
    pub gateways: BTreeMap<String, Account>,
    /// Other organisations that write to the same people, by name.
    #[serde(default)]
    pub partners: BTreeMap<String, Partner>,
    /// A civil clock that lapses, for trying out.
    pub clock: Option<ClockSettings>,
    /// The folder of the settings file; relative paths start here.
    #[serde(skip)]
    pub folder: PathBuf,
}

impl Settings {
    /// Reads the settings from a file, over the defaults and under the environment.
    ///
    /// # Errors
    /// When the file is missing, or a setting is unknown or wrong; the error names file and key.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let told = Told::read(path)?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Self::of(&told, folder).map_err(|mistake| told.placed(mistake))
    }

    /// A mistake at a key of a file that shows only when the setting is used, with its place.
    pub fn wrong(path: &Path, key: &str, reason: Text) -> SettingsError {
        Told::read(path).map_or_else(|error| error, |told| told.placed(Mistake::at(key, reason)))
    }

    fn of(told: &Told, folder: PathBuf) -> Result<Self, Mistake> {
        let mut all = told.all()?;
        let gateways = all.remove("gateways");
        let settings = Self::deserialize(Value::from(all))?;
        let settings = Self { gateways: accounts::read(gateways)?, folder, ..settings };
        settings.check()?;
        Ok(settings)
    }

    /// A path of the settings, from their folder.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// What people call a partner: its title, or its name when it is not in the settings any more.
    pub fn partner_title<'a>(&'a self, name: &'a str) -> &'a str {
        self.partners.get(name).map_or(name, |partner| &partner.title)
    }

    /// The database's address; a relative SQLite path starts from the settings' folder.
    pub fn database_url(&self) -> String {
        match self.database.url.strip_prefix("sqlite:") {
            Some(path) => format!("sqlite:{}", self.path(Path::new(path.trim_start_matches("//"))).display()),
            None => self.database.url.clone(),
        }
    }

    fn check(&self) -> Result<(), Mistake> {
        let named = |name: &str, Text { en, nb }: Text| match is_name(name) {
            true => Ok(()),
            false => Err(Mistake::at(
                "",
                text!(
                    "{en} name has letters, digits, `-`, `_` and `.` only",
                    "navnet på {nb} har bare bokstaver, sifre, `-`, `_` og `.`"
                ),
            )),
        };
        if self.keys.are_twice() {
            let reason = text!(
                "the keys stand in one place; write `file` or `credential`, and not both",
                "nøklene står på ett sted; skriv `file` eller `credential`, og ikke begge"
            );
            return Err(Mistake::at("keys.credential", reason));
        }
        for (name, account) in &self.gateways {
            let checked = named(name, text!("an account's", "en konto")).and_then(|()| account.check());
            checked.map_err(|mistake| mistake.under(&format!("gateways.{name}")))?;
        }
        for (name, partner) in &self.partners {
            let checked = named(name, text!("a partner's", "en partner")).and_then(|()| partner.check());
            checked.map_err(|mistake| mistake.under(&format!("partners.{name}")))?;
        }
        self.mail.as_ref().map_or(Ok(()), Mail::check)?;
        self.alarm.check(self.mail.as_ref())?;
        match (&self.clock, self.gateways.iter().find(|(_, account)| !account.stays_here())) {
            (Some(_), Some((name, _))) => Err(Mistake::at(
                "clock",
                text!(
                    "a clock that lapses is for trying out, and gateways.{name} points beyond this machine; remove one of them",
                    "en klokke som går fort, er for å prøve ut, og gateways.{name} fører ut av denne maskinen; fjern en av dem"
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// Whether an account or a partner may be called that.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

#[cfg(test)]
mod tests;
