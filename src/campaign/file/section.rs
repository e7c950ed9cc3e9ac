//! One table of a campaign file, read key by key; what is not as it should be becomes a mistake, and reading goes on.

use std::ops::Range;

use jiff::civil::{Date, Time};
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistakes, short};
use super::schema::{self, KEYS, Key};
use crate::domain::lang::Text;
use crate::domain::window::parse_time;
use crate::text;

/// A table and where its name stands.
pub(super) struct Section<'a> {
    /// Its name in the schema.
    name: &'static str,
    /// The keys that may be written in this file.
    keys: &'static [Key],
    table: &'a DeTable<'a>,
    /// Where its name stands.
    pub at: Range<usize>,
}

/// A text and where it stands, with its quotes.
#[derive(Clone)]
pub(super) struct Said {
    pub text: String,
    pub span: Range<usize>,
}

/// A value with its key.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    pub key: &'a str,
    pub key_span: Range<usize>,
    pub value: &'a DeValue<'a>,
    pub span: Range<usize>,
}

impl<'a> Section<'a> {
    /// A table of a campaign file.
    pub fn new(name: &'static str, table: &'a DeTable<'a>, at: Range<usize>) -> Self {
        Self::of(KEYS, name, table, at)
    }

    /// A table of a file in which these keys may be written.
    pub fn of(keys: &'static [Key], name: &'static str, table: &'a DeTable<'a>, at: Range<usize>) -> Self {
        Self { name, keys, table, at }
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> Vec<Entry<'a>> {
        let mut entries: Vec<Entry<'a>> = self
            .table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref(),
                key_span: key.span(),
                value: value.get_ref(),
                span: value.span(),
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        entries
    }

    /// The value of a key.
    pub fn entry(&self, name: &str) -> Option<Entry<'a>> {
        let (key, value) = self.table.get_key_value(name)?;
        Some(Entry { key: key.get_ref(), key_span: key.span(), value: value.get_ref(), span: value.span() })
    }

    /// Names every key that the schema does not have here.
    pub fn unknown(&self, m: &mut Mistakes) {
        for Entry { key, key_span, .. } in self.entries() {
            if schema::find(self.keys, self.name, key).is_none() {
                self.unknown_key(key, &key_span, m);
            }
        }
    }

    fn unknown_key(&self, key: &str, span: &Range<usize>, m: &mut Mistakes) {
        let key_shown = short(key);
        let wrong = text!("there is no key `{key_shown}` here", "det er ingen nøkkel `{key_shown}` her");
        let help = match schema::meant(self.keys, self.name, key) {
            Some(meant) if meant.section == self.name => {
                let (name, example) = (meant.name, meant.example);
                text!("write `{name}`, as in: {example}", "skriv `{name}`, som i: {example}")
            }
            Some(meant) => {
                let (name, Text { en, nb }) = (meant.name, header(meant.section));
                text!("move it: `{name}` belongs {en}", "flytt den: `{name}` hører hjemme {nb}")
            }
            None => {
                let names = schema::of(self.keys, self.name).map(|key| key.name).collect::<Vec<_>>().join(", ");
                text!("remove it, or write one of: {names}", "fjern den, eller skriv en av: {names}")
            }
        };
        m.error("unknown_key", span, wrong, help);
    }

    /// Whether a key is not there, and no other one is there that was meant to be it.
    pub fn lacks(&self, name: &str) -> bool {
        let is_it = |entry: &Entry<'_>| {
            let unknown = schema::find(self.keys, self.name, entry.key).is_none();
            unknown
                && schema::meant(self.keys, self.name, entry.key)
                    .is_some_and(|key| (key.section, key.name) == (self.name, name))
        };
        self.entry(name).is_none() && !self.entries().iter().any(is_it)
    }

    /// Names each of these keys that is not there and must be.
    pub fn need(&self, names: &[&str], m: &mut Mistakes) {
        for name in names.iter().filter(|name| self.lacks(name)) {
            let code = if self.example(name).starts_with('[') { "missing_section" } else { "missing_key" };
            self.missing(name, code, m);
        }
    }

    /// Names a key that must be there and is not.
    fn missing(&self, name: &str, code: &'static str, m: &mut Mistakes) {
        let example = self.example(name);
        m.error(
            code,
            &self.at,
            text!("`{name}` is missing", "`{name}` mangler"),
            text!("add: {example}", "legg til: {example}"),
        );
    }

    /// Names a value of another kind than the key takes.
    pub fn wrong(&self, entry: &Entry<'_>, wanted: &Text, m: &mut Mistakes) {
        let (key, example) = (short(entry.key), self.example(entry.key));
        let (Text { en, nb }, Text { en: is_en, nb: is_nb }) = (wanted, kind(entry.value));
        m.error(
            "wrong_type",
            &entry.span,
            text!("`{key}` takes {en}, and this is {is_en}", "`{key}` skal være {nb}, og dette er {is_nb}"),
            text!("write it like this: {example}", "skriv det slik: {example}"),
        );
    }

    fn example(&self, name: &str) -> &'static str {
        schema::find(self.keys, self.name, name).map_or("", |key| key.example)
    }

    /// A text that says something: blank is a mistake of its own.
    pub fn text(&self, name: &str, m: &mut Mistakes) -> Option<Said> {
        let said = self.any_text(name, m)?;
        let blank = said.text.trim().is_empty();
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
                Some(Said { text: text.trim().to_owned(), span: entry.span })
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
                Time::new(part(time.hour)?, part(time.minute)?, part(time.second.unwrap_or(0))?, below).ok()?
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

/// Names a character that no terminal and no telephone should see.
pub(super) fn controls(text: &str, span: &Range<usize>, m: &mut Mistakes) {
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        let code = u32::from(c);
        m.error(
            "control_character",
            span,
            text!(
                "a character that cannot be seen stands here (U+{code:04X})",
                "her står et tegn som ikke synes (U+{code:04X})"
            ),
            text!("write the text again without it", "skriv teksten på nytt uten det"),
        );
    }
}

