//! The report of a campaign: what came of it against its goal, by version, with how sure that is; as plots, tables and CSV.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::checked;
use crate::campaign::file::Definition;
use crate::counting::Known;
use crate::domain::heard::Heard;
use crate::domain::outcome::Outcome;
use crate::domain::reply::ReplyKind;
use crate::report::outcomes::{self, Came, Outcomes};
use crate::report::{self, By, Figures, Rate, Report, plot, workbook};
use crate::say;
use crate::store::campaign;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/campaigns/{name}/report", Allow::COORDINATOR, show)
        .get("/campaigns/{name}/report.csv", Allow::COORDINATOR, csv)
        .get("/campaigns/{name}/report.xlsx", Allow::COORDINATOR, xlsx)
        .get("/campaigns/{name}/report/{plot}", Allow::COORDINATOR, picture)
}

/// A share, as a line of a table.
struct Line {
    name: String,
    rate: Rate,
    share: String,
    between: String,
}

/// Shares that belong together: drawn, and in words.
struct Plot {
    word: &'static str,
    title: String,
    svg: String,
    lines: Vec<Line>,
}

/// An outcome against its goal, by month.
struct Led {
    title: String,
    came: Came,
    svg: String,
    months: Vec<(String, i64)>,
    word: String,
}

/// Everything that is read for a report.
struct Whole {
    report: Report,
    goal: Option<String>,
    led_to: Outcomes,
    known: Known,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    goal: Option<String>,
    total: Figures,
    calls: Vec<(String, i64)>,
    replies: Vec<(String, i64)>,
    reached: i64,
    by_hand: bool,
    plots: Vec<Plot>,
    verdict: Option<String>,
    results: Vec<Led>,
    cost: Option<String>,
    credited: i64,
}

async fn read(house: &House, name: &str) -> Result<Whole, Failure> {
    let mut tx = house.db.read().await?;
    let report = report::read(&mut tx, name, Some(By::Variant)).await?.ok_or_else(Failure::missing)?;
    let plan = match campaign::get(&mut tx, name).await?.and_then(|campaign| campaign.plan_id) {
        Some(id) => campaign::plan(&mut tx, &house.ledger.vault, id).await?,
        None => None,
    };
    let definition = plan.and_then(|plan| serde_json::from_str::<Definition>(&plan.definition).ok());
    let known = house.counting.known(&mut tx, name).await?.ok_or_else(Failure::missing)?;
    let led_to = outcomes::read(&mut tx, name, &known.outcomes, &report.total).await?;
    Ok(Whole { report, goal: definition.and_then(|definition| definition.goal), led_to, known })
}

