//! `lykt demo --year`: a year of a campaign, from the list to the report of the year. People come all through it: some say
//! the word that the message carried, some are known, some are in a file of the journal, and some never heard of us.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

use super::stage::Stage;
use super::{NOWHERE, settings, watch};
use crate::cli::app::App;
use crate::cli::{Ctx, Exit, init, report};
use crate::counting::{Added, Counting, How, Known};
use crate::daemon::Daemon;
use crate::domain::decision::Decision;
use crate::domain::heard::Heard;
use crate::domain::id::ContactId;
use crate::domain::lang::number_of;
use crate::say;
use crate::store::{campaign, contact, target};

/// The campaign, compiled in.
pub(super) const CAMPAIGN: &str = include_str!("../../../campaigns/vaksine.toml");
pub(super) const NAME: &str = "vaksine";
/// When it begins, how long a day lasts while messages go out and calls follow, and how long that is watched.
pub(super) const START: &str = "2026-01-12T09:30:00";
pub(super) const DAY: &str = "2s";
const WATCHED_MS: i64 = 24_000;
/// How long a day lasts in the year that follows.
const QUICK: &str = "45ms";
/// How long a day lasts in the folder that is left behind.
const REAL: &str = "1440 minutes";
/// So many came, and so many of them after the message: as the practice counted them.
const CAME: usize = 273;
const AFTER: usize = 191;
/// Of nineteen after the message: known by their contact, and by the word that they said; the others were asked.
const KNOWN: usize = 11;
const CODE: usize = 5;
/// A second dose comes so long after the first, for two of three.
const SECOND_DOSE_DAYS: i64 = 60;
/// Longer than the year takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(120);

/// Somebody who comes.
struct Comer {
    day: Date,
    outcome: &'static str,
    how: Coming,
}

#[derive(Clone, Copy)]
enum Coming {
    /// One of those who got the message, by their place among them.
    Known(usize),
    Code,
    Asked(Heard),
    /// In the file of the journal.
    File(Heard),
}

/// Lets the campaign go out, then the year pass; then the report of both.
pub(super) async fn go(stage: &Stage, ctx: &Ctx, app: App, dir: &Path) -> anyhow::Result<Exit> {
    let App { settings: own, db, ledger } = app;
    let daemon = Daemon::start(own, db, ledger, axum::Router::new()).await?;
    let app = App::open(ctx).await?;
    let kept = watch::watch(stage, &app, NAME, WATCHED_MS).await;
    daemon.stop().await;
    let kept = kept?;
    let people = written_to(&app).await?;
    let begins = app.ledger.clock.today().saturating_add(1.day());
    app.db.close().await;

    stage.heading(&say!(stage.lang, "6. The year passes, and people come", "6. Året går, og folk kommer"));
    set_clock(dir, begins, QUICK)?;
    let app = App::open(ctx).await?;
    let comers = comers(begins);
    let last = comers.iter().map(|comer| comer.day).max().unwrap_or(begins).max(date(begins.year(), 12, 31));
    let daemon = Daemon::start(app.settings, app.db, app.ledger, axum::Router::new()).await?;
    let app = App::open(ctx).await?;
    let passed = tokio::time::timeout(LONGEST, pass(stage, &app, &people, comers, last)).await;
    daemon.stop().await;
    passed.context("the year did not pass in time; is the machine very busy?")??;
    let after = app.ledger.clock.today().max(last).saturating_add(1.day());
    app.db.close().await;

    set_clock(dir, after, REAL)?;
    let ctx = Ctx { config: dir.join("lykt.toml"), ..ctx.clone() };
    stage.heading(&say!(stage.lang, "7. What it led to", "7. Hva det førte til"));
    show(stage, &ctx, report::ReportArgs::of_campaign(NAME)).await?;
    stage.heading(&say!(stage.lang, "8. The year of the service", "8. Tjenestens år"));
    show(stage, &ctx, report::ReportArgs::of_year(begins.year())).await?;
    let app = App::open(&ctx).await?;
    stage.end(&app, NAME, dir, &kept).await?;
    app.db.close().await;
    Ok(if kept.all() { Exit::Done } else { Exit::Fault })
}

/// A report: as JSON a line of its own, as the command prints it.
async fn show(stage: &Stage, ctx: &Ctx, args: report::ReportArgs) -> anyhow::Result<()> {
    stage.event("report", json!(args.word()));
    report::run(ctx, args).await.map(drop)
}

fn date(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap_or(Date::MAX)
}

fn set_clock(dir: &Path, from: Date, day: &str) -> anyhow::Result<()> {
    init::write(&dir.join("lykt.toml"), &settings(NOWHERE, &format!("{from}T08:00:00"), day))
}

