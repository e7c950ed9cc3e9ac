//! What outlives the database: backups, the witness, and the quarantine of one that was restored.

use std::path::Path;

use super::finding::Findings;
use crate::backup::routine;
use crate::domain::lang::{Text, number_of};
use crate::domain::span::{DAY_MS, MINUTE_MS};
use crate::gateway::Accounts;
use crate::ledger::quarantine;
use crate::settings::Settings;
use crate::store::{Db, DbError, no, node, standing};
use crate::text;
use crate::witness::{self, unfinished};

/// So long may the daemon take to keep a no apart, civil milliseconds.
const JUST_NOW_MS: i64 = MINUTE_MS;
/// A backup older than this is no use.
const OLD_DAYS: i64 = 3;

/// Looks at them, on the civil clock; where nothing is in the database yet, there is nothing to lose.
pub(super) async fn look(db: &Db, settings: &Settings, found: &mut Findings) -> Result<(), DbError> {
    let clock = crate::cli::app::clock(db, settings).await?;
    if let Some(folder) = &settings.backup.folder {
        backup_folder(&settings.path(folder), found);
    }
    let mut tx = db.read().await?;
    if standing::is_used(&mut tx).await? {
        backups(routine::last(db).await?, clock.now_ms(), settings, found);
    }
    if !node::all(&mut tx).await?.is_empty() {
        // One of a moment ago is written there by the next step of the daemon.
        let lately = no::since(&mut tx, clock.now_ms() - JUST_NOW_MS).await?.len() as i64;
        let kept = no::after(&mut tx, &[], lately + 1).await?.len() as i64 > lately;
        witness(&settings.path(&settings.witness.file), kept, found);
    }
    let Some(held) = quarantine::get(&mut tx).await? else { return Ok(()) };
    let left = match Accounts::open(settings, &clock) {
        Ok(accounts) => unfinished(&mut tx, &held, &accounts, clock.lapses()).await?,
        Err(_) => Vec::new(),
    };
    let why = held.why.explain();
    let (en, nb) = (why.en, why.nb);
    let todo = if left.is_empty() {
        text!(
            "everything that can be fetched is fetched; look at the inbox and at what your staff did since then, and then: lykt doctor --confirm-restore --reason .. --as NAME",
            "alt som kan hentes, er hentet; se i innboksen og på det de ansatte har gjort siden, og så: lykt doctor --confirm-restore --reason .. --as NAVN"
        )
    } else {
        let names = left.join(", ");
        text!(
            "let `lykt serve` run until it has fetched what is missing ({names}), then: lykt doctor --confirm-restore --reason .. --as NAME",
            "la `lykt serve` kjøre til den har hentet det som mangler ({names}), så: lykt doctor --confirm-restore --reason .. --as NAVN"
        )
    };
    found.broken(
        "quarantine",
        text!(
            "in quarantine, nothing is sent and nobody is called: {en}",
            "i karantene, ingenting sendes og ingen blir ringt: {nb}"
        ),
        todo,
    );
    Ok(())
}

/// Whether the daemon can write into its folder, or make it.
fn backup_folder(folder: &Path, found: &mut Findings) {
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    if there.is_dir() && rustix::fs::access(there, rustix::fs::Access::WRITE_OK).is_ok() {
        return;
    }
    let name = folder.display();
    found.broken(
        "backup_folder",
        text!("no backup can be written into {name}", "ingen sikkerhetskopi kan skrives i {name}"),
        text!(
            "let the user who runs lykt write that folder, or name another one in [backup] folder",
            "la brukeren som kjører lykt skrive i mappen, eller oppgi en annen i [backup] folder"
        ),
    );
}

fn backups(last: Option<i64>, now: i64, settings: &Settings, found: &mut Findings) {
    let todo = || {
        text!(
            "write [backup] folder, on another disk, or run `lykt backup FILE` by a timer of yours",
            "skriv [backup] folder, på en annen disk, eller kjør `lykt backup FIL` med en egen tidsstyring"
        )
    };
    let old = |days| {
        let Text { en, nb } = number_of(days, ["day", "days"], ["dag", "dager"]);
        text!("the last backup is {en} old", "den siste sikkerhetskopien er {nb} gammel")
    };
    match last.map(|at| (now - at).max(0) / DAY_MS) {
        None => found.warning("backup", text!("there is no backup", "det finnes ingen sikkerhetskopi"), todo()),
        Some(days) if days >= OLD_DAYS => {
            let todo = match settings.backup.folder {
                Some(_) => {
                    text!("look into the log of lykt serve for `backup`", "se i loggen til lykt serve etter `backup`")
                }
                None => todo(),
            };
            found.warning("backup", old(days), todo);
        }
        Some(days) => found.ok("backup", old(days)),
    }
}

/// The witness, and beside it the noes where any are `kept`.
fn witness(file: &Path, kept: bool, found: &mut Findings) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.display();
    let writable = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok();
    let noes = witness::noes_beside(file);
    let robbed = kept && !noes.exists();
    let noes = noes.display();
    match (file.exists(), writable) {
        (_, false) => found.broken(
            "witness",
            text!(
                "{name} cannot be written: a restored database would not be noticed",
                "{name} kan ikke skrives: en database som er lagt tilbake, ville ikke blitt oppdaget"
            ),
            text!(
                "let the user who runs lykt write that folder, or name another place in [witness] file",
                "la brukeren som kjører lykt skrive i mappen, eller oppgi et annet sted i [witness] file"
            ),
        ),
        (true, true) if robbed => found.warning(
            "witness",
            text!(
                "{noes} is gone, where noes are kept apart: a restore could lose one",
                "{noes} er borte, der nei holdes for seg: en tilbakelegging kunne miste et"
            ),
            text!("start lykt serve: it writes them again", "start lykt serve: den skriver dem igjen"),
        ),
        (true, true) => {
            found.ok("witness", text!("{name} and {noes} stand by", "{name} og {noes} står klare"));
        }
        (false, true) => found.warning(
            "witness",
            text!("the witness {name} is gone", "vitnet {name} er borte"),
            text!(
                "look for it and put it back; without it the next start of lykt serve begins in quarantine",
                "let etter det og legg det tilbake; uten det begynner neste start av lykt serve i karantene"
            ),
        ),
    }
}
