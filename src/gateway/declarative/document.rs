//! What a provider sent, as one tree whatever it came as: JSON, a form, a query, or a text of a known pattern.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::section::Said;
use crate::gateway::form;
pub(super) use crate::gateway::json::read as json;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A JSON document.
    Json,
    /// A form in the body.
    Form,
    /// The query of the address.
    Query,
}

impl Format {
    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "json" => Format::Json,
            "form" => Format::Form,
            "query" => Format::Query,
            _ => return None,
        })
    }

    /// The document; `None` when it is not written so, or empty.
    pub fn read(self, query: &str, body: &[u8]) -> Option<Value> {
        match self {
            Format::Json => json(body),
            Format::Form => fields(body).filter(|fields| !is_empty(fields)),
            Format::Query => fields(query.as_bytes()).filter(|fields| !is_empty(fields)),
        }
    }
}

fn is_empty(fields: &Value) -> bool {
    fields.as_object().is_some_and(Map::is_empty)
}

/// A form or a query as a table of texts; of a field that stands there twice, the first.
pub(super) fn fields(form: &[u8]) -> Option<Value> {
    let text = |bytes: Cow<'_, [u8]>| String::from_utf8_lossy(&bytes).into_owned();
    let mut fields = Map::new();
    for (name, value) in form::decode(form)? {
        fields.entry(text(name)).or_insert_with(|| Value::String(text(value)));
    }
    Some(Value::Object(fields))
}

/// A text of a known pattern: `Success "{id}"`. `{}` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    start: String,
    /// A name (perhaps empty), and what stands behind it.
    places: Vec<(String, String)>,
}

impl Pattern {
    /// Reads a pattern; `None` when a bracket is open, or two places touch.
    pub fn parse(said: &Said) -> Option<Self> {
        let mut parts = said.text.split('{');
        let start = parts.next()?.to_owned();
        let mut places = Vec::new();
        for part in parts {
            let (name, behind) = part.split_once('}')?;
            places.push((name.trim().to_owned(), behind.to_owned()));
        }
        let touching = places.iter().rev().skip(1).any(|(_, behind)| behind.is_empty());
        let stray = start.contains('}') || places.iter().any(|(_, behind)| behind.contains('}'));
        (!touching && !stray).then_some(Self { start, places })
    }

    /// What stands in the places of a body; `None` when the body is another one.
    pub fn read(&self, body: &[u8]) -> Option<Value> {
        let text = std::str::from_utf8(body).ok()?.trim();
        let mut rest = text.strip_prefix(self.start.as_str())?;
        let mut fields = Map::new();
        for (name, behind) in &self.places {
            let end = if behind.is_empty() { rest.len() } else { rest.find(behind.as_str())? };
            if !name.is_empty() {
                fields.insert(name.clone(), Value::String(rest[..end].to_owned()));
            }
            rest = &rest[end + behind.len()..];
        }
        rest.is_empty().then_some(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_is_a_tree_whatever_it_is_written_as() {
        assert_eq!(Format::Json.read("", b"\xef\xbb\xbf{\"a\":1}"), Some(json!({"a": 1})));
        assert_eq!(Format::Json.read("", b"{\"a\":\"\xff\"}"), Some(json!({"a": "\u{fffd}"})));
        assert_eq!(Format::Form.read("", b"a=b+c&a=d"), Some(json!({"a": "b c"})));
        assert_eq!(Format::Query.read("a=%2B1", b""), Some(json!({"a": "+1"})));
        for (format, body) in
            [(Format::Json, &b"<html>"[..]), (Format::Json, b""), (Format::Form, b""), (Format::Query, b"a=b")]
        {
            assert_eq!(format.read("", body), None);
        }
        assert_eq!(Format::Json.read("", "[".repeat(100_000).as_bytes()), None);
    }

    #[test]
    fn a_text_is_read_by_its_pattern_or_not_at_all() {
        let read = |pattern: &str, body: &[u8]| {
            Pattern::parse(&Said { text: pattern.to_owned(), span: 0..0 }).expect(pattern).read(body)
        };
        assert_eq!(read("Success \"{id}\"", b"Success \"a-b\"\n"), Some(json!({"id": "a-b"})));
        assert_eq!(read("{code}: {}", b"0: Accepted for delivery"), Some(json!({"code": "0"})));
        assert_eq!(read("OK", b"OK"), Some(json!({})));
        for (pattern, body) in [("Success \"{id}\"", &b"Error 1"[..]), ("OK", b"OK 1"), ("OK {id}", b"\xff")] {
            assert_eq!(read(pattern, body), None, "{pattern}");
        }
        for wrong in ["{id", "a}", "{a}{b}x"] {
            assert_eq!(Pattern::parse(&Said { text: wrong.to_owned(), span: 0..0 }), None, "{wrong}");
        }
    }
}
