//! The report of a campaign: what came of it against its goal, by version, with how sure that is; as plots, tables and CSV.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::checked;
use crate::campaign::file::Definition;
use crate::domain::outcome::Outcome;
use crate::domain::reply::ReplyKind;
use crate::report::{self, Best, By, FEW, Figures, Rate, Report};
use crate::say;
use crate::store::campaign;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House};

/// How wide a plot's bars may become, in its own units, and where they begin.
const WIDE: f64 = 360.0;
const LEFT: f64 = 130.0;
/// How high a line of a plot is.
const HIGH: usize = 34;

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}/report", Allow::COORDINATOR, show).get(
        "/campaigns/{name}/report.csv",
        Allow::COORDINATOR,
        csv,
    )
}

/// A share, as a line of a table and a bar of a plot.
struct Bar {
    name: String,
    k: i64,
    n: i64,
    share: String,
    between: String,
    y: usize,
    width: String,
    low: String,
    high: String,
}

/// Bars that belong together, on one scale.
struct Plot {
    title: String,
    height: usize,
    most: String,
    bars: Vec<Bar>,
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
    left: String,
}

async fn read(house: &House, name: &str) -> Result<(Report, Option<String>), Failure> {
    let mut tx = house.db.read().await?;
    let report = report::read(&mut tx, name, Some(By::Variant)).await?.ok_or_else(Failure::missing)?;
    let plan = match campaign::get(&mut tx, name).await?.and_then(|campaign| campaign.plan_id) {
        Some(id) => campaign::plan(&mut tx, &house.ledger.vault, id).await?,
        None => None,
    };
    let definition = plan.and_then(|plan| serde_json::from_str::<Definition>(&plan.definition).ok());
    Ok((report, definition.and_then(|definition| definition.goal)))
}

async fn csv(State(house): At, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let (report, _) = read(&house, name).await?;
    let today = house.ledger.clock.today().to_string();
    let file = format!("attachment; filename=\"{name}-{today}.csv\"");
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, file)];
    Ok((headers, report::csv::write(&report, &today)).into_response())
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let (report, goal) = read(&house, name).await?;
    let t = |en, nb| frame.t(en, nb).to_owned();
    let total = &report.total;
    let whole = vec![
        (t("arrived", "kommet frem"), total.delivery()),
        (t("answered", "svarte"), total.answers()),
        (t("said no", "sa nei"), total.refusals()),
    ];
    let mut plots = vec![plot(&frame, t("Of those sent", "Av de sendte"), whole)];
    if report.groups.len() > 1 {
        let of = |rate: fn(&Figures) -> Rate| report.groups.iter().map(|(name, f)| (name.clone(), rate(f))).collect();
        plots.push(plot(&frame, t("Answered, by variant", "Svarte, per variant"), of(Figures::answers)));
        plots.push(plot(&frame, t("Said no, by variant", "Sa nei, per variant"), of(Figures::refusals)));
    }
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
        plots,
        verdict: report.best().map(|best| verdict(&frame, &best)),
        total: report.total,
        left: format!("{LEFT:.0}"),
    })
}

/// Bars with whiskers, all on the scale of the widest.
fn plot(frame: &Frame, title: String, rates: Vec<(String, Rate)>) -> Plot {
    let most = rates.iter().filter(|(_, rate)| rate.n > 0).map(|(_, rate)| rate.interval.high).fold(0.01, f64::max);
    let at = |share: f64| format!("{:.1}", LEFT + WIDE * (share / most).min(1.0));
    let height = rates.len() * HIGH + 22;
    let bars = rates.into_iter().enumerate().map(|(n, (name, rate))| Bar {
        name,
        k: rate.k,
        n: rate.n,
        share: if rate.n == 0 { "–".to_owned() } else { format!("{:.0} %", rate.share * 100.0) },
        between: match rate.is_early() {
            true => frame.t("too early to tell", "for tidlig å si").to_owned(),
            false => {
                let (low, high) = (rate.interval.low * 100.0, rate.interval.high * 100.0);
                say!(frame.lang, "{low:.0} to {high:.0} %", "{low:.0} til {high:.0} %")
            }
        },
        y: n * HIGH,
        width: format!("{:.1}", WIDE * (rate.share / most).min(1.0)),
        low: at(if rate.n > 0 { rate.interval.low } else { 0.0 }),
        high: at(if rate.n > 0 { rate.interval.high } else { 0.0 }),
    });
    Plot { title, height, most: format!("{:.0} %", most * 100.0), bars: bars.collect() }
}

fn verdict(frame: &Frame, best: &Best) -> String {
    match best {
        Best::Named(name) => say!(
            frame.lang,
            "More people answer to “{name}” than to the others; chance alone would rarely do that.",
            "Flere svarer på «{name}» enn på de andre; tilfeldigheter alene ville sjelden gitt det."
        ),
        Best::NoDifference => say!(
            frame.lang,
            "The variants cannot be told apart: the difference may be chance.",
            "Variantene kan ikke skilles: forskjellen kan være tilfeldig."
        ),
        Best::TooEarly => say!(
            frame.lang,
            "Too early to tell which variant is best: each needs {FEW} sent, and none may wait.",
            "For tidlig å si hvilken variant som er best: hver må ha {FEW} sendt, og ingen kan vente."
        ),
    }
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
        Some(ReplyKind::Thanks) => t("thanks, no need", "takk, trenger ikke"),
        Some(ReplyKind::NotInGroup) => t("not in the group", "ikke i gruppen"),
        Some(ReplyKind::WrongNumber) => t("wrong number", "feil nummer"),
        Some(ReplyKind::Other) => t("something else", "noe annet"),
        None => word.to_owned(),
    }
}
