//! `[[service]]`: a service from a table of a TOML file; a file that is a sheet is read as one.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use toml::de::DeValue;

use super::super::entry::{Entry, Readable, both, line, name, nothing, read_file};
use super::super::kind::Kind;
use super::{Area, Service, area, judge_date, kind, nowhere, sheet, spoken};
use crate::campaign::file::checked::Checked;
use crate::campaign::file::mistake::Mistakes;
use crate::campaign::file::schema::{Key, key};
use crate::campaign::file::section::{Said, Section};
use crate::text;

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
