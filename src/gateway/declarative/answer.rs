//! From a provider's answer to one verdict, by the rules of its file. What no rule fits leaves a doubt.

use serde_json::{Value, json};

use super::condition::Condition;
use super::document::{self, Pattern};
use super::mistake::{Mistakes, short};
use super::path::{Paths, Scene};
use super::section::{Said, Section};
use crate::gateway::exchange::{Response, Sent};
use crate::gateway::verdict::{Class, Code, Doubt, ProviderId, Unsent, Verdict};
use crate::text;

/// One rule: `[[send.answer]]`.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    http: Vec<Statuses>,
    pattern: Option<Pattern>,
    when: Condition,
    id: Paths,
    code: Paths,
    means: Option<End>,
    codes: Table<End>,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Accepted,
    NotSent,
    Refused(Class),
    InDoubt,
}

/// HTTP statuses from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statuses(u16, u16);

/// What words mean; one that ends in `*` stands for all that begin so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table<T>(Vec<(String, T)>);

impl<T: Copy> Table<T> {
    /// Reads a table of words.
    pub fn read(section: &Section<'_>, key: &'static str, known: &str, parse: impl Fn(&str) -> Option<T>) -> Self {
        let mut table = Vec::new();
        for (word, node) in section.pairs(key) {
            match node.word().and_then(|said| parse(&said.text)) {
                Some(meaning) => table.push((word.text.clone(), meaning)),
                None => section.m.add(
                    &node.span,
                    text!("this is no meaning that Lykt knows", "dette er ingen betydning som Lykt kjenner"),
                    text!("write one of: {known}", "skriv en av: {known}"),
                ),
            }
        }
        Self(table)
    }

