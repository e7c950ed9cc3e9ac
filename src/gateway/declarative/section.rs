//! One table of a provider's file, read key by key. What is not as it should be becomes a mistake, and reading goes on;
//! a key that nobody asked for is one, too.

use std::cell::RefCell;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::mistake::{Mistakes, short};
use crate::domain::lang::Text;
use crate::text;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub span: Range<usize>,
    pub value: Value,
}

/// A value as TOML has it; numbers as they are written.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Number(String),
    Bool(bool),
    List(Vec<Node>),
    /// In the order of the file.
    Table(Vec<(Said, Node)>),
    /// A date or a time: of no use here.
    Other,
}

/// A text and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub text: String,
    pub span: Range<usize>,
}

/// Reads TOML; the first thing that is none is a mistake.
pub(super) fn parse(source: &str, m: &Mistakes) -> Option<Vec<(Said, Node)>> {
    match DeTable::parse(source) {
        Ok(table) => Some(entries(table.get_ref())),
        Err(e) => {
            let said = short(e.message());
            m.add(
                &e.span().unwrap_or(0..0),
                text!("this is not TOML: {said}", "dette er ikke TOML: {said}"),
                text!(
                    "write keys like name = \"text\", and sections like [send]",
                    "skriv nøkler som name = \"tekst\", og seksjoner som [send]"
                ),
            );
            None
        }
    }
}

fn entries(table: &DeTable<'_>) -> Vec<(Said, Node)> {
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let key: &toml::Spanned<std::borrow::Cow<'_, str>> = key;
        (Said { text: key.get_ref().to_string(), span: key.span() }, node(value))
    };
    let mut entries: Vec<_> = table.iter().map(entry).collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    entries
}

fn node(value: &toml::Spanned<DeValue<'_>>) -> Node {
    let read = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Boolean(yes) => Value::Bool(*yes),
        DeValue::Array(items) => Value::List(items.iter().map(node).collect()),
        DeValue::Table(table) => Value::Table(entries(table)),
        DeValue::Datetime(_) => Value::Other,
    };
    Node { span: value.span(), value: read }
}

impl Node {
    /// The value as a word: what a table of codes has for keys and values.
    pub fn word(&self) -> Option<Said> {
        let text = match &self.value {
            Value::Text(text) | Value::Number(text) => text.clone(),
            Value::Bool(yes) => yes.to_string(),
            _ => return None,
        };
        Some(Said { text, span: self.span.clone() })
    }

    /// The value as words: one, or a list of them.
    pub fn words(&self) -> Option<Vec<Said>> {
        match &self.value {
            Value::List(items) => items.iter().map(Node::word).collect(),
            _ => self.word().map(|word| vec![word]),
        }
    }
}

/// A table whose keys are known.
pub(super) struct Section<'a> {
    entries: &'a [(Said, Node)],
    /// Where its name stands.
    pub at: Range<usize>,
    pub m: &'a Mistakes,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    pub fn new(entries: &'a [(Said, Node)], at: Range<usize>, m: &'a Mistakes) -> Self {
        Self { entries, at, m, asked: RefCell::default() }
    }

    /// The value of a key.
    pub fn node(&self, key: &'static str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key);
        self.entries.iter().find(|(name, _)| name.text == key).map(|(_, node)| node)
    }

    /// Names what must be there and is not.
    pub fn missing(&self, key: &str, example: &str) {
        self.m.add(
            &self.at,
            text!("`{key}` is missing", "`{key}` mangler"),
            text!("add for example: {example}", "legg for eksempel til: {example}"),
        );
    }

    fn wrong(&self, key: &str, node: &Node, wanted: Text) {
        let Text { en, nb } = wanted;
        self.m.add(
            &node.span,
            text!("`{key}` is not as it should be", "`{key}` er ikke som den skal"),
            text!("write {en}", "skriv {nb}"),
        );
    }

    /// A text.
    pub fn text(&self, key: &'static str) -> Option<Said> {
        let node = self.node(key)?;
        match &node.value {
            Value::Text(text) => Some(Said { text: text.clone(), span: node.span.clone() }),
            _ => {
                self.wrong(key, node, text!("a text in quotes", "en tekst i anførselstegn"));
                None
            }
        }
    }

    /// A text, a number, or a list of them.
    pub fn words(&self, key: &'static str) -> Vec<Said> {
        let Some(node) = self.node(key) else { return Vec::new() };
        node.words().unwrap_or_else(|| {
            self.wrong(key, node, text!("a text, or several: [\"a\", \"b\"]", "en tekst, eller flere: [\"a\", \"b\"]"));
            Vec::new()
        })
    }

    /// A whole number from `least` on.
    pub fn number(&self, key: &'static str, least: u32) -> Option<u32> {
        let node = self.node(key)?;
        let number = node.word().and_then(|word| word.text.parse().ok()).filter(|number| *number >= least);
        if number.is_none() {
            self.wrong(key, node, text!("a whole number from {least} on", "et helt tall fra {least}"));
        }
        number
    }

    /// Whether something is so; not, unless it is said.
    pub fn yes(&self, key: &'static str) -> bool {
        match self.node(key) {
            Some(Node { value: Value::Bool(yes), .. }) => *yes,
            Some(node) => {
                self.wrong(key, node, text!("true or false", "true eller false"));
                false
            }
            None => false,
        }
    }

    /// What a table of free keys holds, in the order of the file.
    pub fn pairs(&self, key: &'static str) -> &'a [(Said, Node)] {
        match self.node(key) {
            Some(Node { value: Value::Table(entries), .. }) => entries,
            Some(node) => {
                self.wrong(key, node, text!("a table: {{ name = \"value\" }}", "en tabell: {{ navn = \"verdi\" }}"));
                &[]
            }
            None => &[],
        }
    }

    /// A section.
    pub fn section(&self, key: &'static str) -> Option<Section<'a>> {
        self.sections(key).into_iter().next()
    }

    /// Sections of one name: `[[name]]`, or a single `[name]`.
    pub fn sections(&self, key: &'static str) -> Vec<Section<'a>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let name = self.entries.iter().find(|(name, _)| name.text == key).map(|(name, _)| name.span.clone());
        let section = |node: &'a Node, at: Range<usize>| match &node.value {
            Value::Table(entries) => Some(Section::new(entries, at, self.m)),
            _ => {
                self.wrong(key, node, text!("a section", "en seksjon"));
                None
            }
        };
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| section(item, item.span.clone())).collect(),
            _ => section(node, name.unwrap_or_else(|| node.span.clone())).into_iter().collect(),
        }
    }

    /// Names every key that nobody asked for.
    pub fn done(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.entries.iter().filter(|(key, _)| !asked.contains(&key.text.as_str())) {
            let shown = short(&key.text);
            let known = asked.join(", ");
            self.m.add(
                &key.span,
                text!("there is no key `{shown}` here", "det er ingen nøkkel `{shown}` her"),
                text!("remove it, or write one of: {known}", "fjern den, eller skriv en av: {known}"),
            );
        }
    }
}
