//! A plan's messages as they will look on a phone: of each version and language some by lot, the longest, the odd ones.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{checked, plan};
use crate::audit::On;
use crate::campaign::file::Definition;
use crate::domain::act::Act;
use crate::domain::parts::{Costly, Encoding, costly, is_own_writing, parts, split};
use crate::domain::phone::Region;
use crate::domain::phone::find_numbers;
use crate::plan::sample::{self, Group, Sample, Why};
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame};

/// Versions and languages on one page; a campaign of more is looked at in its file.
const MOST_GROUPS: usize = 24;

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}/messages", Allow::COORDINATOR, show)
}

/// A message as a phone shows it.
struct Bubble {
    why: String,
    parts: Vec<String>,
    count: usize,
    units: usize,
    /// Whether it has a character that SMS lacks,
    dense: bool,
    /// and which, where its language can do without them.
    costly: Vec<Costly>,
    image: Option<String>,
}

/// A version in a language.
struct Shown {
    variant: String,
    sender: String,
    language: String,
    people: i64,
    parts: i64,
    lengths: Vec<(usize, bool, i64)>,
    /// The picture that goes with all of them.
    image: Option<String>,
    bubbles: Vec<Bubble>,
}

#[derive(Template)]
#[template(path = "messages.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    call: bool,
    people: i64,
    parts: i64,
    groups: Vec<Shown>,
    old: bool,
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let plan = plan::shown(&house, name).await?.ok_or_else(Failure::missing)?;
    let definition: Option<Definition> = serde_json::from_str(&plan.definition).ok();
    let summary = plan.summary();
    let old = summary.is_none();
    let groups = summary.map(|summary| summary.groups).unwrap_or_default();
    let (people, parts) = (groups.iter().map(Group::people).sum(), groups.iter().map(Group::parts).sum());
    let mut shown = Vec::new();
    let mut tx = house.db.read().await?;
    for group in groups.iter().take(MOST_GROUPS) {
        let samples = sample::open(&mut tx, &house.ledger, &plan, group).await?;
        let first = samples.first().and_then(|sample| sample.media.clone());
        let image = first.filter(|first| samples.iter().all(|sample| sample.media.as_ref() == Some(first)));
        let region = house.settings.organisation.region;
        shown.push(Shown {
            variant: group.variant.clone(),
            sender: definition.as_ref().map(|d| d.sender_of(&group.variant).to_owned()).unwrap_or_default(),
            language: group.language.clone(),
            people: group.people(),
            parts: group.parts(),
            lengths: group.lengths.iter().map(|length| (length.parts, length.ucs2, length.people)).collect(),
            bubbles: samples.iter().map(|sample| bubble(&frame, sample, image.is_none(), region)).collect(),
            image,
        });
    }
    drop(tx);
    house.ledger.book().note_alone(&house.db, Act::PlanRead, On::Campaign(name), people).await?;
    page(&Page {
        f: &frame,
        name,
        call: definition.is_some_and(|definition| definition.is_calls()),
        people,
        parts,
        groups: shown,
        old,
    })
}

fn bubble(frame: &Frame, sample: &Sample, with_picture: bool, region: Region) -> Bubble {
    let text = masked(sample.text.expose(), region);
    let counted = parts(&text);
    Bubble {
        why: match sample.why {
            Why::Drawn => frame.t("drawn by lot", "trukket tilfeldig"),
            Why::Longest => frame.t("the longest", "den lengste"),
            Why::Odd => frame.t("unlike most others", "ulik de fleste andre"),
        }
        .to_owned(),
        parts: split(&text).into_iter().map(str::to_owned).collect(),
        count: counted.parts,
        units: counted.units,
        dense: counted.encoding == Encoding::Ucs2,
        costly: Some(costly(&text)).filter(|costly| !is_own_writing(costly)).unwrap_or_default(),
        image: sample.media.clone().filter(|_| with_picture),
    }
}

/// The text without the digits of numbers in it, as many characters as before: a row may bring somebody's number.
fn masked(text: &str, region: Region) -> String {
    if find_numbers(text, region).numbers.is_empty() {
        return text.to_owned();
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let hide = |n: usize| n > 2 && n + 2 < digits;
    let mut seen = 0;
    text.chars()
        .map(|c| {
            if !c.is_ascii_digit() {
                return c;
            }
            seen += 1;
            if hide(seen) { '*' } else { c }
        })
        .collect()
}
