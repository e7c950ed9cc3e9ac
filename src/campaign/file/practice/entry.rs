//! What the tables of these files have in common: names, texts in both languages, people who work here, lengths of time.

use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use toml::de::DeValue;

use super::kind::Kind;
use crate::campaign::file::checked::Checked;
use crate::campaign::file::mistake::{Mistakes, short};
use crate::campaign::file::schema::Key;
use crate::campaign::file::section::{Said, Section, controls};
use crate::campaign::file::{source, syntax};
use crate::domain::lang::{Lang, Text};
use crate::domain::span::Span;
use crate::text;

/// A name longer than this fits no list.
pub(super) const MOST_NAME: usize = 60;

/// What stands in a file of these, once for each table.
pub trait Entry: Sized + Clone {
    /// What the file holds.
    const KIND: Kind;

    /// What tells it from the others.
    fn name(&self) -> &str;

    /// Reads a file; the entries without mistakes count even when others have some.
    fn read_all(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<Self>);
}

/// How a table of such a file is read.
pub(super) trait Readable: Entry {
    /// The name of the table.
    const SECTION: &'static str;
    /// The keys.
    const KEYS: &'static [Key];
    /// Those that must be there.
    const REQUIRED: &'static [&'static str];

    /// Reads one; what is wrong is told.
    fn read(section: &Section<'_>, today: Option<Date>, m: &mut Mistakes) -> Option<Self>;
}

pub(super) fn read_file<T: Readable>(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<T>) {
    let mut m = Mistakes::default();
    let source = source::read(path, folder, &mut m);
    let mut entries = Vec::new();
    if source.sound {
        let (readable, broken) = syntax::read(&source.text, &mut m);
        let table = syntax::table(&readable);
        let top = Section::of(T::KEYS, "", &table, syntax::first(&source.text));
        let mut found = Mistakes::default();
        top.unknown(&mut found);
        top.need(&[T::SECTION], &mut found);
        for section in top.tables(T::SECTION, T::SECTION, &mut found).unwrap_or_default() {
            let mut own = Mistakes::default();
            section.unknown(&mut own);
            let read = T::read(&section, today, &mut own);
            if let Some(read) = read.filter(|_| own.errors() == 0) {
                once(&entries, &read, &section, &mut own);
                entries.push(read);
            }
            found.append(own);
        }
        found.retain(|mistake| broken.trusts(&mistake.span, mistake.code));
        m.append(found);
    }
    (checked(m, source), entries)
}

/// What is told of such a file.
pub(super) fn checked(m: Mistakes, source: source::Source) -> Checked {
    Checked {
        definition: None,
        mistakes: m.in_order(),
        source: source.text,
        file_hash: source.hash,
        list_hash: String::new(),
        beside: Vec::new(),
        list_facts: None,
    }
}

/// The name that the entry is known by: of letters that every shell and every address takes.
pub(super) fn name(section: &Section<'_>, key: &'static str, m: &mut Mistakes) -> Option<String> {
    plain(&section.text(key, m)?, key, m)
}

/// A name of letters that every shell and every address takes.
pub(super) fn plain(said: &Said, key: &str, m: &mut Mistakes) -> Option<String> {
    let plain = said.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    if plain && said.text.len() <= MOST_NAME {
        return Some(said.text.clone());
    }
    let shown = short(&said.text);
    m.error(
        "bad_name",
        &said.span,
        text!("`{shown}` is no name", "`{shown}` er ikke et navn"),
        text!(
            "use the letters a to z, digits, - and _, as in {key} = \"log-in-x\"",
            "bruk bokstavene a til z, sifre, - og _, som i {key} = \"logg-inn-x\""
        ),
    );
    None
}

/// Names an entry that has another's name.
pub(super) fn once<T: Entry>(before: &[T], read: &T, section: &Section<'_>, m: &mut Mistakes) {
    if before.iter().any(|other| other.name() == read.name()) {
        let name = short(read.name());
        m.error(
            "duplicate",
            &section.at,
            text!("there is another `{name}` above", "det står en annen `{name}` over"),
            text!("give each a name of its own", "gi hver sitt eget navn"),
        );
    }
}

/// A text for people: one for both languages, or one for each; the other language borrows what is there.
pub(super) fn both(section: &Section<'_>, key: &str, m: &mut Mistakes) -> Option<Text> {
    let entry = section.entry(key)?;
    let table = match entry.value {
        DeValue::Table(table) => {
            if table.is_empty() {
                nothing(key, &entry.span, m);
            }
            table
        }
        DeValue::String(_) => {
            let said = section.text(key, m)?;
            return Some(Text { en: said.text.clone(), nb: said.text });
        }
        _ => {
            section.wrong(&entry, &text!("a text, or one for each language", "en tekst, eller en for hvert språk"), m);
            return None;
        }
    };
    let (mut en, mut nb) = (None, None);
    for entry in Section::of(&[], "", table, entry.key_span).entries() {
        let slot = match Lang::parse(entry.key) {
            Some(Lang::En) => &mut en,
            Some(Lang::Nb) => &mut nb,
            None => {
                let written = short(entry.key);
                m.error(
                    "unknown_language",
                    &entry.key_span,
                    text!("`{written}` is no language of these pages", "`{written}` er ikke et språk på disse sidene"),
                    text!("write {key}.nb or {key}.en", "skriv {key}.nb eller {key}.en"),
                );
                continue;
            }
        };
        match entry.value {
            DeValue::String(written) if !written.trim().is_empty() => {
                controls(written, &entry.span, m);
                *slot = Some(written.trim().to_owned());
            }
            _ => m.error(
                "wrong_type",
                &entry.span,
                text!("`{key}` takes a text in quotes", "`{key}` skal være en tekst i anførselstegn"),
                text!("write it like this: {key}.nb = \"..\"", "skriv det slik: {key}.nb = \"..\""),
            ),
        }
    }
    let any = en.clone().or_else(|| nb.clone())?;
    Some(Text { en: en.unwrap_or_else(|| any.clone()), nb: nb.unwrap_or(any) })
}

/// Names a text that is there in no language.
pub(super) fn nothing(key: &str, span: &Range<usize>, m: &mut Mistakes) {
    m.error(
        "empty",
        span,
        text!("`{key}` says nothing", "`{key}` sier ingenting"),
        text!("write for example: {key}.nb = \"..\"", "skriv for eksempel: {key}.nb = \"..\""),
    );
}

/// A length of time that is some time.
pub(super) fn span(section: &Section<'_>, key: &'static str, m: &mut Mistakes) -> Option<Span> {
    let said = section.text(key, m)?;
    let help = text!("write for example: {key} = \"60 days\"", "skriv for eksempel: {key} = \"60 days\"");
    match Span::parse(&said.text) {
        Ok(span) if span.is_zero() => {
            m.error("bad_span", &said.span, text!("that is no time at all", "det er ingen tid i det hele tatt"), help);
            None
        }
        Ok(span) => Some(span),
        Err(error) => {
            m.told("bad_span", &said.span, &error.0, help);
            None
        }
    }
}

/// A text of one line that is there when it is written.
pub(super) fn line(section: &Section<'_>, key: &'static str, m: &mut Mistakes) -> Option<Said> {
    let said = section.text(key, m)?;
    Some(Said { text: said.text.split_whitespace().collect::<Vec<_>>().join(" "), ..said })
}

/// The parts of a cell that holds several: `nb, en`.
pub(super) fn parts(cell: &str) -> Vec<String> {
    let parts = cell.split([',', ';', '|']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}
