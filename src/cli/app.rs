//! An opened installation: settings, keys, database and clock, for the commands that need one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ctx::Ctx;
use crate::clock::{Clock, Lapse};
use crate::domain::lang::Text;
use crate::keys;
use crate::ledger::Ledger;
use crate::settings::{ClockSettings, Settings, SettingsError};
use crate::store::{Db, DbError, Tx, meta};
use crate::text;
use crate::vault::{KeyError, Vault};
use crate::witness;

/// An opened installation.
pub struct App {
    /// Its settings.
    pub settings: Settings,
    /// Its database.
    pub db: Db,
    /// Its ledger, with keys and clock.
    pub ledger: Ledger,
}

/// Why an installation does not open. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// One is to be made where one is.
    #[error("{} exists already: choose another folder; nothing was changed", .0.display())]
    Made(PathBuf),
    /// The settings are missing or wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The keys are missing or damaged.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// No key file is named.
    #[error("no keys: write `file` or `credential` under [keys]")]
    NoKeys,
    /// A credential is named, and systemd has not passed it on.
    #[error("the credential {0} needs systemd's CREDENTIALS_DIRECTORY: start lykt by systemd, or write [keys] file")]
    Credential(String),
    /// There was a database: its witness stands.
    #[error("there is no database {0}, and there was one: put it back where it was")]
    Lost(PathBuf),
    /// The keys are another installation's.
    #[error("the key file does not belong to this database: put the right one back; nothing was changed")]
    WrongKeys,
    /// The database does not open.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl AppError {
    /// What a person reads: what is wrong, and what to do.
    pub(super) fn text(&self) -> Text {
        match self {
            AppError::Settings(missing @ SettingsError::Missing(_)) => missing.text(),
            AppError::Made(path) => {
                let path = path.display();
                text!(
                    "{path} exists already: choose another folder; nothing was changed",
                    "{path} finnes fra før: velg en annen mappe; ingenting er endret"
                )
            }
            AppError::NoKeys => text!(
                "no keys: write `file` or `credential` under [keys]",
                "ingen nøkler: skriv `file` eller `credential` under [keys]"
            ),
            AppError::Lost(path) => {
                let path = path.display();
                text!(
                    "there is no database {path}, and there was one: put it back, or a backup with `lykt restore`, or correct [database] url; nothing was done",
                    "det finnes ingen database {path}, og det har vært en: legg den tilbake, eller en sikkerhetskopi med `lykt restore`, eller rett [database] url; ingenting ble gjort"
                )
            }
            AppError::WrongKeys => text!(
                "the key file does not belong to this database: put the right one back; nothing was changed",
                "nøkkelfilen hører ikke til denne databasen: legg tilbake den riktige; ingenting er endret"
            ),
            AppError::Keys(KeyError::Open { path }) => {
                let path = path.display();
                text!(
                    "others can read the key file {path}: run `chmod 600 {path}`",
                    "andre kan lese nøkkelfilen {path}: kjør `chmod 600 {path}`"
                )
            }
            AppError::Settings(wrong) => all_at_once(wrong.text()),
            AppError::Credential(name) => all_at_once(text!(
                "{self}",
                "hemmeligheten {name} trenger CREDENTIALS_DIRECTORY fra systemd: start lykt med systemd, eller skriv [keys] file"
            )),
            other => all_at_once(text!("{other}", "{other}")),
        }
    }
}

/// Where a person sees everything that is wrong.
fn all_at_once(Text { en, nb }: Text) -> Text {
    text!(
        "{en}\nEverything at once, with what to do: lykt doctor",
        "{nb}\nAlt på en gang, med hva du kan gjøre: lykt doctor"
    )
}

impl App {
    /// Opens the installation whose settings the command names.
    ///
    /// # Errors
    /// When settings, keys or database do not open, or do not belong together.
    pub async fn open(ctx: &Ctx) -> Result<Self, AppError> {
        let settings = Settings::load(&ctx.config)?;
        let url = settings.database_url();
        if let Some(file) = url.strip_prefix("sqlite:").map(Path::new)
            && !file.exists()
            && settings.path(&settings.witness.file).exists()
        {
            return Err(AppError::Lost(file.to_owned()));
        }
        Self::open_or_make(ctx).await
    }

