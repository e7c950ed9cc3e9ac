//! `lykt routine`: what is due next, last done and by whom.

use clap::Subcommand;
use serde_json::{Value, json};

use super::app::App;
use super::source::say_mistakes;
use super::table::{Table, tell};
use super::{Ctx, Exit};
use crate::campaign::file::practice::When;
use crate::domain::inert::inert;
use crate::domain::moment::plain;
use crate::ledger::trust;
use crate::say;
use crate::tasks::routine::{Routines, Standing, Weighed};

/// Recurring tasks: what is due next, last done and by whom.
#[derive(Debug, Subcommand)]
pub enum RoutineCommand {
    /// Every routine: due next, last done and by whom, and what was missed since.
    List,
    /// How the days were for those who work here: weeks that are over and that five people or more took part in.
    Debrief,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: RoutineCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let routines = Routines::of(app.ledger.clone(), &app.settings);
    let mut tx = app.db.read().await?;
    let trusted = trust::is_trusted(&mut tx, &app.ledger.clock).await?;
    drop(tx);
    if trusted {
        routines.step(&app.db).await?;
    }
    if let RoutineCommand::Debrief = command {
        let weighed = routines.weighed(&mut app.db.read().await?).await?;
        weeks(ctx, &weighed);
        return Ok(Exit::Done);
    }
    let mut tx = app.db.read().await?;
    let standing = routines.standing(&mut tx).await?;
    let moment = |ms: i64| plain(ms, app.ledger.clock.zone());
    if ctx.json {
        println!("{}", Value::from(standing.iter().map(|one| line(one, &moment)).collect::<Vec<_>>()));
        return Ok(Exit::Done);
    }
    say_mistakes(ctx, &routines.shelf.look().mistakes);
    if standing.is_empty() {
        tell(&say!(
            ctx.lang,
            "No routines. Write some in campaigns/routines.toml; docs/presence.md shows how.",
            "Ingen rutiner. Skriv noen i campaigns/routines.toml; docs/presence.md viser hvordan."
        ));
        return Ok(Exit::Done);
    }
    show(ctx, &standing, &moment);
    Ok(Exit::Done)
}

fn show(ctx: &Ctx, standing: &[Standing], moment: &dyn Fn(i64) -> String) {
    let lang = ctx.lang;
    let mut table = Table::new([
        say!(lang, "routine", "rutine"),
        say!(lang, "next", "neste"),
        say!(lang, "owner", "eier"),
        say!(lang, "last done", "sist gjort"),
        say!(lang, "by", "av"),
        say!(lang, "missed since", "ikke gjort siden"),
    ]);
    for one in standing {
        let next = match (&one.open, one.next, &one.routine.when) {
            (Some(open), ..) => {
                let since = moment(open.slot);
                say!(lang, "to do since {since}", "skal gjøres siden {since}")
            }
            (None, Some(next), _) => moment(next),
            (None, None, When::Unused(after)) => {
                let after = after.text();
                let after = after.pick(lang);
                say!(lang, "when unused for {after}", "når ubrukt i {after}")
            }
            (None, None, _) => String::new(),
        };
        let (done, by) = match &one.past.done {
            Some((at, by)) => (moment(*at), inert(by)),
            None => (say!(lang, "never", "aldri"), String::new()),
        };
        let owner = one.routine.owner.as_deref().map_or_else(|| say!(lang, "anybody", "alle"), inert);
        let missed = if one.past.missed > 0 { one.past.missed.to_string() } else { String::new() };
        table.row([inert(one.routine.title.pick(lang)), next, owner, done, by, missed]);
    }
    table.right(5);
    println!("{table}");
}

fn weeks(ctx: &Ctx, weighed: &[Weighed]) {
    if ctx.json {
        let week = |one: &Weighed| {
            let (fine, heavy) = one.counts.unzip();
            json!({ "week": one.week.to_string(), "fine": fine, "heavy": heavy })
        };
        println!("{}", Value::from(weighed.iter().map(week).collect::<Vec<_>>()));
        return;
    }
    if weighed.is_empty() {
        tell(&say!(
            ctx.lang,
            "No week is over yet in which anybody answered. A debrief is a routine with debrief = true.",
            "Ingen uke er over ennå der noen har svart. En debrief er en rutine med debrief = true."
        ));
        return;
    }
    let mut table = Table::new([
        say!(ctx.lang, "week", "uke"),
        say!(ctx.lang, "fine", "greit"),
        say!(ctx.lang, "heavy", "tungt"),
        String::new(),
    ]);
    for one in weighed {
        let few = || say!(ctx.lang, "fewer than five people", "færre enn fem personer");
        let [fine, heavy, told] = match one.counts {
            Some((fine, heavy)) => [fine.to_string(), heavy.to_string(), String::new()],
            None => [String::new(), String::new(), few()],
        };
        table.row([one.week.to_string(), fine, heavy, told]);
    }
    (1..3).for_each(|column| table.right(column));
    println!("{table}");
}

fn line(one: &Standing, moment: &dyn Fn(i64) -> String) -> Value {
    let done = one.past.done.as_ref();
    json!({
        "routine": one.routine.name,
        "title": { "en": one.routine.title.en, "nb": one.routine.title.nb },
        "owner": one.routine.owner,
        "substitute": one.routine.substitute,
        "next": one.next.map(moment),
        "open_since": one.open.as_ref().map(|task| moment(task.slot)),
        "last_done": done.map(|(at, _)| moment(*at)),
        "last_done_by": done.map(|(_, by)| by),
        "missed": one.past.missed,
        "last_missed": one.past.last_missed.map(moment),
    })
}
