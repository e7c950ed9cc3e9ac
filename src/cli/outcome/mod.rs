//! `lykt outcome`: what a campaign led to, registered with a contact or without anybody, and taken back.

mod import;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::app::App;
use super::life::no_campaign;
use super::table::{complain, tell};
use super::{Ctx, Exit};
use crate::campaign::file::Wanted;
use crate::counting::{Added, Counting, How, Known, NotTaken, no_such};
use crate::domain::heard::Heard;
use crate::domain::inert::inert;
use crate::say;
use crate::store::contact;

/// What a campaign led to.
#[derive(Debug, Subcommand)]
pub enum OutcomeCommand {
    /// Registers an outcome of a campaign, with the contact or without anybody. Late ones count.
    Add(AddArgs),
    /// Shows the outcomes that were registered last.
    List(ListArgs),
    /// Takes an outcome back that was registered by mistake.
    Undo(UndoArgs),
    /// Registers the outcomes in a file of the journal system, CSV or XLSX; the same file twice counts once.
    Import(ImportArgs),
}

/// Which outcome, whose, and when.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// The outcome, as [[outcome]] in the campaign file names it.
    #[arg(value_name = "OUTCOME")]
    name: String,
    /// Whose it is: a phone number in any spelling, or `platform:nick`. `-` reads it from stdin.
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true, conflicts_with_all = ["after_message", "code"])]
    contact: Option<String>,
    /// Nobody's: did they hear of it by our message? yes, no or unknown.
    #[arg(long, value_name = "ANSWER", value_parser = heard, conflicts_with = "code")]
    after_message: Option<Heard>,
    /// Nobody's: the code word that they said, which the message carried.
    #[arg(long, value_name = "WORD")]
    code: Option<String>,
    /// The day, as in 2026-12-03. Else today.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

/// Whose outcomes.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// How many, the newest first.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
}

/// Which one.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The outcome: its id, or the last digits of it that the list shows.
    id: String,
}

/// Which file.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// The file: columns for date and outcome, and if you have them number and heard.
    file: PathBuf,
    /// What to know the file by, when it is not its name: rows without a number count once for each.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

fn heard(word: &str) -> Result<Heard, String> {
    Heard::answered(word).ok_or_else(|| "write yes, no or unknown".to_owned())
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: OutcomeCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let counting = Counting::of(&app.ledger, &app.settings);
    match command {
        OutcomeCommand::Add(args) => add(ctx, &app, &counting, args).await,
        OutcomeCommand::List(args) => show::list(ctx, &app, &args).await,
        OutcomeCommand::Undo(args) => undo(ctx, &app, &counting, &args).await,
        OutcomeCommand::Import(args) => import::run(ctx, &app, &counting, &args).await,
    }
}

/// The campaign, when it was planned and names outcomes.
async fn known(ctx: &Ctx, app: &App, counting: &Counting, name: &str) -> anyhow::Result<Result<Known, Exit>> {
    let mut tx = app.db.read().await?;
    Ok(match counting.known(&mut tx, name).await? {
        None => Err(no_campaign(ctx, name)),
        Some(known) if known.outcomes.is_empty() => Err(usage(no_such(&known, "").pick(ctx.lang))),
        Some(known) => Ok(known),
    })
}

fn usage(why: &str) -> Exit {
    complain(why);
    Exit::Usage
}

async fn add(ctx: &Ctx, app: &App, counting: &Counting, args: AddArgs) -> anyhow::Result<Exit> {
    let known = match known(ctx, app, counting, &args.campaign).await? {
        Ok(known) => known,
        Err(exit) => return Ok(exit),
    };
    let Some(wanted) = known.outcome(&args.name) else {
        return Ok(usage(no_such(&known, &args.name).pick(ctx.lang)));
    };
    let Some(day) = day(app, args.on.as_deref()) else {
        return Ok(usage(&say!(
            ctx.lang,
            "--on is no day that has been: write it as in 2026-12-03",
            "--on er ingen dag som har vært: skriv den som 2026-12-03"
        )));
    };
    let how = match how(ctx, app, wanted, &args).await? {
        Ok(how) => how,
        Err(exit) => return Ok(exit),
    };
    let mut tx = app.db.begin().await?;
    let added = counting.add(&mut tx, &known, wanted, day, how, ctx.actor.as_deref()).await?;
    tx.commit().await?;
    let title = wanted.title(ctx.lang);
    let (json, sentence) = match added {
        Added::New { id, heard } => (
            json!({ "counted": true, "id": id.to_string(), "outcome": wanted.name, "day": day.to_string(), "heard": heard.as_str() }),
            {
                let came = heard.text();
                let (en, nb) = (came.en, came.nb);
                say!(ctx.lang, "Registered: {title}, {day}, {en}.", "Registrert: {title}, {day}, {nb}.")
            },
        ),
        Added::Before => (
            json!({ "counted": false, "outcome": wanted.name, "day": day.to_string() }),
            say!(
                ctx.lang,
                "{title} of {day} was registered for this contact before. It counts once.",
                "{title} {day} var registrert for denne kontakten fra før. Det teller én gang."
            ),
        ),
    };
    if ctx.json {
        println!("{json}")
    } else {
        tell(&sentence)
    }
    Ok(Exit::Done)
}

