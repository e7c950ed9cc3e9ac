//! The settings file: taken or refused with a reason that points into it.

use lykt::settings::{Settings, SettingsError};

use super::scratch;

pub fn run(data: &[u8]) {
    let path = scratch::file("lykt.toml", data);
    match Settings::load(&path) {
        Ok(settings) => {
            assert!(!format!("{settings:?}").is_empty() && !settings.database_url().is_empty());
            settings.gateways.values().for_each(|account| drop(format!("{account:?}")));
        }
        Err(SettingsError::Wrong { line, reason, .. }) => {
            let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
            assert!(line.is_none_or(|line| (1..=lines).contains(&line)), "line {line:?} of {lines}: {}", reason.en);
            for said in [reason.en, reason.nb] {
                assert!(!said.trim().is_empty() && said.len() < 4 * data.len() + 4_000, "{} bytes", said.len());
            }
        }
        Err(SettingsError::Variable { name, .. }) => unreachable!("no variable is set, and {name} is wrong"),
        Err(SettingsError::Missing(_)) => unreachable!("the file was written"),
    }
}
