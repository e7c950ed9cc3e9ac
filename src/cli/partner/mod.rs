//! `lykt partner`: other organisations that write to the same people.

mod by_hand;
mod terms;

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::app::App;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit};
use crate::audit::On;
use crate::domain::act::Act;
use crate::partner::{Book, PartnerError};
use crate::say;
use crate::settings::is_name;
use crate::store::partner;
use crate::vault::PairKey;

/// What is exchanged with whom, and how.
#[derive(Debug, Subcommand)]
pub enum PartnerCommand {
    /// Shows all partners: how they are asked, whether their terms are accepted, what they asked today.
    List,
    /// Makes the key of a new pair: our file, and theirs, to be carried to them by hand.
    Key(NameArgs),
    /// Shows our terms and theirs; by line, or by files that are carried.
    Terms(TermsArgs),
    /// Accepts a partner's terms as they are now. Needs --as.
    Accept(NameArgs),
    /// Writes a question about those who would get a campaign's message into a file, to be carried to the partner.
    Ask(AskArgs),
    /// Answers a question that was carried here: writes the answer into a file, to be carried back.
    Answer(AnswerArgs),
    /// Reads an answer that was carried back, and keeps what it says as long as it holds.
    Take(TakeArgs),
    /// Forgets what a partner told us, its terms and its acceptance; the settings stay.
    Forget(NameArgs),
}

/// Which partner.
#[derive(Debug, Args)]
pub struct NameArgs {
    /// The partner's name in the settings: NAME in [partners.NAME].
    #[arg(value_name = "NAME")]
    name: String,
}

/// Terms, by line or by file.
#[derive(Debug, Args)]
pub struct TermsArgs {
    /// The partner's name in the settings: NAME in [partners.NAME].
    #[arg(value_name = "NAME")]
    name: String,
    /// Writes our terms into this file, to be carried to the partner.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Reads the partner's terms from a file that was carried here.
    #[arg(long, value_name = "FILE", conflicts_with = "write")]
    read: Option<PathBuf>,
}

/// A question.
#[derive(Debug, Args)]
pub struct AskArgs {
    /// The partner's name in the settings: NAME in [partners.NAME].
    #[arg(value_name = "NAME")]
    name: String,
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    write: PathBuf,
}

/// An answer.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// The question's file.
    #[arg(value_name = "FILE")]
    question: PathBuf,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    write: PathBuf,
}

/// An answer that came back.
#[derive(Debug, Args)]
pub struct TakeArgs {
    /// The answer's file.
    #[arg(value_name = "FILE")]
    answer: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, a file cannot be read or written, or the database is away.
pub async fn run(ctx: &Ctx, command: PartnerCommand) -> anyhow::Result<Exit> {
    if let PartnerCommand::Key(args) = &command {
        return key(ctx, &args.name);
    }
    let app = App::open(ctx).await?;
    let book = match Book::open(&app.settings) {
        Ok(book) => book,
        Err(why) => return Ok(wrong(ctx, &why)),
    };
    match command {
        PartnerCommand::List => list(ctx, &app, &book).await,
        PartnerCommand::Key(_) => Ok(Exit::Done),
        PartnerCommand::Terms(args) => terms::show(ctx, &app, &book, &args).await,
        PartnerCommand::Accept(args) => terms::accept(ctx, &app, &book, &args.name).await,
        PartnerCommand::Ask(args) => by_hand::ask(ctx, &app, &book, &args).await,
        PartnerCommand::Answer(args) => by_hand::answer(ctx, &app, &book, &args).await,
        PartnerCommand::Take(args) => by_hand::take(ctx, &app, &book, &args).await,
        PartnerCommand::Forget(args) => forget(ctx, &app, &args.name).await,
    }
}

fn wrong(ctx: &Ctx, why: &PartnerError) -> Exit {
    complain(why.text().pick(ctx.lang));
    Exit::Usage
}

/// Writes a new file that its owner alone can read.
fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let shown = path.display();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|why| anyhow::anyhow!("cannot write {shown}: {why}"))?;
    Ok(file.write_all(bytes).and_then(|()| file.sync_all())?)
}

/// Reads a file that was carried here.
fn read(ctx: &Ctx, path: &Path) -> Result<Vec<u8>, Exit> {
    std::fs::read(path).map_err(|why| {
        let path = path.display();
        complain(&say!(ctx.lang, "cannot read {path}: {why}", "kan ikke lese {path}: {why}"));
        Exit::Usage
    })
}

