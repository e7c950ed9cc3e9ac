//! `lykt backup` and `lykt restore`: the whole ledger in one sealed file, and back.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;

use super::app::{self, App, AppError};
use super::plan::counted;
use super::table::{complain, tell};
use super::{Ctx, Exit, refuse};
use crate::audit::{Book, On};
use crate::backup::{self, Backup, BackupError};
use crate::clock::Clock;
use crate::daemon::Lock;
use crate::domain::act::Act;
use crate::domain::lang::number_of;
use crate::domain::moment::{plain, utc};
use crate::ledger::quarantine::{self, Quarantine, Why};
use crate::say;
use crate::settings::Settings;
use crate::store::{Db, DbError, Schema, node, standing};
use crate::vault::{Keys, Vault};

/// Where the backup goes.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file; in a folder, it is named by the time.
    file: PathBuf,
}

/// What is put back.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup.
    file: PathBuf,
    /// Only read it to its end and say what it is; changes nothing.
    #[arg(long)]
    check: bool,
    /// Put it in the place of a database that has something in it; that one is kept beside it.
    #[arg(long)]
    over: bool,
    /// With --over: do not ask for the database's name to be typed.
    #[arg(long, requires = "over")]
    yes: bool,
}

/// Runs `lykt backup`.
///
/// # Errors
/// When the installation does not open, or the backup cannot be written.
pub async fn write(ctx: &Ctx, args: BackupArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let clock = &app.ledger.clock;
    let to = backup::named(&args.file, clock);
    app.ledger.book().note_alone(&app.db, Act::BackedUp, On::Nothing, None).await?;
    let bar = bar(ctx, say!(ctx.lang, "writes", "skriver"));
    let written = backup::write(&app.db, &app.ledger.vault, clock, &to, &mut |done, of| moved(&bar, done, of)).await;
    bar.finish_and_clear();
    let written = match written {
        Ok(written) => written,
        Err(BackupError::Exists(path)) => {
            let path = path.display();
            complain(&say!(
                ctx.lang,
                "{path} is there already: name another file",
                "{path} finnes allerede: oppgi en annen fil"
            ));
            return Ok(Exit::Usage);
        }
        Err(BackupError::Busy(path)) => {
            let path = path.display();
            complain(&say!(
                ctx.lang,
                "another backup is being written to {path}: wait until it is done, or name another file",
                "en annen sikkerhetskopi skrives til {path}: vent til den er ferdig, eller oppgi en annen fil"
            ));
            return Ok(Exit::Usage);
        }
        Err(e) => return Err(e.into()),
    };
    app.db.close().await;
    let (file, rows, bytes) = (to.display().to_string(), written.head.rows, written.bytes);
    if ctx.json {
        let head = &written.head;
        println!(
            "{}",
            json!({ "file": file, "bytes": bytes, "rows": rows, "database": head.database, "at": utc(head.at) })
        );
        return Ok(Exit::Done);
    }
    let (mb, rows) = (bytes as f64 / 1e6, rows_of(ctx, rows));
    tell(&say!(
        ctx.lang,
        "Written: {file}, {rows}, {mb:.1} MB. It opens only with the key file: keep a copy of that apart from it.",
        "Skrevet: {file}, {rows}, {mb:.1} MB. Den åpnes bare med nøkkelfilen: ha en kopi av den et annet sted."
    ));
    Ok(Exit::Done)
}

/// Runs `lykt restore`.
///
/// # Errors
/// When the keys do not open, or the backup or the database cannot be read or written.
pub async fn restore(ctx: &Ctx, args: RestoreArgs) -> anyhow::Result<Exit> {
    let settings = Settings::load(&ctx.config).map_err(AppError::from)?;
    let vault = Vault::new(Keys::load(&app::key_file(&settings)?).map_err(AppError::from)?);
    let clock = Clock::real(settings.organisation.timezone.clone());
    let found = match backup::look(&vault, &args.file) {
        Err(BackupError::Io { path, source }) if source.kind() == std::io::ErrorKind::NotFound => {
            let path = path.display();
            complain(&say!(ctx.lang, "there is no backup {path}", "det finnes ingen sikkerhetskopi {path}"));
            return Ok(Exit::Usage);
        }
        found => found?,
    };
    if args.check {
        return Ok(say_found(ctx, &found, &clock));
    }
    let url = settings.database_url();
    let house = match url.strip_prefix("sqlite:") {
        Some(file) => Target::File { file: PathBuf::from(file), _lock: Lock::take(Path::new(file))? },
        None => Target::Server { url: url.clone() },
    };
    if let Some(exit) = house.admits(ctx, &args, &clock).await? {
        return Ok(exit);
    }
    let bar = bar(ctx, say!(ctx.lang, "puts back", "legger tilbake"));
    let at = house.begin()?;
    let held = Quarantine::new(Why::Restored, found.head.at, clock.now_ms());
    let mark = async |tx: &mut crate::store::Tx| quarantine::begin(tx, held).await.map(drop);
    let done = found.restore(&vault, &at, mark, &mut |done, of| moved(&bar, done, of)).await;
    bar.finish_and_clear();
    done?;
    note_restored(&at, Book { vault: &vault, clock: &clock }).await?;
    let kept = house.finish(&clock)?;
    say_restored(ctx, &found, &clock, kept.as_deref());
    Ok(Exit::Done)
}

