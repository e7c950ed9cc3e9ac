//! Tries the examples of a provider's file: whether the file does what the provider documents.

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;

use super::Declarative;
use super::account::Account;
use super::definition::{Definition, REFERENCE};
use super::document;
use super::example::{Example, Wanted, sorted};
use super::mistake::{Mistake, short};
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
                if let Some((got, wanted_line)) = differs(wanted, &request) {
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

/// What the request has in place of what the example wants, where it has something else.
fn differs(example: &Wanted, request: &Request) -> Option<(String, String)> {
    for (key, wanted) in &example.lines {
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
