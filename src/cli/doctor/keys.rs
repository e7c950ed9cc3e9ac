//! The key file: there, closed to others, ours, and apart from the database.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::finding::Findings;
use crate::cli::app::{self, AppError};
use crate::keys;
use crate::settings::Settings;
use crate::store::{Db, DbError};
use crate::text;
use crate::vault::{KeyError, Keys, Vault};

/// Looks at the key file; the vault, when it opens.
pub(super) fn look(settings: &Settings, found: &mut Findings) -> Option<Vault> {
    let path = match app::key_file(settings) {
        Ok(path) => path,
        Err(AppError::Credential(name)) => {
            found.broken(
                "key_file",
                text!(
                    "the credential {name} needs systemd's CREDENTIALS_DIRECTORY",
                    "nøkkelen {name} krever CREDENTIALS_DIRECTORY fra systemd"
                ),
                text!(
                    "start by systemd with LoadCredential={name}:PATH, or write [keys] file instead",
                    "start med systemd og LoadCredential={name}:STI, eller skriv [keys] file i stedet"
                ),
            );
            return None;
        }
        Err(_) => {
            found.broken(
                "key_file",
                text!("no key file is named", "ingen nøkkelfil er oppgitt"),
                text!("write [keys] file = \"lykt.keys\"", "skriv [keys] file = \"lykt.keys\""),
            );
            return None;
        }
    };
    let name = path.display();
    match Keys::load(&path) {
        Ok(keys) => {
            found.ok("key_file", text!("the key file {name} is whole", "nøkkelfilen {name} er hel"));
            placed(settings, &path, found);
            return Some(Vault::new(keys));
        }
        Err(KeyError::Open { .. }) => found.broken(
            "key_file",
            text!("others can read the key file {name}", "andre kan lese nøkkelfilen {name}"),
            text!("run `chmod 600 {name}`", "kjør `chmod 600 {name}`"),
        ),
        Err(KeyError::Damaged { line, .. }) => found.broken(
            "key_file",
            text!("the key file {name} is damaged at line {line}", "nøkkelfilen {name} er ødelagt i linje {line}"),
            text!(
                "put the copy back that you kept; do not make a new one",
                "legg tilbake kopien du tok; ikke lag en ny"
            ),
        ),
        Err(KeyError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => found.broken(
            "key_file",
            text!("the key file {name} is not there", "nøkkelfilen {name} finnes ikke"),
            text!(
                "put the copy back that you kept, or name the right one; a new one would open nothing",
                "legg tilbake kopien du tok, eller oppgi den riktige; en ny ville ikke åpne noe"
            ),
        ),
        Err(e) => found.broken(
            "key_file",
            text!("{e}", "{e}"),
            text!("let the user who runs lykt read it", "la brukeren som kjører lykt lese den"),
        ),
    }
    None
}

/// Whose it is, and whether a stolen disk has both the keys and what they open.
fn placed(settings: &Settings, path: &Path, found: &mut Findings) {
    let Ok(data) = std::fs::metadata(path) else { return };
    let (name, owner) = (path.display(), data.uid());
    if owner != rustix::process::geteuid().as_raw() {
        found.warning(
            "key_owner",
            text!("the key file {name} belongs to another user", "nøkkelfilen {name} tilhører en annen bruker"),
            text!("run `chown` on it, to the user who runs lykt", "kjør `chown` på den, til brukeren som kjører lykt"),
        );
    }
    let url = settings.database_url();
    let beside = url.strip_prefix("sqlite:").and_then(|file| std::fs::metadata(file).ok());
    if beside.is_some_and(|database| database.dev() == data.dev()) {
        found.ok(
            "key_place",
            text!(
                "keys and database are on one disk: copies and backups are safe, a stolen disk is not",
                "nøkler og database er på samme disk: kopier er trygge, en stjålet disk er det ikke"
            ),
        );
    }
}

/// Looks whether keys and database belong together; the vault, unless it is another database's.
pub(super) async fn fit(db: &Db, vault: Option<Vault>, found: &mut Findings) -> Result<Option<Vault>, DbError> {
    let Some(vault) = vault else { return Ok(None) };
    let mut tx = db.read().await?;
    match keys::fits(&mut tx, &vault).await? {
        Some(false) => {
            found.broken(
                "key_fit",
                text!("the key file belongs to another database", "nøkkelfilen hører til en annen database"),
                text!(
                    "put the right key file back; nothing was changed",
                    "legg tilbake den riktige nøkkelfilen; ingenting er endret"
                ),
            );
            return Ok(None);
        }
        Some(true) => {
            found.ok("key_fit", text!("keys and database belong together", "nøkler og database hører sammen"))
        }
        None => {}
    }
    Ok(Some(vault))
}
