//! `lykt plan`: a dry run, frozen and explained; on a running campaign only a look.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal, Write};

use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;

use super::app::App;
use super::source::{Folder, Ready, say_list};
use super::table::{Table, wrap};
use super::{Ctx, Exit, glyph, refuse};
use crate::domain::decision::Decision;
use crate::domain::gather::Gather;
use crate::domain::lang::{Lang, number_of};
use crate::partner::{Learnt, Partners};
use crate::plan::{self, Keep, Kind, PlanError, Planned, Seen, Stage, Told, Writer};
use crate::say;
use crate::store::campaign;
use crate::store::target::Target;
use crate::text;

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
    say_list(ctx, &ready);
    let mut tx = app.db.read().await?;
    let known = campaign::get(&mut tx, &args.campaign).await?;
    let last = match known.as_ref().and_then(|campaign| campaign.plan_id) {
        Some(id) => campaign::plan(&mut tx, &app.ledger.vault, id).await?,
        None => None,
    };
    drop(tx);
    let out = std::io::stdout();
    let mut lines = if args.targets { Some(std::io::BufWriter::new(out.lock())) } else { None };
    let mut unwritten = None;
    let bar = Progress::new(ctx);
    let planned = make(&app, &ready, ctx.actor.as_deref(), Keep::Yes, |seen| match (seen, &mut lines) {
        (Seen::Stage { stage, done, of }, _) => bar.stage(stage, done, of),
        (Seen::Target(target), Some(lines)) => {
            // The plan is made all the same.
            if unwritten.is_none() {
                unwritten = writeln!(lines, "{}", line(ctx, target)).err();
            }
        }
        (Seen::Target(_), None) => {}
    })
    .await;
    bar.end();
    if let Some(mut lines) = lines {
        unwritten = unwritten.or(lines.flush().err());
    }
    let planned = match planned {
        Ok(planned) => planned,
        Err(PlanError::List(e)) => {
            eprintln!("{}", e.text().pick(ctx.lang));
            return Ok(Exit::Usage);
        }
        Err(PlanError::ListChanged) => {
            let told = say!(
                ctx.lang,
                "the list changed while it was read: wait until it is complete, then plan again",
                "listen ble endret mens den ble lest: vent til den er ferdig, og planlegg på nytt"
            );
            eprintln!("{told}");
            return Ok(Exit::Usage);
        }
        Err(PlanError::Meanwhile(name)) => {
            return Ok(refuse(say!(
                ctx.lang,
                "somebody planned, approved or ended {name} meanwhile: look again",
                "noen har planlagt, godkjent eller avsluttet {name} i mellomtiden: se igjen"
            )));
        }
        Err(PlanError::Partner(why)) => return Ok(refuse(why.pick(ctx.lang).to_owned())),
        Err(e) => return Err(e.into()),
    };
    // A closed pipe is the reader's choice.
    if let Some(error) = unwritten.filter(|error| error.kind() != ErrorKind::BrokenPipe) {
        anyhow::bail!("failed printing to stdout: {error}. What the command had done by then stands.");
    }
    if args.targets {
        return Ok(Exit::Done);
    }
    if ctx.json {
        println!("{}", summary(&planned));
    } else {
        if let (Some(known), Some(last)) = (&known, &last) {
            super::change::show(ctx, last, known.state, &ready.definition);
        }
        super::verdict::show(ctx, &app, &ready.definition).await?;
        show(ctx, &args.campaign, &planned);
    }
    Ok(Exit::Done)
}

