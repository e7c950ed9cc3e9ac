//! Where a value stands in what a provider sent: `messages.0.status`, `^batch_id`, `query:token`, `from|plus`.

use serde_json::Value;

use super::filter::{Filter, Unfit};
use super::mistake::{Mistakes, short};
use super::section::Said;
use super::template::{filters, through};
use crate::text;

/// What paths lead into.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    /// The document, or one of the items that it was split into.
    pub item: &'a Value,
    /// The whole document.
    pub whole: &'a Value,
    /// Beside it: the query of a webhook's address, or what we had sent.
    pub beside: &'a Value,
}

/// A way to one value, or through `*` to several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    from: From,
    steps: Vec<String>,
    filters: Vec<Filter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Item,
    Whole,
    Beside,
}

/// Paths of which the first that leads to something counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Paths(Vec<Path>);

impl Path {
    /// Reads a path: names between dots (`\.` is a dot in a name), numbers for places in a list, `*` for all of them.
    pub fn read(said: &Said, m: &Mistakes) -> Self {
        let mut words = said.text.split('|').map(str::trim);
        let written = words.next().unwrap_or_default();
        let (from, written) = match written.strip_prefix('^') {
            Some(rest) => (From::Whole, rest),
            None => match written.strip_prefix("query:").or_else(|| written.strip_prefix("sent:")) {
                Some(rest) => (From::Beside, rest),
                None => (From::Item, written),
            },
        };
        let steps = steps(written);
        if steps.iter().any(String::is_empty) {
            let shown = short(&said.text);
            m.add(
                &said.span,
                text!("`{shown}` leads nowhere", "`{shown}` leder ingen steder"),
                text!("write names between dots: messages.0.id", "skriv navn mellom punktumer: messages.0.id"),
            );
        }
        Self { from, steps, filters: filters(words, &said.span, m) }
    }

    /// Everything that it leads to.
    pub fn all<'a>(&self, scene: &Scene<'a>) -> Vec<&'a Value> {
        let start = match self.from {
            From::Item => scene.item,
            From::Whole => scene.whole,
            From::Beside => scene.beside,
        };
        let mut found = vec![start];
        for step in &self.steps {
            found = found.into_iter().flat_map(|value| into(value, step)).collect();
        }
        found
    }

    /// Every word it leads to, filtered. What is no word (a table, a list, null, an empty text) is none, and so is one of
    /// which the filters leave nothing.
    pub fn words(&self, scene: &Scene<'_>) -> Result<Vec<String>, Unfit> {
        let filtered = self.all(scene).into_iter().filter_map(word).map(|word| through(&self.filters, word));
        filtered.filter(|word| !word.as_ref().is_ok_and(String::is_empty)).collect()
    }
}

impl Paths {
    /// Reads one path or several.
    pub fn read(said: &[Said], m: &Mistakes) -> Self {
        Self(said.iter().map(|said| Path::read(said, m)).collect())
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first word.
    pub fn word(&self, scene: &Scene<'_>) -> Result<Option<String>, Unfit> {
        for path in &self.0 {
            if let Some(word) = path.words(scene)?.into_iter().next() {
                return Ok(Some(word));
            }
        }
        Ok(None)
    }

    /// How many: a number, the length of a list, or one for anything else that is there.
    pub fn count(&self, scene: &Scene<'_>) -> u32 {
        let count = |value: &Value| match value {
            Value::Array(items) => u32::try_from(items.len()).unwrap_or(u32::MAX),
            Value::Null => 0,
            _ => word(value).map_or(0, |word| word.parse().unwrap_or(1)),
        };
        let found = self.0.iter().flat_map(|path| path.all(scene)).map(count);
        found.fold(0, u32::saturating_add)
    }
}

/// The values one step on.
fn into<'a>(value: &'a Value, step: &str) -> Vec<&'a Value> {
    match value {
        Value::Array(items) if step == "*" => items.iter().collect(),
        Value::Object(fields) if step == "*" => fields.values().collect(),
        Value::Array(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)).into_iter().collect(),
        Value::Object(fields) => fields.get(step).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A value as a word. A number with so many digits that not all of them were kept is none: no id may lose its end.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()).filter(|word| !word.contains('e')),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// The names between dots; none for the document itself, written `.`.
fn steps(written: &str) -> Vec<String> {
    if written == "." {
        return Vec::new();
    }
    let (mut steps, mut step) = (Vec::new(), String::new());
    let mut rest = written.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => step.extend(rest.next()),
            '.' => steps.push(std::mem::take(&mut step)),
            _ => step.push(c),
        }
    }
    steps.push(step);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(path: &str) -> Vec<String> {
        let m = Mistakes::default();
        let path = Path::read(&Said { text: path.to_owned(), span: 0..1 }, &m);
        assert!(m.is_empty());
        let whole = json!({"id": 7, "ok": true, "none": null, "empty": "", "long": 1e31, "a.b": "dot",
            "list": [{"x": "1"}, {"x": "2"}], "by": {"k": {"x": "3"}}});
        let beside = json!({"token": "tok"});
        path.words(&Scene { item: &whole["list"][1], whole: &whole, beside: &beside }).unwrap()
    }

    #[test]
    fn a_path_leads_to_words_wherever_they_stand() {
        assert_eq!(words("x"), ["2"]);
        assert_eq!(words("^id"), ["7"]);
        assert_eq!(words("^ok"), ["true"]);
        assert_eq!(words("^list.0.x"), ["1"]);
        assert_eq!(words("^list.*.x"), ["1", "2"]);
        assert_eq!(words("^by.*.x"), ["3"]);
        assert_eq!(words(r"^a\.b"), ["dot"]);
        assert_eq!(words("query:token|upper"), ["TOK"]);
        for nowhere in ["y", "^none", "^empty", "^long", "^list", "^list.9.x", "^id.x", "query:other", "x|map:2="] {
            assert!(words(nowhere).is_empty(), "{nowhere}");
        }
    }

    #[test]
    fn a_path_with_an_empty_name_is_a_mistake() {
        for wrong in ["", "a..b", "a.", "^"] {
            let m = Mistakes::default();
            let _ = Path::read(&Said { text: wrong.to_owned(), span: 0..1 }, &m);
            assert_eq!(m.in_order().len(), 1, "{wrong}");
        }
    }
}
