//! The languages of each version beside each other, as the campaign's file has them, with what is missing.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::checked;
use super::making::not_ready;
use crate::campaign::beside::{Tongue, beside};
use crate::campaign::folder::Folder;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, blocking};

/// The longest place to fill in that stays on one line, in characters.
const MOST_WHOLE: usize = 28;

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}/languages", Allow::COORDINATOR, show)
}

/// A text, or that there is none.
struct Shown {
    language: String,
    text: Option<Vec<(bool, String)>>,
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

/// A text in pieces, each with whether it is a place to fill in, which is broken over no line.
fn pieces(text: &str) -> Vec<(bool, String)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((start, end)) =
        rest.find("{{").and_then(|start| Some((start, start + rest[start..].find("}}")? + 2)))
    {
        pieces.push((false, rest[..start].to_owned()));
        // A longer one would not fit a telephone.
        pieces.push((rest[start..end].chars().count() <= MOST_WHOLE, rest[start..end].to_owned()));
        rest = &rest[end..];
    }
    pieces.push((false, rest.to_owned()));
    pieces
}

fn shown(frame: &Frame, tongue: &Tongue) -> Shown {
    let reading =
        |read: &crate::campaign::lint::Readability| format!("{} (LIX {})", frame.say(&read.in_words()), read.lix);
    Shown {
        language: tongue.language.clone(),
        text: tongue.text.as_deref().map(pieces),
        reading: tongue.reading.as_ref().map(reading),
        lacks: tongue.lacks.iter().map(|lacks| frame.say(lacks)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_to_fill_in_stays_whole_and_every_letter_is_there() {
        let text = "Hei {{ sender }}, {{ region }}! {{ open";
        let pieces = pieces(text);
        let whole: Vec<_> = pieces.iter().filter(|(whole, _)| *whole).map(|(_, piece)| piece.as_str()).collect();
        assert_eq!(whole, ["{{ sender }}", "{{ region }}"]);
        assert_eq!(pieces.iter().map(|(_, piece)| piece.as_str()).collect::<String>(), text);
    }
}
