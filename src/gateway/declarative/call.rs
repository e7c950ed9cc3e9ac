//! One request as a provider's file describes it: `[login]` and `[send]`, and `[test]` for the harmless one.

use serde_json::{Map, Value as Json};

use super::filter::Unfit;
use super::section::{Node, Said, Section, Value};
use super::template::Template;
use super::words::{Find, Known};
use crate::domain::private::Private;
use crate::gateway::exchange::{Auth, Body, Method, Request};
use crate::gateway::form;
use crate::text;

/// A request with places in it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: Method,
    path: Template,
    query: Vec<(String, Template)>,
    headers: Vec<(String, Template)>,
    body: Content,
}

/// How every request says whose it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Login {
    basic: Option<(Template, Template)>,
    bearer: Option<Template>,
    headers: Vec<(String, Template)>,
}

#[derive(Clone, Debug)]
enum Content {
    None,
    Form(Vec<(String, Template)>),
    Json(Part),
}

/// A piece of JSON with places in it.
#[derive(Clone, Debug)]
enum Part {
    Template(Template),
    Fixed(Json),
    List(Vec<Part>),
    Table(Vec<(String, Part)>),
}

/// Reads a section's templates.
struct Reader<'a> {
    section: &'a Section<'a>,
    known: &'a Known,
}

impl Call {
    /// Reads `[send]`, which has a body, or a request that only asks.
    pub fn read(section: &Section<'_>, known: &Known, sends: bool) -> Self {
        let reader = Reader { section, known };
        let call = Self {
            method: reader.method(sends),
            path: match section.text("path") {
                Some(path) => reader.path(&path),
                None => {
                    section.missing("path", "path = \"/v1/messages\"");
                    reader.template(&Said { text: String::new(), span: 0..0 })
                }
            },
            query: reader.fields("query"),
            headers: reader.fields("headers"),
            body: if sends { reader.content() } else { Content::None },
        };
        if sends && matches!(call.body, Content::None) {
            section.missing("json", "json = { to = \"{to}\", text = \"{text}\" }, or form = { .. }");
        }
        call
    }

    /// Whether a name stands anywhere in it.
    pub fn names(&self, wanted: &str) -> bool {
        let in_fields = |fields: &[(String, Template)]| fields.iter().any(|(_, template)| template.names(wanted));
        let content = match &self.body {
            Content::None => false,
            Content::Form(fields) => in_fields(fields),
            Content::Json(part) => part.names(wanted),
        };
        content || self.path.names(wanted) || in_fields(&self.query) || in_fields(&self.headers)
    }

    /// The request. A field whose value is not there is left out.
    pub fn request(&self, base_url: &str, login: &Login, find: &Find<'_>) -> Result<Request, Unfit> {
        let mut url = base_url.to_owned() + &self.path.url(find)?.ok_or(Unfit)?;
        let query = filled(&self.query, find)?;
        if !query.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&form::encode(query.iter().map(|(name, value)| (name.as_str(), value.expose().as_str()))));
        }
        let body = match &self.body {
            Content::None => Body::None,
            Content::Form(fields) => Body::Form(filled(fields, find)?),
            Content::Json(part) => {
                let json = part.json(find)?.unwrap_or_else(|| Json::Object(Map::new()));
                Body::Json(Private::new(json.to_string().into_bytes()))
            }
        };
        let mut headers = filled(&login.headers, find)?;
        headers.extend(filled(&self.headers, find)?);
        Ok(Request { method: self.method, url, auth: login.auth(find)?, headers, body })
    }
}

impl Login {
    /// Reads `[login]`.
    pub fn read(section: &Section<'_>, known: &Known) -> Self {
        let reader = Reader { section, known };
        let basic = section.words("basic");
        let bearer = section.text("bearer");
        let two_ways = bearer.is_some() && !basic.is_empty();
        if let Some(first) = basic.first().filter(|_| two_ways || basic.len() != 2) {
            section.m.add(
                &first.span,
                text!("this is no way to log in", "slik logger man ikke inn"),
                text!(
                    "write basic = [\"{{user}}\", \"{{password}}\"] or bearer = \"{{token}}\", not both",
                    "skriv basic = [\"{{user}}\", \"{{password}}\"] eller bearer = \"{{token}}\", ikke begge"
                ),
            );
        }
        let login = Self {
            basic: match basic.as_slice() {
                [user, secret] => Some((reader.template(user), reader.template(secret))),
                _ => None,
            },
            bearer: bearer.map(|token| reader.template(&token)),
            headers: reader.fields("headers"),
        };
        section.done();
        login
    }

    fn auth(&self, find: &Find<'_>) -> Result<Auth, Unfit> {
        let must = |template: &Template| template.text(find)?.ok_or(Unfit);
        Ok(match (&self.basic, &self.bearer) {
            (Some((user, secret)), _) => Auth::Basic(must(user)?, Private::new(must(secret)?)),
            (None, Some(token)) => Auth::Bearer(Private::new(must(token)?)),
            (None, None) => Auth::None,
        })
    }
}

