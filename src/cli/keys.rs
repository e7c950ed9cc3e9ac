//! `lykt keys`: which keys there are and what they hold; a new one in the place of the old one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::app::{self, App, AppError};
use super::backup::{bar, moved};
use super::second::pass;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit};
use crate::audit::On;
use crate::daemon::Lock;
use crate::domain::act::Act;
use crate::domain::gather::Gather;
use crate::domain::lang::{Text, number_of};
use crate::domain::matter::Matter;
use crate::keys::{IndexError, forward, in_use, look_again};
use crate::second::Wish;
use crate::settings::Settings;
use crate::store::{node, reindex};
use crate::vault::{Keys, Use};
use crate::{say, text};

/// Shows and changes the keys that seal the ledger.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Shows every key, and how many rows are sealed with it.
    Status,
    /// Begins with a new key; what is sealed with older ones is sealed anew by the daemon, while everything goes on.
    Rotate(RotateArgs),
    /// Takes a key away that nothing is sealed with any more.
    Retire(RetireArgs),
}

/// How far.
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// Only add the key: for several nodes, so that each has it before one seals with it.
    #[arg(long)]
    next: bool,
    /// The key by which people are found instead of the one that seals; nothing may run meanwhile.
    #[arg(long, conflicts_with = "next")]
    index: bool,
    /// The key file, when it is not the one that the settings name: the source of a systemd credential.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Which.
#[derive(Debug, Args)]
pub struct RetireArgs {
    /// Its version, as `keys status` shows it.
    #[arg(value_name = "VERSION")]
    version: u8,
    /// The key file, when it is not the one that the settings name.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the key file cannot be written.
pub async fn run(ctx: &Ctx, command: KeysCommand) -> anyhow::Result<Exit> {
    match command {
        KeysCommand::Status => status(ctx).await,
        KeysCommand::Rotate(args) if args.index => rotate_index(ctx, &args).await,
        KeysCommand::Rotate(args) => rotate(ctx, &args).await,
        KeysCommand::Retire(args) => retire(ctx, &args).await,
    }
}

fn meaning(of: Use) -> (&'static str, Text) {
    match of {
        Use::Seals => ("seals", text!("seals and opens", "forsegler og åpner")),
        Use::Opens => ("opens", text!("opens what is older", "åpner det som er eldre")),
        Use::Waits => ("waits", text!("waits: opens already", "venter: åpner alt nå")),
    }
}

/// The key file and what is in it.
fn load(settings: &Settings, file: Option<&PathBuf>) -> Result<(PathBuf, Keys), AppError> {
    let path = match file {
        Some(file) => file.clone(),
        None => app::key_file(settings)?,
    };
    let keys = Keys::load(&path)?;
    Ok((path, keys))
}

async fn status(ctx: &Ctx) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let (_, keys) = load(&app.settings, None)?;
    let used = in_use(&mut app.db.read().await?).await?;
    let rows = |version: u8| used.values().filter_map(|versions| versions.get(&version)).sum::<i64>();
    let (links, indexes) = (app.ledger.vault.links(), reindex::count(&mut app.db.read().await?).await?);
    if ctx.json {
        let of = |version: u8| -> BTreeMap<&str, i64> {
            used.iter().filter_map(|(table, all)| Some((*table, *all.get(&version)?))).gather()
        };
        let keys = keys.versions().into_iter();
        let keys: Vec<_> = keys
            .map(|(version, is)| json!({ "version": version, "use": meaning(is).0, "rows": rows(version), "tables": of(version) }))
            .chain([json!({ "version": links, "use": "finds", "rows": indexes })])
            .collect();
        println!("{}", json!(keys));
        return Ok(Exit::Done);
    }
    let mut table =
        Table::new([say!(ctx.lang, "key", "nøkkel"), say!(ctx.lang, "use", "bruk"), say!(ctx.lang, "rows", "rader")]);
    table.right(2);
    for (version, is) in keys.versions() {
        table.row([version.to_string(), meaning(is).1.pick(ctx.lang).to_owned(), rows(version).to_string()]);
    }
    let finds = text!("finds people", "finner folk").pick(ctx.lang).to_owned();
    table.row([format!("index {links}"), finds, indexes.to_string()]);
    println!("{table}");
    Ok(Exit::Done)
}

/// A key that was changed, as `keys status` has it.
fn say_changed(file: &Path, version: usize, is: &str) -> Exit {
    println!("{}", json!({ "version": version, "use": is, "file": file }));
    Exit::Done
}

