//! `lykt absence`: who is away, and who stands in.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::app::App;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit, refuse};
use crate::domain::inert::inert;
use crate::say;
use crate::store::absence::Absence;
use crate::tasks::{Away, Tasks};

/// Who is away, and who stands in: what is meant for them is on their substitute's list meanwhile.
#[derive(Debug, Subcommand)]
pub enum AbsenceCommand {
    /// Writes down that somebody is away, from the first day to the last.
    Add(AddArgs),
    /// Who is away now, and who will be.
    List,
    /// Ends an absence, or takes it back.
    End {
        /// The absence: its id, or the last digits of it that the list shows.
        id: String,
    },
}

/// Who, and when.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// Who is away.
    name: String,
    /// Who stands in.
    #[arg(long, value_name = "NAME")]
    substitute: String,
    /// The first day, as 2026-12-03; today when not said.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day.
    #[arg(long, value_name = "DATE")]
    until: Date,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: AbsenceCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let tasks = Tasks::of(app.ledger.clone(), &app.settings);
    match command {
        AbsenceCommand::Add(args) => add(ctx, &app, &tasks, &args).await,
        AbsenceCommand::List => {
            let absences = tasks.absences(&mut app.db.read().await?).await?;
            list(ctx, &absences);
            Ok(Exit::Done)
        }
        AbsenceCommand::End { id } => end(ctx, &app, &tasks, &id).await,
    }
}

async fn add(ctx: &Ctx, app: &App, tasks: &Tasks, args: &AddArgs) -> anyhow::Result<Exit> {
    let from = args.from.unwrap_or_else(|| app.ledger.clock.today());
    let away = Away { who: &args.name, substitute: &args.substitute, from, until: args.until };
    let mut tx = app.db.begin().await?;
    match tasks.go_away(&mut tx, &away, ctx.actor.as_deref()).await? {
        Ok(added) => {
            tx.commit().await?;
            let (who, substitute, until, id) = (inert(&added.who), inert(&added.substitute), added.until, added.id);
            if ctx.json {
                println!("{}", json!({ "id": id.to_string() }));
            } else {
                let id = id.short();
                tell(&say!(
                    ctx.lang,
                    "{substitute} stands in for {who} until {until}. Back before? lykt absence end {id}",
                    "{substitute} er stedfortreder for {who} til {until}. Tilbake før? lykt absence end {id}"
                ));
            }
            Ok(Exit::Done)
        }
        Err(why) => {
            complain(why.explain().pick(ctx.lang));
            Ok(Exit::Usage)
        }
    }
}

async fn end(ctx: &Ctx, app: &App, tasks: &Tasks, id: &str) -> anyhow::Result<Exit> {
    let mut tx = app.db.begin().await?;
    match tasks.come_back(&mut tx, id, None).await? {
        Ok(one) => {
            tx.commit().await?;
            let who = inert(&one.who);
            tell(&say!(ctx.lang, "{who} is back.", "{who} er tilbake."));
            Ok(Exit::Done)
        }
        Err(0) => Ok(refuse(say!(
            ctx.lang,
            "there is no absence with this id: lykt absence list shows them",
            "det finnes ikke noe fravær med denne iden: lykt absence list viser dem"
        ))),
        Err(n) => Ok(refuse(say!(
            ctx.lang,
            "the id fits {n} absences: write more of it",
            "iden passer på {n} fravær: skriv mer av den"
        ))),
    }
}

fn list(ctx: &Ctx, absences: &[Absence]) {
    if ctx.json {
        let one = |one: &Absence| {
            json!({
                "id": one.id.to_string(), "who": one.who, "substitute": one.substitute, "from": one.from.to_string(),
                "until": one.until.to_string(), "by": one.by,
            })
        };
        println!("{}", Value::from(absences.iter().map(one).collect::<Vec<_>>()));
        return;
    }
    if absences.is_empty() {
        tell(&say!(ctx.lang, "Nobody is away.", "Ingen er borte."));
        return;
    }
    let mut table = Table::new([
        say!(ctx.lang, "who", "hvem"),
        say!(ctx.lang, "substitute", "stedfortreder"),
        say!(ctx.lang, "from", "fra"),
        say!(ctx.lang, "until", "til"),
        "id".to_owned(),
    ]);
    for one in absences {
        table.row([
            inert(&one.who),
            inert(&one.substitute),
            one.from.to_string(),
            one.until.to_string(),
            one.id.short(),
        ]);
    }
    println!("{table}");
}