/// Where a section begins, in words.
fn header(section: &str) -> Text {
    match section {
        "" => text!("at the top of the file, before the first [", "øverst i filen, før den første ["),
        "message.variant" | "follow_up" | "outcome" | "routine" | "service" | "platform" | "question" => {
            text!("under [[{section}]]", "under [[{section}]]")
        }
        _ => text!("under [{section}]", "under [{section}]"),
    }
}

/// What a value is, in words.
fn kind(value: &DeValue<'_>) -> Text {
    match value {
        DeValue::String(_) => text!("a text", "en tekst"),
        DeValue::Integer(_) => text!("a whole number", "et helt tall"),
        DeValue::Float(_) => text!("a decimal number", "et desimaltall"),
        DeValue::Boolean(_) => text!("true or false", "true eller false"),
        DeValue::Datetime(_) => text!("a date or a time", "en dato eller et klokkeslett"),
        DeValue::Array(_) => text!("a list", "en liste"),
        DeValue::Table(_) => text!("a table", "en tabell"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Folder, change};

    #[test]
    fn what_to_write_instead_fits_the_place() {
        let folder = Folder::new();
        for (from, to, code, said) in [
            ("attempts = 2", "attempts = 0", "bad_attempts", "from 1 to 5"),
            ("attempts = 2", "attempts = 6", "bad_attempts", "from 1 to 5"),
            ("media/pictograms.png", "media/none.png", "image_missing", "like \"media/pictograms.png\""),
            ("lists/oslo.csv", "/etc/passwd", "list_outside", "like \"lists/oslo.csv\""),
            ("phone = \"telefon\", language = \"språk\", region = \"sted\"", "", "unknown_filter", "; add region = "),
            ("[[follow_up]]", "[window]\n[[follow_up]]", "duplicate_key", "[[outcome]]"),
            ("from = \"11:00\"", "from = 11:00:30", "bad_time", "`from` has seconds"),
        ] {
            let checked = folder.check(&change(from, to));
            let mistake = checked.mistakes.iter().find(|mistake| mistake.code == code).unwrap();
            let told = format!("{}; {}", mistake.text.en, mistake.help.en);
            assert!(told.contains(said), "{told}");
        }
    }
}
