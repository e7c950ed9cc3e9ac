//! The plan of a campaign: making it, how many would get the message, why the others would not, and what it would change.

use std::collections::BTreeMap;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::planning::Ended;
use super::{address, checked, making, words};
use crate::campaign::difference;
use crate::campaign::file::Definition;
use crate::campaign::folder::Folder;
use crate::domain::campaign::CampaignState;
use crate::domain::decision::Decision;
use crate::domain::lang::Text;
use crate::plan::approve::waiting;
use crate::plan::sample::Summary;
use crate::plan::verdict::{self, Version};
use crate::store::campaign::{self, Plan};
use crate::web::frame::page;
use crate::web::person::when;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// A plan of an ordinary list is made within this time, and shown at once.
const AT_ONCE: Duration = Duration::from_secs(2);

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/campaigns/{name}/plan", Allow::COORDINATOR, show)
        .post("/campaigns/{name}/plan", Allow::COORDINATOR, make)
        .get("/campaigns/{name}/planning", Allow::COORDINATOR, planning)
}

/// A decision, and how many it was made for.
struct Bar {
    word: &'static str,
    why: String,
    people: i64,
    percent: i64,
}

/// What is asked of whoever approves.
struct Asked {
    second: bool,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    made: Option<(String, String)>,
    targets: i64,
    eligible: i64,
    bars: Vec<Bar>,
    partners: Vec<String>,
    change: Option<Change>,
    differs: Vec<String>,
    asked: Option<Asked>,
    tried: Vec<(String, String)>,
    has_file: bool,
    live: bool,
    wrong: Option<String>,
}

/// What a plan would change in a campaign that lives.
struct Change {
    newcomers: i64,
    rewritten: i64,
    withdrawn: i64,
    other_text: bool,
}

#[derive(Template)]
#[template(path = "planning.html")]
struct Making<'a> {
    f: &'a Frame,
    name: &'a str,
    doing: String,
    percent: u64,
}

#[derive(Template)]
#[template(path = "planning_part.html")]
struct Part<'a> {
    f: &'a Frame,
    name: &'a str,
    doing: String,
    percent: u64,
}

async fn make(State(house): At, me: Me, Path(name): Path<String>) -> Result<Redirect, Failure> {
    let name = checked(&name)?;
    let making = making::begin(&house, name, me.name());
    let _ = tokio::time::timeout(AT_ONCE, making.end()).await;
    Ok(Redirect::to(&address(name, "/plan")))
}

async fn planning(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    match house.planning.of(name).filter(|making| making.ended().is_none()) {
        Some(making) => {
            let (doing, percent) = making.told();
            page(&Part { f: &frame, name, doing: frame.say(&doing), percent })
        }
        // The whole page again, which has the plan.
        None => Ok(StatusCode::RESET_CONTENT.into_response()),
    }
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    with(&house, &frame, &name, None).await
}

/// The page, with what stood in the way of what was asked for.
pub async fn with(house: &House, frame: &Frame, name: &str, wrong: Option<Text>) -> Result<Response, Failure> {
    let name = checked(name)?;
    let ended: Option<Ended> = match house.planning.of(name) {
        Some(making) => match making.ended() {
            Some(ended) => {
                house.planning.forget(name);
                Some(ended)
            }
            None => {
                let (doing, percent) = making.told();
                return page(&Making { f: frame, name, doing: frame.say(&doing), percent });
            }
        },
        None => None,
    };
    let wrong = wrong.or_else(|| ended.and_then(Result::err));
    let folder = Folder::named(&house.settings);
    let has_file = folder.file(name).is_file();
    let waits = waiting(&house.db, &house.ledger, name).await?;
    let mut tx = house.db.read().await?;
    let known = campaign::get(&mut tx, name).await?;
    if known.is_none() && !has_file {
        return Err(Failure::missing());
    }
    let live = known.as_ref().is_some_and(|campaign| campaign.state.is_live());
    let current = match known.as_ref().and_then(|campaign| campaign.plan_id) {
        Some(id) => campaign::plan(&mut tx, &house.ledger.vault, id).await?,
        None => None,
    };
    let wrong = wrong.map(|wrong| frame.say(&wrong));
    let asked = waits
        .as_ref()
        .ok()
        .filter(|plan| plan.eligible > 0 || live)
        .map(|plan| Asked { second: house.settings.campaigns.second_person.is_needed_for(plan.eligible) });
    let tried = match waits.as_ref().ok().and_then(|plan| serde_json::from_str::<Definition>(&plan.definition).ok()) {
        Some(definition) => tried(house, frame, &definition).await?,
        None => vec![],
    };
    let running = known.as_ref().is_some_and(|campaign| campaign.state == CampaignState::Running);
    let shown = waits.as_ref().ok().or(current.as_ref());
    let (change, differs) = match (waits.as_ref().ok(), current.as_ref()) {
        (Some(waits), Some(current)) if live => (change(waits, running), differences(frame, current, waits)),
        _ => (None, vec![]),
    };
    page(&Page {
        f: frame,
        name,
        made: shown.map(|plan| {
            let at = when(house, frame, plan.made_at);
            (at, plan.made_by.clone().unwrap_or_default())
        }),
        targets: shown.map_or(0, |plan| plan.targets),
        eligible: shown.map_or(0, |plan| plan.eligible),
        bars: shown.map(|plan| bars(frame, plan)).unwrap_or_default(),
        partners: shown.map(|plan| partners(frame, plan)).unwrap_or_default(),
        change,
        differs,
        asked,
        tried,
        has_file,
        live,
        wrong,
    })
}

