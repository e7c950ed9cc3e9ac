//! One table of a campaign file, read key by key; what is not as it should be becomes a mistake, and reading goes on.

mod value;

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::mistake::{Mistakes, short};
use super::schema::{self, KEYS, Key};
use crate::domain::lang::Text;
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
    use super::super::tests::folder::{Folder, change};

    #[test]
    fn what_to_write_instead_fits_the_place() {
        let folder = Folder::new();
        for (from, to, code, said) in [
            ("attempts = 2", "attempts = 0", "bad_attempts", "from 1 to 5"),
            ("attempts = 2", "attempts = 6", "bad_attempts", "from 1 to 5"),
            ("media/pictograms.png", "media/none.png", "image_missing", "like \"media/pictograms.png\""),
            ("lists/oslo.csv", "/etc/passwd", "list_outside", "like \"lists/oslo.csv\""),
            ("phone = \"telefon\", language = \"språk\", region = \"sted\"", "", "unknown_filter", "; add region = "),
            ("where   = { region", "where   = { phone", "unknown_filter", "not for filters; take the rows out"),
            ("{{ region }}", "{{ phone }}", "address_in_text", "not for texts; remove {{ phone }}"),
            ("[[follow_up]]", "[window]\n[[follow_up]]", "duplicate_key", "[[outcome]]"),
            ("sender   = \"Amanda\"", "sender = \"\\u200b\"", "no_sender", "sender = \"Amanda\""),
            ("basis  = \"public task\"", "basis = \"\\u200b\\u2060\\u3164\"", "no_basis", "write the legal basis"),
            (
                "text.nb = \"Hei! Dette er {{ sender }}.",
                "text.nb = \"\\u2800\"\ntext.da = \"",
                "empty_text",
                "is empty",
            ),
            ("from = \"11:00\"", "from = 11:00:30", "bad_time", "`from` has seconds"),
            ("from = \"11:00\"", "from = 23:59:60", "bad_time", "no such time"),
        ] {
            let checked = folder.check(&change(from, to));
            let mistake = checked.mistakes.iter().find(|mistake| mistake.code == code).unwrap();
            let told = format!("{}; {}", mistake.text.en, mistake.help.en);
            assert!(told.contains(said), "{told}");
        }
    }
}
