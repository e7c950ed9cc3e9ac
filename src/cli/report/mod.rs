//! `lykt report CAMPAIGN`: what came of it, by version or language, and how sure that is; `--year`: a year of the service.

mod outcomes;
mod yearly;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::app::App;
use super::glyph::drawn;
use super::life::no_campaign;
use super::table::{Table, bar, complain, wrap};
use super::words::words;
use super::{Ctx, Exit};
use crate::campaign::file::Definition;
use crate::counting::Counting;
use crate::domain::decision::Decision;
use crate::domain::lang::{Lang, Text, number_of};
use crate::domain::reply::ReplyKind;
use crate::ledger::detail;
use crate::report::outcomes::Outcomes;
use crate::report::workbook::{self, Sheet};
use crate::report::{self, Best, By, Figures, Rate, Report};
use crate::store::{Tx, campaign};
use crate::{say, text};

/// Shows what came of a campaign.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The campaign: its file's name without .toml.
    #[arg(required_unless_present = "year")]
    campaign: Option<String>,
    /// A year of the whole service instead, as in 2026; numbers under five are not shown.
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["campaign", "by"])]
    year: Option<i16>,
    /// Also by version or language of the message: variant or language.
    #[arg(long, value_name = "WHAT", value_parser = words(by, ["variant", "language"]), hide_possible_values = true)]
    by: Option<By>,
    /// As CSV for a spreadsheet: a line a figure.
    #[arg(long)]
    csv: bool,
    /// Also as an Excel workbook, written to this file.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
}

impl ReportArgs {
    fn new(campaign: Option<String>, year: Option<i16>) -> Self {
        Self { campaign, year, by: None, csv: false, xlsx: None }
    }

    /// The report of a campaign.
    pub(super) fn of_campaign(name: &str) -> Self {
        Self::new(Some(name.to_owned()), None)
    }

    /// The report of a year.
    pub(super) fn of_year(year: i16) -> Self {
        Self::new(None, Some(year))
    }

    /// What it is of, in a word.
    pub(super) fn word(&self) -> String {
        self.campaign.clone().or_else(|| self.year.map(|year| year.to_string())).unwrap_or_default()
    }
}

fn by(word: &str) -> Result<By, String> {
    By::parse(word).ok_or_else(|| "write variant or language".to_owned())
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, args: ReportArgs) -> anyhow::Result<Exit> {
    if ctx.json && args.csv {
        let told = say!(ctx.lang, "write --json or --csv, not both", "skriv --json eller --csv, ikke begge");
        eprintln!("{told}");
        return Ok(Exit::Usage);
    }
    let app = App::open(ctx).await?;
    let name = match (&args.campaign, args.year) {
        (Some(name), _) => name.as_str(),
        (None, Some(year)) => return yearly::run(ctx, &app, year, &args).await,
        (None, None) => return Ok(Exit::Usage),
    };
    let counting = Counting::of(&app.ledger, &app.settings);
    let mut tx = app.db.read().await?;
    let (Some(report), Some(known)) =
        (report::read(&mut tx, name, args.by).await?, counting.known(&mut tx, name).await?)
    else {
        return Ok(no_campaign(ctx, name));
    };
    let led_to = report::outcomes::read(&mut tx, name, &known.outcomes, &report.total).await?;
    let today = app.ledger.clock.today().to_string();
    if let Some(file) = &args.xlsx {
        let sheets = report::campaign_sheets(&report, &led_to, ctx.lang);
        if let Err(exit) = save(ctx, file, &sheets) {
            return Ok(exit);
        }
    }
    if args.csv {
        print!("{}", report::csv::write(&report, &led_to, &today));
        return Ok(Exit::Done);
    }
    let goal = goal(&mut tx, &app, name).await?;
    let best = report.best(&known, app.ledger.clock.today());
    if ctx.json {
        let mut value = json(&report, goal.as_deref(), &today, best.as_ref());
        value["outcomes"] = outcomes::json(&led_to);
        println!("{value}");
    } else if args.xlsx.is_none() {
        show(ctx, &report, (goal.as_deref(), &led_to), &today, best.as_ref());
        outcomes::show(ctx, &led_to);
    }
    Ok(Exit::Done)
}

/// Writes a workbook beside what is printed.
fn save(ctx: &Ctx, file: &Path, sheets: &[Sheet]) -> Result<(), Exit> {
    let saved = workbook::write(sheets).and_then(|bytes| std::fs::write(file, bytes));
    let shown = file.display();
    match saved {
        Ok(()) => eprintln!("{}", say!(ctx.lang, "written: {shown}", "skrevet: {shown}")),
        Err(error) => {
            complain(&say!(ctx.lang, "cannot write {shown}: {error}", "kan ikke skrive {shown}: {error}"));
            return Err(Exit::Fault);
        }
    }
    Ok(())
}