    /// What a word means: the word itself before the beginnings, the longest of them first.
    pub fn get(&self, word: &str) -> Option<T> {
        let exact = self.0.iter().find(|(known, _)| known == word);
        let begins = |known: &str| known.strip_suffix('*').is_some_and(|start| word.starts_with(start));
        let found =
            exact.or_else(|| self.0.iter().filter(|(known, _)| begins(known)).max_by_key(|(known, _)| known.len()));
        found.map(|(_, meaning)| *meaning)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Statuses {
    /// Reads `200` or `2xx`.
    pub fn parse(word: &str) -> Option<Self> {
        let (first, last) = match word.strip_suffix("xx") {
            Some(hundreds) => {
                let hundreds: u16 = hundreds.parse().ok()?;
                (hundreds.checked_mul(100)?, hundreds.checked_mul(100)?.checked_add(99)?)
            }
            None => (word.parse().ok()?, word.parse().ok()?),
        };
        ((100..600).contains(&first) && last < 600).then_some(Self(first, last))
    }

    /// Reads a key with some of them.
    pub fn read(section: &Section<'_>, key: &'static str) -> Vec<Self> {
        let read = |said: &Said| {
            let statuses = Self::parse(&said.text);
            if statuses.is_none() {
                let shown = short(&said.text);
                section.m.add(
                    &said.span,
                    text!("`{shown}` is no HTTP status", "`{shown}` er ingen HTTP-status"),
                    text!("write 200, \"2xx\" or [200, 202]", "skriv 200, \"2xx\" eller [200, 202]"),
                );
            }
            statuses
        };
        section.words(key).iter().filter_map(read).collect()
    }

    /// Whether a status is one of these.
    pub fn has(these: &[Self], status: u16) -> bool {
        these.iter().any(|Self(first, last)| (*first..=*last).contains(&status))
    }
}

impl End {
    /// All that may be written.
    pub const WORDS: &'static str = "accepted, not_sent, in_doubt, refused CLASS (CLASS: bad_number, opted_out, config, \
         unroutable, content, blocked, filtered, unreachable, throttled, expired, other)";

    /// Reads `accepted`, `not_sent`, `in_doubt` or `refused CLASS`.
    pub fn parse(written: &str) -> Option<Self> {
        let mut words = written.split_whitespace();
        let end = match (words.next()?, words.next()) {
            ("accepted", None) => End::Accepted,
            ("not_sent", None) => End::NotSent,
            ("in_doubt", None) => End::InDoubt,
            ("refused", Some(class)) => End::Refused(Class::parse(class)?),
            _ => return None,
        };
        words.next().is_none().then_some(end)
    }
}

impl Answer {
    /// Reads a rule.
    pub fn read(section: &Section<'_>) -> Self {
        let m = section.m;
        let means = section.text("means");
        let end = means.as_ref().and_then(|said| {
            let end = End::parse(&said.text);
            if end.is_none() {
                let (shown, known) = (short(&said.text), End::WORDS);
                m.add(
                    &said.span,
                    text!("`{shown}` is no end of a try", "`{shown}` er ingen slutt på et forsøk"),
                    text!("write one of: {known}", "skriv en av: {known}"),
                );
            }
            end
        });
        let rule = Self {
            http: Statuses::read(section, "http"),
            pattern: section.text("text").and_then(|said| pattern(&said, m)),
            when: Condition::read(section, "when"),
            id: Paths::read(&section.words("id"), m),
            code: Paths::read(&section.words("code"), m),
            means: end,
            codes: Table::read(section, "codes", End::WORDS, End::parse),
        };
        section.done();
        if rule.http.is_empty() {
            section.missing("http", "http = 200");
        }
        if means.is_none() && rule.codes.is_empty() {
            section.missing(
                "means",
                "means = \"accepted\", or code = \"error.code\" and codes = { 4 = \"refused config\" }",
            );
        }
        if !rule.codes.is_empty() && rule.code.is_empty() {
            section.missing("code", "code = \"error.code\"");
        }
        if end == Some(End::Accepted) && rule.id.is_empty() {
            section.missing(
                "id",
                "id = \"messages.0.id\"; id = \"sent:reference\" where the provider has none of its own",
            );
        }
        rule
    }

    /// How the try ended, when this rule fits the answer.
    fn end(&self, response: &Response, sent: &Value) -> Option<Verdict> {
        if !Statuses::has(&self.http, response.status) {
            return None;
        }
        let body = response.body.as_deref();
        let document = match (&self.pattern, body) {
            (Some(pattern), body) => Some(pattern.read(body?)?),
            (None, body) => body.and_then(document::json),
        };
        let nothing = Value::Null;
        let document = document.as_ref().unwrap_or(&nothing);
        let scene = Scene { item: document, whole: document, beside: sent };
        if !self.when.holds(&scene) {
            return None;
        }
        let word = |paths: &Paths| paths.word(&scene).ok().flatten();
        let code = word(&self.code);
        let end = code.as_deref().and_then(|code| self.codes.get(code)).or(self.means)?;
        Some(match end {
            End::Accepted => match word(&self.id).as_deref().and_then(ProviderId::parse) {
                Some(provider_id) => Verdict::Accepted { provider_id },
                None => Verdict::InDoubt { why: Doubt::Unreadable },
            },
            End::NotSent => Verdict::NotSent { why: Unsent::Throttled, retry_after: response.retry_after },
            End::Refused(class) => Verdict::Refused { code: code.as_deref().and_then(Code::parse), class },
            End::InDoubt => Verdict::InDoubt { why: Doubt::Unreadable },
        })
    }
}

fn pattern(said: &Said, m: &Mistakes) -> Option<Pattern> {
    let pattern = Pattern::parse(said);
    if pattern.is_none() {
        m.add(
            &said.span,
            text!("this is no pattern of a text", "dette er ikke et mønster for en tekst"),
            text!(
                "write the text as it comes, with a name where something changes: OK {{id}}",
                "skriv teksten slik den kommer, med et navn der noe skifter: OK {{id}}"
            ),
        );
    }
    pattern
}

/// What came of one try, by the first rule that fits.
pub(super) fn verdict(rules: &[Answer], reference: &str, sent: &Sent) -> Verdict {
    let response = match sent {
        Ok(response) => response,
        Err(failure) => return Verdict::from(*failure),
    };
    // Whatever a file says of it: who answers from elsewhere is not the provider.
    if (300..400).contains(&response.status) {
        return Verdict::InDoubt { why: Doubt::Redirect };
    }
    let beside = json!({ "reference": reference });
    rules.iter().find_map(|rule| rule.end(response, &beside)).unwrap_or(match response.status {
        // Nobody acts for a stranger, for somebody who has not paid, or who may not.
        401..=403 => Verdict::Refused { code: None, class: Class::Config },
        429 => Verdict::NotSent { why: Unsent::Throttled, retry_after: response.retry_after },
        500.. => Verdict::InDoubt { why: Doubt::ServerError },
        _ => Verdict::InDoubt { why: Doubt::Unreadable },
    })
}
