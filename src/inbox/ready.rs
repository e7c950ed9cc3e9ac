//! Ready answers: which suit a reply, and how they read when they are filled in. A person sends them, or does not.

use std::collections::BTreeMap;

use crate::campaign::template::{Template, TemplateError};
use crate::clock::Clock;
use crate::domain::lang::Text;
use crate::domain::language;
use crate::domain::reply::ReplyKind;
use crate::settings::Organisation;
use crate::store::ready::{self, ReadyAnswer};
use crate::store::reply::Reply;
use crate::store::{DbError, Tx};
use crate::text;

/// A ready answer, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// What it is called.
    pub key: String,
    /// Its language.
    pub language: String,
    /// Whether it was made for this kind of reply.
    pub suits: bool,
    /// The text.
    pub text: String,
}

impl Filled {
    /// What a person reads on its button: the house's own names are spoken, those of coordinators are as they wrote them.
    pub fn name(&self) -> Text {
        match (ReplyKind::parse(&self.key), self.key.as_str()) {
            (Some(kind), _) => kind.text(),
            (None, "who") => text!("who we are", "hvem vi er"),
            (None, key) => {
                let name = key.replace('_', " ");
                text!("{name}", "{name}")
            }
        }
    }
}

/// The variables that a ready answer may name.
pub const VARIABLES: [&str; 3] = ["sender", "organisation", "about_url"];
/// The most characters of a key.
const LONGEST_KEY: usize = 40;

/// What is wrong with a ready answer that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A key of something else than small letters, digits and `_`.
    Key,
    /// No language that we know.
    Language,
    /// No text.
    Empty,
    /// A variable that there is not.
    Variable(String),
    /// A text that cannot be read.
    Text,
}

/// The ready answers for a reply, those for its kind first; one a key, in the best language there is. None for a no:
/// to that nothing is answered by habit.
///
/// # Errors
/// As the database has it.
pub async fn suggest(
    tx: &mut Tx,
    house: &Organisation,
    reply: &Reply,
    contact_language: Option<&str>,
    sender: &str,
) -> Result<Vec<Filled>, DbError> {
    if reply.kind == ReplyKind::OptOut {
        return Ok(Vec::new());
    }
    let wanted = contact_language.or(reply.language.as_deref());
    let mut by_key: Vec<(String, BTreeMap<String, String>, ReplyKind)> = Vec::new();
    for ready in ready::all(tx).await? {
        match by_key.iter_mut().find(|(key, _, _)| *key == ready.key) {
            Some((_, texts, _)) => drop(texts.insert(ready.language, ready.text)),
            None => by_key.push((ready.key, [(ready.language, ready.text)].into(), ready.kind)),
        }
    }
    let mut found: Vec<Filled> = Vec::new();
    for (key, texts, kind) in by_key {
        let Ok(language) = language::pick_language(wanted, &texts, &house.languages, false) else { continue };
        // One that lacks a value, like the page about us, is no answer that anybody could send.
        if let Some(text) = texts.get(language).and_then(|text| fill(text, house, sender).ok()) {
            found.push(Filled { key, language: language.to_owned(), suits: kind == reply.kind, text });
        }
    }
    found.sort_by_key(|filled| !filled.suits);
    Ok(found)
}

/// Fills a ready answer in.
fn fill(text: &str, house: &Organisation, sender: &str) -> Result<String, TemplateError> {
    let values = [("sender", sender), ("organisation", &house.name), ("about_url", &house.about_url)];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Template::new(text)?.render(&values)
}

/// Keeps a ready answer that a coordinator wrote.
///
/// # Errors
/// As the database has it.
pub async fn save(clock: &Clock, tx: &mut Tx, mut ready: ReadyAnswer, by: &str) -> Result<Result<(), Wrong>, DbError> {
    if let Err(wrong) = check(&ready) {
        return Ok(Err(wrong));
    }
    ready.text = ready.text.trim().to_owned();
    (ready.changed_by, ready.changed_at) = (Some(by.to_owned()), Some(clock.now_ms()));
    ready::set(tx, &ready).await?;
    Ok(Ok(()))
}

fn check(ready: &ReadyAnswer) -> Result<(), Wrong> {
    let plain = ready.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !plain || ready.key.is_empty() || ready.key.len() > LONGEST_KEY {
        return Err(Wrong::Key);
    }
    if language::parse(&ready.language).as_deref() != Some(&ready.language) {
        return Err(Wrong::Language);
    }
    if ready.text.trim().is_empty() {
        return Err(Wrong::Empty);
    }
    let template = Template::new(&ready.text).map_err(|_| Wrong::Text)?;
    match template.variables().iter().find(|name| !VARIABLES.contains(&name.as_str())) {
        Some(name) => Err(Wrong::Variable(name.clone())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(key: &str, language: &str, text: &str) -> ReadyAnswer {
        let (kind, text) = (ReplyKind::Thanks, text.to_owned());
        let (changed_by, changed_at) = (None, None);
        ReadyAnswer {
            key: key.to_owned(),
            language: language.to_owned(),
            kind,
            text,
            position: 0,
            changed_by,
            changed_at,
        }
    }

    #[test]
    fn a_ready_answer_that_could_not_be_sent_is_refused() {
        assert_eq!(check(&ready("takk", "nb", "Hei fra {{ sender }}")), Ok(()));
        assert_eq!(check(&ready("Takk!", "nb", "Hei")), Err(Wrong::Key));
        assert_eq!(check(&ready("takk", "klingon", "Hei")), Err(Wrong::Language));
        assert_eq!(check(&ready("takk", "nb", " ")), Err(Wrong::Empty));
        assert_eq!(check(&ready("takk", "nb", "Hei {{ name }}")), Err(Wrong::Variable("name".to_owned())));
        assert_eq!(check(&ready("takk", "nb", "Hei {{ sender")), Err(Wrong::Text));
    }
}