/// The written goal: of the plan that counts, else, when the plan is erased, of the file that still says it.
async fn goal(tx: &mut Tx, app: &App, name: &str) -> anyhow::Result<Option<String>> {
    let plan = match campaign::get(tx, name).await?.and_then(|campaign| campaign.plan_id) {
        Some(id) => campaign::plan(tx, &app.ledger.vault, id).await?,
        None => None,
    };
    if let Some(definition) = plan.and_then(|plan| serde_json::from_str::<Definition>(&plan.definition).ok()) {
        return Ok(definition.goal);
    }
    let file = app.settings.path(&app.settings.campaigns.folder).join(format!("{name}.toml"));
    let written = std::fs::read_to_string(file).ok().and_then(|text| text.parse::<toml::Table>().ok());
    Ok(written.and_then(|table| Some(table.get("goal")?.as_str()?.to_owned())))
}

fn json(report: &Report, goal: Option<&str>, today: &str, best: Option<&Best>) -> Value {
    let groups: Vec<Value> = report
        .groups
        .iter()
        .map(|(name, f)| {
            let mut value = figures(f);
            value["name"] = json!(name);
            value
        })
        .collect();
    let named = match best {
        Some(Best::Named(name)) => Some(name),
        _ => None,
    };
    json!({
        "campaign": report.campaign, "state": report.state.as_str(), "goal": goal, "date": today,
        "total": figures(&report.total), "by": report.by.map(By::as_str), "groups": groups,
        "comparison": best.map(Best::as_str), "best": named,
    })
}

/// A share with its interval.
fn rate(rate: Rate) -> Value {
    json!({
        "count": rate.k, "of": rate.n, "share": short(rate.share), "low": short(rate.interval.low),
        "high": short(rate.interval.high), "too_early": rate.is_early(),
    })
}

fn figures(f: &Figures) -> Value {
    json!({
        "planned": f.planned, "waiting": f.waiting, "sent": f.sent, "delivered": f.delivered,
        "undelivered": f.undelivered, "in_doubt": f.in_doubt, "failed": f.failed, "withdrawn": f.withdrawn,
        "answered": f.answered, "friendly": f.liked, "replies": f.replies, "suspected": f.suspected(), "noes": f.noes,
        "visited": f.visited, "visits": f.visits, "calls": f.calls, "calls_open": f.calls_open,
        "rates": {
            "delivery": rate(f.delivery()), "answers": rate(f.answers()), "friendly": rate(f.friendly()),
            "noes": rate(f.refusals()),
        },
    })
}