/// Makes the plan of a campaign that is ready.
pub(super) async fn make(
    app: &App,
    ready: &Ready,
    by: Option<&str>,
    keep: Keep,
    each: impl FnMut(Seen<'_>),
) -> Result<Planned, PlanError> {
    let writer = Writer::new(&ready.definition, &app.settings)?;
    let partners = Partners::open(&app.settings).map_err(|why| PlanError::Partner(why.text()))?;
    let source = plan::Source {
        definition: &ready.definition,
        file_hash: &ready.file_hash,
        list_hash: &ready.list_hash,
        list: &ready.list,
        partners: Some(&partners),
        chunk: plan::CHUNK,
        by,
    };
    plan::make(&app.db, &app.ledger, &writer, &source, keep, each).await
}

/// The plan's JSON, as CONTRACT has it.
pub(super) fn summary(planned: &Planned) -> serde_json::Value {
    let left_out: BTreeMap<&str, i64> = planned.left_out.iter().map(|(why, n)| (why.as_str(), *n)).gather();
    let plan = &planned.plan;
    let mut said =
        json!({ "targets": plan.targets, "eligible": plan.eligible, "left_out": left_out, "hash": plan.hash });
    if !planned.partners.is_empty() {
        let told = |told: &Told| {
            let Learnt { asked, wait, no } = told.heard;
            json!({ "partner": told.name, "asked": asked, "wait": wait, "no": no, "silent": told.silent.as_ref().map(|why| &why.en) })
        };
        said["partners"] = planned.partners.iter().map(told).collect();
    }
    if planned.kind != Kind::Fresh {
        let withdrawn: BTreeMap<&str, i64> = planned.withdrawn.iter().map(|(why, n)| (why.as_str(), *n)).gather();
        said["kind"] = json!(if planned.kind == Kind::Change { "change" } else { "supplement" });
        said["newcomers"] = json!(plan.eligible - planned.rewritten);
        said["rewritten"] = json!(planned.rewritten);
        said["withdrawn"] = json!(withdrawn);
    }
    said
}

/// The plan as a person reads it.
pub(super) fn show(ctx: &Ctx, name: &str, planned: &Planned) {
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
    let (eligible, short) = (plan.eligible, &plan.hash[..12]);
    let targets = number_of(plan.targets, ["target", "targets"], ["mottaker", "mottakere"]);
    let targets = targets.pick(ctx.lang);
    println!(
        "{}",
        say!(
            ctx.lang,
            "{targets}, {eligible} would get the message. Plan {short}.",
            "{targets} i listen, {eligible} ville fått meldingen. Plan {short}."
        )
    );
    let partners = planned.partners.iter().map(|told| told.text().pick(ctx.lang).to_owned());
    for told in partners.chain(next(ctx, name, planned)) {
        match told.chars().count() {
            0..=78 => println!("{told}"),
            _ => wrap(&told, 78).iter().for_each(|line| println!("{line}")),
        }
    }
}

/// What the plan would change, and what can be done with it.
fn next(ctx: &Ctx, name: &str, planned: &Planned) -> Vec<String> {
    let (eligible, rewritten) = (planned.plan.eligible, planned.rewritten);
    let newcomers = eligible - rewritten;
    let withdrawn: i64 = planned.withdrawn.values().sum();
    let are = if rewritten == 1 { "is" } else { "are" };
    let look = say!(
        ctx.lang,
        "The campaign lives; this was only a look, and nothing has changed.",
        "Kampanjen er i gang; dette var bare en visning, og ingenting er endret."
    );
    let approve = say!(ctx.lang, "When it is right:  lykt approve {name}", "Når alt stemmer:  lykt approve {name}");
    match planned.kind {
        Kind::Fresh if !planned.kept => vec![say!(
            ctx.lang,
            "This was only a look: the campaign was cancelled, and stays so. To write to these people after all, copy its file under another name.",
            "Dette var bare en visning: kampanjen er avlyst, og forblir det. For å skrive til dem likevel: kopier filen under et annet navn."
        )],
        Kind::Fresh if eligible > 0 => vec![say!(
            ctx.lang,
            "Nothing has been sent. When it is right:  lykt approve {name}",
            "Ingenting er sendt. Når alt stemmer:  lykt approve {name}"
        )],
        Kind::Fresh => Vec::new(),
        Kind::Supplement if newcomers == 0 && !planned.kept => {
            vec![look, say!(ctx.lang, "Nobody new would join it.", "Ingen nye ville blitt med.")]
        }
        Kind::Supplement => vec![
            look,
            say!(
                ctx.lang,
                "Newcomers who join with your yes: {newcomers}. Nobody else's message changes.",
                "Nye som blir med når du godkjenner: {newcomers}. Ingen annens melding endres."
            ),
            approve,
        ],
        Kind::Change => vec![
            look,
            say!(
                ctx.lang,
                "The campaign says something else than what was approved. With your yes, of the messages that wait {rewritten} {are} written anew and {withdrawn} withdrawn; newcomers who join: {newcomers}. What has gone out stays.",
                "Kampanjen sier noe annet enn det som ble godkjent. Når du godkjenner, skrives {rewritten} av meldingene som venter på nytt, og {withdrawn} trekkes; nye som blir med: {newcomers}. Det som er sendt, står."
            ),
            say!(
                ctx.lang,
                "A running campaign is paused first:  lykt pause {name}",
                "En kampanje som går, settes først på pause:  lykt pause {name}"
            ),
            approve,
        ],
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

/// A bar for each stage on a terminal, with the time that is left; nothing in a pipe.
struct Progress {
    bar: ProgressBar,
    stage: Cell<Option<Stage>>,
    lang: Lang,
}

impl Progress {
    fn new(ctx: &Ctx) -> Self {
        let hidden = ctx.json || !std::io::stderr().is_terminal();
        let bar = if hidden { ProgressBar::hidden() } else { counted(ctx.lang, 0) };
        Self { bar, stage: Cell::new(None), lang: ctx.lang }
    }

    fn stage(&self, stage: Stage, done: u64, of: u64) {
        if self.stage.replace(Some(stage)) != Some(stage) {
            let told = match stage {
                Stage::Read => text!("reads the list", "leser listen"),
                Stage::Ask => text!("asks the ledger", "spør kontaktloggen"),
                Stage::Partners => text!("asks partners", "spør partnere"),
                Stage::Write => text!("writes the plan", "skriver planen"),
            };
            self.bar.reset();
            self.bar.set_message(told.pick(self.lang).to_owned());
        }
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar that counts to `of` and says how long it still takes.
pub(super) fn counted(lang: Lang, of: u64) -> ProgressBar {
    let template = match lang {
        Lang::En => "{msg:18} {wide_bar} {percent:>3} %, {eta} left",
        Lang::Nb => "{msg:18} {wide_bar} {percent:>3} %, {eta} igjen",
    };
    ProgressBar::new(of).with_style(glyph::style(template))
}
