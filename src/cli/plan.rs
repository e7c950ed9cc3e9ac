//! `lykt plan`: a dry run, frozen and explained; on a running campaign only a look.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::app::App;
use super::source::{Folder, Ready};
use super::table::Table;
use super::{Ctx, Exit, refuse};
use crate::domain::decision::Decision;
use crate::domain::lang::Lang;
use crate::plan::{self, Keep, PlanError, Planned, Writer};
use crate::say;
use crate::store::campaign::{self, Target};

/// Shows who would get what and why not the others; changes nothing in the world.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// A line for every target, with its reason.
    #[arg(long)]
    targets: bool,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, args: PlanArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let ready = match Folder::of(&app).ready(ctx, &args.campaign, app.ledger.clock.today())? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let mut tx = app.db.read().await?;
    let known = campaign::get(&mut tx, &args.campaign).await?;
    let live = known.as_ref().is_some_and(|campaign| campaign.state.is_live());
    let last = match known.as_ref().and_then(|campaign| campaign.plan_id) {
        Some(id) => campaign::plan(&mut tx, &app.ledger.vault, id).await?,
        None => None,
    };
    drop(tx);
    let keep = if live { Keep::No } else { Keep::Yes };
    let out = std::io::stdout();
    let mut lines = if args.targets { Some(std::io::BufWriter::new(out.lock())) } else { None };
    let bar = bar(ctx);
    let planned = make(&app, &ready, keep, |target| {
        bar.inc(1);
        if let Some(lines) = &mut lines {
            // A closed pipe is the reader's choice; the plan is made all the same.
            let _ = writeln!(lines, "{}", line(ctx, target));
        }
    })
    .await;
    bar.finish_and_clear();
    drop(lines);
    let planned = match planned {
        Ok(planned) => planned,
        Err(PlanError::List(e)) => {
            eprintln!("{}", e.text().pick(ctx.lang));
            return Ok(Exit::Usage);
        }
        Err(e) => return Err(e.into()),
    };
    if args.targets {
        return Ok(Exit::Done);
    }
    if ctx.json {
        println!("{}", summary(&planned));
    } else {
        if let (Some(known), Some(last)) = (&known, &last) {
            super::change::show(ctx, last, known.state, &ready.definition);
        }
        show(ctx, &args.campaign, &planned, live);
    }
    Ok(Exit::Done)
}

/// Makes the plan of a campaign that is ready.
pub(super) async fn make(
    app: &App,
    ready: &Ready,
    keep: Keep,
    each: impl FnMut(&Target),
) -> Result<Planned, PlanError> {
    let writer = Writer::new(&ready.definition, &app.settings)?;
    let source = plan::Source {
        definition: &ready.definition,
        file_hash: &ready.file_hash,
        list_hash: &ready.list_hash,
        list: &ready.list,
    };
    plan::make(&app.db, &app.ledger, &writer, &source, keep, each).await
}

/// The plan's JSON, as CONTRACT has it.
pub(super) fn summary(planned: &Planned) -> serde_json::Value {
    let left_out: BTreeMap<&str, i64> = planned.left_out.iter().map(|(why, n)| (why.as_str(), *n)).collect();
    let plan = &planned.plan;
    json!({ "targets": plan.targets, "eligible": plan.eligible, "left_out": left_out, "hash": plan.hash })
}

/// The plan as a person reads it.
pub(super) fn show(ctx: &Ctx, name: &str, planned: &Planned, live: bool) {
    let plan = &planned.plan;
    let mut table = Table::new([
        say!(ctx.lang, "people", "personer"),
        say!(ctx.lang, "decision", "avgjørelse"),
        say!(ctx.lang, "why", "hvorfor"),
    ]);
    let decisions = std::iter::once((&Decision::Eligible, &plan.eligible)).chain(&planned.left_out);
    for (why, n) in decisions {
        table.row([n.to_string(), why.as_str().to_owned(), why.explain().pick(ctx.lang).to_owned()]);
    }
    table.right(0);
    println!("{table}");
    let (targets, eligible, short) = (plan.targets, plan.eligible, &plan.hash[..12]);
    println!(
        "{}",
        say!(
            ctx.lang,
            "{targets} targets, {eligible} would get the message. Plan {short}.",
            "{targets} mottakere i listen, {eligible} ville fått meldingen. Plan {short}."
        )
    );
    if live {
        println!(
            "{}",
            say!(
                ctx.lang,
                "The campaign lives already; this was only a look.",
                "Kampanjen er alt i gang; dette var bare et blikk."
            )
        );
    } else if eligible > 0 {
        println!(
            "{}",
            say!(
                ctx.lang,
                "Nothing has been sent. When it is right:  lykt approve {name}",
                "Ingenting er sendt. Når alt stemmer:  lykt approve {name}"
            )
        );
    }
}

fn line(ctx: &Ctx, target: &Target) -> String {
    let Target { line, decision, again_at, channel, variant, language, .. } = target;
    if ctx.json {
        return json!({
            "line": line, "decision": decision.as_str(), "again_at": again_at,
            "channel": channel, "variant": variant, "language": language,
        })
        .to_string();
    }
    let details = match (variant, language, again_at) {
        (Some(variant), Some(language), _) => format!("{variant} ({language})"),
        (_, _, Some(day)) => say!(ctx.lang, "again on {day}", "igjen fra {day}"),
        _ => decision.explain().pick(ctx.lang).to_owned(),
    };
    let word = decision.as_str();
    format!("{line:>7}  {word:<15} {details}")
}

fn bar(ctx: &Ctx) -> ProgressBar {
    if ctx.json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = match ctx.lang {
        Lang::En => "{spinner} {pos} targets looked at, {per_sec}",
        Lang::Nb => "{spinner} {pos} mottakere sett på, {per_sec}",
    };
    ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// Says why a plan cannot be approved.
pub(super) fn say_refusal(ctx: &Ctx, name: &str, refusal: &plan::approve::Refusal) -> Exit {
    use plan::approve::Refusal;
    refuse(match refusal {
        Refusal::NoPlan => say!(
            ctx.lang,
            "there is no plan of {name} yet: run `lykt plan {name}`",
            "det finnes ingen plan for {name} ennå: kjør `lykt plan {name}`"
        ),
        Refusal::State(state) => {
            let state = state.as_str();
            say!(
                ctx.lang,
                "{name} is {state}: only a fresh plan can be approved",
                "{name} er {state}: bare en fersk plan kan godkjennes"
            )
        }
        Refusal::FileChanged => say!(
            ctx.lang,
            "campaigns/{name}.toml has changed since the plan: look again with `lykt plan {name}`",
            "campaigns/{name}.toml er endret siden planen: se igjen med `lykt plan {name}`"
        ),
        Refusal::ListChanged => say!(
            ctx.lang,
            "the list of {name} has changed since the plan: look again with `lykt plan {name}`",
            "listen til {name} er endret siden planen: se igjen med `lykt plan {name}`"
        ),
        Refusal::PlanChanged => say!(
            ctx.lang,
            "somebody planned {name} again meanwhile: look again with `lykt plan {name}`",
            "noen har planlagt {name} på nytt i mellomtiden: se igjen med `lykt plan {name}`"
        ),
        Refusal::People { eligible } => say!(
            ctx.lang,
            "the plan of {name} has {eligible} people, and another number was typed",
            "planen for {name} har {eligible} personer, og et annet tall ble skrevet"
        ),
    })
}