/// A file to keep.
pub(in crate::web) fn download(kind: &'static str, file: &str, body: impl IntoResponse) -> Response {
    let file = format!("attachment; filename=\"{file}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, file)], body).into_response()
}

async fn csv(State(house): At, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let Whole { report, led_to, .. } = read(&house, name).await?;
    let today = house.ledger.clock.today().to_string();
    let text = report::csv::write(&report, &led_to, &today);
    Ok(download("text/csv; charset=utf-8", &format!("{name}-{today}.csv"), text))
}

async fn xlsx(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let Whole { report, led_to, .. } = read(&house, name).await?;
    let today = house.ledger.clock.today();
    let bytes = workbook::write(&report::campaign_sheets(&report, &led_to, frame.lang))?;
    Ok(download(WORKBOOK, &format!("{name}-{today}.xlsx"), bytes))
}

/// What an Excel workbook is to a browser.
pub(in crate::web) const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// One plot of the report, as a file.
async fn picture(
    State(house): At,
    frame: Frame,
    Path((name, plot)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let whole = read(&house, name).await?;
    let word = plot.strip_suffix(".svg").ok_or_else(Failure::missing)?;
    let drawn = plots(&frame, &whole.report).into_iter().find(|plot| plot.word == word).map(|plot| plot.svg);
    let drawn =
        drawn.or_else(|| results(&frame, &whole.led_to).into_iter().find(|of| of.word == word).map(|of| of.svg));
    let svg = drawn.ok_or_else(Failure::missing)?;
    Ok(download("image/svg+xml", &format!("{name}-{word}.svg"), svg))
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let Whole { report, goal, led_to, known } = read(&house, name).await?;
    let total = &report.total;
    let by_hand = total.is_by_hand();
    let counts = |outcome: Outcome| if by_hand { outcome == Outcome::Sent } else { outcome.reached() };
    let reached = total.calls.iter().filter(|(word, _)| Outcome::parse(word).is_some_and(counts));
    let reached = reached.map(|(_, n)| n).sum();
    page(&Page {
        f: &frame,
        name,
        goal,
        calls: total.calls.iter().map(|(word, n)| (outcome(&frame, word), *n)).collect(),
        replies: total.replies.iter().map(|(word, n)| (reply(&frame, word), *n)).collect(),
        reached,
        by_hand,
        plots: plots(&frame, &report),
        verdict: report.best(&known, house.ledger.clock.today()).map(|best| frame.say(&best.text())),
        results: results(&frame, &led_to),
        cost: cost(&frame, &led_to),
        credited: led_to.credited,
        total: report.total,
    })
}

fn plots(frame: &Frame, report: &Report) -> Vec<Plot> {
    let t = |en, nb| frame.t(en, nb).to_owned();
    let total = &report.total;
    let whole = vec![
        (t("arrived", "kommet frem"), total.delivery()),
        (t("answered", "svarte"), total.answers()),
        (t("friendly answer", "vennlig svar"), total.friendly()),
        (t("said no", "sa nei"), total.refusals()),
    ];
    let mut plots = vec![plot(frame, "whole", t("Of those sent", "Av de sendte"), whole)];
    if report.groups.len() > 1 {
        let of = |rate: fn(&Figures) -> Rate| report.groups.iter().map(|(name, f)| (name.clone(), rate(f))).collect();
        plots.push(plot(frame, "answered", t("Answered, by variant", "Svarte, per variant"), of(Figures::answers)));
        let friendly = t("Friendly answers, by variant", "Vennlige svar, per variant");
        plots.push(plot(frame, "friendly", friendly, of(Figures::friendly)));
        plots.push(plot(frame, "noes", t("Said no, by variant", "Sa nei, per variant"), of(Figures::refusals)));
    }
    plots
}

fn plot(frame: &Frame, word: &'static str, title: String, rates: Vec<(String, Rate)>) -> Plot {
    let bars: Vec<plot::Bar> = rates.iter().map(|(name, rate)| plot::Bar { name: name.clone(), rate: *rate }).collect();
    let below = frame.t("the figures stand in the table below", "tallene står i tabellen under");
    let svg = plot::bars(&title, below, &bars);
    let lines =
        rates.into_iter().map(|(name, rate)| Line { name, rate, share: share(rate), between: between(frame, rate) });
    Plot { word, title, svg, lines: lines.collect() }
}

fn share(rate: Rate) -> String {
    if rate.n == 0 { "–".to_owned() } else { format!("{:.0} %", rate.share * 100.0) }
}

fn between(frame: &Frame, rate: Rate) -> String {
    if rate.is_early() {
        return frame.t("too early to tell", "for tidlig å si").to_owned();
    }
    let (low, high) = (rate.interval.low * 100.0, rate.interval.high * 100.0);
    say!(frame.lang, "{low:.0} to {high:.0} %", "{low:.0} til {high:.0} %")
}

fn results(frame: &Frame, led_to: &Outcomes) -> Vec<Led> {
    let one = |came: &Came| {
        let title = came.wanted.title(frame.lang).to_owned();
        let months: Vec<(String, i64)> = came.months.iter().map(|(month, n)| (month.clone(), *n)).collect();
        let columns: Vec<_> = months.iter().map(|(month, n)| (short(month), Some(*n))).collect();
        let described = frame.t(
            "how many each month; the same stands in the table below",
            "hvor mange hver måned; det samme står i tabellen under",
        );
        let svg = plot::columns(&title, described, &columns);
        Led { word: format!("outcome-{}", came.wanted.name), title, came: came.clone(), svg, months }
    };
    led_to.each.iter().map(one).collect()
}

/// A month where there is little room: `03/26`.
fn short(month: &str) -> String {
    match (month.get(5..7), month.get(2..4)) {
        (Some(month), Some(year)) => format!("{month}/{year}"),
        _ => month.to_owned(),
    }
}

impl Led {
    /// How many came so.
    fn count(&self, heard: &str) -> i64 {
        Heard::parse(heard).map_or(0, |heard| self.came.count(heard))
    }

    /// The share after a message, with how sure it is.
    fn sure(&self, f: &Frame) -> String {
        let rate = self.came.share();
        format!("{} ({})", share(rate), between(f, rate))
    }

    /// How much of the goal is reached.
    fn reached(&self) -> String {
        self.came.reached().map(|share| format!("{:.0} %", share * 100.0)).unwrap_or_default()
    }
}

fn cost(frame: &Frame, led_to: &Outcomes) -> Option<String> {
    let decimal = |n: f64| outcomes::decimal(frame.lang, n);
    let messages = decimal(led_to.messages_each()?);
    Some(match led_to.minutes_each().map(decimal) {
        Some(minutes) => say!(
            frame.lang,
            "Each result took {messages} messages and {minutes} minutes of staff time.",
            "Hvert resultat tok {messages} meldinger og {minutes} minutter arbeidstid."
        ),
        None => say!(
            frame.lang,
            "Each result took {messages} messages; of no task is the time known.",
            "Hvert resultat tok {messages} meldinger; tiden er ikke kjent for noen oppgave."
        ),
    })
}

fn outcome(frame: &Frame, word: &str) -> String {
    let t = |en, nb| frame.t(en, nb).to_owned();
    match Outcome::parse(word) {
        Some(Outcome::Talked) => t("talked", "snakket"),
        Some(Outcome::Thanks) => t("thanks, no need", "takk, trenger ikke"),
        Some(Outcome::WantsVisit) => t("wants to come", "vil komme"),
        Some(Outcome::CallLater) => t("call later", "ring senere"),
        Some(Outcome::NoAnswer) => t("no answer", "ikke svar"),
        Some(Outcome::OtherLanguage) => t("another language", "et annet språk"),
        Some(Outcome::NotInGroup) => t("not in the group", "ikke i gruppen"),
        Some(Outcome::WrongNumber) => t("wrong number", "feil nummer"),
        Some(Outcome::NotInService) => t("not in service", "ikke i bruk"),
        Some(Outcome::OptOut) => t("does not want contact", "vil ikke kontaktes"),
        Some(Outcome::Sent) => t("sent", "sendt"),
        Some(Outcome::CouldNot) => t("could not be sent", "kunne ikke sendes"),
        None => word.to_owned(),
    }
}

fn reply(frame: &Frame, word: &str) -> String {
    let t = |en, nb| frame.t(en, nb).to_owned();
    match ReplyKind::parse(word) {
        Some(ReplyKind::OptOut) => t("no, registered", "nei, registrert"),
        Some(ReplyKind::Suspected) => t("perhaps a no", "kanskje et nei"),
        Some(ReplyKind::Start) => t("wants messages again", "vil ha meldinger igjen"),
        Some(ReplyKind::Help) => t("asks for help", "ber om hjelp"),
        Some(ReplyKind::Thanks) => t("thanks", "takk"),
        Some(ReplyKind::NotInGroup) => t("not in the group", "ikke i gruppen"),
        Some(ReplyKind::WrongNumber) => t("wrong number", "feil nummer"),
        Some(ReplyKind::Other) => t("something else", "noe annet"),
        None => word.to_owned(),
    }
}
