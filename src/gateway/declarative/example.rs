//! What a provider documents, kept in its file: a message and its request, an answer and its meaning, a webhook and what it
//! tells.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;

use super::document;
use super::section::{Node, Said, Section, Value};

/// `[[example]]`.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub name: Said,
    pub from: Option<String>,
    pub to: String,
    pub text: String,
    pub validity: Option<u32>,
    pub picture: Option<String>,
    pub with: BTreeMap<String, String>,
    pub sends: Option<Wanted>,
    pub refused: bool,
    pub http: Option<u32>,
    pub answer: Option<String>,
    pub means: Option<Said>,
    pub webhook: Option<Webhook>,
}

/// A request, as far as the example says.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub span: Range<usize>,
    pub lines: Vec<(&'static str, String)>,
}

/// A webhook, and what it tells.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub method: String,
    pub query: String,
    pub body: String,
    pub headers: Vec<(String, String)>,
    pub verified: Option<(bool, Range<usize>)>,
    pub gives: Option<(Vec<String>, Range<usize>)>,
}

impl Example {
    /// Reads an example.
    pub fn read(section: &Section<'_>) -> Self {
        let text = |key| section.text(key).map(|said| said.text);
        let name = section.text("name").unwrap_or_else(|| {
            section.missing("name", "name = \"a message to one person\"");
            Said { text: String::new(), span: section.at.clone() }
        });
        let words = |entries: &[(Said, Node)]| -> Vec<(String, String)> {
            entries.iter().filter_map(|(name, node)| Some((name.text.clone(), node.word()?.text))).collect()
        };
        let refused = text("sends_nothing").is_some();
        let webhook = Webhook {
            method: text("method").unwrap_or_else(|| "POST".to_owned()),
            query: text("query").unwrap_or_default(),
            body: text("webhook").unwrap_or_default(),
            headers: words(section.pairs("headers")),
            verified: section.node("verified").map(|node| (matches!(node.value, Value::Bool(true)), node.span.clone())),
            gives: section.node("gives").map(|node| {
                let lines = node.words().unwrap_or_default().into_iter().map(|said| said.text).collect();
                (lines, node.span.clone())
            }),
        };
        let example = Self {
            name,
            from: text("from"),
            to: text("to").unwrap_or_else(|| "+46701740605".to_owned()),
            text: text("text").unwrap_or_else(|| "Hei".to_owned()),
            validity: section.number("validity", 1),
            picture: text("picture"),
            with: words(section.pairs("with")).into_iter().collect(),
            sends: section.section("sends").map(|wanted| Wanted::read(&wanted)),
            refused,
            http: section.number("http", 100),
            answer: text("answer"),
            means: section.text("means"),
            webhook: (webhook.gives.is_some() || webhook.verified.is_some()).then_some(webhook),
        };
        section.done();
        if example.means.is_some() != example.http.is_some() {
            section.missing("http", "http = 200 and means = \"accepted 123\": one without the other says nothing");
        }
        example
    }
}

impl Wanted {
    fn read(section: &Section<'_>) -> Self {
        let mut lines = Vec::new();
        for key in ["method", "url", "basic", "bearer"] {
            let said: Vec<String> = section.words(key).into_iter().map(|said| said.text).collect();
            if !said.is_empty() {
                lines.push((key, said.join(":")));
            }
        }
        for (name, node) in section.pairs("headers") {
            let value = node.word().map(|said| said.text).unwrap_or_default();
            lines.push(("header", format!("{}: {value}", name.text)));
        }
        let form: Vec<String> = section
            .pairs("form")
            .iter()
            .flat_map(|(name, node)| {
                let values = node.words().unwrap_or_default();
                values.into_iter().map(|value| format!("{}={}", name.text, value.text)).collect::<Vec<_>>()
            })
            .collect();
        if !form.is_empty() {
            lines.push(("form", sorted(form)));
        }
        if let Some(node) = section.node("json") {
            lines.push(("json", json(node).to_string()));
        }
        section.done();
        Self { span: section.at.clone(), lines }
    }
}

/// Fields in an order of our own: a form has none.
pub(super) fn sorted(mut fields: Vec<String>) -> String {
    fields.sort_unstable();
    fields.join(" & ")
}

fn json(node: &Node) -> Json {
    match &node.value {
        Value::Text(text) => text.as_str().into(),
        Value::Number(number) => document::json(number.as_bytes()).unwrap_or_else(|| number.as_str().into()),
        Value::Bool(yes) => (*yes).into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Table(entries) => {
            Json::Object(entries.iter().map(|(name, node)| (name.text.clone(), json(node))).collect())
        }
        Value::Other => Json::Null,
    }
}
