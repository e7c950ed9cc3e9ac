//! A mistake in a campaign file: where it stands, what is wrong and what to write instead.

use std::ops::Range;

use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::{text, words};

/// More mistakes than anybody reads at a time.
pub(super) const MOST: usize = 50;

words! {
    /// How bad a mistake is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Severity {
        /// The campaign cannot be planned.
        Error = "error",
        /// It can, and perhaps should not.
        Warning = "warning",
        /// It can; this is good to know.
        Note = "note",
    }

    /// The word in JSON.
    pub fn as_str;
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// How bad it is.
    pub severity: Severity,
    /// Its word in JSON; never translated.
    pub code: &'static str,
    /// Where it stands, in bytes of the file.
    pub span: Range<usize>,
    /// What is wrong.
    pub text: Text,
    /// What to write instead.
    pub help: Text,
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub fn error(&mut self, code: &'static str, span: &Range<usize>, text: Text, help: Text) {
        self.0.push(Mistake { severity: Severity::Error, code, span: span.clone(), text, help });
    }

    pub fn warn(&mut self, code: &'static str, span: &Range<usize>, text: Text, help: Text) {
        self.0.push(Mistake { severity: Severity::Warning, code, span: span.clone(), text, help });
    }

    /// What the linter has found.
    pub fn lint(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    /// An error in the words of the rule that was broken, which mostly end in what to write.
    pub fn told(&mut self, code: &'static str, span: &Range<usize>, rule: &Text, help: Text) {
        let en = rule.en.split_once(": write ").map(|(wrong, write)| (wrong, format!("write {write}")));
        let nb = rule.nb.split_once(": skriv ").map(|(wrong, write)| (wrong, format!("skriv {write}")));
        match (en, nb) {
            (Some((en, write)), Some((nb, skriv))) => {
                let wrong = Text { en: en.to_owned(), nb: nb.to_owned() };
                self.error(code, span, wrong, Text { en: write, nb: skriv });
            }
            _ => self.error(code, span, rule.clone(), help),
        }
    }

    /// How many are errors.
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|mistake| mistake.severity == Severity::Error).count()
    }

    /// Leaves out what does not fit.
    pub fn retain(&mut self, fits: impl FnMut(&Mistake) -> bool) {
        self.0.retain(fits);
    }

    pub fn append(&mut self, mut other: Mistakes) {
        self.0.append(&mut other.0);
    }

    /// Takes what was found before.
    pub fn join(&mut self, found: Vec<Mistake>) {
        self.0.extend(found);
    }

    /// All of them, in the order of the file; of very many the first, and how many more there are.
    pub fn in_order(mut self) -> Vec<Mistake> {
        self.0.sort_by_key(|mistake| (mistake.span.start, mistake.severity));
        self.0.dedup();
        let more = self.0.len().saturating_sub(MOST);
        if more > 0 {
            let severity = match self.0[MOST..].iter().any(|mistake| mistake.severity == Severity::Error) {
                true => Severity::Error,
                false => Severity::Warning,
            };
            self.0.truncate(MOST);
            let span = self.0.last().map(|last| last.span.clone()).unwrap_or_default();
            let en = if more == 1 { "is 1 more mistake".to_owned() } else { format!("are {more} more mistakes") };
            let text = text!("there {en} below", "det er {more} feil til lenger nede");
            let help = text!("mend the first ones and check again", "rett de første og kontroller på nytt");
            self.0.push(Mistake { severity, code: "more", span, text, help });
        }
        self.0
    }
}

/// The start of what somebody wrote, fit for one line of a sentence.
pub(super) fn short(written: &str) -> String {
    let line = inert(&written.chars().take(400).map(|c| if c.is_whitespace() { ' ' } else { c }).collect::<String>());
    let mut words = line.trim().chars();
    let start: String = words.by_ref().take(40).collect();
    if words.next().is_some() { format!("{start}…") } else { start }
}