    /// The same, with a database that is made where there is none: by a daemon, which then fetches what it can.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_or_make(ctx: &Ctx) -> Result<Self, AppError> {
        let settings = Settings::load(&ctx.config)?;
        let vault = Vault::of_file(&key_file(&settings)?)?;
        let db = Db::open(&settings.database_url()).await?;
        let mut tx = db.read().await?;
        let fits = keys::fits(&mut tx, &vault).await?;
        drop(tx);
        match fits {
            Some(true) => {}
            Some(false) => return Err(AppError::WrongKeys),
            None => {
                let mut tx = db.begin().await?;
                keys::note(&mut tx, &vault).await?;
                tx.commit().await?;
            }
        }
        let clock = clock(&db, &settings).await?;
        let ledger = Ledger {
            vault: Arc::new(vault),
            clock,
            cooldown: settings.organisation.cooldown,
            region: settings.organisation.region,
        };
        witness::look(&db, &ledger, &settings).await?;
        Ok(Self { settings, db, ledger })
    }
}

impl App {
    /// Lets a lapsing clock begin anew: for the demo.
    pub(super) async fn restart_clock(self, ctx: &Ctx) -> Result<Self, AppError> {
        let mut tx = self.db.begin().await?;
        meta::set(&mut tx, "clock.lapse", "").await?;
        tx.commit().await?;
        self.db.close().await;
        Self::open(ctx).await
    }
}

/// The key file that the settings name; a credential counts before a file.
///
/// # Errors
/// When they name none.
pub fn key_file(settings: &Settings) -> Result<PathBuf, AppError> {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
    match (&settings.keys.credential, &settings.keys.file, credentials) {
        (Some(name), _, Some(folder)) => Ok(Path::new(&folder).join(name)),
        (Some(name), _, None) => Err(AppError::Credential(name.clone())),
        (None, Some(file), _) => Ok(settings.path(file)),
        _ => Err(AppError::NoKeys),
    }
}

/// Where a lapsing clock began; kept in the database, so that all processes and restarts share it.
#[derive(Serialize, Deserialize, PartialEq)]
struct Anchor {
    start_ms: i64,
    anchor_ms: i64,
    day_ms: i64,
}

/// The civil clock of an installation.
///
/// # Errors
/// As the database has it.
pub(super) async fn clock(db: &Db, settings: &Settings) -> Result<Clock, DbError> {
    let zone = settings.organisation.timezone.clone();
    let Some(lapse) = &settings.clock else { return Ok(Clock::real(zone)) };
    let start = zone.to_timestamp(lapse.start).map_err(|_| DbError::Unknown("clock start"))?;
    let mut tx = db.read().await?;
    let anchored = anchored(&mut tx, start, lapse).await?;
    drop(tx);
    let Anchor { start_ms, anchor_ms, day_ms } = match anchored {
        Some(anchor) => anchor,
        None => {
            let mut tx = db.begin().await?;
            let anchor = anchor(&mut tx, start, lapse).await?;
            tx.commit().await?;
            anchor
        }
    };
    Ok(Clock::lapsing(zone, Lapse { start_ms, anchor_ms, day_ms }))
}

async fn anchored(tx: &mut Tx, start: Timestamp, lapse: &ClockSettings) -> Result<Option<Anchor>, DbError> {
    let stored = meta::get(tx, "clock.lapse").await?.and_then(|text| serde_json::from_str::<Anchor>(&text).ok());
    Ok(stored.filter(|a| a.start_ms == start.as_millisecond() && a.day_ms == lapse.day))
}

async fn anchor(tx: &mut Tx, start: Timestamp, lapse: &ClockSettings) -> Result<Anchor, DbError> {
    // Another process may have been first.
    if let Some(anchor) = anchored(tx, start, lapse).await? {
        return Ok(anchor);
    }
    let Lapse { start_ms, anchor_ms, day_ms } = Lapse::from_now(start, lapse.day);
    let anchor = Anchor { start_ms, anchor_ms, day_ms };
    meta::set(tx, "clock.lapse", &serde_json::to_string(&anchor).map_err(|_| DbError::Unknown("clock"))?).await?;
    Ok(anchor)
}
