//! What a provider documents, kept in its file and tried: a message and its request, an answer and its meaning, a webhook
//! and what it tells.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::Declarative;
use super::account::Account;
use super::definition::{Definition, REFERENCE};
use super::document;
use super::mistake::{Mistake, short};
use super::section::{Node, Said, Section, Value};
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::domain::reply::ReplyKind;
use crate::gateway::event::{Event, Hook};
use crate::gateway::exchange::{Auth, Body, Method, Request, Response};
use crate::gateway::outgoing::{Address, Outgoing, Token};
use crate::gateway::verdict::Verdict;
use crate::text;

/// The reference of every example.
const TOKEN: &str = "reference-of-the-example";
/// 2026-12-01T08:00:00Z: when every example happens.
const NOW: i64 = 1_796_112_000;

/// `[[example]]`.
#[derive(Clone, Debug)]
pub(super) struct Example {
    name: Said,
    from: Option<String>,
    to: String,
    text: String,
    validity: Option<u32>,
    picture: Option<String>,
    with: BTreeMap<String, String>,
    sends: Option<Wanted>,
    refused: bool,
    http: Option<u32>,
    answer: Option<String>,
    means: Option<Said>,
    webhook: Option<Webhook>,
}

/// A request, as far as the example says.
#[derive(Clone, Debug)]
struct Wanted {
    span: Range<usize>,
    lines: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug)]
struct Webhook {
    method: String,
    query: String,
    body: String,
    headers: Vec<(String, String)>,
    verified: Option<(bool, Range<usize>)>,
    gives: Option<(Vec<String>, Range<usize>)>,
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

    /// What the request has of the same kind.
    fn differs(&self, request: &Request) -> Option<(String, String)> {
        for (key, wanted) in &self.lines {
            let got = match (*key, &request.auth, &request.body) {
                ("method", ..) => word(request.method).to_owned(),
                ("url", ..) => request.url.clone(),
                ("basic", Auth::Basic(user, secret), _) => format!("{user}:{}", secret.expose()),
                ("bearer", Auth::Bearer(token), _) => token.expose().clone(),
                ("form", _, Body::Form(fields)) => {
                    sorted(fields.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect())
                }
                ("json", _, Body::Json(json)) => {
                    document::json(json.expose()).map(|json| json.to_string()).unwrap_or_default()
                }
                ("header", ..) => {
                    let lines = request.headers.iter().map(|(name, value)| format!("{name}: {}", value.expose()));
                    let lines: Vec<String> = lines.collect();
                    if lines.contains(wanted) { wanted.clone() } else { lines.join(", ") }
                }
                _ => "nothing".to_owned(),
            };
            if got != *wanted {
                return Some((format!("{key} {got}"), format!("{key} {wanted}")));
            }
        }
        None
    }
}

/// Tries every example of a file; each that fails is a mistake at its line.
pub fn replay(definition: &Arc<Definition>) -> Vec<Mistake> {
    definition.examples.iter().flat_map(|example| tried(definition, example)).collect()
}

/// How many examples a file has.
pub fn count(definition: &Definition) -> usize {
    definition.examples.len()
}

fn tried(definition: &Arc<Definition>, example: &Example) -> Vec<Mistake> {
    let account = match account(definition, example) {
        Ok(account) => account,
        Err(why) => {
            let text = text!("the example cannot be tried: {why}", "eksempelet kan ikke prøves: {why}");
            return vec![Mistake { span: example.name.span.clone(), text, help: help() }];
        }
    };
    let mut failed = Vec::new();
    let mut check = |span: &Range<usize>, got: &str, wanted: &str| {
        if got != wanted {
            let name = short(&example.name.text);
            failed.push(Mistake {
                span: span.clone(),
                text: text!("{name}: the file gives  {got}", "{name}: filen gir  {got}"),
                help: text!("the example wants    {wanted}", "eksempelet vil ha  {wanted}"),
            });
        }
    };
    let message = message(definition, example);
    let now = Timestamp::from_second(NOW).unwrap_or_default();
    if example.refused || example.sends.is_some() {
        match (account.request(&message, now), &example.sends) {
            (Ok(request), Some(wanted)) => {
                if let Some((got, wanted_line)) = wanted.differs(&request) {
                    check(&wanted.span, &got, &wanted_line);
                }
            }
            (Ok(_), None) => check(&example.name.span, "a request", "nothing is sent"),
            (Err(class), Some(wanted)) => check(&wanted.span, &format!("refused {}", class.as_str()), "a request"),
            (Err(_), None) => {}
        }
    }
    if let (Some(means), Some(http)) = (&example.means, example.http) {
        let body = example.answer.clone().map(String::into_bytes).or(Some(Vec::new()));
        let response = Response { status: u16::try_from(http).unwrap_or(0), retry_after: None, body };
        check(&means.span, &told(&account.verdict(&message, &Ok(response))), &means.text);
    }
    if let Some(webhook) = &example.webhook {
        let url = match webhook.query.is_empty() {
            true => "https://lykt.example.org/hooks/example/inbound".to_owned(),
            false => format!("https://lykt.example.org/hooks/example/inbound?{}", webhook.query),
        };
        let hook =
            Hook { method: &webhook.method, url: &url, headers: &webhook.headers, body: webhook.body.as_bytes() };
        if let Some((wanted, span)) = &webhook.verified {
            let word = |verified: bool| if verified { "verified" } else { "forbidden" };
            let verified = account.hears(&webhook.method) && account.verify(&hook).is_ok();
            check(span, word(verified), word(*wanted));
        }
        if let Some((wanted, span)) = &webhook.gives {
            let got = match account.parse(&webhook.query, webhook.body.as_bytes()) {
                Ok(events) => events.iter().map(line).collect::<Vec<_>>().join("; "),
                Err(why) => format!("unreadable ({why})"),
            };
            check(span, &got, &wanted.join("; "));
        }
    }
    failed
}

