//! The values of a table, each of the kind that its key takes.

use std::ops::Range;

use jiff::civil::{Date, Time};
use toml::de::DeValue;

use super::{Entry, Said, Section, controls};
use crate::campaign::file::mistake::Mistakes;
use crate::domain::inert::is_blank;
use crate::domain::window::parse_time;
use crate::text;

impl<'a> Section<'a> {
    /// A text that says something: blank is a mistake of its own.
    pub fn text(&self, name: &str, m: &mut Mistakes) -> Option<Said> {
        let said = self.any_text(name, m)?;
        let blank = said.text.is_empty();
        if blank {
            let example = self.example(name);
            m.error(
                "empty",
                &said.span,
                text!("`{name}` says nothing", "`{name}` sier ingenting"),
                text!("write for example: {example}", "skriv for eksempel: {example}"),
            );
        }
        (!blank).then_some(said)
    }

    /// A text, perhaps blank.
    pub fn any_text(&self, name: &str, m: &mut Mistakes) -> Option<Said> {
        let entry = self.entry(name)?;
        match entry.value {
            DeValue::String(text) => {
                controls(text, &entry.span, m);
                let seen = if is_blank(text) { "" } else { text.trim() };
                Some(Said { text: seen.to_owned(), span: entry.span })
            }
            _ => {
                self.wrong(&entry, &text!("a text in quotes", "en tekst i anførselstegn"), m);
                None
            }
        }
    }

    /// Texts between square brackets; `None` when there is something, and none of it is a text.
    pub fn texts(&self, name: &str, m: &mut Mistakes) -> Option<Vec<Said>> {
        let entry = self.entry(name)?;
        let DeValue::Array(items) = entry.value else {
            let wanted = text!("a list of texts between [ and ]", "en liste av tekster mellom [ og ]");
            self.wrong(&entry, &wanted, m);
            return None;
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            let item = Entry { value: item.get_ref(), span: item.span(), ..entry.clone() };
            match item.value {
                DeValue::String(text) => texts.push(Said { text: text.trim().to_owned(), span: item.span }),
                _ => self.wrong(&item, &text!("texts in quotes", "tekster i anførselstegn"), m),
            }
        }
        (items.is_empty() || !texts.is_empty()).then_some(texts)
    }

