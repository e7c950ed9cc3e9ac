//! The campaign's file, with its mistakes and the linter's warnings under the lines they stand on.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::checked;
use crate::campaign::file::{self, Checked, Mistake, Severity};
use crate::campaign::folder::Folder;
use crate::campaign::house;
use crate::domain::inert::inert;
use crate::domain::lang::number_of;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, blocking};

/// Lines that are shown; a longer file is no campaign that a person wrote.
const MOST_LINES: usize = 2_000;
/// Characters of a line that are shown.
const LONG_LINE: usize = 2_000;

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/campaigns/{name}/file", Allow::COORDINATOR, show)
}

/// A line of the file.
struct Line {
    n: usize,
    text: String,
    found: Vec<Found>,
}

/// What was found on it.
struct Found {
    class: &'static str,
    word: String,
    text: String,
    help: String,
}

#[derive(Template)]
#[template(path = "file.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    lines: Vec<Line>,
    errors: usize,
    warnings: usize,
    notes: usize,
    more: usize,
    list: Option<String>,
}

async fn show(State(at): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    let name = checked(&name)?;
    let folder = Folder::named(&at.settings);
    if !folder.file(name).is_file() {
        return Err(Failure::missing());
    }
    let (settings, today, asked) = (at.settings.clone(), at.ledger.clock.today(), name.to_owned());
    let checked = blocking(move || {
        let mut checked = folder.check(&asked, Some(today));
        let known = house::known(&house::of(&settings).0, folder.path(), &checked);
        file::lint(&mut checked, &known);
        checked
    })
    .await?;
    let lines = lines(&frame, &checked);
    let more = checked.source.lines().count().saturating_sub(MOST_LINES);
    let list = checked.list_facts.as_ref().map(|facts| {
        let rows = number_of(facts.rows, ["row", "rows"], ["rad", "rader"]);
        let (rows, said) = (frame.say(&rows), frame.say(&facts.said()));
        crate::say!(frame.lang, "The list: {rows}, {said}.", "Listen: {rows}, {said}.")
    });
    let (errors, warnings, notes) = (checked.errors(), checked.warnings(), checked.notes());
    page(&Page { f: &frame, name, lines, errors, warnings, notes, more, list })
}

fn lines(frame: &Frame, checked: &Checked) -> Vec<Line> {
    let mut lines: Vec<Line> = checked
        .source
        .lines()
        .take(MOST_LINES)
        .enumerate()
        .map(|(n, text)| Line { n: n + 1, text: shown(text), found: vec![] })
        .collect();
    if lines.is_empty() {
        lines.push(Line { n: 1, text: String::new(), found: vec![] });
    }
    for mistake in &checked.mistakes {
        let (at, _) = checked.position(mistake);
        let last = lines.len();
        if let Some(line) = lines.get_mut(at.clamp(1, last) - 1) {
            line.found.push(found(frame, mistake));
        }
    }
    lines
}

fn found(frame: &Frame, mistake: &Mistake) -> Found {
    let (class, word) = match mistake.severity {
        Severity::Error => ("wrong", frame.t("Mistake", "Feil")),
        Severity::Warning => ("note", frame.t("Warning", "Advarsel")),
        Severity::Note => ("tell", frame.t("Note", "Merknad")),
    };
    Found { class, word: word.to_owned(), text: frame.say(&mistake.text), help: frame.say(&mistake.help) }
}

fn shown(text: &str) -> String {
    // A tab is obeyed by nobody here, and indents.
    let line = inert(&text.replace('\t', "    "));
    line.chars().take(LONG_LINE).collect()
}