fn help() -> Text {
    text!("look at what it stands for under `with`", "se på hva som står under `with`")
}

/// An account whose values are their own names.
fn account(definition: &Arc<Definition>, example: &Example) -> Result<Declarative, String> {
    let given = |name: &str| example.with.get(name).cloned();
    if let Some(unknown) = example.with.keys().find(|name| !definition.asked().any(|asked| asked.name == **name)) {
        return Err(format!("the file asks for no `{unknown}`"));
    }
    let values = definition.values.iter().filter(|asked| !asked.optional || given(&asked.name).is_some());
    let values = values.filter_map(|asked| {
        let own = if asked.default.is_some() { None } else { Some(asked.name.clone()) };
        Some((asked.name.clone(), given(&asked.name).or(own)?))
    });
    let secrets = definition.secrets.iter().filter(|asked| !asked.optional || given(&asked.name).is_some());
    let secrets = secrets
        .map(|asked| (asked.name.clone(), Private::new(given(&asked.name).unwrap_or_else(|| asked.name.clone()))));
    let account = Account {
        name: "example".to_owned(),
        from: example.from.clone().or_else(|| Some("Lykten".to_owned())),
        values: values.collect(),
        secrets: secrets.collect(),
        base_url: definition.base_url.is_none().then(|| "https://api.example.com".to_owned()),
        allow_hosts: Vec::new(),
        hooks_url: "https://lykt.example.org/hooks/example".to_owned(),
    };
    Declarative::new(definition.clone(), account).map_err(|why| why.to_string())
}

fn message(definition: &Definition, example: &Example) -> Outgoing {
    debug_assert_eq!(TOKEN.len(), REFERENCE as usize, "the example's reference is as long as a real one");
    Outgoing {
        to: Address::new(example.to.as_str()),
        channel: definition.channel,
        text: Private::new(example.text.clone()),
        media_url: example.picture.clone(),
        template: None,
        token: Token::parse(TOKEN).expect("the example's reference is a token"),
        validity_s: example.validity,
        deadline_ms: i64::MAX,
    }
}

/// A verdict in words: `accepted ID`, `not_sent`, `refused CLASS [CODE]`, `in_doubt`.
fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted { provider_id } => format!("accepted {}", provider_id.as_str()),
        Verdict::NotSent { .. } => "not_sent".to_owned(),
        Verdict::Refused { code, class } => {
            let code = code.as_ref().map(|code| format!(" {}", code.as_str())).unwrap_or_default();
            format!("refused {}{code}", class.as_str())
        }
        Verdict::InDoubt { .. } => "in_doubt".to_owned(),
    }
}

/// An event in words: `reply FROM: TEXT`, `no FROM: TEXT`, `receipt ID STATUS [CLASS] [CODE] [ours]`.
fn line(event: &Event) -> String {
    match event {
        Event::Reply(reply) => {
            let word = if reply.hint == Some(ReplyKind::OptOut) { "no" } else { "reply" };
            let files = if reply.media > 0 { format!(" (files: {})", reply.media) } else { String::new() };
            format!("{word} {}: {}{files}", reply.from.expose(), reply.said())
        }
        Event::Receipt(receipt) => {
            let mut words = vec!["receipt", receipt.provider_id.as_str(), receipt.status.as_str()];
            words.extend(receipt.class.map(|class| class.as_str()));
            words.extend(receipt.code.as_ref().map(|code| code.as_str()));
            words.extend(receipt.token.as_ref().filter(|token| token.expose() == TOKEN).map(|_| "ours"));
            words.join(" ")
        }
        // No file tells these.
        Event::Same(..) | Event::Reached(_) => "same".to_owned(),
        Event::Notice(_) => "notice".to_owned(),
    }
}

fn word(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}

fn sorted(mut fields: Vec<String>) -> String {
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
