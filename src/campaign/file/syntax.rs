//! What the TOML parser does not understand, in words for people who never heard of TOML.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::de::{DeTable, Error};

use super::mistake::{Mistakes, short};
use super::{schema, unclosed};
use crate::domain::lang::Text;
use crate::text;

/// How far a mistake reaches: what the parser made of the rest cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Its value only.
    Value,
    /// Its line, and the key that stands there is lost.
    Line,
    /// Everything below belongs to something else than it seems.
    Rest,
}

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

struct Said {
    code: &'static str,
    text: Text,
    help: Text,
}

fn syntax(reach: Reach, text: Text, help: Text) -> (Reach, Said) {
    (reach, Said { code: "syntax", text, help })
}

/// What the parser means. Its own words are the keys, so an unknown one is shown as it is.
fn explain(message: &str, span: &Range<usize>, text: &str) -> (Reach, Said) {
    let (what, _) = message.split_once(", expected").unwrap_or((message, ""));
    let here = short(&text[span.clone()]);
    match what {
        "duplicate key" => duplicate(&here, span, text),
        "string values must be quoted" | "invalid boolean" => unquoted(&here, span, text),
        _ if what.starts_with("invalid date") => (Reach::Value, no_date(&here)),
        _ if what.starts_with("invalid time") => (
            Reach::Value,
            Said {
                code: "bad_time",
                text: text!("`{here}` is no time of day", "`{here}` er ikke et klokkeslett"),
                help: text!("write it like this: \"11:00\"", "skriv det slik: \"11:00\""),
            },
        ),
        _ if is_number(what) => syntax(
            Reach::Value,
            text!("this is no number and no date", "dette er verken et tall eller en dato"),
            text!(
                "write dates like 2026-12-01, times like \"11:00\" and texts in quotes",
                "skriv datoer som 2026-12-01, klokkeslett som \"11:00\" og tekster i anførselstegn"
            ),
        ),
        "invalid basic string" | "invalid literal string" => syntax(
            Reach::Line,
            text!(
                "the text that begins on this line has no quote at its end",
                "teksten på denne linjen mangler anførselstegn på slutten"
            ),
            text!(
                "put a \" at the end of the text; a text of several lines stands between \"\"\" and \"\"\"",
                "sett \" på slutten av teksten; en tekst på flere linjer står mellom \"\"\" og \"\"\""
            ),
        ),
        _ if what.contains("multi-line") && !what.starts_with("keys") => syntax(
            Reach::Rest,
            text!(
                "a text that begins with three quotes never ends",
                "en tekst som begynner med tre anførselstegn, tar aldri slutt"
            ),
            text!("put \"\"\" where the text ends", "sett \"\"\" der teksten slutter"),
        ),
        "missing escaped value" | "too few unicode value digits" => syntax(
            Reach::Value,
            text!("a \\ has a meaning of its own in a text", "en \\ har en egen betydning i en tekst"),
            text!("write \\\\ for a \\ and \\\" for a quote", "skriv \\\\ for en \\ og \\\" for et anførselstegn"),
        ),
        "unclosed table" | "unclosed array table" | "missing table open" => syntax(
            Reach::Rest,
            text!(
                "the name of this section has no closing bracket",
                "navnet på denne seksjonen mangler en klamme på slutten"
            ),
            text!("write it like [message] or [[follow_up]]", "skriv det som [message] eller [[follow_up]]"),
        ),
        "key with no value"
        | "missing assignment between key-value pairs"
        | "missing value for key"
        | "invalid key-value pair"
        | "unquoted keys cannot be empty"
        | "invalid unquoted key"
        | "unexpected key or value"
        | "extra `=`"
        | "unexpected content"
        | "invalid value"
        | "missing value" => no_pair(),
        _ if what.starts_with("cannot extend") => syntax(
            Reach::Line,
            text!("`{here}` has a value already", "`{here}` har allerede en verdi"),
            text!("remove one of the two", "fjern en av de to"),
        ),
        _ if what.contains("recurs") => (
            Reach::Rest,
            Said {
                code: "too_deep",
                text: text!(
                    "more is nested here than any campaign needs",
                    "her er mer satt inni hverandre enn noen kampanje trenger"
                ),
                help: text!(
                    "remove the brackets or dots that are too many",
                    "fjern klammene eller punktumene som er for mange"
                ),
            },
        ),
        _ => {
            let what = short(what);
            syntax(
                Reach::Line,
                text!("this line cannot be understood ({what})", "denne linjen er ikke til å forstå ({what})"),
                text!(
                    "compare it with the example in docs/campaign-file.md",
                    "sammenlign den med eksempelet i docs/campaign-file.md"
                ),
            )
        }
    }
}

