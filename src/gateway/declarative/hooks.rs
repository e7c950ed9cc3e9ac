//! A provider's webhooks by its file: how they come, what proves them, and what they tell.
//!
//! Which kind of news an item is stands in the item itself; the address it came to decides nothing. A console with the
//! two addresses swapped must not cost anybody their STOP.

use std::collections::HashSet;

use serde_json::Value;

use super::condition::Condition;
use super::document::{self, Format};
use super::mistake::short;
use super::path::{Path, Scene};
use super::receipt::ReceiptRule;
use super::reply::ReplyRule;
use super::section::Section;
use super::verify::Verify;
use super::words::Known;
use crate::gateway::error::Unreadable;
use crate::gateway::event::{Event, HookAnswer};
use crate::text;

/// What a file says of webhooks.
#[derive(Clone, Debug)]
pub(super) struct Hooks {
    methods: Vec<String>,
    formats: Vec<Format>,
    pub verify: Verify,
    pub answer: HookAnswer,
    replies: Vec<ReplyRule>,
    receipts: Vec<ReceiptRule>,
    ignored: Vec<(Option<Path>, Condition)>,
}

impl Hooks {
    /// Reads `[hooks]`, and the rules beside it.
    pub fn read(section: &Section<'_>, top: &Section<'_>, known: &Known) -> Self {
        let methods = section.words("methods");
        for said in methods.iter().filter(|said| !["GET", "POST"].contains(&said.text.as_str())) {
            let shown = short(&said.text);
            section.m.add(
                &said.span,
                text!("webhooks do not come by `{shown}`", "webhooks kommer ikke med `{shown}`"),
                text!("write \"POST\" or \"GET\"", "skriv \"POST\" eller \"GET\""),
            );
        }
        let hooks = Self {
            methods: match methods.is_empty() {
                true => vec!["POST".to_owned()],
                false => methods.into_iter().map(|said| said.text).collect(),
            },
            formats: formats(section),
            verify: Verify::read(section, known),
            answer: answer(section),
            replies: top.sections("reply").iter().map(ReplyRule::read).collect(),
            receipts: top.sections("receipt").iter().map(ReceiptRule::read).collect(),
            ignored: top.sections("ignore").iter().map(ignored).collect(),
        };
        section.done();
        hooks.must_differ(section);
        hooks
    }

    /// Whether it takes answers from people.
    pub fn takes_replies(&self) -> bool {
        !self.replies.is_empty()
    }

    /// Whether the same bytes are always the same answer.
    pub fn tells_apart(&self) -> bool {
        self.replies.iter().all(ReplyRule::has_id)
    }

    /// Whether a webhook may come by this method.
    pub fn hears(&self, method: &str) -> bool {
        self.methods.iter().any(|known| known == method)
    }

    /// Where one rule takes everything, another one gets nothing.
    fn must_differ(&self, section: &Section<'_>) {
        let rules = self.replies.iter().map(|rule| (&rule.each, &rule.when));
        let rules: Vec<_> = rules.chain(self.receipts.iter().map(|rule| (&rule.each, &rule.when))).collect();
        let greedy = rules.iter().enumerate().any(|(n, (each, when))| {
            when.is_empty() && rules.iter().enumerate().any(|(other, (its, _))| n != other && its == each)
        });
        if greedy {
            section.m.add(
                &section.at,
                text!(
                    "a [[reply]] or [[receipt]] without `when` takes what belongs to another one",
                    "en [[reply]] eller [[receipt]] uten `when` tar det som hører til en annen"
                ),
                text!(
                    "say in each what tells it apart: when = {{ text = {{ present = true }} }}",
                    "si i hver hva som skiller den ut: when = {{ text = {{ present = true }} }}"
                ),
            );
        }
    }

    /// What a verified webhook tells. One bad item never loses the rest.
    pub fn parse(&self, query: &str, body: &[u8], ours: &str) -> Result<Vec<Event>, Unreadable> {
        let whole = self.formats.iter().find_map(|format| format.read(query, body)).ok_or(Unreadable::Broken)?;
        let beside = document::fields(query.as_bytes()).ok_or(Unreadable::TooManyParameters)?;
        let (mut events, mut problem, mut taken) = (Vec::new(), None, HashSet::new());
        let mut apply =
            |each: &Option<Path>, when: &Condition, read: &dyn Fn(&Scene<'_>) -> Result<Option<Event>, Unreadable>| {
                let top = Scene { item: &whole, whole: &whole, beside: &beside };
                for item in each.as_ref().map_or_else(|| vec![&whole], |each| each.all(&top)) {
                    let scene = Scene { item, ..top };
                    if !item.is_null() && when.holds(&scene) && taken.insert(std::ptr::from_ref::<Value>(item)) {
                        match read(&scene) {
                            Ok(event) => events.extend(event),
                            Err(why) => problem = Some(why),
                        }
                    }
                }
            };
        for rule in &self.replies {
            apply(&rule.each, &rule.when, &|scene| rule.reply(scene, ours).map(Event::Reply).map(Some));
        }
        for rule in &self.receipts {
            apply(&rule.each, &rule.when, &|scene| rule.receipt(scene).map(Event::Receipt).map(Some));
        }
        for (each, when) in &self.ignored {
            apply(each, when, &|_| Ok(None));
        }
        match problem {
            Some(why) if events.is_empty() => Err(why),
            None if taken.is_empty() => Err(Unreadable::Malformed),
            _ => Ok(events),
        }
    }
}

fn formats(section: &Section<'_>) -> Vec<Format> {
    let said = section.words("format");
    if said.is_empty() {
        section.missing("format", "format = \"json\", \"form\" or \"query\"");
    }
    let read = |said: &super::section::Said| {
        let format = Format::parse(&said.text);
        if format.is_none() {
            let shown = short(&said.text);
            section.m.add(
                &said.span,
                text!("`{shown}` is no format that Lykt reads", "`{shown}` er ikke et format som Lykt leser"),
                text!("write \"json\", \"form\" or \"query\"", "skriv \"json\", \"form\" eller \"query\""),
            );
        }
        format
    };
    said.iter().filter_map(read).collect()
}

/// `[hooks.answer]`: what the provider wants to hear, to the letter. Nothing, unless it is said.
fn answer(section: &Section<'_>) -> HookAnswer {
    let Some(answer) = section.section("answer") else { return HookAnswer::EMPTY };
    let status = answer.number("status", 200).unwrap_or(200);
    if status > 299 {
        answer.m.add(
            &answer.at,
            text!("what was taken in is answered with a 2xx", "det som ble tatt imot, besvares med en 2xx"),
            text!("write 200, 202 or 204", "skriv 200, 202 eller 204"),
        );
    }
    let body = answer.text("body").map(|said| said.text).unwrap_or_default();
    let content_type = answer.text("type").map_or_else(|| "text/plain".to_owned(), |said| said.text);
    answer.done();
    HookAnswer { status: u16::try_from(status).unwrap_or(200), content_type: content_type.into(), body: body.into() }
}

fn ignored(section: &Section<'_>) -> (Option<Path>, Condition) {
    let each = section.text("each").map(|said| Path::read(&said, section.m));
    let when = Condition::read(section, "when");
    section.done();
    if when.is_empty() {
        section.missing("when", "when = { event = \"system:ping\" }");
    }
    (each, when)
}
