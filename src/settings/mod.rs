//! Settings: `config/default.toml`, the organisation's file and the environment, checked into structs.
//!
//! Secrets stand in settings only as a reference to a file or a credential; they are read here and do not print.

mod access;
mod clock;
mod gateway;
mod keep;
mod line;
mod organisation;
mod partner;
mod secret;
mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use access::{DoorSettings, Limits};
pub use clock::ClockSettings;
pub use gateway::{Absent, Account, DeclarativeAccount, MayOpen, SimulatorAccount, TwilioAccount};
pub use keep::{Backups, Node, WitnessFile};
pub use organisation::{Organisation, Panel};
pub use partner::Partner;
pub use secret::Secret;
pub use server::{
    Alarms, Campaigns, Database, Keys, Mail, Retention, SecondPerson, Security, Sending, Server, Tasks, WayInNeeded,
};

const DEFAULTS: &str = include_str!("../../config/default.toml");

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
    #[serde(default)]
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

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such file.
    #[error("there is no settings file {}: run `lykt init` to make one, or name it with --config", .0.display())]
    Missing(PathBuf),
    /// A key is unknown, of the wrong type, or missing.
    #[error("{}{}: {reason}", path.display(), line.map(|n| format!(", line {n}")).unwrap_or_default())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, where it can be told.
        line: Option<usize>,
        /// What is wrong, with the key.
        reason: String,
    },
}

impl Settings {
    /// Reads the settings from a file, over the defaults and under the environment.
    ///
    /// # Errors
    /// When the file is missing, or a setting is unknown or wrong; the error names file and key.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        if !path.is_file() {
            return Err(SettingsError::Missing(path.to_owned()));
        }
        let text = std::fs::read_to_string(path).map_err(|e| SettingsError::Wrong {
            path: path.to_owned(),
            line: None,
            reason: e.to_string(),
        })?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Self::parse(&text, folder).map_err(|reason| {
            let line = line::of(&text, &reason);
            let reason = line::short(&reason);
            SettingsError::Wrong { path: path.to_owned(), line, reason }
        })
    }

    fn parse(text: &str, folder: PathBuf) -> Result<Self, String> {
        let toml = config::FileFormat::Toml;
        let environment =
            config::Environment::with_prefix("LYKT").prefix_separator("__").separator("__").try_parsing(true);
        let lists = ["organisation.languages", "access.second_person", "mail.to", "alarm.mail"];
        let environment =
            lists.into_iter().fold(environment.list_separator(","), |all, key| all.with_list_parse_key(key));
        let mut settings: Settings = config::Config::builder()
            .add_source(config::File::from_str(DEFAULTS, toml))
            .add_source(config::File::from_str(text, toml))
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|e| e.to_string())?;
        settings.folder = folder;
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

    fn check(&self) -> Result<(), String> {
        for (name, account) in &self.gateways {
            if !is_name(name) {
                return Err(format!("gateways.{name}: an account's name has letters, digits, `-`, `_` and `.` only"));
            }
            account.check().map_err(|reason| format!("gateways.{name}: {reason}"))?;
        }
        for (name, partner) in &self.partners {
            if !is_name(name) {
                return Err(format!("partners.{name}: a partner's name has letters, digits, `-`, `_` and `.` only"));
            }
            partner.check().map_err(|reason| format!("partners.{name}: {reason}"))?;
        }
        match (&self.clock, self.gateways.iter().find(|(_, account)| !account.stays_here())) {
            (Some(_), Some((name, _))) => Err(format!(
                "clock: a clock that lapses is for trying out, and gateways.{name} points beyond this machine; remove one of them"
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
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, String> {
        Settings::parse(text, PathBuf::from("/srv"))
    }

    #[test]
    fn the_defaults_stand_alone() {
        let settings = parse("").unwrap();
        assert_eq!(settings.organisation.languages, ["nb", "en"]);
        assert_eq!(settings.database_url(), "sqlite:/srv/lykt.db");
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(parse("[server]\nlisten_on = \"x\"").unwrap_err().contains("listen_on"));
    }

    #[test]
    fn a_session_lasts_neither_no_time_nor_for_ever() {
        let role = crate::domain::role::Role::Coordinator;
        let settings = parse("[access]\nidle.coordinator = \"45 minutes\"").unwrap();
        assert_eq!(settings.access.idle.of(role), 45 * 60_000);
        assert_eq!(settings.access.longest.of(role), 12 * 3_600_000, "the rest is as it was");
        for wrong in ["0 minutes", "2 minutes", "1 month", "soon"] {
            assert!(parse(&format!("[access]\nlongest.peer = \"{wrong}\"")).is_err(), "{wrong}");
        }
        assert!(parse("[access]\nidle.boss = \"8 hours\"").is_err());
    }

    #[test]
    fn a_secret_in_clear_is_refused() {
        let text =
            "[gateways.t]\nkind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"hunter2\"\nfrom = \"+4790000000\"";
        let error = parse(text).unwrap_err();
        assert!(error.contains("file") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_lapsing_clock_is_refused_beside_a_real_account() {
        let clock = "[clock]\nstart = \"2026-12-01T08:00:00\"\nday = \"10s\"\n[gateways.t]\nkind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = { file = \"t\" }\nfrom = \"+4790000000\"\n";
        assert!(parse(clock).unwrap_err().contains("beyond this machine"));
        assert!(parse(&format!("{clock}base_url = \"http://127.0.0.1:9\"")).is_ok());
    }
}