fn key(ctx: &Ctx, name: &str) -> anyhow::Result<Exit> {
    if !is_name(name) {
        complain(&say!(
            ctx.lang,
            "a partner's name has letters, digits, `-`, `_` and `.` only",
            "navnet på en partner har bare bokstaver, tall, `-`, `_` og `.`"
        ));
        return Ok(Exit::Usage);
    }
    let folder = ctx.config.parent().unwrap_or(Path::new(""));
    let (ours, theirs) = (format!("partner-{name}.key"), format!("partner-{name}.theirs.key"));
    let (our_key, their_key) = PairKey::make()?;
    write_new(&folder.join(&ours), our_key.text().expose().as_bytes())?;
    write_new(&folder.join(&theirs), their_key.text().expose().as_bytes())?;
    if ctx.json {
        println!("{}", json!({ "ours": ours, "theirs": theirs }));
        return Ok(Exit::Done);
    }
    tell(&say!(
        ctx.lang,
        "Made {ours}, which stays here: key = {{ file = \"{ours}\" }} under [partners.{name}]. Carry {theirs} to them by hand, on a stick and not by mail; then remove it here.",
        "Laget {ours}, som blir her: key = {{ file = \"{ours}\" }} under [partners.{name}]. Bær {theirs} til dem for hånd, på en minnepinne og ikke i e-post; fjern den så her."
    ));
    Ok(Exit::Done)
}

async fn list(ctx: &Ctx, app: &App, book: &Book) -> anyhow::Result<Exit> {
    let mut tx = app.db.read().await?;
    let asked = partner::day(&mut tx, &app.ledger.clock.today().to_string()).await?;
    let (mut rows, mut table) = (
        Vec::new(),
        Table::new([
            say!(ctx.lang, "partner", "partner"),
            say!(ctx.lang, "is asked", "spørres"),
            say!(ctx.lang, "its terms", "vilkårene"),
            say!(ctx.lang, "asked us today", "spurte oss i dag"),
            say!(ctx.lang, "stands in the way of", "står i veien for"),
        ]),
    );
    for pair in book.all() {
        let theirs = pair.theirs(&mut tx, &app.ledger.vault).await?;
        let accepted = theirs.as_ref().is_some_and(|(_, kept)| kept.accepted);
        let (held, _) = partner::held(&mut tx, &pair.name).await?;
        let (today, refused) = asked.get(&pair.name).copied().unwrap_or_default();
        rows.push(json!({
            "partner": pair.name, "title": pair.partner.title, "by": if pair.partner.url.is_some() { "line" } else { "hand" },
            "terms": if accepted { "accepted" } else if theirs.is_some() { "told" } else { "unknown" },
            "asked_today": today, "refused_today": refused, "per_day": pair.partner.per_day, "held": held,
        }));
        let by = match pair.partner.url.is_some() {
            true => say!(ctx.lang, "by line", "over nett"),
            false => say!(ctx.lang, "by hand", "for hånd"),
        };
        let terms = match (accepted, theirs.is_some()) {
            (true, _) => say!(ctx.lang, "accepted", "godtatt"),
            (false, true) => say!(ctx.lang, "wait for you", "venter på deg"),
            (false, false) => say!(ctx.lang, "not told", "ikke fortalt"),
        };
        table.row([
            pair.partner.title.clone(),
            by,
            terms,
            format!("{today} / {}", pair.partner.per_day),
            held.to_string(),
        ]);
    }
    if ctx.json {
        println!("{}", Value::from(rows));
    } else if rows.is_empty() {
        tell(&say!(
            ctx.lang,
            "No partners. docs/working-together.md says how to begin.",
            "Ingen partnere. docs/working-together.md sier hvordan dere begynner."
        ));
    } else {
        table.right(3);
        table.right(4);
        println!("{table}");
    }
    Ok(Exit::Done)
}

/// Also for a partner that is no longer in the settings.
async fn forget(ctx: &Ctx, app: &App, name: &str) -> anyhow::Result<Exit> {
    let mut tx = app.db.begin().await?;
    let gone = partner::forget(&mut tx, name).await?;
    app.ledger.book().note(&mut tx, Act::PartnerForgotten, On::Partner(name)).await?;
    tx.commit().await?;
    if ctx.json {
        println!("{}", json!({ "partner": name, "forgotten": gone }));
        return Ok(Exit::Done);
    }
    tell(&match gone {
        0 => say!(ctx.lang, "There was nothing of {name}.", "Det var ingenting fra {name}."),
        _ => say!(
            ctx.lang,
            "What {name} told us is forgotten. To stop for good, also remove [partners.{name}] and its key.",
            "Det {name} har fortalt oss, er glemt. For å slutte helt: fjern også [partners.{name}] og nøkkelen."
        ),
    });
    Ok(Exit::Done)
}
