//! A service: what is offered where, so that people all over the country are told of what is near them.

mod sheet;
mod table;

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;

use crate::campaign::file::mistake::{Mistakes, short};
use crate::campaign::file::section::Said;
use crate::domain::lang::Text;
use crate::domain::language;
use crate::domain::place::Place;
use crate::text;

/// What people write for the whole country.
const EVERYWHERE: [&str; 6] = ["norge", "norway", "hele landet", "everywhere", "alle", "all"];

/// A service near some people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// What it is known by.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// What it is, in a word: `{{ services.KIND }}`.
    pub kind: String,
    /// Whom it is for.
    pub areas: Vec<Area>,
    /// What a message says of it, by language; without one, its title.
    pub texts: BTreeMap<String, String>,
    /// Where it is.
    pub address: Option<String>,
    /// When it is open.
    pub hours: Option<Text>,
    /// How to reach it.
    pub contact: Option<String>,
    /// The languages spoken there, by their codes.
    pub languages: Vec<String>,
    /// What it costs.
    pub cost: Option<Text>,
    /// Whether one may stay anonymous; `None` when nobody has said.
    pub anonymous: Option<bool>,
    /// When somebody last saw that all this is right.
    pub checked: Date,
    /// Who looks whether it still is.
    pub owner: Option<String>,
}

/// Whom a service is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Everybody.
    Everywhere,
    /// People in a municipality or a county.
    In(&'static Place),
}

impl Service {
    /// What a message says of it in a language.
    pub fn said(&self, language: &str) -> &str {
        let fallback = match language {
            "nb" | "nn" | "no" | "da" | "sv" => "nb",
            _ => "en",
        };
        let text = self.texts.get(language).or_else(|| self.texts.get(fallback));
        let title = if fallback == "nb" { &self.title.nb } else { &self.title.en };
        text.or_else(|| self.texts.values().next()).unwrap_or(title)
    }
}

/// The word for what a service is: what a template can name.
fn kind(said: &Said, m: &mut Mistakes) -> Option<String> {
    let plain = said.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && said.text.starts_with(|c: char| c.is_ascii_lowercase()) && said.text.len() <= 40 {
        return Some(said.text.clone());
    }
    let shown = short(&said.text);
    m.error(
        "bad_kind",
        &said.span,
        text!("`{shown}` cannot be named in a text", "`{shown}` kan ikke brukes i en tekst"),
        text!(
            "use small letters, digits and _, as in kind = \"sti_test\"",
            "bruk små bokstaver, sifre og _, som i kind = \"sti_test\""
        ),
    );
    None
}

/// The area that somebody means by a name.
fn area(said: &Said, m: &mut Mistakes) -> Option<Area> {
    if EVERYWHERE.contains(&said.text.to_lowercase().as_str()) {
        return Some(Area::Everywhere);
    }
    match Place::find(&said.text)[..] {
        [place] => return Some(Area::In(place)),
        [] => {
            let shown = short(&said.text);
            m.error(
                "unknown_place",
                &said.span,
                text!(
                    "`{shown}` is no municipality or county of Norway",
                    "`{shown}` er ingen kommune eller et fylke i Norge"
                ),
                text!(
                    "write its name as it is since 2024, or \"Norge\" for the whole country",
                    "skriv navnet slik det er siden 2024, eller \"Norge\" for hele landet"
                ),
            );
        }
        [first, ..] => {
            let (shown, full) = (short(&said.text), first.full());
            m.error(
                "unknown_place",
                &said.span,
                text!("there are several places named `{shown}`", "det finnes flere steder som heter `{shown}`"),
                text!("write the county too, as in \"{full}\"", "skriv fylket også, som i \"{full}\""),
            );
        }
    }
    None
}

fn nowhere(span: &Range<usize>, m: &mut Mistakes) {
    m.error(
        "empty",
        span,
        text!("no place is named", "ikke noe sted er oppgitt"),
        text!("write for example: where = [\"Oslo\"]", "skriv for eksempel: where = [\"Oslo\"]"),
    );
}

/// A language that is spoken there, by its code or name.
fn spoken(said: &Said, m: &mut Mistakes) -> Option<String> {
    let code = language::parse(&said.text);
    if code.is_none() {
        let shown = short(&said.text);
        m.error(
            "unknown_language",
            &said.span,
            text!("`{shown}` is no language we know", "`{shown}` er ikke et språk vi kjenner"),
            text!("write its code or name, as in \"th\"", "skriv koden eller navnet, som i \"th\""),
        );
    }
    code
}

/// Warns of an entry that nobody has looked at for long, and of one from the future.
fn judge_date(date: Date, span: &Range<usize>, today: Option<Date>, m: &mut Mistakes) {
    let Some(today) = today else { return };
    if date > today {
        m.error(
            "bad_date",
            span,
            text!("this day has not come yet", "denne dagen har ikke kommet ennå"),
            text!("write the day on which somebody looked", "skriv dagen da noen så etter"),
        );
    } else if review(date) <= today {
        m.warn(
            "old",
            span,
            text!("nobody has looked at this for six months", "ingen har sett på denne på seks måneder"),
            text!(
                "look whether it is still right, and write the day of it here",
                "se om det fortsatt stemmer, og skriv dagen for det her"
            ),
        );
    }
}

/// The day on which what was checked on this one is to be looked at again.
pub fn review(checked: Date) -> Date {
    use jiff::ToSpan;
    checked.saturating_add(6.months())
}