/// The contacts who got the message, in the order of the list; who said no is not among those who come.
async fn written_to(app: &App) -> anyhow::Result<Vec<ContactId>> {
    let mut tx = app.db.read().await?;
    let Some(plan) = campaign::get(&mut tx, NAME).await?.and_then(|found| found.plan_id) else {
        bail!("there is no plan")
    };
    let targets = target::page(&mut tx, plan, 0, i64::from(u16::MAX), true).await?;
    let mut people = Vec::new();
    for blind in targets.iter().filter(|target| target.decision == Decision::Eligible).filter_map(|target| target.blind)
    {
        if let Some(found) = contact::find(&mut tx, &blind).await?
            && found.contacted_at.is_some()
            && !found.opted_out
        {
            people.push(found.id);
        }
    }
    Ok(people)
}

/// When they come: most of them in the first weeks, and some half a year later and more.
fn comers(begins: Date) -> Vec<Comer> {
    let left = (date(begins.year(), 12, 20) - begins).get_days();
    let mut all = Vec::new();
    for n in 0..CAME {
        let place = n as f64 / CAME as f64;
        let day = begins.saturating_add(((place * place * f64::from(left)) as i64).days());
        // Spread evenly, so that early and late ones are alike.
        let after = (n + 1) * AFTER / CAME > n * AFTER / CAME;
        let nth = n * AFTER / CAME;
        let how = match (after, nth) {
            (true, nth) if nth % 19 < KNOWN => Coming::Known(nth),
            (true, nth) if nth % 19 < KNOWN + CODE => Coming::Code,
            (true, _) => Coming::Asked(Heard::Yes),
            (false, _) if n % 2 == 0 => Coming::File(Heard::No),
            (false, _) => Coming::Asked(Heard::No),
        };
        all.push(Comer { day, outcome: "first_dose", how });
        let second = day.saturating_add(SECOND_DOSE_DAYS.days());
        if n % 3 != 0 && second.year() == begins.year() {
            all.push(Comer { day: second, outcome: "second_dose", how });
        }
    }
    all.sort_by_key(|comer| comer.day);
    all
}

/// Registers everybody on their day, as the days pass; the journal's file is read at the end of the year.
async fn pass(stage: &Stage, app: &App, people: &[ContactId], comers: Vec<Comer>, last: Date) -> anyhow::Result<()> {
    let counting = Counting::of(&app.ledger, &app.settings);
    let mut tx = app.db.read().await?;
    let known = counting.known(&mut tx, NAME).await?.context("the campaign is not known")?;
    drop(tx);
    let (mut file, mut month) = (String::from("dato;utfall;telefon;hørt\n"), None);
    let (mut registered, mut comers) = (0_u32, comers.into_iter().peekable());
    loop {
        let today = app.ledger.clock.today();
        while let Some(comer) = comers.next_if(|comer| comer.day <= today) {
            registered += u32::from(come(app, &counting, &known, people, &comer, &mut file).await?);
        }
        if month != Some(today.month()) {
            month = Some(today.month());
            let day = today.strftime("%Y-%m");
            stage.line(&say!(stage.lang, "{day}  registered {registered}", "{day}  registrert {registered}"));
            stage.event("month", json!({ "month": day.to_string(), "registered": registered }));
        }
        if today > last && comers.peek().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    let path = app.settings.path(Path::new("journal.csv"));
    init::write(&path, &file)?;
    let imported = counting.import(&app.db, &known, &path, "journal.csv", Some("demo"), |_| {}).await?;
    let n = imported.counted.values().sum::<u64>();
    let counted = number_of(n, ["outcome counted", "outcomes counted"], ["utfall telt"; 2]);
    stage.line(&format!("journal.csv: {}", counted.pick(stage.lang)));
    stage.event("import", json!({ "counted": n, "refused": imported.refused.len() }));
    Ok(())
}

/// Whether it was registered now; a row of the file is not.
async fn come(
    app: &App,
    counting: &Counting,
    known: &Known,
    people: &[ContactId],
    comer: &Comer,
    file: &mut String,
) -> anyhow::Result<bool> {
    let how = match comer.how {
        Coming::File(heard) => {
            let word = if heard == Heard::Yes { "ja" } else { "nei" };
            file.push_str(&format!("{};{};;{word}\n", comer.day, comer.outcome));
            return Ok(false);
        }
        Coming::Known(n) => match people.get(n * people.len() / AFTER) {
            Some(person) => How::Contact(*person),
            None => How::Asked(Heard::Yes),
        },
        Coming::Code => How::Code,
        Coming::Asked(heard) => How::Asked(heard),
    };
    let wanted = known.outcome(comer.outcome).context("the campaign names no such outcome")?;
    let mut tx = app.db.begin().await?;
    let added = counting.add(&mut tx, known, wanted, comer.day, how, Some("Amanda")).await?;
    tx.commit().await?;
    Ok(matches!(added, Added::New { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_come_as_the_practice_counted() {
        let all = comers(date(2026, 1, 26));
        let first: Vec<_> = all.iter().filter(|comer| comer.outcome == "first_dose").collect();
        let after = |comer: &&&Comer| !matches!(comer.how, Coming::Asked(Heard::No) | Coming::File(_));
        assert_eq!((first.len(), first.iter().filter(after).count()), (CAME, AFTER));
        assert!(all.is_sorted_by_key(|comer| comer.day) && all.iter().all(|comer| comer.day.year() == 2026));
    }
}
