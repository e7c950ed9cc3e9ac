//! `[[service]]`: what is offered where, so that people all over the country are told of what is near them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use toml::de::DeValue;

use super::entry::{both, line, name, nothing};
use super::{Entry, Kind, Readable, read_file, sheet};
use crate::campaign::file::Checked;
use crate::campaign::file::mistake::{Mistakes, short};
use crate::campaign::file::schema::{Key, key};
use crate::campaign::file::section::{Said, Section};
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

impl Entry for Service {
    const KIND: Kind = Kind::Services;

    fn name(&self) -> &str {
        &self.name
    }

    fn read_all(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<Self>) {
        match path.extension().is_some_and(|ending| ending == "csv") {
            true => sheet::read(path, folder, today),
            false => read_file(path, folder, today),
        }
    }
}

impl Readable for Service {
    const SECTION: &'static str = "service";
    const KEYS: &'static [Key] = &[
        key("", "service", "[[service]]"),
        key("service", "name", "name = \"olafia\""),
        key("service", "title", "title = \"Olafiaklinikken\""),
        key("service", "kind", "kind = \"sti_test\""),
        key("service", "where", "where = [\"Oslo\", \"Akershus\"]"),
        key("service", "text", "text.nb = \"gratis test på Olafiaklinikken\""),
        key("service", "address", "address = \"Trondheimsveien 2, Oslo\""),
        key("service", "hours", "hours.nb = \"man-fre 9-15\""),
        key("service", "contact", "contact = \"olafia.example\""),
        key("service", "languages", "languages = [\"nb\", \"en\"]"),
        key("service", "cost", "cost.nb = \"gratis\""),
        key("service", "anonymous", "anonymous = true"),
        key("service", "checked", "checked = 2026-10-01"),
        key("service", "owner", "owner = \"Kari\""),
    ];
    const REQUIRED: &'static [&'static str] = &["name", "title", "kind", "where", "checked"];

    fn read(section: &Section<'_>, today: Option<Date>, m: &mut Mistakes) -> Option<Self> {
        section.need(Self::REQUIRED, m);
        let name = name(section, "name", m);
        let title = both(section, "title", m);
        let kind = line(section, "kind", m).and_then(|said| kind(&said, m));
        let written = section.texts("where", m);
        if let (Some(written), Some(entry)) = (&written, section.entry("where"))
            && written.is_empty()
        {
            nowhere(&entry.span, m);
        }
        let areas: Vec<Area> = written.unwrap_or_default().iter().filter_map(|said| area(said, m)).collect();
        let languages = section.texts("languages", m).unwrap_or_default();
        let languages = languages.iter().filter_map(|said| spoken(said, m)).collect();
        let checked = section.date("checked", m);
        if let Some((date, span)) = &checked {
            judge_date(*date, span, today, m);
        }
        Some(Self {
            texts: texts(section, m),
            address: line(section, "address", m).map(|said| said.text),
            hours: both(section, "hours", m),
            contact: line(section, "contact", m).map(|said| said.text),
            languages,
            cost: both(section, "cost", m),
            anonymous: section.truth("anonymous", m),
            owner: line(section, "owner", m).map(|said| said.text),
            name: name?,
            title: title?,
            kind: kind?,
            areas,
            checked: checked?.0,
        })
    }
}

/// The word for what a service is: what a template can name.
pub(super) fn kind(said: &Said, m: &mut Mistakes) -> Option<String> {
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
pub(super) fn area(said: &Said, m: &mut Mistakes) -> Option<Area> {
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

pub(super) fn nowhere(span: &Range<usize>, m: &mut Mistakes) {
    m.error(
        "empty",
        span,
        text!("no place is named", "ikke noe sted er oppgitt"),
        text!("write for example: where = [\"Oslo\"]", "skriv for eksempel: where = [\"Oslo\"]"),
    );
}

/// A language that is spoken there, by its code or name.
pub(super) fn spoken(said: &Said, m: &mut Mistakes) -> Option<String> {
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
pub(super) fn judge_date(date: Date, span: &Range<usize>, today: Option<Date>, m: &mut Mistakes) {
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

/// The texts by language.
fn texts(section: &Section<'_>, m: &mut Mistakes) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let Some(entry) = section.entry("text") else { return texts };
    let DeValue::Table(table) = entry.value else {
        section.wrong(&entry, &text!("a text for each language", "en tekst for hvert språk"), m);
        return texts;
    };
    if table.is_empty() {
        nothing("text", &entry.span, m);
    }
    for entry in Section::of(&[], "", table, entry.key_span).entries() {
        let tongue = Said { text: entry.key.to_owned(), span: entry.key_span.clone() };
        let Some(code) = spoken(&tongue, m) else { continue };
        match entry.value {
            DeValue::String(written) if !written.trim().is_empty() => {
                let one = written.split_whitespace().collect::<Vec<_>>().join(" ");
                texts.insert(code, one);
            }
            _ => m.error(
                "wrong_type",
                &entry.span,
                text!("this takes a text in quotes", "dette skal være en tekst i anførselstegn"),
                text!("write it like this: text.nb = \"..\"", "skriv det slik: text.nb = \"..\""),
            ),
        }
    }
    texts
}