/// The plan that is shown: the one that waits for a yes, else the campaign's own.
pub async fn shown(house: &House, name: &str) -> Result<Option<Plan>, Failure> {
    if let Ok(plan) = waiting(&house.db, &house.ledger, name).await? {
        return Ok(Some(plan));
    }
    let mut tx = house.db.read().await?;
    let Some(id) = campaign::get(&mut tx, name).await?.and_then(|campaign| campaign.plan_id) else { return Ok(None) };
    Ok(campaign::plan(&mut tx, &house.ledger.vault, id).await?)
}

/// What the panel made of each version; nothing where there is no panel and nobody was asked.
async fn tried(house: &House, frame: &Frame, definition: &Definition) -> Result<Vec<(String, String)>, Failure> {
    let mut tx = house.db.read().await?;
    let versions = verdict::to_show(&mut tx, &house.ledger, definition, &house.settings).await?;
    let line = |version: &Version| (format!("{} · {}", version.variant, version.language), frame.say(&version.text()));
    Ok(versions.iter().map(line).collect())
}

fn partners(frame: &Frame, plan: &Plan) -> Vec<String> {
    let told = plan.summary().map(|summary| summary.partners).unwrap_or_default();
    told.into_iter().map(|(en, nb)| frame.say(&Text { en, nb })).collect()
}

fn bars(frame: &Frame, plan: &Plan) -> Vec<Bar> {
    let left_out: BTreeMap<String, i64> = serde_json::from_str(&plan.left_out).unwrap_or_default();
    let counts = Decision::ALL.into_iter().map(|decision| {
        let people = if decision == Decision::Eligible {
            plan.eligible
        } else {
            left_out.get(decision.as_str()).copied().unwrap_or_default()
        };
        (decision, people)
    });
    counts
        .filter(|(decision, people)| *people > 0 || *decision == Decision::Eligible)
        .map(|(decision, people)| Bar {
            word: decision.as_str(),
            why: frame.say(&decision.explain()),
            people,
            percent: words::percent(people, plan.targets),
        })
        .collect()
}

fn change(plan: &Plan, running: bool) -> Option<Change> {
    let Summary { kind, rewritten, withdrawn, .. } = plan.summary()?;
    let other_text = kind == "change";
    Some(Change {
        newcomers: plan.eligible - rewritten,
        rewritten,
        withdrawn: withdrawn.values().sum(),
        other_text: other_text && running,
    })
}

fn differences(frame: &Frame, was: &Plan, is: &Plan) -> Vec<String> {
    const MOST: usize = 60;
    let read = |plan: &Plan| serde_json::from_str::<Definition>(&plan.definition).ok();
    let (Some(was), Some(is)) = (read(was), read(is)) else { return vec![] };
    let lines = difference::between(&was, &is);
    lines.iter().flat_map(|difference| difference.lines(frame.lang)).take(MOST).collect()
}
