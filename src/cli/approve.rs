//! `lykt approve`: the coordinator's yes, with the number of people typed by a person.

use std::io::{IsTerminal, Write};

use clap::Args;
use indicatif::ProgressBar;

use super::app::App;
use super::plan::{counted, say_refusal};
use super::source::Folder;
use super::{Ctx, Exit};
use crate::plan::approve::{Yes, approve, waiting};
use crate::plan::enqueue::enqueue;
use crate::say;

/// Says yes to the plan: from then on the daemon sends it.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// How many people the plan has; asked for when missing.
    #[arg(long, value_name = "N")]
    people: Option<i64>,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, args: ApproveArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let name = &args.campaign;
    let plan = match waiting(&app.db, &app.ledger, name).await? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(say_refusal(ctx, name, &refusal)),
    };
    let ready = match Folder::of(&app).ready(ctx, name, app.ledger.clock.today())? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let people = match args.people {
        Some(people) => people,
        None => match ask(ctx, plan.eligible)? {
            Some(people) => people,
            None => return Ok(Exit::Usage),
        },
    };
    let yes = Yes {
        campaign: name,
        file_hash: &ready.file_hash,
        list_hash: &ready.list_hash,
        definition: &ready.definition,
        people,
        by: ctx.actor.as_deref(),
    };
    let plan = match approve(&app.db, &app.ledger, &yes).await? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(say_refusal(ctx, name, &refusal)),
    };
    let hidden = ctx.json || !std::io::stderr().is_terminal();
    let total = u64::try_from(plan.eligible).unwrap_or(0);
    let bar = if hidden { ProgressBar::hidden() } else { counted(ctx.lang, total) };
    bar.set_message(say!(ctx.lang, "queues messages", "legger i kø"));
    enqueue(&app.db, &app.ledger, name, plan.id, |n| bar.inc(n)).await?;
    bar.finish_and_clear();
    if ctx.json {
        println!("{}", serde_json::json!({ "campaign": name, "people": plan.eligible, "hash": plan.hash }));
    } else {
        let eligible = plan.eligible;
        println!(
            "{}",
            say!(
                ctx.lang,
                "Approved: {eligible} people. `lykt serve` sends inside the window; `lykt status {name}` shows how far it is.",
                "Godkjent: {eligible} personer. `lykt serve` sender innenfor sendetiden; `lykt status {name}` viser hvor langt det er kommet."
            )
        );
    }
    Ok(Exit::Done)
}

fn ask(ctx: &Ctx, eligible: i64) -> anyhow::Result<Option<i64>> {
    if !std::io::stdin().is_terminal() {
        eprintln!(
            "{}",
            say!(
                ctx.lang,
                "how many people? add --people {eligible} when that is what you approve",
                "hvor mange personer? legg til --people {eligible} når det er det du godkjenner"
            )
        );
        return Ok(None);
    }
    eprint!(
        "{}",
        say!(ctx.lang, "Type how many people will get the message: ", "Skriv hvor mange personer som får meldingen: ")
    );
    std::io::stderr().flush()?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed)?;
    match typed.trim().parse() {
        Ok(people) => Ok(Some(people)),
        Err(_) => {
            eprintln!(
                "{}",
                say!(ctx.lang, "that is no number; nothing was approved", "det er ikke et tall; ingenting er godkjent")
            );
            Ok(None)
        }
    }
}