fn filled(fields: &[(String, Template)], find: &Find<'_>) -> Result<Vec<(String, Private<String>)>, Unfit> {
    let mut filled = Vec::new();
    for (name, template) in fields {
        if let Some(value) = template.text(find)? {
            filled.push((name.clone(), Private::new(value)));
        }
    }
    Ok(filled)
}

impl Part {
    fn names(&self, wanted: &str) -> bool {
        match self {
            Part::Template(template) => template.names(wanted),
            Part::Fixed(_) => false,
            Part::List(parts) => parts.iter().any(|part| part.names(wanted)),
            Part::Table(parts) => parts.iter().any(|(_, part)| part.names(wanted)),
        }
    }

    /// The JSON; nothing when a value is not there, and nothing of a table that had values and has none now.
    fn json(&self, find: &Find<'_>) -> Result<Option<Json>, Unfit> {
        Ok(match self {
            Part::Template(template) => template.json(find)?,
            Part::Fixed(json) => Some(json.clone()),
            Part::List(parts) => {
                let mut list = Vec::new();
                for part in parts {
                    list.extend(part.json(find)?);
                }
                (!list.is_empty() || parts.is_empty()).then_some(Json::Array(list))
            }
            Part::Table(parts) => {
                let mut table = Map::new();
                for (name, part) in parts {
                    if let Some(json) = part.json(find)? {
                        table.insert(name.clone(), json);
                    }
                }
                (!table.is_empty() || parts.is_empty()).then_some(Json::Object(table))
            }
        })
    }
}

impl Reader<'_> {
    fn template(&self, said: &Said) -> Template {
        Template::read(said, &|name| self.known.has(name), &self.known.list(), self.section.m)
    }

    fn path(&self, said: &Said) -> Template {
        if !said.text.starts_with('/') {
            self.section.m.add(
                &said.span,
                text!("a path begins with /", "en sti begynner med /"),
                text!(
                    "write what follows the address of `base_url`: \"/v1/messages\"",
                    "skriv det som kommer etter adressen i `base_url`: \"/v1/messages\""
                ),
            );
        }
        self.template(said)
    }

    fn method(&self, sends: bool) -> Method {
        let Some(said) = self.section.text("method") else { return if sends { Method::Post } else { Method::Get } };
        match (said.text.as_str(), sends) {
            ("POST", true) => Method::Post,
            ("PUT", true) => Method::Put,
            ("GET", false) => Method::Get,
            (_, true) => {
                self.section.m.add(
                    &said.span,
                    text!("a message is sent by POST or PUT", "en melding sendes med POST eller PUT"),
                    text!(
                        "write \"POST\"; a provider that takes messages by GET alone cannot be used: nothing would stand \
                         between Lykt's deadline and the first byte",
                        "skriv \"POST\"; en leverandør som bare tar imot med GET, kan ikke brukes: ingenting ville stå \
                         mellom fristen til Lykt og den første byten"
                    ),
                );
                Method::Post
            }
            (_, false) => {
                self.section.m.add(
                    &said.span,
                    text!("what only asks is a GET", "det som bare spør, er en GET"),
                    text!("write \"GET\", or leave it out", "skriv \"GET\", eller la det stå"),
                );
                Method::Get
            }
        }
    }

    fn fields(&self, key: &'static str) -> Vec<(String, Template)> {
        let mut fields = Vec::new();
        for (name, node) in self.section.pairs(key) {
            match node.words() {
                Some(words) => fields.extend(words.iter().map(|word| (name.text.clone(), self.template(word)))),
                None => self.section.m.add(
                    &node.span,
                    text!("a field is a text, or several", "et felt er en tekst, eller flere"),
                    text!("write \"..\" or [\"..\", \"..\"]", "skriv \"..\" eller [\"..\", \"..\"]"),
                ),
            }
        }
        fields
    }

    fn content(&self) -> Content {
        let form = self.fields("form");
        match self.section.node("json") {
            None if form.is_empty() => Content::None,
            None => Content::Form(form),
            Some(node) => {
                if !form.is_empty() {
                    self.section.m.add(
                        &node.span,
                        text!("a request has one body", "en forespørsel har én kropp"),
                        text!("write `json` or `form`, not both", "skriv `json` eller `form`, ikke begge"),
                    );
                }
                Content::Json(self.part(node))
            }
        }
    }

    fn part(&self, node: &Node) -> Part {
        match &node.value {
            Value::Text(text) => Part::Template(self.template(&Said { text: text.clone(), span: node.span.clone() })),
            Value::Number(number) => {
                Part::Fixed(serde_json::from_str(number).unwrap_or_else(|_| Json::String(number.clone())))
            }
            Value::Bool(yes) => Part::Fixed(Json::Bool(*yes)),
            Value::List(items) => Part::List(items.iter().map(|item| self.part(item)).collect()),
            Value::Table(entries) => {
                Part::Table(entries.iter().map(|(name, node)| (name.text.clone(), self.part(node))).collect())
            }
            Value::Other => {
                self.section.m.add(
                    &node.span,
                    text!("JSON has no dates", "JSON har ikke datoer"),
                    text!("write it as a text in quotes", "skriv den som en tekst i anførselstegn"),
                );
                Part::Fixed(Json::Null)
            }
        }
    }
}