async fn rotate(ctx: &Ctx, args: &RotateArgs) -> anyhow::Result<Exit> {
    // Whose keys they are is known before they are changed.
    let app = App::open(ctx).await?;
    let (path, mut keys) = load(&app.settings, args.file.as_ref())?;
    let waiting = keys.add()?;
    let begun = if args.next { None } else { keys.begin() };
    // Written down first: a key that nobody is known to have made is worse than a note of one that was not made.
    let version = begun.unwrap_or(waiting);
    app.ledger.book().note_alone(&app.db, Act::KeysRotated, On::Key(version), None).await?;
    keys.replace(&path)?;
    if ctx.json {
        let of = if begun.is_some() { Use::Seals } else { Use::Waits };
        return Ok(say_changed(&path, version.into(), meaning(of).0));
    }
    let path = path.display();
    tell(&match begun {
        Some(version) => say!(
            ctx.lang,
            "Key {version} seals from now on; {path} has it. Make a copy of the file as of the first. `lykt serve` seals the rest anew: see `lykt keys status`, then `lykt keys retire`.",
            "Nøkkel {version} forsegler fra nå av; den står i {path}. Ta en kopi av filen som av den første. `lykt serve` forsegler resten på nytt: se `lykt keys status`, så `lykt keys retire`."
        ),
        None => say!(
            ctx.lang,
            "Key {waiting} waits in {path}. Copy the file to every node; then `lykt keys rotate` begins with it, and the file is copied once more.",
            "Nøkkel {waiting} venter i {path}. Kopier filen til hver node; så begynner `lykt keys rotate` med den, og filen kopieres en gang til."
        ),
    });
    Ok(Exit::Done)
}

async fn rotate_index(ctx: &Ctx, args: &RotateArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let url = app.settings.database_url();
    let _lock = url.strip_prefix("sqlite:").map(|file| Lock::take(Path::new(file))).transpose()?;
    if node::any_alive(&mut app.db.read().await?, &app.ledger.clock).await? {
        return Err(IndexError::AtWork.into());
    }
    let (path, mut keys) = load(&app.settings, args.file.as_ref())?;
    let vault = &app.ledger.vault;
    // One may wait since a run that was interrupted.
    if keys.links() == vault.links() {
        app.ledger.book().note_alone(&app.db, Act::KeysRotated, On::Nothing, None).await?;
        keys.add_link()?;
        keys.replace(&path)?;
    }
    vault.refresh();
    if vault.known_links() == vault.links() {
        if ctx.json {
            return Ok(say_changed(&path, keys.links(), meaning(Use::Waits).0));
        }
        let path = path.display();
        tell(&say!(
            ctx.lang,
            "The key waits in {path}. Put the file where `[keys]` names it and start `lykt serve`: it goes on before anything is sent.",
            "Nøkkelen venter i {path}. Legg filen der `[keys]` peker, og start `lykt serve`: den går videre før noe sendes."
        ));
        return Ok(Exit::Done);
    }
    let bar = bar(ctx, say!(ctx.lang, "indexes anew", "indekserer på nytt"));
    let done = forward(&app.db, vault, &app.ledger.clock, |done, of| moved(&bar, done, of)).await;
    bar.finish_and_clear();
    let done = done?;
    app.db.close().await;
    if ctx.json {
        return Ok(say_changed(&path, vault.links(), "finds"));
    }
    let path = path.display();
    tell(&say!(
        ctx.lang,
        "{done} indexes have the new key, the noes among them; {path} has it. Make a copy of the file, put it on every other node, and start `lykt serve`.",
        "{done} indekser har den nye nøkkelen, også neiene; den står i {path}. Ta en kopi av filen, legg den på hver annen node, og start `lykt serve`."
    ));
    Ok(Exit::Done)
}

async fn retire(ctx: &Ctx, args: &RetireArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let (path, mut keys) = load(&app.settings, args.file.as_ref())?;
    let version = args.version;
    let mut tx = app.db.begin().await?;
    let rows: i64 = in_use(&mut tx).await?.values().filter_map(|versions| versions.get(&version)).sum();
    if rows > 0 {
        look_again(&mut tx).await?;
        tx.commit().await?;
        let rows = number_of(rows, ["row is", "rows are"], ["rad", "rader"]);
        let rows = rows.pick(ctx.lang);
        complain(&say!(
            ctx.lang,
            "{rows} still sealed with key {version}. `lykt serve` seals what is left anew: try again when `lykt keys status` shows none.",
            "{rows} er fortsatt forseglet med nøkkel {version}. `lykt serve` forsegler det som er igjen, på nytt: prøv igjen når `lykt keys status` viser ingen."
        ));
        return Ok(Exit::Refused);
    }
    drop(tx);
    if !keys.remove(version) {
        complain(&say!(
            ctx.lang,
            "There is no key {version} that could be retired: the one that seals stays. See `lykt keys status`.",
            "Det er ingen nøkkel {version} som kan tas bort: den som forsegler, blir. Se `lykt keys status`."
        ));
        return Ok(Exit::Usage);
    }
    let shown = version.to_string();
    let wish = Wish { matter: Matter::Retire, about: &[version], shown: &shown, why: None };
    let mut tx = match pass(ctx, &app, app.db.begin().await?, wish).await? {
        Ok(tx) => tx,
        Err(exit) => return Ok(exit),
    };
    app.ledger.book().note(&mut tx, Act::KeyRetired, On::Key(version)).await?;
    tx.commit().await?;
    keys.replace(&path)?;
    if ctx.json {
        return Ok(say_changed(&path, version.into(), "retired"));
    }
    let path = path.display();
    tell(&say!(
        ctx.lang,
        "Key {version} is gone from {path}. Backups that were written with it open only with a copy of the old file: remove those, or keep it apart.",
        "Nøkkel {version} er borte fra {path}. Sikkerhetskopier som er skrevet med den, åpnes bare med en kopi av den gamle filen: fjern dem, eller ta vare på den et annet sted."
    ));
    Ok(Exit::Done)
}