    /// A table of its own.
    pub fn table(&self, name: &str, as_section: &'static str, m: &mut Mistakes) -> Option<Section<'a>> {
        let entry = self.entry(name)?;
        match entry.value {
            DeValue::Table(table) => Some(Section::of(self.keys, as_section, table, entry.key_span)),
            _ => {
                self.wrong(
                    &entry,
                    &text!("a section, or a table in curly brackets", "en seksjon, eller en tabell i krøllparenteser"),
                    m,
                );
                None
            }
        }
    }

    /// The tables of that name, each written under a header in double brackets.
    pub fn tables(&self, name: &str, as_section: &'static str, m: &mut Mistakes) -> Option<Vec<Section<'a>>> {
        let entry = self.entry(name)?;
        let example = self.example(name);
        let single = |span: &Range<usize>, m: &mut Mistakes| {
            m.error(
                "wrong_type",
                span,
                text!(
                    "there may be several of `{name}`, so it has double brackets",
                    "det kan være flere av `{name}`, så den har doble klammer"
                ),
                text!("write it like this: {example}", "skriv det slik: {example}"),
            );
        };
        match entry.value {
            DeValue::Array(items) if items.iter().all(|item| item.get_ref().is_table()) => {
                let table = |item: &'a toml::Spanned<DeValue<'a>>| match item.get_ref() {
                    DeValue::Table(table) => Some(Section::of(self.keys, as_section, table, item.span())),
                    _ => None,
                };
                Some(items.iter().filter_map(table).collect())
            }
            DeValue::Table(table) => {
                single(&entry.key_span, m);
                Some(vec![Section::of(self.keys, as_section, table, entry.key_span)])
            }
            _ => {
                single(&entry.span, m);
                None
            }
        }
    }

    /// A whole number from 1 to a million.
    pub fn count(&self, name: &str, code: &'static str, m: &mut Mistakes) -> Option<u32> {
        self.count_to(1_000_000, name, code, m)
    }

    /// A whole number from 1 to so many.
    pub fn count_to(&self, most: u32, name: &str, code: &'static str, m: &mut Mistakes) -> Option<u32> {
        let entry = self.entry(name)?;
        let DeValue::Integer(number) = entry.value else {
            self.wrong(&entry, &text!("a whole number", "et helt tall"), m);
            return None;
        };
        let value = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let value = value.and_then(|value| u32::try_from(value).ok()).filter(|value| (1..=most).contains(value));
        if value.is_none() {
            let example = self.example(name);
            m.error(
                code,
                &entry.span,
                text!(
                    "`{name}` must be a whole number from 1 to {most}",
                    "`{name}` må være et helt tall fra 1 til {most}"
                ),
                text!("write for example: {example}", "skriv for eksempel: {example}"),
            );
        }
        value
    }

    /// Yes or no.
    pub fn truth(&self, name: &str, m: &mut Mistakes) -> Option<bool> {
        let entry = self.entry(name)?;
        if let DeValue::Boolean(truth) = entry.value {
            return Some(*truth);
        }
        self.wrong(&entry, &text!("true or false, without quotes", "true eller false, uten anførselstegn"), m);
        None
    }

    /// A date of the calendar. One that cannot be is the parser's mistake.
    pub fn date(&self, name: &str, m: &mut Mistakes) -> Option<(Date, Range<usize>)> {
        let entry = self.entry(name)?;
        let wanted =
            text!("a date without quotes and without a time", "en dato uten anførselstegn og uten klokkeslett");
        let DeValue::Datetime(moment) = entry.value else {
            self.wrong(&entry, &wanted, m);
            return None;
        };
        let date = match (moment.date, moment.time, moment.offset) {
            (Some(date), None, None) => date,
            (None, None, None) => return None,
            _ => {
                self.wrong(&entry, &wanted, m);
                return None;
            }
        };
        let parts = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day));
        let (Ok(year), Ok(month), Ok(day)) = parts else { return None };
        Date::new(year, month, day).ok().map(|date| (date, entry.span))
    }

    /// A time of day of whole minutes, in quotes or as TOML has it.
    pub fn time(&self, name: &str, m: &mut Mistakes) -> Option<(Time, Range<usize>)> {
        let entry = self.entry(name)?;
        let example = self.example(name);
        let help = text!("write for example: {example}", "skriv for eksempel: {example}");
        let time = match entry.value {
            DeValue::String(written) => match parse_time(written) {
                Ok(time) => time,
                Err(error) => {
                    m.told("bad_time", &entry.span, &error.0, help);
                    return None;
                }
            },
            DeValue::Datetime(moment) if moment.date.is_none() && moment.offset.is_none() => {
                let time = moment.time?;
                let part = |part: u8| i8::try_from(part).ok();
                let below = i32::try_from(time.nanosecond.unwrap_or(0)).ok()?;
                let (hour, minute, second) = (part(time.hour)?, part(time.minute)?, part(time.second.unwrap_or(0))?);
                let Ok(time) = Time::new(hour, minute, second, below) else {
                    let wrong = text!("there is no such time of day", "det finnes ikke noe slikt klokkeslett");
                    m.error("bad_time", &entry.span, wrong, help);
                    return None;
                };
                time
            }
            _ => {
                self.wrong(&entry, &text!("a time of day in quotes", "et klokkeslett i anførselstegn"), m);
                return None;
            }
        };
        if (time.second(), time.subsec_nanosecond()) != (0, 0) {
            let wrong =
                text!("`{name}` has seconds, and minutes are enough", "`{name}` har sekunder, og minutter holder");
            m.error("bad_time", &entry.span, wrong, help);
            return None;
        }
        Some((time, entry.span))
    }
}
