//! Mistakes in the settings that show only where a setting is used: told as those that show at once, with their place.

use std::path::Path;

use super::app::AppError;
use crate::daemon::StartError;
use crate::domain::lang::Text;
use crate::gateway::{Accounts, AccountsError, Misconfigured};
use crate::settings::{Settings, SettingsError};
use crate::store::DbError;
use crate::tasks::mail::MailError;
use crate::text;

/// The same error; a mistake in the settings becomes one that says where it stands.
pub(super) fn placed(config: &Path, error: anyhow::Error) -> anyhow::Error {
    if let Some((key, reason)) = of(&error) {
        return AppError::Settings(Settings::wrong(config, &key, reason)).into();
    }
    error.downcast::<SettingsError>().map_or_else(|other| other, |wrong| AppError::Settings(wrong).into())
}

/// The settings, when the accounts can work as they stand there.
///
/// # Errors
/// The first mistake, with its place.
pub(super) fn usable(config: &Path) -> Result<Settings, SettingsError> {
    let settings = Settings::load(config)?;
    match Accounts::fit(&settings).err().and_then(|wrong| of_account(config, &wrong)) {
        Some(wrong) => Err(wrong),
        None => Ok(settings),
    }
}

/// What is wrong with an account, with its place; `None` for what no setting has.
pub(super) fn of_account(config: &Path, error: &AccountsError) -> Option<SettingsError> {
    account(error).map(|(key, reason)| Settings::wrong(config, &key, reason))
}

/// The key that has it, and what is wrong.
fn of(error: &anyhow::Error) -> Option<(String, Text)> {
    if let Some(AppError::Db(DbError::Address)) = error.downcast_ref() {
        let reason = text!("{error}", "dette er ikke adressen til en database; se etter en skrivefeil i den");
        return Some(("database.url".to_owned(), reason));
    }
    match error.downcast_ref() {
        Some(StartError::Accounts(wrong)) => account(wrong),
        Some(StartError::Mail(wrong)) => mail(wrong),
        _ => account(error.downcast_ref()?),
    }
}

fn account(error: &AccountsError) -> Option<(String, Text)> {
    let key = match error {
        AccountsError::Misconfigured(Misconfigured::Setting { account, setting, .. }) => {
            format!("gateways.{account}.{setting}")
        }
        AccountsError::Secret { account, setting, .. } => format!("gateways.{account}.{setting}"),
        AccountsError::Misconfigured(Misconfigured::Provider { account, .. }) => format!("gateways.{account}"),
        AccountsError::Misconfigured(Misconfigured::Simulator(_)) | AccountsError::Client(_) => return None,
    };
    Some((key, error.text()))
}

fn mail(error: &MailError) -> Option<(String, Text)> {
    error.key().map(|key| (key.to_owned(), error.text()))
}
