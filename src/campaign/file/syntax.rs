//! What the TOML parser does not understand: all of it, round after round, and what can be believed of the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::de::{DeTable, Error};

use super::explain::{Reach, explain, is_bracket};
use super::mistake::Mistakes;
use super::unclosed;
use crate::text;

/// How often lines that stop the parser are taken out, to see what is behind them.
const MOST_ROUNDS: usize = 20;
/// Behind so many mistakes nobody reads on.
const MOST: usize = 200;

/// What the parser did not understand: by line (from 0) where it stands, and how far it reaches.
#[derive(Debug)]
pub(super) struct Broken {
    /// Where each line begins.
    lines: Vec<usize>,
    found: BTreeMap<usize, (Range<usize>, Reach)>,
}

/// Names everything the parser stumbles over. The answer is a text of the same length without the lines that stop it.
pub(super) fn read(text: &str, m: &mut Mistakes) -> (String, Broken) {
    let mut readable = text.to_owned();
    let mut broken = Broken::new(text);
    for _ in 0..MOST_ROUNDS {
        let (_, errors) = DeTable::parse_recoverable(&readable);
        let quotes = if errors.is_empty() { None } else { broken.quotes(&readable, m) };
        let stops = match quotes {
            Some(line) => BTreeSet::from([line]),
            None => broken.add(text, &errors, m),
        };
        if stops.is_empty() || broken.found.len() >= MOST {
            break;
        }
        readable = blank(&readable, &stops);
    }
    (readable, broken)
}

/// Reads what can be read.
pub(super) fn table(readable: &str) -> DeTable<'_> {
    DeTable::parse_recoverable(readable).0.into_inner()
}

/// The first word of a file: where what is missing at the top is shown.
pub(super) fn first(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
    let start = if start == text.len() { 0 } else { start };
    let end = text[start..].find(char::is_whitespace).map_or(text.len(), |n| start + n);
    start..end
}

/// The text with spaces in place of these lines, so that all else stays where it is.
fn blank(text: &str, lines: &BTreeSet<usize>) -> String {
    let spaces = |(n, line): (usize, &str)| match lines.contains(&n) {
        true => " ".repeat(line.trim_end_matches('\n').len()) + if line.ends_with('\n') { "\n" } else { "" },
        false => line.to_owned(),
    };
    text.split_inclusive('\n').enumerate().map(spaces).collect()
}

impl Broken {
    fn new(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { lines: std::iter::once(0).chain(ends).collect(), found: BTreeMap::new() }
    }

    /// The line, from 0, on which a byte stands.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Takes new errors in; the answer is the lines that stop the parser.
    fn add(&mut self, text: &str, errors: &[Error], m: &mut Mistakes) -> BTreeSet<usize> {
        let mut errors: Vec<(Range<usize>, &str)> =
            errors.iter().map(|error| (within(text, error.span()), error.message())).collect();
        errors.sort_by_key(|(span, _)| span.start);
        let mut stops = BTreeSet::new();
        for (span, message) in errors {
            let line = self.line(span.start);
            // One mistake a line: what follows on it is mostly its echo. What follows a bracket waits for the next round.
            if self.found.contains_key(&line) {
                continue;
            }
            if self.found.len() >= MOST {
                break;
            }
            if is_bracket(message.split(", expected").next().unwrap_or(message)) {
                stops.extend(self.bracket(text, span, line, m));
                break;
            }
            let (reach, said) = explain(message, &span, text);
            m.error(said.code, &span, said.text, said.help);
            self.found.insert(line, (span, reach));
            if reach == Reach::Line {
                stops.insert(line);
            }
        }
        stops
    }

    /// Names a bracket that is missing or too many; the answer is the lines it spoils.
    fn bracket(&mut self, text: &str, span: Range<usize>, line: usize, m: &mut Mistakes) -> Range<usize> {
        let (open, spoilt) = unclosed::bracket(text, &self.lines, line);
        let help = text!(
            "write lists like [\"mon\", \"tue\"] and tables like {{ sms = \"twilio-oslo\" }}",
            "skriv lister som [\"mon\", \"tue\"] og tabeller som {{ sms = \"twilio-oslo\" }}"
        );
        let (span, wrong) = match open {
            Some(open) => (open, text!("this bracket is never closed", "denne klammen lukkes aldri")),
            None => (
                span,
                text!(
                    "a comma or a closing bracket is missing before this, or one is too many",
                    "et komma eller en sluttklamme mangler før dette, eller det er ett for mye"
                ),
            ),
        };
        m.error("syntax", &span, wrong, help);
        for line in spoilt.clone() {
            self.found.entry(line).or_insert_with(|| (span.clone(), Reach::Line));
        }
        spoilt
    }

    /// Names three quotes that are never closed; the answer is the line they stand on.
    fn quotes(&mut self, text: &str, m: &mut Mistakes) -> Option<usize> {
        let span = unclosed::quotes(text)?;
        let line = self.line(span.start);
        m.error(
            "syntax",
            &span,
            text!("the text that begins here never ends", "teksten som begynner her, tar aldri slutt"),
            text!("put \"\"\" where the text ends", "sett \"\"\" der teksten slutter"),
        );
        self.found.insert(line, (span, Reach::Line));
        Some(line)
    }

    /// Whether what was found at a place, by a code, can be believed.
    pub fn trusts(&self, span: &Range<usize>, code: &str) -> bool {
        let (first, last) = (self.line(span.start), self.line(span.end.max(span.start + 1) - 1));
        if self.found.range(first..=last).next().is_some() || self.found.len() >= MOST {
            return false;
        }
        let lacks = code.starts_with("missing") || code.starts_with("no_");
        self.found.values().all(|(broken, reach)| match reach {
            Reach::Value => true,
            Reach::Line => !lacks,
            Reach::Rest => !lacks && span.start < broken.start,
        })
    }
}

/// A range that can be shown: inside the text, between characters, and not of nothing where that can be helped.
fn within(text: &str, span: Option<Range<usize>>) -> Range<usize> {
    let Range { start, end } = span.unwrap_or(0..0);
    let edge = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = edge(start);
    // An error at the very end is shown at the end of what is there.
    let start = if start == text.len() { text.trim_end().len() } else { start };
    let next = text[start..].chars().next().map_or(0, char::len_utf8);
    start..edge(end).max(start + next).min(text.len())
}
