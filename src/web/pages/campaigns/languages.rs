//! The languages of each version beside each other, as the campaign's file has them, with what is missing.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::planning::not_ready;
use super::{blocking, checked};
use crate::campaign::beside::{Tongue, beside};
use crate::campaign::folder::Folder;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame};

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}/languages", Allow::COORDINATOR, show)
}

/// A text, or that there is none.
struct Shown {
    language: String,
    text: Option<String>,
    reading: Option<String>,
    lacks: Vec<String>,
}

#[derive(Template)]
#[template(path = "languages.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    wrong: Option<String>,
    variants: Vec<(String, Vec<Shown>)>,
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let (folder, today, asked) = (Folder::named(&house.settings), house.ledger.clock.today(), name.to_owned());
    if !folder.file(name).is_file() {
        return Err(Failure::missing());
    }
    let ready = blocking(move || folder.ready(&asked, today).map_err(|why| not_ready(&why))).await?;
    let (variants, wrong) = match ready {
        Ok(ready) => (beside(&ready.definition, &house.settings.organisation.languages), None),
        Err(why) => (vec![], Some(frame.say(&why))),
    };
    let variants = variants.into_iter().map(|one| {
        let tongues = one.tongues.iter().map(|tongue| shown(&frame, tongue)).collect();
        (one.variant, tongues)
    });
    page(&Page { f: &frame, name, wrong, variants: variants.collect() })
}

fn shown(frame: &Frame, tongue: &Tongue) -> Shown {
    let reading =
        |read: &crate::campaign::lint::Readability| format!("{} (LIX {})", frame.say(&read.in_words()), read.lix);
    Shown {
        language: tongue.language.clone(),
        text: tongue.text.clone(),
        reading: tongue.reading.as_ref().map(reading),
        lacks: tongue.lacks.iter().map(|lacks| frame.say(lacks)).collect(),
    }
}