/// How it is known whose it is, or that it is nobody's.
async fn how(ctx: &Ctx, app: &App, wanted: &Wanted, args: &AddArgs) -> anyhow::Result<Result<How, Exit>> {
    if let Some(code) = &args.code {
        if wanted.is_code(code) {
            return Ok(Ok(How::Code));
        }
        return Ok(Err(usage(&say!(
            ctx.lang,
            "this is not the code word of {}: use --after-message yes, no or unknown",
            "dette er ikke kodeordet for {}: bruk --after-message yes, no eller unknown",
            wanted.name
        ))));
    }
    let Some(written) = &args.contact else {
        return Ok(Ok(How::Asked(args.after_message.unwrap_or(Heard::Unknown))));
    };
    let written = match written.as_str() {
        "-" => std::io::read_to_string(std::io::stdin())?,
        written => written.to_owned(),
    };
    let mut tx = app.db.read().await?;
    let address = match app.ledger.look_up(&mut tx, &written, app.settings.organisation.region).await? {
        Ok(address) => address,
        Err(unclear) => return Ok(Err(usage(unclear.explain().pick(ctx.lang)))),
    };
    let found = contact::find(&mut tx, &app.ledger.vault.blind(address.expose())).await?;
    Ok(match found {
        Some(found) => Ok(How::Contact(found.id)),
        None => Err(usage(&say!(
            ctx.lang,
            "nobody here has this address, and an outcome makes no contact: use --after-message yes, no or unknown",
            "ingen her har denne adressen, og et utfall lager ingen kontakt: bruk --after-message yes, no eller unknown"
        ))),
    })
}

fn day(app: &App, written: Option<&str>) -> Option<Date> {
    let today = app.ledger.clock.today();
    match written {
        None => Some(today),
        Some(written) => written.trim().parse::<Date>().ok().filter(|day| *day <= today),
    }
}

async fn undo(ctx: &Ctx, app: &App, counting: &Counting, args: &UndoArgs) -> anyhow::Result<Exit> {
    let mut tx = app.db.begin().await?;
    let id = match counting.find(&mut tx, &args.id).await?.as_slice() {
        [one] => *one,
        [] => return Ok(usage(&no_id(ctx))),
        several => {
            let (id, n) = (inert(&args.id), several.len());
            return Ok(usage(&say!(
                ctx.lang,
                "{id} fits {n} outcomes: write more of the id",
                "{id} passer på {n} utfall: skriv mer av id-en"
            )));
        }
    };
    match counting.take_back(&mut tx, id, ctx.actor.as_deref()).await? {
        Ok(taken) => {
            tx.commit().await?;
            let (name, day) = (&taken.outcome.name, &taken.outcome.day);
            if ctx.json {
                println!("{}", json!({ "undone": true, "outcome": name, "day": day }));
            } else {
                tell(&say!(ctx.lang, "Taken back: {name}, {day}.", "Tatt tilbake: {name}, {day}."));
            }
            Ok(Exit::Done)
        }
        Err(NotTaken::Unknown) => Ok(usage(&no_id(ctx))),
        Err(NotTaken::Before) => {
            Ok(super::refuse(say!(ctx.lang, "it was taken back before", "det er tatt tilbake før")))
        }
    }
}

fn no_id(ctx: &Ctx) -> String {
    say!(
        ctx.lang,
        "there is no outcome with this id: lykt outcome list CAMPAIGN shows them",
        "det finnes ikke noe utfall med denne iden: lykt outcome list KAMPANJE viser dem"
    )
}
