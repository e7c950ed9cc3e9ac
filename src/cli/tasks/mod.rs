//! `lykt tasks`: the day's calls, on the terminal.

mod call;
mod done;
mod hand_over;
mod routine;
mod show;
mod today;
mod undo;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::app::App;
use super::words::words;
use super::{Ctx, Exit, refuse};
use crate::campaign::directory::Directory;
use crate::domain::id::TaskId;
use crate::domain::moment;
use crate::ledger::trust;
use crate::say;
use crate::store::Db;
use crate::tasks::outcome::Outcome;
use crate::tasks::routine::Routines;
use crate::tasks::{Refusal, Tasks, Voice};

/// The calls of the day: see them, take one, say how it went.
#[derive(Debug, Subcommand)]
pub enum TasksCommand {
    /// The day's list, overdue first: whom to call and why, without a number.
    Today,
    /// What to say, and what happened before; the number is hidden.
    Show(ShowArgs),
    /// Take a call: nobody else gets it as long as you hold it. Needs --as.
    Claim(TaskArgs),
    /// Take the first free call of the list. Needs --as.
    Next,
    /// Give a call back, free for others. Needs --as.
    Release(TaskArgs),
    /// Say how a call went; without --outcome it lists the ways and what each leads to. Needs --as.
    Done(DoneArgs),
    /// Hand all open tasks and contacts of one person to another, with their history.
    HandOver(HandOverArgs),
    /// Take back how a call went, within a day and as long as nothing else has happened. Needs --as.
    Undo(UndoArgs),
}

/// Which task.
#[derive(Debug, Args)]
pub struct TaskArgs {
    /// The task: its id, or the last digits of it that the list shows.
    id: String,
}

/// Which task, and how much of it.
#[derive(Debug, Args)]
pub struct ShowArgs {
    #[command(flatten)]
    task: TaskArgs,
    /// Show the number and the notes too: only to who holds the call (--as), and it is written down.
    #[arg(long)]
    reveal: bool,
}

/// Which task, and how it ended.
#[derive(Debug, Args)]
pub struct DoneArgs {
    #[command(flatten)]
    task: TaskArgs,
    /// talked, thanks, wants_visit, call_later, no_answer, other_language, not_in_group, wrong_number, not_in_service or
    /// opt_out.
    #[arg(long, value_name = "WORD", value_parser = words(outcome, Outcome::ALL.map(Outcome::as_str)), hide_possible_values = true)]
    outcome: Option<Outcome>,
    /// When they asked to be called, or visited: `15:00`, `tomorrow 10:00`, `fri 14:30`, `2026-12-10 15:00`.
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
    /// What they speak, for other_language: a code or a name, as in `th` or `Thai`. Kept for the next time too.
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// The call weighs on you: it is counted, and nothing of it is kept.
    #[arg(long)]
    heavy: bool,
    /// What was said; sealed. `-` reads it from stdin.
    #[arg(long, value_name = "TEXT|-", allow_hyphen_values = true)]
    note: Option<String>,
}

/// From whom, and to whom.
#[derive(Debug, Args)]
pub struct HandOverArgs {
    /// Whose tasks and contacts they are.
    #[arg(long, value_name = "NAME")]
    from: String,
    /// Who takes them over.
    #[arg(long, value_name = "NAME")]
    to: String,
    /// Only show what would be handed over.
    #[arg(long)]
    dry_run: bool,
}

/// Which task, and why.
#[derive(Debug, Args)]
pub struct UndoArgs {
    #[command(flatten)]
    task: TaskArgs,
    /// How you know that it was a mistake; sealed. A no is taken back only with it.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

fn outcome(word: &str) -> Result<Outcome, String> {
    let words = Outcome::ALL.map(Outcome::as_str).join(", ");
    Outcome::parse(word).ok_or_else(|| format!("write one of {words}"))
}

/// What every command here works with.
struct Desk<'a> {
    ctx: &'a Ctx,
    db: Db,
    tasks: Tasks,
    routines: Routines,
    voice: Voice,
    /// What is offered where.
    directory: Directory,
    /// Where campaigns and their pictures lie.
    campaigns: PathBuf,
    /// Whether the clock can be trusted: if not, nothing begins.
    trusted: bool,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: TasksCommand) -> anyhow::Result<Exit> {
    let named = ctx.actor.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let needs_name = match &command {
        TasksCommand::Today | TasksCommand::HandOver(_) => false,
        TasksCommand::Show(args) => args.reveal,
        _ => true,
    };
    let Some(who) = named.or((!needs_name).then_some("")) else {
        eprintln!("{}", say!(ctx.lang, "say who you are: --as NAME", "si hvem du er: --as NAVN"));
        return Ok(Exit::Usage);
    };
    let desk = Desk::open(ctx).await?;
    if let Some((id, hand)) = desk.of_a_routine(&command).await? {
        return desk.with_routine(id, hand, who).await;
    }
    match command {
        TasksCommand::Today => desk.today().await,
        TasksCommand::Show(args) => desk.show(&args, who).await,
        TasksCommand::Claim(args) => desk.claim(&args, who).await,
        TasksCommand::Next => desk.next(who).await,
        TasksCommand::Release(args) => desk.release(&args, who).await,
        TasksCommand::Done(args) => desk.done(args, who).await,
        TasksCommand::HandOver(args) => desk.hand_over(&args).await,
        TasksCommand::Undo(args) => desk.undo(&args, who).await,
    }
}

