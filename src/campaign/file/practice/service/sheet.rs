//! Services from a spreadsheet: a row each, with the columns named as the keys of the TOML file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;

use super::super::entry::{checked, parts, plain};
use super::{Service, area, judge_date, kind, nowhere, spoken};
use crate::campaign::file::checked::Checked;
use crate::campaign::file::mistake::{Mistakes, short};
use crate::campaign::file::section::Said;
use crate::campaign::file::source;
use crate::campaign::list::List;
use crate::domain::gather::Gather;
use crate::domain::lang::Text;
use crate::text;

/// The columns that a sheet must have.
const NEEDED: [&str; 5] = ["name", "title", "kind", "where", "checked"];
/// Those that it may have; `text.nb` and the like besides.
const MORE: [&str; 7] = ["address", "hours", "contact", "languages", "cost", "anonymous", "owner"];
/// More rows than a country has services.
const MOST: usize = 20_000;
/// What begins the name of a column of texts.
const TEXT: &str = "text.";

/// Reads a sheet; rows without mistakes count even when others have some.
pub(super) fn read(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<Service>) {
    let mut m = Mistakes::default();
    // For the lines that mistakes are shown on; how the file is encoded is the list's to find out.
    let source = source::read(path, folder, &mut Mistakes::default());
    let lines = Lines::of(&source.text);
    let list = match List::open(path) {
        Ok(list) => list,
        Err(error) => {
            let at = lines.span(error.line().unwrap_or(1));
            m.told("unreadable", &at, &error.text(), text!("save it as CSV", "lagre den som CSV"));
            return (checked(m, source), Vec::new());
        }
    };
    let header: Vec<String> = list.header().iter().map(|name| name.trim().to_lowercase()).collect();
    judge_header(&header, &lines.span(1), &mut m);
    let mut services: Vec<Service> = Vec::new();
    let all: Vec<usize> = (0..header.len()).collect();
    for row in list.rows(&all).take(MOST) {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let at = lines.span(error.line().unwrap_or(1));
                m.told("unreadable", &at, &error.text(), text!("mend this row", "rett denne raden"));
                break;
            }
        };
        let cells = row.cells.iter().map(|cell| cell.expose().trim());
        let cells: BTreeMap<&str, &str> =
            header.iter().map(String::as_str).zip(cells).filter(|(_, cell)| !cell.is_empty()).gather();
        if cells.is_empty() {
            continue;
        }
        let mut own = Mistakes::default();
        let service = Row { cells, at: lines.span(row.line) }.read(today, &mut own);
        if let Some(service) = service.filter(|_| own.errors() == 0) {
            if services.iter().any(|other| other.name == service.name) {
                let name = short(&service.name);
                own.error(
                    "duplicate",
                    &lines.span(row.line),
                    text!("there is another `{name}` above", "det står en annen `{name}` over"),
                    text!("give each a name of its own", "gi hver sitt eget navn"),
                );
            } else {
                services.push(service);
            }
        }
        m.append(own);
    }
    (checked(m, source), services)
}

fn judge_header(header: &[String], at: &Range<usize>, m: &mut Mistakes) {
    for name in NEEDED.iter().filter(|name| !header.iter().any(|known| known == *name)) {
        m.error(
            "missing_key",
            at,
            text!("there is no column `{name}`", "det er ingen kolonne `{name}`"),
            text!("add a column of this name", "legg til en kolonne med dette navnet"),
        );
    }
    let known = |name: &str| NEEDED.contains(&name) || MORE.contains(&name) || name.starts_with(TEXT);
    for name in header.iter().filter(|name| !name.is_empty() && !known(name)) {
        let shown = short(name);
        let names = NEEDED.iter().chain(&MORE).copied().collect::<Vec<_>>().join(", ");
        m.error(
            "unknown_key",
            at,
            text!("there is no key `{shown}`", "det er ingen nøkkel `{shown}`"),
            text!("write one of: {names}, text.nb, text.en", "skriv en av: {names}, text.nb, text.en"),
        );
    }
}

