//! A campaign's message tried on the organisation's own panel, and what became of each try.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::making::not_ready;
use super::{address, checked};
use crate::campaign::file::Definition;
use crate::campaign::folder::Folder;
use crate::domain::handle::masked;
use crate::domain::hex::hex;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::verdict::Understood;
use crate::plan::trial::{self, Member, NoTrial, Wanted};
use crate::plan::verdict::{self, Said};
use crate::store::direct;
use crate::store::verdict::Verdict;
use crate::web::frame::page;
use crate::web::person::{sentence, when};
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me, blocking};

/// Earlier tries that are shown, the newest first.
const MOST: usize = 50;

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .get("/campaigns/{name}/try", Allow::COORDINATOR, show)
        .post("/campaigns/{name}/try", Allow::COORDINATOR, send)
        .post("/campaigns/{name}/verdicts", Allow::COORDINATOR, say)
        .post("/campaigns/{name}/verdicts/{id}/undo", Allow::COORDINATOR, take_back)
}

/// Somebody on the panel, as a button.
struct Person {
    key: String,
    number: String,
    note: String,
}

/// A try, and what became of it.
struct Tried {
    at: String,
    variant: String,
    language: String,
    became: String,
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "try.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    wrong: Option<String>,
    variants: Vec<String>,
    languages: Vec<String>,
    people: Vec<Person>,
    tried: Vec<Tried>,
    versions: Vec<Judged>,
    words: Vec<(&'static str, String)>,
}

/// A version, with what the panel made of it.
struct Judged {
    variant: String,
    language: String,
    told: String,
    verdicts: Vec<Line>,
}

/// A verdict.
struct Line {
    id: String,
    at: String,
    word: String,
    means: Option<String>,
}

/// What somebody on the panel said.
#[derive(Deserialize)]
struct Heard {
    variant: String,
    language: String,
    understood: String,
    #[serde(default)]
    means: String,
}

#[derive(Deserialize)]
struct Order {
    variant: String,
    language: String,
    /// Whom, by the blind index of their number: a number stands in no form that was not asked for it.
    who: String,
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    with(&house, &frame, &name, None).await
}

async fn send(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(name): Path<String>,
    Form(order): Form<Order>,
) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let wrong = match definition(&house, name).await? {
        Err(why) => Some(why),
        Ok(definition) => try_on(&house, &me, &definition, &order).await?,
    };
    let Some(wrong) = wrong else { return Ok(Redirect::to(&address(name, "/try")).into_response()) };
    let mut response = with(&house, &frame, name, Some(wrong)).await?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// Writes down what somebody on the panel said.
async fn say(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(name): Path<String>,
    Form(heard): Form<Heard>,
) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let understood = Understood::parse(&heard.understood).ok_or_else(Failure::missing)?;
    let wrong = match definition(&house, name).await? {
        Err(why) => Some(why),
        Ok(definition) => {
            let said = Said {
                variant: Some(&heard.variant),
                language: Some(&heard.language),
                understood,
                means: Some(&heard.means),
            };
            let mut tx = house.db.begin().await?;
            let added = verdict::add(&mut tx, &house.ledger, &definition, said, Some(me.name())).await?;
            tx.commit().await?;
            added.err().map(|why| why.text())
        }
    };
    let Some(wrong) = wrong else { return Ok(Redirect::to(&address(name, "/try#panel")).into_response()) };
    let mut response = with(&house, &frame, name, Some(wrong)).await?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

async fn take_back(State(house): At, Path((name, id)): Path<(String, String)>) -> Result<Redirect, Failure> {
    let name = checked(&name)?;
    let mut tx = house.db.begin().await?;
    // What is not there any more was taken back before.
    if verdict::take_back(&mut tx, &house.ledger, name, &id).await?.is_ok() {
        tx.commit().await?;
    }
    Ok(Redirect::to(&address(name, "/try#panel")))
}

/// What the panel made of each version.
async fn judged(house: &House, frame: &Frame, definition: &Definition) -> Result<Vec<Judged>, Failure> {
    let mut tx = house.db.read().await?;
    let versions = verdict::versions(&mut tx, &house.ledger, definition).await?;
    let line = |one: &Verdict| Line {
        id: one.id.to_string(),
        at: when(house, frame, one.at),
        word: frame.say(&one.understood.text()),
        means: one.means.as_ref().map(|means| means.expose().clone()),
    };
    let judged = versions.into_iter().map(|version| Judged {
        told: frame.say(&version.text()),
        verdicts: version.verdicts.iter().map(line).collect(),
        variant: version.variant,
        language: version.language,
    });
    Ok(judged.collect())
}

/// Puts the message in the queue, or says why not.
async fn try_on(house: &House, me: &Me, definition: &Definition, order: &Order) -> Result<Option<Text>, Failure> {
    let members = match panel(house).await? {
        Ok(members) => members,
        Err(why) => return Ok(Some(why.text())),
    };
    let Some(to) = members.iter().find(|member| key(house, member) == order.who) else {
        return Ok(Some(NoTrial::NotOnPanel.text()));
    };
    let wanted = Wanted { variant: Some(&order.variant), language: Some(&order.language) };
    let mut tx = house.db.begin().await?;
    let sent = trial::send(&house.ledger, &mut tx, &house.settings, definition, &to.number, wanted, me.name()).await?;
    match sent {
        Ok(_) => {
            tx.commit().await?;
            Ok(None)
        }
        Err(why) => Ok(Some(why.text())),
    }
}

async fn with(house: &House, frame: &Frame, name: &str, wrong: Option<Text>) -> Result<Response, Failure> {
    let name = checked(name)?;
    let tests = direct::of_campaign(&mut house.db.read().await?, name).await?;
    let (mut wrong, mut variants, mut languages, mut people) = (wrong, vec![], vec![], vec![]);
    let (definition, panel) = (definition(house, name).await?, panel(house).await?);
    let versions = match &definition {
        Ok(definition) => judged(house, frame, definition).await?,
        Err(_) => vec![],
    };
    match (definition, panel) {
        (Err(why), _) => wrong = wrong.or(Some(why)),
        (Ok(definition), panel) => {
            let words = definition.variants.iter().flat_map(|variant| variant.texts.keys().cloned());
            languages = words.collect();
            let ours = &house.settings.organisation.languages;
            languages.sort_by_key(|code| (ours.iter().position(|own| own == code).unwrap_or(ours.len()), code.clone()));
            languages.dedup();
            variants = definition.variants.iter().map(|variant| variant.name.clone()).collect();
            match panel {
                Ok(members) => people = members.iter().map(|member| person(house, member)).collect(),
                Err(why) => wrong = wrong.or(Some(why.text())),
            }
        }
    }
    let tried = tests.into_iter().rev().take(MOST).map(|test| Tried {
        at: when(house, frame, test.made_at),
        variant: test.variant.unwrap_or_default(),
        language: test.language.unwrap_or_default(),
        became: frame.say(&test.state.meaning(false)),
        reason: test.reason,
    });
    let tried = tried.collect();
    page(&Page {
        f: frame,
        name,
        wrong: wrong.map(|wrong| sentence(&frame.say(&wrong))),
        variants,
        languages,
        people,
        tried,
        versions,
        words: Understood::ALL.map(|word| (word.as_str(), frame.say(&word.text()))).to_vec(),
    })
}

/// The campaign as its file is now: a try is of what was written, planned or not.
async fn definition(house: &House, name: &str) -> Result<Result<Definition, Text>, Failure> {
    let (folder, today, name) = (Folder::named(&house.settings), house.ledger.clock.today(), name.to_owned());
    if !folder.file(&name).is_file() {
        return Err(Failure::missing());
    }
    let ready = blocking(move || folder.ready(&name, today).map_err(|why| not_ready(&why))).await?;
    Ok(ready.and_then(|ready| match ready.definition.calls {
        Some(_) => Err(NoTrial::by_people(&ready.definition).text()),
        None => Ok(ready.definition),
    }))
}

async fn panel(house: &House) -> Result<Result<Vec<Member>, NoTrial>, Failure> {
    let settings = house.settings.clone();
    blocking(move || match trial::panel(&settings) {
        Ok(members) if members.is_empty() => Err(NoTrial::NobodyOnIt),
        panel => panel,
    })
    .await
}

fn person(house: &House, member: &Member) -> Person {
    let note = inert(member.note.expose()).chars().take(60).collect();
    Person { key: key(house, member), number: masked(member.number.expose()), note }
}

fn key(house: &House, member: &Member) -> String {
    hex(house.ledger.vault.blind(member.number.expose()))
}