/// The audit goes on from the backup, with an entry that says so. A backup of an older version had none.
async fn note_restored(url: &str, book: Book<'_>) -> Result<(), DbError> {
    let db = Db::open(url).await?;
    book.note_alone(&db, Act::Restored, On::Nothing, None).await?;
    db.close().await;
    Ok(())
}

/// A bar that shows how far long work is, where somebody looks.
pub(super) fn bar(ctx: &Ctx, what: String) -> ProgressBar {
    let hidden = ctx.json || !std::io::stderr().is_terminal();
    let bar = if hidden { ProgressBar::hidden() } else { counted(ctx.lang, 0) };
    bar.set_message(what);
    bar
}

/// Moves it.
pub(super) fn moved(bar: &ProgressBar, done: u64, of: u64) {
    bar.set_length(of);
    bar.set_position(done);
}

fn say_found(ctx: &Ctx, found: &Backup, clock: &Clock) -> Exit {
    let head = &found.head;
    if ctx.json {
        println!(
            "{}",
            json!({ "rows": head.rows, "database": head.database, "at": utc(head.at), "version": head.version })
        );
        return Exit::Done;
    }
    let (rows, database, at) = (rows_of(ctx, head.rows), &head.database, plain(head.at, clock.zone()));
    tell(&say!(
        ctx.lang,
        "A whole backup of {at}, from {database}: {rows}. Nothing was changed.",
        "En hel sikkerhetskopi fra {at}, av {database}: {rows}. Ingenting er endret."
    ));
    Exit::Done
}

fn rows_of(ctx: &Ctx, rows: u64) -> String {
    number_of(rows, ["row", "rows"], ["rad", "rader"]).pick(ctx.lang).to_owned()
}

fn say_restored(ctx: &Ctx, found: &Backup, clock: &Clock, kept: Option<&Path>) {
    let head = &found.head;
    if ctx.json {
        let kept = kept.map(|kept| kept.display().to_string());
        println!("{}", json!({ "rows": head.rows, "at": utc(head.at), "kept": kept, "quarantine": true }));
        return;
    }
    let at = plain(head.at, clock.zone());
    let rows = number_of(head.rows, ["row as it was", "rows as they were"], ["rad slik den var", "rader slik de var"]);
    let rows = rows.pick(ctx.lang);
    if let Some(kept) = kept.map(Path::display) {
        tell(&say!(ctx.lang, "What was there is kept as {kept}.", "Det som var der, er tatt vare på som {kept}."));
    }
    tell(&say!(
        ctx.lang,
        "Put back: {rows} on {at}. The house is in quarantine: nothing is sent and nobody is called.\n\
         Now start `lykt serve`: it fetches what came and what went since then, as far as gateways can tell.\n\
         Then look with `lykt doctor`, and end it with `lykt doctor --confirm-restore --reason .. --as NAME`.",
        "Lagt tilbake: {rows} {at}. Huset er i karantene: ingenting sendes og ingen blir ringt.\n\
         Start `lykt serve` nå: den henter det som er kommet og gått siden, så langt leverandørene kan fortelle det.\n\
         Se så etter med `lykt doctor`, og avslutt med `lykt doctor --confirm-restore --reason .. --as NAVN`."
    ));
}

/// The place that a backup is put back into.
enum Target {
    /// A file, held against any daemon meanwhile.
    File { file: PathBuf, _lock: Lock },
    /// A database of its own on a server.
    Server { url: String },
}