/// A row by its columns.
struct Row<'a> {
    cells: BTreeMap<&'a str, &'a str>,
    at: Range<usize>,
}

impl Row<'_> {
    fn read(&self, today: Option<Date>, m: &mut Mistakes) -> Option<Service> {
        let said = |text: &str| Said { text: text.to_owned(), span: self.at.clone() };
        let name = self.need("name", m).and_then(|name| plain(&said(name), "name", m));
        let title = self.need("title", m);
        let kind = self.need("kind", m).and_then(|word| kind(&said(word), m));
        let places = self.need("where", m).map(parts).unwrap_or_default();
        let areas: Vec<_> = places.iter().filter_map(|place| area(&said(place), m)).collect();
        if places.is_empty() && self.cells.contains_key("where") {
            nowhere(&self.at, m);
        }
        let tongues = self.get("languages").map(parts).unwrap_or_default();
        let languages = tongues.iter().filter_map(|tongue| spoken(&said(tongue), m)).collect();
        let checked = self.need("checked", m).and_then(|written| self.date(written, m));
        if let Some(date) = checked {
            judge_date(date, &self.at, today, m);
        }
        let texts = self.cells.iter().filter_map(|(column, cell)| {
            let code = spoken(&said(column.strip_prefix(TEXT)?), m)?;
            Some((code, cell.split_whitespace().collect::<Vec<_>>().join(" ")))
        });
        let texts = texts.gather();
        let own = |key: &str| self.get(key).map(str::to_owned);
        let both = |key: &str| own(key).map(|text| Text { en: text.clone(), nb: text });
        Some(Service {
            name: name?,
            title: both("title").filter(|_| title.is_some())?,
            kind: kind?,
            areas,
            texts,
            address: own("address"),
            hours: both("hours"),
            contact: own("contact"),
            languages,
            cost: both("cost"),
            anonymous: self.get("anonymous").and_then(|word| self.truth(word, m)),
            checked: checked?,
            owner: own("owner"),
        })
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.cells.get(key).copied()
    }

    fn need(&self, key: &str, m: &mut Mistakes) -> Option<&str> {
        let cell = self.get(key);
        if cell.is_none() {
            m.error(
                "missing_key",
                &self.at,
                text!("`{key}` is missing in this row", "`{key}` mangler i denne raden"),
                text!("fill in the column `{key}`", "fyll ut kolonnen `{key}`"),
            );
        }
        cell
    }

    fn date(&self, written: &str, m: &mut Mistakes) -> Option<Date> {
        // As spreadsheets write it here.
        let norwegian = || {
            let mut parts = written.split('.');
            let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
            Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
        };
        let date = written.parse().ok().or_else(norwegian);
        if date.is_none() {
            let shown = short(written);
            m.error(
                "bad_date",
                &self.at,
                text!("`{shown}` is no date", "`{shown}` er ingen dato"),
                text!("write it as 2026-10-01", "skriv den som 2026-10-01"),
            );
        }
        date
    }

    fn truth(&self, word: &str, m: &mut Mistakes) -> Option<bool> {
        match word.to_lowercase().as_str() {
            "true" | "yes" | "ja" | "1" => Some(true),
            "false" | "no" | "nei" | "0" => Some(false),
            _ => {
                let shown = short(word);
                m.error(
                    "wrong_type",
                    &self.at,
                    text!("`{shown}` is neither yes nor no", "`{shown}` er verken ja eller nei"),
                    text!("write yes or no", "skriv ja eller nei"),
                );
                None
            }
        }
    }
}

/// Where each line of a text lies.
struct Lines(Vec<Range<usize>>);

impl Lines {
    fn of(text: &str) -> Self {
        let mut at = 0;
        let line = |line: &str| {
            let start = at;
            at += line.len();
            start..start + line.trim_end().len()
        };
        Self(text.split_inclusive('\n').map(line).collect())
    }

    /// The place of a line, from 1.
    fn span(&self, line: u64) -> Range<usize> {
        let n = usize::try_from(line).unwrap_or(1).saturating_sub(1);
        self.0.get(n).or(self.0.last()).cloned().unwrap_or(0..0)
    }
}
