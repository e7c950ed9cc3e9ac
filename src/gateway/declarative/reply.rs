//! From a provider's news of an answer to a reply: `[[reply]]`.

use super::condition::Condition;
use super::path::{Path, Paths, Scene};
use super::section::Section;
use crate::domain::private::Private;
use crate::domain::reply::ReplyKind;
use crate::gateway::error::Unreadable;
use crate::gateway::event::Reply;
use crate::gateway::outgoing::Address;
use crate::gateway::verdict::ProviderId;

/// How one kind of answer is read.
#[derive(Clone, Debug)]
pub(super) struct ReplyRule {
    pub each: Option<Path>,
    pub when: Condition,
    from: Paths,
    to: Paths,
    text: Paths,
    keyword: Paths,
    id: Paths,
    media: Paths,
    opt_out: Condition,
}

impl ReplyRule {
    /// Reads a rule.
    pub fn read(section: &Section<'_>) -> Self {
        let m = section.m;
        let paths = |key| Paths::read(&section.words(key), m);
        let rule = Self {
            each: section.text("each").map(|said| Path::read(&said, m)),
            when: Condition::read(section, "when"),
            from: paths("from"),
            to: paths("to"),
            text: paths("text"),
            keyword: paths("keyword"),
            id: paths("id"),
            media: paths("media"),
            opt_out: Condition::read(section, "opt_out"),
        };
        section.done();
        if rule.from.is_empty() {
            section.missing("from", "from = \"msisdn|plus\"");
        }
        if rule.text.is_empty() {
            section.missing("text", "text = \"message\"");
        }
        rule
    }

    /// Whether the provider gives an answer an id.
    pub fn has_id(&self) -> bool {
        !self.id.is_empty()
    }

    /// The reply. `ours` is the account's sender, where the news do not say whom the person answered.
    pub fn reply(&self, scene: &Scene<'_>, ours: &str) -> Result<Reply, Unreadable> {
        let word = |paths: &Paths| paths.word(scene).map_err(|_| Unreadable::Malformed);
        let from = word(&self.from)?.ok_or(Unreadable::Missing("from"))?;
        let provider_id = match word(&self.id)? {
            Some(id) => ProviderId::parse(&id).unwrap_or_else(|| ProviderId::made(&[&id])),
            // A provider without ids: what it says is its id, so that the same answer told twice is one.
            None => ProviderId::made(&[&from, &scene.item.to_string(), &scene.beside.to_string()]),
        };
        let hint = (!self.opt_out.is_empty() && self.opt_out.holds(scene)).then_some(ReplyKind::OptOut);
        let text = word(&self.text)?.unwrap_or_default();
        let keyword = match self.keyword.word(scene).ok().flatten() {
            // In `STOPP LYKT` the keyword is the no, and what stands behind it is none.
            Some(keyword) if hint.is_none() => text.len() - behind(&text, &keyword).len(),
            _ => 0,
        };
        Ok(Reply {
            to: Address::new(word(&self.to)?.unwrap_or_else(|| ours.to_owned())),
            from: Address::new(from),
            text: Private::new(text),
            provider_id,
            media: self.media.count(scene),
            hint,
            also: None,
            answers: None,
            keyword,
            written_at: None,
        })
    }
}

/// What a person wrote behind a keyword; all of it when it begins otherwise, or when nothing stands behind.
fn behind<'a>(text: &'a str, keyword: &str) -> &'a str {
    let rest = keyword.split_whitespace().try_fold(text.trim_start(), |text, word| {
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        (first.to_lowercase() == word.to_lowercase()).then(|| rest.trim_start())
    });
    rest.filter(|rest| !rest.is_empty()).unwrap_or(text)
}