impl<'a> Desk<'a> {
    /// Opens the installation and brings the list up to date, as the daemon would.
    async fn open(ctx: &'a Ctx) -> anyhow::Result<Self> {
        let app = App::open(ctx).await?;
        let tasks = Tasks::of(app.ledger.clone(), &app.settings);
        let routines = Routines::of(app.ledger.clone(), &app.settings);
        let mut tx = app.db.read().await?;
        let trusted = trust::is_trusted(&mut tx, &app.ledger.clock).await?;
        drop(tx);
        if trusted {
            tasks.step(&app.db).await?;
            routines.step(&app.db).await?;
        }
        let campaigns = app.settings.path(&app.settings.campaigns.folder);
        Ok(Self {
            ctx,
            voice: Voice::of(&app.settings),
            directory: Directory::of(&app.settings),
            campaigns,
            db: app.db,
            tasks,
            routines,
            trusted,
        })
    }

    /// The one task that was meant; says so and how to mend it when there is none, or more than one.
    async fn find(&self, args: &TaskArgs) -> anyhow::Result<Result<TaskId, Exit>> {
        let mut tx = self.db.read().await?;
        let found = self.tasks.find(&mut tx, &args.id).await?;
        if let [id] = found.as_slice() {
            return Ok(Ok(*id));
        }
        let (id, lang) = (&args.id, self.ctx.lang);
        let why = match found.len() {
            0 => say!(
                lang,
                "there is no task {id}: see `lykt tasks today`, and write at least four digits of its id",
                "det finnes ingen oppgave {id}: se `lykt tasks today`, og skriv minst fire tegn av id-en"
            ),
            n => say!(
                lang,
                "{id} fits {n} tasks: write more of the id",
                "{id} passer på {n} oppgaver: skriv mer av id-en"
            ),
        };
        eprintln!("{why}");
        Ok(Err(Exit::Usage))
    }

    /// Tells a refusal, and when it is possible.
    fn refuse(&self, refusal: &Refusal) -> Exit {
        let zone = self.tasks.hours.zone();
        if self.ctx.json {
            let again_at = refusal.again_at().map(|at| self.moment(at.as_millisecond()));
            println!("{}", json!({ "refused": refusal.as_str(), "again_at": again_at }));
        }
        // What to write for it.
        let option = match refusal {
            Refusal::NoTime => " (--at)",
            Refusal::NeedsReason => " (--reason)",
            Refusal::NotHeld => " (`lykt contact touch`)",
            Refusal::TooLate => " (`lykt contact note`)",
            _ => "",
        };
        let exit = refuse(format!("{}{option}", refusal.explain(zone).pick(self.ctx.lang)));
        match refusal {
            Refusal::NoOutcome(_) | Refusal::NoTime | Refusal::BadTime | Refusal::Unknown | Refusal::NeedsReason => {
                Exit::Usage
            }
            _ => exit,
        }
    }

    fn refuse_clock(&self) -> Exit {
        refuse(say!(
            self.ctx.lang,
            "nobody is called for now: the clock has jumped, or the database is in quarantine; `lykt doctor` says which, and what to do",
            "ingen ringes akkurat nå: klokken har hoppet, eller databasen er i karantene; `lykt doctor` sier hvilken av dem, og hva du gjør"
        ))
    }

    /// A stored time in JSON: local, with its offset.
    fn moment(&self, ms: i64) -> String {
        moment::with_offset(ms, self.tasks.hours.zone())
    }

    /// A stored time as people read it.
    fn local(&self, ms: i64) -> String {
        moment::plain(ms, self.tasks.hours.zone())
    }
}

/// A name as it is written on the command line.
fn quoted(who: &str) -> String {
    if who.contains(char::is_whitespace) { format!("\"{who}\"") } else { who.to_owned() }
}
