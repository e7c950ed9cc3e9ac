//! `[[follow_up]]`: the calls that follow a message.

use super::definition::{FollowUp, Unless};
use super::mistake::{Mistakes, short};
use super::schema::nearest;
use super::section::Section;
use super::texts::{self, Words};
use crate::domain::gather::Gather;
use crate::domain::span::Span;
use crate::text;

/// More tries than this are pestering.
pub(super) const MOST_ATTEMPTS: u32 = 5;

/// Reads all of them; what is wrong is left out and told.
pub(super) fn read(top: &Section<'_>, words: &Words<'_>, m: &mut Mistakes) -> Vec<FollowUp> {
    let sections = top.tables("follow_up", "follow_up", m).unwrap_or_default();
    sections.iter().filter_map(|section| one(section, words, m)).collect()
}

fn one(section: &Section<'_>, words: &Words<'_>, m: &mut Mistakes) -> Option<FollowUp> {
    section.unknown(m);
    kind(section, m);
    let (after, within) = (span(section, "after", m), span(section, "within", m));
    let unless = unless(section, m);
    let attempts = attempts(section, m);
    let scripts = texts::read(section, "script", words, m).unwrap_or_default();
    let scripts = scripts.into_iter().map(|(code, said)| (code, said.text)).gather();
    Some(FollowUp { after: after?, within: within?, unless, attempts, scripts })
}

fn kind(section: &Section<'_>, m: &mut Mistakes) {
    section.need(&["kind"], m);
    if let Some(said) = section.text("kind", m).filter(|said| said.text != "call") {
        let word = short(&said.text);
        m.error(
            "bad_kind",
            &said.span,
            text!(
                "`{word}` cannot follow a message; only a call can",
                "`{word}` kan ikke følge en melding; bare en samtale kan det"
            ),
            text!("write kind = \"call\"", "skriv kind = \"call\""),
        );
    }
}

pub(super) fn span(section: &Section<'_>, name: &str, m: &mut Mistakes) -> Option<Span> {
    section.need(&[name], m);
    let said = section.text(name, m)?;
    let help =
        text!("write for example: {name} = \"3 working days\"", "skriv for eksempel: {name} = \"3 working days\"");
    match Span::parse(&said.text) {
        Ok(span) if name == "within" && span.is_zero() => {
            let wrong = text!(
                "the call would lapse on the day it falls due",
                "samtalen ville bortfalle samme dag som den skal tas"
            );
            m.error(
                "bad_span",
                &said.span,
                wrong,
                text!("write for example: within = \"7 days\"", "skriv for eksempel: within = \"7 days\""),
            );
            None
        }
        Ok(span) => Some(span),
        Err(error) => {
            m.told("bad_span", &said.span, &error.0, help);
            None
        }
    }
}

fn unless(section: &Section<'_>, m: &mut Mistakes) -> Vec<Unless> {
    let all = Unless::ALL.map(Unless::as_str);
    let mut words = Vec::new();
    for said in section.texts("unless", m).unwrap_or_default() {
        match Unless::parse(&said.text) {
            Some(word) if !words.contains(&word) => words.push(word),
            Some(_) => {}
            None => {
                let (word, names) = (short(&said.text), all.join(", "));
                let help = match nearest(&said.text, all) {
                    Some(near) => text!("did you mean \"{near}\"?", "mente du «{near}»?"),
                    None => text!(
                        "write one of: {names}; a no always makes the call needless",
                        "skriv en av: {names}; et nei gjør alltid samtalen unødvendig"
                    ),
                };
                m.error(
                    "bad_unless",
                    &said.span,
                    text!("`{word}` cannot be asked here", "`{word}` kan ikke spørres om her"),
                    help,
                );
            }
        }
    }
    words
}

/// How often a call is tried; once when nothing is written.
pub(super) fn attempts(section: &Section<'_>, m: &mut Mistakes) -> u32 {
    section.count_to(MOST_ATTEMPTS, "attempts", "bad_attempts", m).unwrap_or(1)
}