/// Four digits, as published intervals have them.
fn short(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

fn show(ctx: &Ctx, report: &Report, (goal, led_to): (Option<&str>, &Outcomes), today: &str, best: Option<&Best>) {
    let (name, state, f) = (&report.campaign, report.state.text(), &report.total);
    let state = state.pick(ctx.lang);
    println!("{}", say!(ctx.lang, "{name}: {state}, as of {today}", "{name}: {state}, per {today}"));
    if let Some(goal) = goal {
        let told = say!(ctx.lang, "goal: {goal}", "mål: {goal}");
        wrap(&told, ctx.width()).iter().for_each(|line| println!("{line}"));
    }
    let told = so_far(f, led_to.total());
    let told = told.pick(ctx.lang);
    wrap(told, ctx.width()).iter().for_each(|line| println!("{line}"));
    println!("\n{}\n", whole(ctx, f));
    let calls = if f.is_by_hand() { text!("by hand", "for hånd") } else { text!("calls", "samtaler") };
    list(ctx, &text!("not sent", "ikke sendt"), &f.withdrawn, why_not);
    list(ctx, &text!("answers", "svar"), &f.replies, answer);
    list(ctx, &calls, &f.calls, detail::explain);
    if !report.groups.is_empty() {
        println!("\n{}\n", parts(ctx, report));
    }
    verdict(ctx, report.by, best);
}

/// Counts with what each means, when there are any.
fn list(ctx: &Ctx, head: &Text, counts: &BTreeMap<String, i64>, explain: fn(&str) -> Text) {
    if counts.is_empty() {
        return;
    }
    let head = head.pick(ctx.lang);
    let counts: Vec<String> = counts.iter().map(|(word, n)| format!("{} {n}", explain(word).pick(ctx.lang))).collect();
    wrap(&format!("{head}: {}", counts.join(", ")), ctx.width()).iter().for_each(|line| println!("{line}"));
}

/// Why a message was not sent, in words.
fn why_not(word: &str) -> Text {
    Decision::parse(word).map_or_else(|| text!("another reason", "en annen grunn"), Decision::explain)
}

/// What an answer meant, in words.
fn answer(word: &str) -> Text {
    ReplyKind::parse(word).map_or_else(|| detail::explain(word), ReplyKind::text)
}

fn whole(ctx: &Ctx, f: &Figures) -> Table {
    let mut table = Table::new([
        say!(ctx.lang, "people", "personer"),
        say!(ctx.lang, "figure", "tall"),
        say!(ctx.lang, "share", "andel"),
        say!(ctx.lang, "95 % interval", "95 %-intervall"),
        String::new(),
    ]);
    let withdrawn: i64 = f.withdrawn.values().sum();
    let plain = [
        (f.planned, say!(ctx.lang, "planned", "planlagt"), true),
        (f.waiting, say!(ctx.lang, "waiting", "venter"), false),
        (withdrawn, say!(ctx.lang, "not sent", "ikke sendt"), false),
        (f.failed, say!(ctx.lang, "refused", "avvist"), false),
        (f.in_doubt, say!(ctx.lang, "in doubt", "uavklart"), false),
        (f.sent, say!(ctx.lang, "sent", "sendt"), true),
    ];
    for (n, figure, always) in plain {
        if n > 0 || always {
            table.row([n.to_string(), figure, String::new(), String::new(), bar(n, f.planned, 12)]);
        }
    }
    let rates = [
        (f.delivery(), say!(ctx.lang, "arrived", "kommet frem")),
        (f.answers(), say!(ctx.lang, "answered", "svarte")),
        (f.friendly(), say!(ctx.lang, "friendly answer", "vennlig svar")),
        (f.refusals(), say!(ctx.lang, "said no", "sa nei")),
    ];
    for (rate, figure) in rates {
        let between = match rate.is_early() {
            true => say!(ctx.lang, "too early to tell", "for tidlig å si"),
            false => between(ctx.lang, rate),
        };
        table.row([rate.k.to_string(), figure, percent(rate), between, bar(rate.k, rate.n, 12)]);
    }
    if f.visited > 0 {
        // No share: people come without a message too.
        let came = say!(ctx.lang, "came", "kom");
        table.row([f.visited.to_string(), came, String::new(), String::new(), String::new()]);
    }
    table.right(0);
    table.right(2);
    table
}

fn parts(ctx: &Ctx, report: &Report) -> Table {
    let head = match report.by {
        Some(By::Language) => say!(ctx.lang, "language", "språk"),
        _ => say!(ctx.lang, "variant", "variant"),
    };
    let mut table = Table::new([
        head,
        say!(ctx.lang, "sent", "sendt"),
        say!(ctx.lang, "arrived", "kommet frem"),
        say!(ctx.lang, "answered", "svarte"),
        say!(ctx.lang, "95 % interval", "95 %-intervall"),
        say!(ctx.lang, "said no", "sa nei"),
    ]);
    for (name, f) in &report.groups {
        let counted = |rate: Rate| format!("{} ({})", rate.k, percent(rate));
        let between = match f.answers().is_early() {
            true => say!(ctx.lang, "too early", "for tidlig"),
            false => between(ctx.lang, f.answers()),
        };
        let cells = [f.delivery(), f.answers(), f.refusals()].map(counted);
        let [arrived, answered, noes] = cells;
        table.row([name.clone(), f.sent.to_string(), arrived, answered, between, noes]);
    }
    (1..4).for_each(|column| table.right(column));
    table.right(5);
    table
}

/// What can be said of the versions or languages, and what cannot.
fn verdict(ctx: &Ctx, by: Option<By>, best: Option<&Best>) {
    let told = match (best, by) {
        (Some(best), _) => best.text(),
        (None, Some(By::Language)) => text!(
            "People were not given their language by lot, so no language is the better one. Languages of fewer than {} people are put together.",
            "Språk er ikke trukket tilfeldig, så ingen av dem er bedre. Språk med færre enn {} personer er slått sammen.",
            report::SMALLEST
        ),
        (None, _) => return,
    };
    wrap(&drawn(told.pick(ctx.lang)), ctx.width()).iter().for_each(|line| println!("{line}"));
}

/// Who came, answered and said no, and what was done; with so many outcomes where the campaign names them.
fn so_far(f: &Figures, outcomes: i64) -> Text {
    let (answered, noes, tasks) = (f.answered, f.noes, f.calls.values().sum::<i64>());
    let came = number_of(f.visited, ["person came", "people came"], ["person kom", "personer kom"]);
    let done = if outcomes > 0 {
        number_of(tasks, ["task is done", "tasks are done"], ["oppgave er gjort", "oppgaver er gjort"])
    } else if f.is_by_hand() {
        number_of(
            tasks,
            ["task was done by hand", "tasks were done by hand"],
            ["oppgave er gjort for hånd", "oppgaver er gjort for hånd"],
        )
    } else {
        number_of(tasks, ["call was made", "calls were made"], ["samtale er tatt", "samtaler er tatt"])
    };
    let first = match outcomes {
        0 => text!("", ""),
        n => number_of(n, ["outcome, ", "outcomes, "], ["utfall, "; 2]),
    };
    Text {
        en: format!("so far: {}{}, {answered} answered, {noes} said no; {}", first.en, came.en, done.en),
        nb: format!("så langt: {}{}, {answered} svarte, {noes} sa nei; {}", first.nb, came.nb, done.nb),
    }
}

fn percent(rate: Rate) -> String {
    if rate.n == 0 { String::from("–") } else { format!("{:.0} %", rate.share * 100.0) }
}

fn between(lang: Lang, rate: Rate) -> String {
    let (low, high) = (rate.interval.low * 100.0, rate.interval.high * 100.0);
    say!(lang, "{low:.0} to {high:.0} %", "{low:.0} til {high:.0} %")
}
