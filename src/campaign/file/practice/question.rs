//! `[[question]]`: what the group is asked, and the answers that are tallied. Who answered is not kept.

use std::path::Path;

use jiff::civil::Date;
use toml::de::DeValue;

use super::entry::{Entry, Readable, both, name, read_file};
use super::kind::Kind;
use crate::campaign::file::checked::Checked;
use crate::campaign::file::mistake::Mistakes;
use crate::campaign::file::schema::{Key, key};
use crate::campaign::file::section::Section;
use crate::domain::lang::Text;
use crate::text;

/// So many answers still fit a telephone.
pub(super) const MOST: usize = 30;

/// A question to the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What it is known by.
    pub name: String,
    /// What is asked.
    pub text: Text,
    /// What may be answered.
    pub answers: Vec<Answer>,
}

/// An answer that is tallied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it is kept under.
    pub name: String,
    /// What people read.
    pub text: Text,
}

impl Entry for Question {
    const KIND: Kind = Kind::Questions;

    fn name(&self) -> &str {
        &self.name
    }

    fn read_all(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<Self>) {
        read_file(path, folder, today)
    }
}

impl Readable for Question {
    const SECTION: &'static str = "question";
    const KEYS: &'static [Key] = &[
        key("", "question", "[[question]]"),
        key("question", "name", "name = \"where-2026\""),
        key("question", "text", "text.nb = \"Hvor annonserer du?\""),
        key("question", "answers", "answers = { x = \"X\", street = { nb = \"på gata\", en = \"on the street\" } }"),
    ];
    const REQUIRED: &'static [&'static str] = &["name", "text", "answers"];

    fn read(section: &Section<'_>, _: Option<Date>, m: &mut Mistakes) -> Option<Self> {
        section.need(Self::REQUIRED, m);
        let name = name(section, "name", m);
        let text = both(section, "text", m);
        let entry = section.entry("answers")?;
        let DeValue::Table(table) = entry.value else {
            section.wrong(&entry, &text!("an answer for each name", "et svar for hvert navn"), m);
            return None;
        };
        let answers = Section::of(&[], "", table, entry.key_span);
        let mut read: Vec<Answer> = Vec::new();
        for one in answers.entries() {
            let plain = one.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
            if !plain {
                m.error(
                    "bad_name",
                    &one.key_span,
                    text!(
                        "an answer's name has small letters and digits",
                        "navnet på et svar har små bokstaver og sifre"
                    ),
                    text!("write for example: x = \"X\"", "skriv for eksempel: x = \"X\""),
                );
                continue;
            }
            if let Some(text) = both(&answers, one.key, m) {
                read.push(Answer { name: one.key.to_owned(), text });
            }
        }
        if read.is_empty() || read.len() > MOST {
            m.error(
                "bad_answers",
                &entry.span,
                text!("there must be from 1 to {MOST} answers", "det må være fra 1 til {MOST} svar"),
                text!("write for example: answers = {{ x = \"X\" }}", "skriv for eksempel: answers = {{ x = \"X\" }}"),
            );
        }
        Some(Self { name: name?, text: text?, answers: read })
    }
}