fn duplicate(here: &str, span: &Range<usize>, text: &str) -> (Reach, Said) {
    let before = text[..span.start].trim_end();
    let is_header = before.ends_with('[')
        || text[..span.start].rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with('['));
    let help = if is_header {
        text!(
            "put both into one section; only [[message.variant]], [[follow_up]] and [[outcome]] may come several times",
            "sett begge i én seksjon; bare [[message.variant]], [[follow_up]] og [[outcome]] kan komme flere ganger"
        )
    } else {
        text!("keep the one that is right and remove the other", "behold den som er riktig, og fjern den andre")
    };
    let reach = if is_header { Reach::Line } else { Reach::Value };
    let wrong = text!("`{here}` is written twice", "`{here}` er skrevet to ganger");
    (reach, Said { code: "duplicate_key", text: wrong, help })
}

/// What people put around a text.
const QUOTES: &str = "“”„«»‘’\"'";

fn unquoted(here: &str, span: &Range<usize>, text: &str) -> (Reach, Said) {
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let key = text[start..span.start].trim().trim_end_matches('=').trim().to_owned();
    let is_key = key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) && !key.is_empty();
    let name = if is_key { short(&key) } else { String::new() };
    let begin = if is_key { format!("{name} = ") } else { String::new() };
    // All of a text, or whoever writes what is offered loses the end of theirs.
    let line = text[span.start..].lines().next().unwrap_or_default();
    let meant = match line.rfind(" #").filter(|at| !line[*at..].contains(|c| QUOTES.contains(c))) {
        _ if !is_key => here,
        Some(comment) => &line[..comment],
        None => line,
    };
    let bare = meant.trim_matches(|c: char| c.is_whitespace() || QUOTES.contains(c)).replace('"', "\\\"");
    if bare.is_empty() {
        let section = schema::KEYS.iter().find(|known| known.name == name || key.ends_with(known.name));
        let example = section.map_or("title = \"Vinter\"", |known| known.example);
        return syntax(
            Reach::Value,
            text!("here a value is missing", "her mangler en verdi"),
            text!("write for example: {example}", "skriv for eksempel: {example}"),
        );
    }
    if here.starts_with(['“', '”', '„', '«', '‘', '’']) {
        return syntax(
            Reach::Value,
            text!(
                "these quotes are for print; here they must be straight",
                "disse anførselstegnene er for trykk; her må de være rette"
            ),
            text!("write it like this: {begin}\"{bare}\"", "skriv det slik: {begin}\"{bare}\""),
        );
    }
    let truth = match bare.to_lowercase().as_str() {
        "yes" | "ja" | "true" | "on" => Some("true"),
        "no" | "nei" | "false" | "off" => Some("false"),
        _ => None,
    };
    if let Some(truth) = truth {
        return syntax(
            Reach::Value,
            text!("`{bare}` is not understood here", "`{bare}` forstås ikke her"),
            text!("write it like this: {begin}{truth}", "skriv det slik: {begin}{truth}"),
        );
    }
    syntax(
        Reach::Value,
        text!("a text must stand in quotes", "en tekst må stå i anførselstegn"),
        text!("write it like this: {begin}\"{bare}\"", "skriv det slik: {begin}\"{bare}\""),
    )
}

fn no_date(here: &str) -> Said {
    Said {
        code: "bad_date",
        text: text!("`{here}` is no date of the calendar", "`{here}` er ingen dato i kalenderen"),
        help: text!(
            "write year, month and day with two digits each for the last two: 2026-12-01",
            "skriv år, måned og dag, de to siste med to sifre: 2026-12-01"
        ),
    }
}

fn no_pair() -> (Reach, Said) {
    syntax(
        Reach::Line,
        text!("this line is no `key = value`", "denne linjen er ikke `nøkkel = verdi`"),
        text!(
            "write a key, an equals sign and a value: title = \"Vinter\"; put # before what is only a note",
            "skriv en nøkkel, et likhetstegn og en verdi: title = \"Vinter\"; sett # foran det som bare er et notat"
        ),
    )
}

fn is_number(what: &str) -> bool {
    ["leading zero", "invalid float", "invalid integer", "number", "radix", "between digits", "numeric sign"]
        .iter()
        .any(|word| what.contains(word))
}

fn is_bracket(what: &str) -> bool {
    ["array", "inline table", "comma"].iter().any(|word| what.contains(word)) && !what.contains("array table")
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

#[cfg(test)]
mod tests {
    use super::super::tests::{Folder, change};

    #[test]
    fn what_is_offered_for_a_text_without_straight_quotes_is_all_of_it() {
        let folder = Folder::new();
        let help = |from: &str, to: &str| folder.check(&change(from, to)).mistakes[0].help.en.clone();
        for (typed, offered) in [
            ("”Gratis, i dag #4. Svar STOPP”  # vår", "\"Gratis, i dag #4. Svar STOPP\""),
            ("Gratis, it's \"free\", today # our", "\"Gratis, it's \\\"free\\\", today\""),
        ] {
            let said = help("\"Gratis HPV-vaksine i Oslo\"", typed);
            assert!(said.ends_with(&format!("title = {offered}")), "{said}");
        }
    }
}