impl Target {
    /// Says no when there is something that would go, or somebody at work in it.
    async fn admits(&self, ctx: &Ctx, args: &RestoreArgs, clock: &Clock) -> anyhow::Result<Option<Exit>> {
        match self {
            Target::File { file, .. } => {
                if !file.exists() || (!args.over && !has_anything(&format!("sqlite:{}", file.display()), clock).await?)
                {
                    return Ok(None);
                }
                let name = file.display().to_string();
                if !args.over {
                    return Ok(Some(refuse(say!(
                        ctx.lang,
                        "{name} has something in it: nothing was changed. To put the backup in its place, and keep it beside: --over",
                        "{name} har noe i seg: ingenting er endret. For å legge kopien i stedet, og beholde den ved siden av: --over"
                    ))));
                }
                Ok(if args.yes { None } else { ask(ctx, &name)? })
            }
            Target::Server { url } => {
                if !has_anything(url, clock).await? {
                    return Ok(None);
                }
                Ok(Some(refuse(say!(
                    ctx.lang,
                    "this database has something in it, or a daemon runs on it: nothing was changed. Make an empty one beside it (`createdb lykt2`), name it in [database] url, and restore into that",
                    "denne databasen har noe i seg, eller en tjeneste kjører på den: ingenting er endret. Lag en tom ved siden av (`createdb lykt2`), oppgi den i [database] url, og legg tilbake i den"
                ))))
            }
        }
    }

    /// Where the rows are written: beside the file, so that nobody ever sees half of them.
    fn begin(&self) -> anyhow::Result<String> {
        match self {
            Target::File { file, .. } => {
                let part = beside(file, "restoring");
                remove(&part)?;
                fs::OpenOptions::new().write(true).create_new(true).open(&part)?;
                closed(&part)?;
                Ok(format!("sqlite:{}", part.display()))
            }
            Target::Server { url } => Ok(url.clone()),
        }
    }

    /// Gives what was written its place; where what stood there is kept.
    fn finish(self, clock: &Clock) -> anyhow::Result<Option<PathBuf>> {
        let Target::File { file, .. } = self else { return Ok(None) };
        let part = beside(&file, "restoring");
        let mut kept = None;
        if file.exists() {
            let old = beside(&file, &clock.zoned().strftime("before-%Y-%m-%dT%H%M%S").to_string());
            fs::rename(&file, &old)?;
            for end in ["-wal", "-shm"] {
                let (from, to) = (with_end(&file, end), with_end(&old, end));
                if from.exists() {
                    fs::rename(from, to)?;
                }
            }
            kept = Some(old);
        }
        fs::rename(&part, &file)?;
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(kept)
    }
}

fn beside(file: &Path, word: &str) -> PathBuf {
    with_end(file, &format!(".{word}"))
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Removes what an interrupted run left behind.
fn remove(part: &Path) -> std::io::Result<()> {
    for end in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(with_end(part, end)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

fn closed(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600))
}

/// Whether a database has anything that would be missed, or a daemon at work; one that was only just made has not.
async fn has_anything(url: &str, clock: &Clock) -> Result<bool, DbError> {
    let db = Db::look(url).await?;
    let any = match db.health().await?.schema {
        Schema::Empty => false,
        Schema::Current => {
            let mut tx = db.read().await?;
            standing::is_used(&mut tx).await? || node::any_alive(&mut tx, clock).await?
        }
        // What another version made is not looked into.
        _ => true,
    };
    db.close().await;
    Ok(any)
}

/// Asks for the name to be typed; an exit when it was not.
fn ask(ctx: &Ctx, name: &str) -> anyhow::Result<Option<Exit>> {
    if !std::io::stdin().is_terminal() {
        complain(&say!(
            ctx.lang,
            "add --yes to put the backup in the place of {name}",
            "legg til --yes for å legge kopien i stedet for {name}"
        ));
        return Ok(Some(Exit::Usage));
    }
    eprint!(
        "{}",
        say!(
            ctx.lang,
            "What is in {name} will be out of use. Type its name to go on: ",
            "Det som er i {name}, går ut av bruk. Skriv navnet for å gå videre: "
        )
    );
    std::io::stderr().flush()?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed)?;
    let short = Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or(name);
    if [name, short].contains(&typed.trim()) {
        return Ok(None);
    }
    Ok(Some(refuse(say!(
        ctx.lang,
        "that is not its name: nothing was changed",
        "det er ikke navnet: ingenting er endret"
    ))))
}
